"""Reads a list of events and proven facts as a personnel or case system exports it.

A row is an event (reference, trigger, on) or a fact (reference, fact, value). Every mistake in the
list is reported at once with its row and column, and a list with a mistake enters nothing.

Dates are written 2018-03-31 or, as in the United Kingdom, 31/03/2018. A year of two digits is
refused: a birth in 18 is not a guess to make.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from policies import TRIGGERS, Event
from retention_agent.errors import UsageError, nearest

COLUMNS = ("reference", "trigger", "on", "fact", "value")
MOST_PROBLEMS = 50

_BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
_TRIGGERS = tuple(kind.name for kind in TRIGGERS.values() if not kind.own_date)


@dataclass(frozen=True, slots=True)
class ProvenFact:
    """A named fact that is proven true or false of a reference."""

    reference: str
    name: str
    holds: bool


Entry = Event | ProvenFact


@dataclass(frozen=True, slots=True)
class Reading:
    """How the columns of a list are to be understood."""

    headings: Mapping[str, str]
    """our column: the heading it has in the list, where that differs"""
    trigger: str | None
    """of every row, where the list has no such column"""
    facts: Collection[str]
    """the facts that the schedule's alternatives name"""
    today: date


class _Fault(ValueError):
    """What is wrong with one cell."""

    def __init__(self, column: str, message: str) -> None:
        self.column = column
        super().__init__(message)


def read_entries(rows: Sequence[Sequence[str]], reading: Reading) -> list[Entry]:
    """Every entry of the list, in order.

    Raises:
        UsageError: with every mistake, by row and column.
    """
    columns = _columns(rows[0] if rows else (), reading)
    entries: list[Entry] = []
    problems: list[str] = []
    for number, cells in _filled(rows):
        row = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        try:
            entries.append(_entry(row, reading))
        except _Fault as fault:
            heading = reading.headings.get(fault.column, fault.column)
            problems.append(f"row {number}, column {heading}: {fault}")
    if not (entries or problems):
        problems.append("no row follows the heading")
    _require_none(problems)
    return entries


def _columns(heading: Sequence[str], reading: Reading) -> dict[str, int]:
    """Where each of our columns stands in the list."""
    names = [cell.strip().casefold() for cell in heading]
    found, problems = {}, []
    for column in COLUMNS:
        wanted = reading.headings.get(column, column)
        places = [at for at, name in enumerate(names) if name == wanted.strip().casefold()]
        if len(places) > 1:
            problems.append(f"row 1: the column {wanted!r} is there twice")
        elif places:
            found[column] = places[0]
        elif column in reading.headings:
            hint = nearest(wanted.casefold(), names)
            problems.append(f"row 1: there is no column {wanted!r}{hint}")
    if not problems and "reference" not in found:
        problems.append("row 1: there is no column 'reference'; name it with --column")
    if not problems and not ({"on", "fact"} & found.keys()):
        problems.append("row 1: there is neither a column 'on' nor a column 'fact'")
    _require_none(problems)
    return found


def _filled(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    return (
        (number, cells)
        for number, cells in enumerate(rows[1:], start=2)
        if any(cell.strip() for cell in cells)
    )


def _entry(row: Mapping[str, str], reading: Reading) -> Entry:
    reference = row.get("reference", "")
    if not reference:
        raise _Fault("reference", "is blank; without a reference an event reaches nothing")
    if row.get("fact"):
        if row.get("on"):
            raise _Fault("fact", "a row is an event or a fact, not both")
        return _fact(reference, row, reading.facts)
    trigger = row.get("trigger") or reading.trigger or ""
    if trigger not in _TRIGGERS:
        raise _Fault("trigger", _unknown(trigger, _TRIGGERS, "trigger"))
    return Event(reference, trigger, _day(row.get("on", ""), reading.today))


def _fact(reference: str, row: Mapping[str, str], known: Collection[str]) -> ProvenFact:
    name, value = row["fact"], row.get("value", "").casefold()
    if name not in known:
        raise _Fault("fact", _unknown(name, known, "fact of the schedule"))
    if value not in _TRUE | _FALSE:
        raise _Fault("value", f"{value!r} is neither true nor false")
    return ProvenFact(reference, name, value in _TRUE)


def _day(text: str, today: date) -> date:
    british = _BRITISH.fullmatch(text)
    try:
        if british:
            day, month, year = map(int, british.groups())
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text.partition("T")[0])
    except ValueError:
        written = "write it as 2018-03-31 or 31/03/2018"
        raise _Fault("on", f"{text!r} is not a date; {written}") from None
    if found > today:
        raise _Fault("on", f"{text} lies in the future")
    return found


def _unknown(word: str, known: Iterable[str], what: str) -> str:
    if not word:
        return f"is blank; name the {what}"
    return f"{word!r} is no {what}{nearest(word, known)}"


def _require_none(problems: Sequence[str]) -> None:
    if problems:
        shown, more = problems[:MOST_PROBLEMS], len(problems) - MOST_PROBLEMS
        last = [f"and {more} more"] if more > 0 else []
        raise UsageError(
            f"the list has {len(problems)} mistake(s); nothing was entered", *shown, *last
        )
