"""A retention schedule from and to the plain tables a TOML file holds.

Rules enforced here:

- Every mistake in the file is reported at once, each under its place in the file.
- Every rule has a code of its own, a function, a title, a trigger, an action and an authority
  (ISO 15489-1:2016, 8.5: a disposition authority states what it rests on).
- A rule that keeps for ever has no period, and `offer_after` belongs to a transfer without one.
  A blank period means never, so a rule without one cannot have alternatives.
- The fact of an alternative is a name such as `subject-has-died`; `when` says it in words.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from policies.cutoff import CutOff
from policies.entry import Entry
from policies.model import (
    AUTHORITY_KINDS,
    CONFIDENCES,
    Action,
    Alternative,
    Authority,
    Rule,
    Schedule,
    Source,
)
from policies.period import Period
from policies.trigger import TRIGGERS

DISPOSITIONS: Final = ("destroy", "review", "transfer", "permanent")
_SCHEDULE_KEYS = (
    *("title", "version", "status", "jurisdiction", "notes"),
    *("functions", "sources", "classes"),
)
_RULE_KEYS = (
    *("code", "function", "title", "scope", "trigger", "cut_off", "period", "action"),
    *("authority", "alternatives", "keywords", "confidence", "source", "note"),
    *("offer_after", "effective_from", "effective_to", "version"),
)
_ALTERNATIVE_KEYS = ("fact", "when", "trigger", "cut_off", "period")
_CUT_OFFS = tuple(CutOff)
_FACT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ScheduleError(ValueError):
    """The schedule has mistakes; `problems` has a message for each place in the file."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        count = len(self.problems)
        lines = [f"{place}: {message}" for place, message in self.problems.items()]
        heading = f"the schedule has {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n".join([heading, *lines]))


def parse_schedule(
    document: Mapping[str, object], *, adopted: frozenset[str] = frozenset()
) -> Schedule:
    """Read a schedule; `adopted` are the codes of the classes the council has adopted.

    Raises:
        ScheduleError: With every mistake in the document.
    """
    problems: dict[str, str] = {}
    top = Entry(document, "", problems)
    top.only(_SCHEDULE_KEYS)
    functions = _functions(top)
    schedule = Schedule(
        title=top.needed("title"),
        version=top.needed("version"),
        rules=_rules(top, functions),
        functions=functions,
        adopted=adopted,
        status=top.text("status"),
        jurisdiction=top.text("jurisdiction"),
        notes=top.texts("notes"),
        sources=tuple(_source(entry) for entry in top.tables("sources")),
    )
    if problems:
        raise ScheduleError(problems)
    return schedule


def read_rule(entry: Entry, functions: Collection[str]) -> Rule:
    """Read one class, noting its mistakes in the entry."""
    entry.only(_RULE_KEYS)
    authority = entry.table("authority")
    authority.only(("citation", "kind"))
    rule = Rule(
        code=entry.needed("code"),
        function=entry.choice("function", functions),
        title=entry.needed("title"),
        scope=entry.text("scope"),
        trigger=entry.choice("trigger", TRIGGERS),
        cut_off=CutOff(entry.choice("cut_off", _CUT_OFFS, CutOff.NONE)),
        period=entry.period("period"),
        action=Action(entry.choice("action", DISPOSITIONS)),
        authority=Authority(
            authority.needed("citation"), authority.choice("kind", AUTHORITY_KINDS)
        ),
        alternatives=tuple(_alternative(below) for below in entry.tables("alternatives")),
        keywords=entry.texts("keywords"),
        confidence=entry.choice("confidence", CONFIDENCES, "low"),
        source=entry.text("source"),
        note=entry.text("note"),
        offer_after=entry.period("offer_after"),
        effective_from=entry.day("effective_from"),
        effective_to=entry.day("effective_to"),
        version=entry.text("version") or "1",
    )
    _check_whole(rule, entry)
    return rule


def to_document(schedule: Schedule) -> dict[str, object]:
    """The tables `parse_schedule` reads, without blanks; adoption is not part of them."""
    return _without_blanks(
        {
            "title": schedule.title,
            "version": schedule.version,
            "status": schedule.status,
            "jurisdiction": schedule.jurisdiction,
            "notes": list(schedule.notes),
            "functions": dict(schedule.functions),
            "sources": [
                _without_blanks({"title": source.title, "url": source.url})
                for source in schedule.sources
            ],
            "classes": [rule_document(rule) for rule in schedule.rules.values()],
        }
    )


def rule_document(rule: Rule) -> dict[str, object]:
    """The table `read_rule` reads, without blanks."""
    document: dict[str, object] = {key: _plain(getattr(rule, key)) for key in _RULE_KEYS}
    document["authority"] = {"citation": rule.authority.citation, "kind": rule.authority.kind}
    document["alternatives"] = [
        _without_blanks({key: _plain(getattr(one, key)) for key in _ALTERNATIVE_KEYS})
        for one in rule.alternatives
    ]
    return _without_blanks(document)


def _rules(top: Entry, functions: Collection[str]) -> dict[str, Rule]:
    entries = top.tables("classes")
    if not entries:
        top.blame("classes", "there is none: a schedule has at least one class")
    rules: dict[str, Rule] = {}
    for entry in entries:
        rule = read_rule(entry, functions)
        if rule.code in rules:
            entry.blame("code", f"'{rule.code}' is used by two classes: give each its own code")
        rules[rule.code] = rule
    return rules


def _functions(top: Entry) -> dict[str, str]:
    below = top.table("functions")
    return {key: below.needed(key) for key in below.keys}


def _source(entry: Entry) -> Source:
    entry.only(("title", "url"))
    return Source(entry.needed("title"), entry.text("url"))


def _alternative(entry: Entry) -> Alternative:
    entry.only(_ALTERNATIVE_KEYS)
    fact = entry.needed("fact")
    if fact and not _FACT.fullmatch(fact):
        entry.blame("fact", f"'{fact}' is not a fact: write it as subject-has-died")
    entry.needed("period")
    return Alternative(
        fact=fact,
        trigger=entry.choice("trigger", TRIGGERS),
        cut_off=CutOff(entry.choice("cut_off", _CUT_OFFS, CutOff.NONE)),
        period=entry.period("period") or Period(),
        when=entry.text("when"),
    )


def _check_whole(rule: Rule, entry: Entry) -> None:
    if rule.action is Action.PERMANENT and rule.period is not None:
        entry.blame("period", "a class that is kept for ever has no period: leave it blank")
    if rule.offer_after and (rule.action is not Action.TRANSFER or rule.period):
        entry.blame("offer_after", "belongs to the action 'transfer' with a blank period only")
    if rule.alternatives and rule.period is None:
        entry.blame("alternatives", "need a period of the class itself to replace")
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        entry.blame("effective_to", f"is before effective_from, {rule.effective_from}")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _without_blanks(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if value not in ("", [])}
