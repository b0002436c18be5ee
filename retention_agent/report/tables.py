"""The figures as tables: what the terminal, the workbook and the page all show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from retention_agent.register.overview import BANDS
from retention_agent.report.figures import (
    DIMENSIONS,
    OBSOLETE,
    OLDEST_SHOWN,
    REDUNDANT,
    TRIVIAL,
    YEARS_AHEAD,
    Figures,
    Tallies,
    Tally,
)

MOST_ROWS = 40
"""of a table by owner or class; the rest is added up in one row"""
OUTCOMES = ("destroy", "transfer", "review", "permanent", "held")
_ROT = (REDUNDANT, OBSOLETE, TRIVIAL, "any")
_OTHERS = "(all others)"


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a heading; cells are text, whole numbers, or years to one decimal.

    A column whose name ends in `bytes` holds sizes.
    """

    key: str
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def tables(figures: Figures) -> list[Table]:
    """Every table of the report, in reading order."""
    return [
        summary(figures),
        unknown(figures),
        overdue(figures),
        forecast(figures),
        ages(figures),
        places(figures),
        *(cut(figures, dimension) for dimension in DIMENSIONS),
        leftovers(figures),
    ]


def summary(figures: Figures) -> Table:
    """The estate in six lines."""
    by_share = figures.cut["share"]
    rows: list[tuple[object, ...]] = [("Everything found", *_pair(figures.total))]
    meanings = {
        REDUNDANT: "Redundant: the same content as a record copy elsewhere",
        OBSOLETE: "Obsolete: the period has run out and nothing keeps it",
        TRIVIAL: "Trivial: empty, or left behind by a program",
        "any": "Any of these three, counted once",
    }
    for kind, meaning in meanings.items():
        rows.append((meaning, *_pair(_sum(by_share, kind))))
    unknown_files = Tally()
    for tally in figures.unknown.values():
        unknown_files.files += tally.files
        unknown_files.bytes += tally.bytes
    rows.append(("What we do not know: no class, or not fully read", *_pair(unknown_files)))
    note = "Nothing in this report allows destruction; that takes an approved batch."
    return Table("summary", "At a glance", note, ("what", "files", "bytes"), tuple(rows))


def unknown(figures: Figures) -> Table:
    """Coverage: what the program cannot tell, and why."""
    rows = [(why, *_pair(tally)) for why, tally in _largest(figures.unknown)]
    rows.append(("no date but the file system's", *_pair(figures.undated)))
    if figures.folders_not_entered:
        rows.append(("folders that could not be entered", figures.folders_not_entered, 0))
    note = (
        "These files are kept. A search does not see what was not read; a date of the file system"
        " can be reset by any copy, so it never leads to disposal by itself."
    )
    return Table("unknown", "What we do not know", note, ("reason", "files", "bytes"), tuple(rows))


def overdue(figures: Figures) -> Table:
    """What each service keeps beyond its period (UK GDPR article 5(1)(e): storage limitation)."""
    rows = []
    ordered = sorted(figures.overdue.items(), key=lambda each: (-each[1].dispose.files, each[0]))
    for service, found in ordered:
        files = found.dispose.files + found.review.files
        rows.append(
            (
                service,
                *_pair(found.dispose),
                *_pair(found.review),
                round(found.years / files, 1),
                round(found.longest, 1),
            )
        )
    columns = (
        *("service", "to dispose of", "bytes", "to review", "review bytes"),
        *("years over, on average", "at most"),
    )
    note = "Files whose period has run out, by the schedule's function; held files are not counted."
    return Table("overdue", "Kept too long, by service", note, columns, tuple(rows))


def forecast(figures: Figures) -> Table:
    """How much falls due when."""
    now = figures.today.year
    names = {now - 1: "overdue", now + YEARS_AHEAD: f"{now + YEARS_AHEAD} and later"}
    rows = [
        (
            names.get(year, str(year)),
            *(_at(figures.forecast, (year, outcome)).files for outcome in OUTCOMES),
            sum(_at(figures.forecast, (year, outcome)).bytes for outcome in OUTCOMES),
        )
        for year in range(now - 1, now + YEARS_AHEAD + 1)
    ]
    note = "Files by the year in which their period ends, as far as it is known today."
    columns = ("year", *OUTCOMES, "bytes")
    return Table("forecast", "What falls due when", note, columns, tuple(rows))


def ages(figures: Figures) -> Table:
    """The age pyramid: years since the best date, with a class or without."""
    rows = [
        (
            f"{years} and over" if years == OLDEST_SHOWN else str(years),
            _at(figures.ages, (years, True)).files,
            _at(figures.ages, (years, False)).files,
            _at(figures.ages, (years, True)).bytes + _at(figures.ages, (years, False)).bytes,
        )
        for years in range(OLDEST_SHOWN + 1)
    ]
    note = "Whole years since a file was last changed, by the best date at hand."
    columns = ("years", "with a class", "without", "bytes")
    return Table("ages", "How old it is", note, columns, tuple(rows))


def places(figures: Figures) -> Table:
    """Where the bytes are: top folders of each share, the largest first."""
    found = _largest(figures.places)
    rows = [(share, folder, *_pair(tally)) for (share, folder), tally in found]
    note = "The folders at the top of each share."
    columns = ("share", "folder", "files", "bytes")
    return Table("places", "Where it lies", note, columns, tuple(rows))


def cut(figures: Figures, dimension: str) -> Table:
    """Redundant, obsolete and trivial by one of `DIMENSIONS`."""
    found = figures.cut[dimension]
    values = sorted({str(value) for value, _ in found})
    if dimension == "age":
        values = [band for band in BANDS if band in values]
    else:
        values.sort(key=lambda value: -_at(found, (value, "any")).bytes)
    rows = [(value, *_cells(found, [value])) for value in values[:MOST_ROWS]]
    if len(values) > MOST_ROWS:
        rows.append((_OTHERS, *_cells(found, values[MOST_ROWS:])))
    columns = [dimension, "files", "bytes"]
    for kind in _ROT:
        columns += [kind, f"{kind} bytes"]
    title = f"Redundant, obsolete, trivial by {dimension}"
    note = "`any` counts a file once, however many of the three it is."
    return Table(f"rot-{dimension}", title, note, tuple(columns), tuple(rows))


def leftovers(figures: Figures) -> Table:
    """Why trivial files are trivial."""
    rows = tuple((why, *_pair(tally)) for why, tally in _largest(figures.trivial))
    note = "Only names that programs make count, and files without content."
    return Table("trivial", "Why files are trivial", note, ("reason", "files", "bytes"), rows)


def _cells(found: Tallies, values: Sequence[str]) -> Iterable[int]:
    for kind in ("all", *_ROT):
        yield sum(_at(found, (value, kind)).files for value in values)
        yield sum(_at(found, (value, kind)).bytes for value in values)


def _sum(found: Tallies, kind: str) -> Tally:
    chosen = [tally for (_, each), tally in found.items() if each == kind]
    return Tally(sum(each.files for each in chosen), sum(each.bytes for each in chosen))


def _at(found: Tallies, key: tuple[object, ...]) -> Tally:
    return found.get(key, Tally())


def _pair(tally: Tally) -> tuple[int, int]:
    return tally.files, tally.bytes


def _largest(found: Tallies) -> list[tuple[Any, Tally]]:
    return sorted(found.items(), key=lambda each: (-each[1].bytes, str(each[0])))
