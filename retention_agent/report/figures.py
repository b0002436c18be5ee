"""Counts every present file once along each dimension of the report, in one pass."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from policies import Action, Reason
from retention_agent.register import decisions, duplicates, records
from retention_agent.register.tables import directory, record, share
from retention_agent.report.line import NO_CLASS, Frame, Line, line

YEARS_AHEAD = 10
OLDEST_SHOWN = 20
REDUNDANT, OBSOLETE, TRIVIAL = "redundant", "obsolete", "trivial"

_DIMENSIONS: dict[str, Callable[[Line], str]] = {
    "share": lambda each: each.share,
    "owner": lambda each: each.owner,
    "age": lambda each: each.band,
    "type": lambda each: each.kind,
    "class": lambda each: each.record_class,
}
DIMENSIONS = tuple(_DIMENSIONS)
_DATED = frozenset(
    {Reason.DUE, Reason.DATE_UNCERTAIN, Reason.YEARLY_REVIEW, Reason.NOT_YET_DUE, Reason.HELD}
)


@dataclass(slots=True)
class Tally:
    """So many files of so many bytes."""

    files: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count one file in."""
        self.files += 1
        self.bytes += size


@dataclass(slots=True)
class Overdue:
    """What a service keeps beyond its period: how much, and for how long."""

    dispose: Tally = field(default_factory=Tally)
    review: Tally = field(default_factory=Tally)
    years: float = 0.0
    longest: float = 0.0


Tallies = dict[Any, Tally]


def _tallies() -> Tallies:
    return defaultdict(Tally)


@dataclass(slots=True)
class Figures:
    """Everything the report shows; sizes in bytes, ages in years."""

    today: date
    total: Tally = field(default_factory=Tally)
    cut: dict[str, Tallies] = field(default_factory=lambda: defaultdict(_tallies))
    """by dimension: (value, redundant | obsolete | trivial | any), and (value, all)"""
    overdue: dict[str, Overdue] = field(default_factory=lambda: defaultdict(Overdue))
    """by service"""
    forecast: Tallies = field(default_factory=_tallies)
    """by (year, outcome); last year stands for every earlier day, the last for all later ones"""
    ages: Tallies = field(default_factory=_tallies)
    """by (whole years, whether a class is known)"""
    places: Tallies = field(default_factory=_tallies)
    """by (share, top folder)"""
    unknown: Tallies = field(default_factory=_tallies)
    """by reason why the program cannot tell"""
    undated: Tally = field(default_factory=Tally)
    trivial: Tallies = field(default_factory=_tallies)
    """by reason"""
    folders_not_entered: int = 0
    scans: list[tuple[str, str | None]] = field(default_factory=list)
    """each share, and the instant of its last complete scan"""


def gather(
    connection: sa.Connection, today: date, zone: ZoneInfo, share_name: str | None = None
) -> Figures:
    """Count what stands on the shares, or on one, as of `today`."""
    here = share.c.name == share_name if share_name else sa.true()
    within = decisions.frame(connection, today, zone)
    frame = Frame(within.schedule, today, zone, duplicates.further_copies(connection))
    figures = Figures(today)
    for rows in records.stream(connection, record.c.present & here):
        for row, decision in decisions.decide_rows(connection, rows, within):
            _count(figures, line(row, decision, frame))
    figures.folders_not_entered = (
        connection.scalar(
            sa.select(sa.func.count())
            .select_from(directory.join(share))
            .where(directory.c.error.is_not(None), here)
        )
        or 0
    )
    scans = sa.select(share.c.name, share.c.last_complete_scan).where(here).order_by(share.c.name)
    figures.scans = [(name, instant) for name, instant in connection.execute(scans)]
    return figures


def rot(each: Line) -> list[str]:
    """Which of redundant, obsolete and trivial a file is; it may be several."""
    found = [
        (REDUNDANT, each.redundant),
        (OBSOLETE, each.action is not Action.RETAIN),
        (TRIVIAL, bool(each.trivial)),
    ]
    return [name for name, holds in found if holds]


def _count(figures: Figures, each: Line) -> None:
    figures.total.add(each.size)
    kinds = rot(each)
    for dimension, value_of in _DIMENSIONS.items():
        tallies, value = figures.cut[dimension], value_of(each)
        for kind in ("all", *kinds, *(["any"] if kinds else [])):
            tallies[value, kind].add(each.size)
    figures.places[each.share, each.folder].add(each.size)
    known = each.record_class != NO_CLASS
    figures.ages[min(int(each.age), OLDEST_SHOWN), known].add(each.size)
    if each.unknown:
        figures.unknown[each.unknown].add(each.size)
    if not each.trusted_date:
        figures.undated.add(each.size)
    if each.trivial:
        figures.trivial[each.trivial].add(each.size)
    _count_due(figures, each)


def _count_due(figures: Figures, each: Line) -> None:
    if each.due is None or each.reason not in _DATED:
        return
    now = figures.today.year
    overdue = each.due < figures.today
    year = now - 1 if overdue else min(each.due.year, now + YEARS_AHEAD)
    figures.forecast[year, each.outcome].add(each.size)
    if each.action is not Action.RETAIN:
        service = figures.overdue[each.service]
        (service.review if each.action is Action.REVIEW else service.dispose).add(each.size)
        years = (figures.today - each.due).days / 365.25
        service.years += years
        service.longest = max(service.longest, years)
