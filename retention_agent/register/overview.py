"""What stands on each share, counted by the database: quick where there are hundreds of thousands.

Only files that are present count. Ages are reckoned from the best date of each file, as decisions
do (`records.dates`): the latest that the document itself carries, else the file system's.
"""

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import sqlalchemy as sa

from retention_agent.register.duplicates import copies
from retention_agent.register.tables import directory, record, share, unfinished_scan

AGES = ((1, "under 1 year"), (3, "1 to 3 years"), (7, "3 to 7 years"), (15, "7 to 15 years"))
OLDEST = "over 15 years"
AHEAD = "in the future"
BANDS = (AHEAD, *(name for _, name in AGES), OLDEST)
SIZES = (
    (1, "empty"),
    (100_000, "under 100 kB"),
    (1_000_000, "100 kB to 1 MB"),
    (10_000_000, "1 to 10 MB"),
    (100_000_000, "10 to 100 MB"),
    (1_000_000_000, "100 MB to 1 GB"),
)
LARGEST = "1 GB and over"

_carried = sa.func.json_each(record.c.dates).table_valued("value")
CARRIED_DAY = (
    sa.select(sa.func.max(sa.func.substr(sa.func.json_extract(_carried.c.value, "$.on"), 1, 10)))
    .select_from(_carried)
    .correlate(record)
    .scalar_subquery()
)
"""the latest day that a document carries, as ISO text; null where it carries none"""
FILE_DAY = sa.func.date(record.c.mtime_ns / 1_000_000_000, "unixepoch")
"""the day in UTC on which the file was last changed, as the file system has it"""


@dataclass(slots=True)
class Overview:
    """Counts of one share, or of several together; sizes in bytes."""

    files: int = 0
    bytes: int = 0
    captured: int = 0
    unreadable: int = 0
    pending: int = 0
    partial: int = 0
    """read, but not to their end"""
    classified: int = 0
    own_dates: int = 0
    """files whose age is by a date that the document carries; that of the rest is the file's"""
    copies: int = 0
    """files that are further copies of another, wherever that stands"""
    copy_bytes: int = 0
    ages: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)
    origins: Counter[str] = field(default_factory=Counter)
    """who gave the class: manual, automatic, none"""
    reasons: Counter[str] = field(default_factory=Counter)
    """unreadable files by reason"""
    folders_not_entered: int = 0
    unfinished: bool = False
    """a scan was cut short, and the next will go on"""

    def add(self, other: "Overview") -> None:
        """Count another share in."""
        for each in fields(self):
            mine, its = getattr(self, each.name), getattr(other, each.name)
            setattr(self, each.name, mine | its if isinstance(mine, bool) else mine + its)


def overview(connection: sa.Connection, today: date) -> dict[int, Overview]:
    """The overview of each share, by its number, with ages as of `today`."""
    found = {number: Overview() for number in connection.scalars(sa.select(share.c.id))}
    for row in connection.execute(_counts(today)).mappings():
        _enter(found[row["share"]], row)
    for column, name in ((record.c.unreadable, "reasons"), (record.c.class_origin, "origins")):
        for number, value, count in connection.execute(_by(column)):
            getattr(found[number], name)[value] = count
    for number, count, octets in connection.execute(copies()):
        found[number].copies, found[number].copy_bytes = count, octets
    for number, count in connection.execute(_CLOSED):
        found[number].folders_not_entered = count
    for number in connection.scalars(sa.select(unfinished_scan.c.share)):
        found[number].unfinished = True
    return found


def folders_not_entered(
    connection: sa.Connection, number: int, most: int
) -> list[tuple[bytes, str]]:
    """Path and reason of the first `most` folders of a share that were not entered."""
    query = (
        sa.select(directory.c.path, directory.c.error)
        .where(directory.c.share == number, directory.c.error.is_not(None))
        .order_by(directory.c.path)
        .limit(most)
    )
    return [(path, error) for path, error in connection.execute(query)]


def _counts(today: date) -> sa.Select[Any]:
    day = sa.func.coalesce(CARRIED_DAY, FILE_DAY)
    names = ("share", "size", "capture", "partial", "record_class")
    files = (
        sa.select(
            *(record.c[name] for name in names), CARRIED_DAY.label("carried"), day.label("day")
        )
        .where(record.c.present)
        .cte("files")
        .prefix_with("MATERIALIZED")  # or else each band would work the days out anew
    )
    whole = sa.func.count()
    columns: dict[str, sa.ColumnElement[Any]] = {
        "files": whole,
        "bytes": sa.func.sum(files.c.size),
        "partial": whole.filter(files.c.partial, files.c.capture == "captured"),
        "classified": sa.func.count(files.c.record_class),
        "own_dates": sa.func.count(files.c.carried),
    }
    for state in ("captured", "unreadable", "pending"):
        columns[state] = whole.filter(files.c.capture == state)
    for name, within in (*_age_bands(files.c.day, today), *_size_bands(files.c.size)):
        columns[name] = whole.filter(within)
    labelled = [column.label(name) for name, column in columns.items()]
    return sa.select(files.c.share, *labelled).group_by(files.c.share)


Band = tuple[str, sa.ColumnElement[bool]]


def _age_bands(day: sa.ColumnElement[str], today: date) -> list[Band]:
    bands = [(AHEAD, day > today.isoformat())]
    newest = today
    for years, name in AGES:
        oldest = years_before(today, years)
        bands.append((name, sa.and_(day <= newest.isoformat(), day > oldest.isoformat())))
        newest = oldest
    return [*bands, (OLDEST, day <= newest.isoformat())]


def _size_bands(size: sa.ColumnElement[int]) -> list[Band]:
    bands, least = [], 0
    for below, name in SIZES:
        bands.append((name, sa.and_(size >= least, size < below)))
        least = below
    return [*bands, (LARGEST, size >= least)]


def band(day: date, today: date) -> str:
    """The one of `BANDS` that a day lies in, as the database counts it."""
    if day > today:
        return AHEAD
    return next((name for years, name in AGES if day > years_before(today, years)), OLDEST)


def years_before(day: date, years: int) -> date:
    """The same day so many years before; 29 February becomes the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=max(1, day.year - years), day=28 if is_leap_day else day.day)


def _enter(found: Overview, row: sa.RowMapping) -> None:
    for each in fields(found):
        if each.name in row:
            setattr(found, each.name, row[each.name])
    for name in BANDS:
        found.ages[name] = row[name]
    for name in (*(name for _, name in SIZES), LARGEST):
        found.sizes[name] = row[name]


def _by(column: sa.ColumnElement[Any]) -> sa.Select[Any]:
    here = (record.c.present, column.is_not(None))
    return (
        sa.select(record.c.share, column, sa.func.count())
        .where(*here)
        .group_by(record.c.share, column)
    )


_CLOSED = (
    sa.select(directory.c.share, sa.func.count())
    .where(directory.c.error.is_not(None))
    .group_by(directory.c.share)
)
