"""A retention schedule from and to the plain tables a TOML file holds.

Rules enforced here:

- Every mistake in the file is reported at once, each under its place in the file.
- Every rule has a code of its own, a function, a title, a trigger, an action and an authority
  (ISO 15489-1:2016, 8.5: a disposition authority states what it rests on).
- A rule that keeps for ever has no period, and `offer_after` belongs to a transfer without one.
  A blank period means never, so a rule without one cannot have alternatives.
- Phases come before the end of the period, each later than the one before; only a review or a
  transfer can be on the way, and such a class has no alternatives.
- A sample is taken of what would be destroyed; a review cycle belongs to classes that are reviewed
  or kept for ever.
- The fact of an alternative is a name such as `subject-has-died`; `when` says it in words.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final

from policies.cutoff import CutOff
from policies.entry import Entry
from policies.model import (
    AUTHORITY_KINDS,
    CONFIDENCES,
    Action,
    Alternative,
    Authority,
    Moratorium,
    Phase,
    Rule,
    Sample,
    Schedule,
    Source,
)
from policies.moratorium import moratorium_document, read_moratorium
from policies.period import Move, Period, moved
from policies.sample import parse_sample
from policies.trigger import TRIGGERS

DISPOSITIONS: Final = ("destroy", "review", "transfer", "permanent")
ON_THE_WAY: Final = ("review", "transfer")
_SCHEDULE_KEYS = (
    *("title", "version", "status", "jurisdiction", "notes"),
    *("functions", "sources", "classes", "moratoria"),
)
_RULE_KEYS = (
    *("code", "function", "title", "scope", "trigger", "cut_off", "period", "action"),
    *("authority", "alternatives", "keywords", "confidence", "source", "note"),
    *("offer_after", "effective_from", "effective_to", "version"),
    *("phases", "sample", "sample_seed", "review_every"),
)
_PHASE_KEYS = ("action", "period")
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
    functions = read_functions(top.table("functions"))
    rules = _rules(top, functions)
    schedule = Schedule(
        title=top.needed("title"),
        version=top.needed("version"),
        rules=rules,
        functions=functions,
        adopted=adopted,
        status=top.text("status"),
        jurisdiction=top.text("jurisdiction"),
        notes=top.texts("notes"),
        sources=tuple(_source(entry) for entry in top.tables("sources")),
        moratoria=read_moratoria(top.tables("moratoria"), rules, functions),
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
        phases=tuple(_phase(below) for below in entry.tables("phases")),
        sample=_sample(entry),
        review_every=entry.period("review_every"),
    )
    _check_whole(rule, entry)
    _check_on_the_way(rule, entry)
    return rule


def read_functions(entry: Entry) -> dict[str, str]:
    """Read the names of the council's functions by their codes."""
    return {key: entry.needed(key) for key in entry.keys}


def read_moratoria(
    entries: Sequence[Entry], codes: Collection[str], functions: Collection[str]
) -> tuple[Moratorium, ...]:
    """Read the moratoria, noting mistakes in their entries; each has an id of its own."""
    found: dict[str, Moratorium] = {}
    for entry in entries:
        moratorium = read_moratorium(entry, codes, functions)
        if moratorium is not None and moratorium.id in found:
            entry.blame("id", f"'{moratorium.id}' is used twice: give each moratorium its own")
        if moratorium is not None:
            found[moratorium.id] = moratorium
    return tuple(found.values())


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
            "moratoria": [moratorium_document(each) for each in schedule.moratoria],
        }
    )


def rule_document(rule: Rule) -> dict[str, object]:
    """The table `read_rule` reads, without blanks."""
    document: dict[str, object] = {
        key: _plain(getattr(rule, key)) for key in _RULE_KEYS if key != "sample_seed"
    }
    document["phases"] = [
        {"action": str(phase.action), "period": str(phase.period)} for phase in rule.phases
    ]
    document["sample_seed"] = "" if rule.sample is None else rule.sample.seed
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


def _phase(entry: Entry) -> Phase:
    entry.only(_PHASE_KEYS)
    entry.needed("period")
    return Phase(Action(entry.choice("action", ON_THE_WAY)), entry.period("period") or Period())


def _sample(entry: Entry) -> Sample | None:
    text, seed = entry.text("sample"), entry.text("sample_seed")
    try:
        return parse_sample(text, seed) if text else None
    except ValueError as error:
        entry.blame("sample", str(error))
        return None


def _check_whole(rule: Rule, entry: Entry) -> None:
    if rule.action is Action.PERMANENT and rule.period is not None:
        entry.blame("period", "a class that is kept for ever has no period: leave it blank")
    if rule.offer_after and (rule.action is not Action.TRANSFER or rule.period):
        entry.blame("offer_after", "belongs to the action 'transfer' with a blank period only")
    if rule.alternatives and rule.period is None:
        entry.blame("alternatives", "need a period of the class itself to replace")
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        entry.blame("effective_to", f"is before effective_from, {rule.effective_from}")


def _check_on_the_way(rule: Rule, entry: Entry) -> None:
    if rule.phases and rule.period is None:
        entry.blame("phases", "need a period of the class itself to end with")
    if rule.phases and rule.alternatives:
        entry.blame("phases", "cannot stand beside alternatives, which replace the whole term")
    ends = [phase.period for phase in rule.phases] + ([rule.period] if rule.period else [])
    if any(moved(one, following) is not Move.LONGER for one, following in pairwise(ends)):
        entry.blame("phases", "each must be longer than the one before, and the period longest")
    if rule.sample and (rule.action is not Action.DESTROY or rule.period is None):
        entry.blame("sample", "belongs to the action 'destroy' with a period only")
    if entry.text("sample_seed") and not entry.text("sample"):
        entry.blame("sample_seed", "has no sample to choose for")
    kept = rule.period is None and rule.offer_after is None
    if rule.review_every and not (kept or rule.action is Action.REVIEW):
        entry.blame("review_every", "belongs to a class that is reviewed or kept for ever only")
    if rule.review_every == Period():
        entry.blame("review_every", "is no time at all: leave it blank for no cycle")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _without_blanks(document: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in document.items() if value not in ("", [])}
