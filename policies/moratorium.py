"""Moratoria: orders that stop the disposal of whole classes, such as those of public inquiries.

Destroying what an inquiry may want can be an offence (Inquiries Act 2005 s.35), whatever the
schedule says. Rules enforced here:

- A moratorium stands from the day it begins until the day it is ended has passed. A review date
  that went by ends nothing; it is only listed.
- Its scope names classes or functions of its own schedule; one that names nothing is a mistake.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from policies.entry import Entry
from policies.model import Moratorium, Rule, Schedule

KEYS = (
    *("id", "title", "authority", "citation", "classes", "functions"),
    *("begins", "review_by", "ended", "note"),
)


def moratoria_on(rule: Rule, moratoria: Iterable[Moratorium], today: date) -> tuple[str, ...]:
    """The ids of every moratorium that stands on this day and covers the class, in order."""
    return tuple(sorted(each.id for each in moratoria if stands(each, today) and stops(each, rule)))


def stands(moratorium: Moratorium, today: date) -> bool:
    """Whether it stops disposal on this day."""
    return moratorium.begins <= today and (moratorium.ended is None or today <= moratorium.ended)


def stops(moratorium: Moratorium, rule: Rule) -> bool:
    """Whether its scope takes in the class."""
    return rule.code in moratorium.classes or rule.function in moratorium.functions


def classes_of(moratorium: Moratorium, schedule: Schedule) -> list[str]:
    """The codes of the classes it takes in."""
    return [code for code, rule in schedule.rules.items() if stops(moratorium, rule)]


def read_moratorium(
    entry: Entry, codes: Collection[str], functions: Collection[str]
) -> Moratorium | None:
    """Read one moratorium; its mistakes are noted in the entry, and then there may be none."""
    entry.only(KEYS)
    classes, named = entry.texts("classes"), entry.texts("functions")
    if not (classes or named):
        entry.blame("classes", "the scope is empty: name a class or a function, never everything")
    _require_known(entry, "classes", classes, codes)
    _require_known(entry, "functions", named, functions)
    texts = {key: entry.needed(key) for key in ("id", "title", "authority", "citation")}
    begins, review_by, ended = _days(entry)
    if begins is None or review_by is None or not (classes or named):
        return None
    return Moratorium(
        **texts,
        classes=classes,
        functions=named,
        begins=begins,
        review_by=review_by,
        ended=ended,
        note=entry.text("note"),
    )


def moratorium_document(moratorium: Moratorium) -> dict[str, object]:
    """The table `read_moratorium` reads, without blanks."""
    values = {key: getattr(moratorium, key) for key in KEYS}
    return {
        key: list(value) if isinstance(value, tuple) else str(value)
        for key, value in values.items()
        if value
    }


def unknown_classes(schedule: Schedule) -> Mapping[str, str]:
    """By id of a moratorium: a class it names that the schedule does not have."""
    return {
        each.id: code
        for each in schedule.moratoria
        for code in each.classes
        if code not in schedule.rules
    }


def _days(entry: Entry) -> tuple[date | None, date | None, date | None]:
    for key in ("begins", "review_by"):
        if not entry.keys.get(key):
            entry.blame(key, "is missing or blank: it is needed")
    begins, review_by, ended = (entry.day(key) for key in ("begins", "review_by", "ended"))
    for key, day in (("review_by", review_by), ("ended", ended)):
        if begins and day and day < begins:
            entry.blame(key, f"is before begins, {begins}")
    return begins, review_by, ended


def _require_known(entry: Entry, key: str, named: Iterable[str], known: Collection[str]) -> None:
    for one in named:
        if one not in known:
            near = get_close_matches(one, list(known), n=1, cutoff=0.5)
            hint = f": did you mean '{near[0]}'?" if near else ""
            entry.blame(key, f"'{one}' is not in the schedule{hint}")
