"""Brings a record, its events and the holds together and asks the policy core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from policies import Decision, Hold, Record, Schedule, decide
from retention_agent.register import holds, records, schedules, triggers


@dataclass(frozen=True, slots=True)
class Frame:
    """What every decision of one run is made within.

    `unmatched` is, by record, what reading its file once more said of the queries of holds; it
    stands in place of what the register remembers of them. None: nothing was read again.
    """

    schedule: Schedule
    holds: Sequence[Hold]
    today: date
    zone: ZoneInfo
    unmatched: Mapping[int, frozenset[str]] | None = None


def frame(
    connection: sa.Connection,
    today: date,
    zone: ZoneInfo,
    unmatched: Mapping[int, frozenset[str]] | None = None,
) -> Frame:
    """The schedule in force and all holds, as of `today`."""
    return Frame(schedules.in_force(connection), holds.load(connection), today, zone, unmatched)


def decide_rows(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], within: Frame
) -> list[tuple[sa.RowMapping, Decision]]:
    """Each row with its decision."""
    return [(row, decision) for row, (decision,) in decide_under(connection, rows, [within])]


def decide_under(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], frames: Sequence[Frame]
) -> list[tuple[sa.RowMapping, list[Decision]]]:
    """Each row with what is decided within each frame; all of them of one time zone."""
    subjects = _subjects(connection, rows, frames[0])
    references = {reference for subject in subjects for reference in subject.references}
    events = triggers.events_of(connection, references) if references else []
    return [
        (
            row,
            [decide(subject, each.schedule, events, each.holds, each.today) for each in frames],
        )
        for row, subject in zip(rows, subjects, strict=True)
    ]


def _subjects(
    connection: sa.Connection, rows: Sequence[sa.RowMapping], within: Frame
) -> list[Record]:
    subjects = records.for_policy(connection, rows, within.zone)
    read = within.unmatched
    if read is None:
        return subjects
    return [replace(each, unmatched=read.get(int(each.id), frozenset())) for each in subjects]
