"""Enters a list of events and facts, shows what that makes due, and takes it back.

All of a list is entered or none of it, and it is undone as one: a leavers' list sent for the wrong
year must not have to be picked out event by event. What other lists or people said stays.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from policies import Action, Event, Reason
from retention_agent.audit import log
from retention_agent.audit.event import Event as LogEvent
from retention_agent.audit.event import Fact
from retention_agent.errors import NotFound, Refused
from retention_agent.register import decisions, records, triggers
from retention_agent.register.records import CHUNK, instant
from retention_agent.register.tables import event_list, record, trigger_event
from retention_agent.workflow.event_rows import Entry, ProvenFact


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list came from: the file's name and the SHA-256 of its bytes, in hexadecimal."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the schedule says of a record."""

    share: str
    path: bytes
    record_class: str | None
    action: Action
    reason: Reason
    due: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a list did, or undoing it."""

    number: int
    events: int
    facts: int
    known: int
    """entries that said what was known already"""
    records: int
    """records with one of its references"""
    unused: tuple[str, ...]
    """references that no record carries"""
    changes: tuple[tuple[int, Standing, Standing], ...]
    """record, before, after: those of which the schedule says something else now"""


def enter(
    connection: sa.Connection,
    entries: Sequence[Entry],
    source: Source,
    now: datetime,
    zone: ZoneInfo,
) -> Effect:
    """Enter every entry of a list.

    Raises:
        Refused: the very same file was entered before and is in force.
    """
    _require_new(connection, source)
    references = {entry.reference for entry in entries}
    touched = triggers.records_of(connection, references)
    before = _standings(connection, touched, now, zone)
    number = _new_list(connection, source, now)
    _confirm(connection, entries, number)
    events = _enter_events(connection, entries, number, now)
    facts = _enter_facts(connection, entries, number, now)
    counts = {"events": len(events), "facts": len(facts), "entries": len(entries)}
    about = {"name": source.name, "sha256": source.sha256}
    listed = LogEvent("event list", f"event-list:{number}", facts=counts, private=about)
    log.append_many(connection, [*events, *facts, listed], now)
    return Effect(
        number=number,
        events=len(events),
        facts=len(facts),
        known=len(entries) - len(events) - len(facts),
        records=len(touched),
        unused=tuple(sorted(references - triggers.carried(connection, references))),
        changes=_changes(before, _standings(connection, touched, now, zone)),
    )


def undo(connection: sa.Connection, number: int, now: datetime, zone: ZoneInfo) -> Effect:
    """Withdraw every event of a list, and put back each fact that still says what it said.

    An event that another list in force says as well stays, as that list's.

    Raises:
        NotFound: no list in force has that number.
    """
    row = connection.execute(sa.select(event_list).where(event_list.c.id == number)).one_or_none()
    if row is None or row.withdrawn is not None:
        raise NotFound(f"no list in force is numbered {number}", "retention event lists")
    mine = sa.and_(trigger_event.c.list == number, trigger_event.c.withdrawn.is_(None))
    _hand_over(connection, number)
    events = connection.execute(sa.select(trigger_event).where(mine)).all()
    references = {each.reference for each in events} | {each[0] for each in row.facts}
    touched = triggers.records_of(connection, references)
    before = _standings(connection, touched, now, zone)
    for each in events:
        triggers.withdraw_event(connection, each.id, now)
    restored = [change for change in row.facts if _put_back(connection, change, now)]
    connection.execute(
        event_list.update().where(event_list.c.id == number).values(withdrawn=instant(now))
    )
    logged = [LogEvent("trigger event withdrawal", f"event:{each.id}") for each in events]
    counts = {"events": len(events), "facts": len(restored)}
    done = LogEvent("event list withdrawal", f"event-list:{number}", facts=counts)
    log.append_many(connection, [*logged, done], now)
    after = _standings(connection, touched, now, zone)
    kept = len(row.facts) - len(restored)
    return Effect(
        number, len(events), len(restored), kept, len(touched), (), _changes(before, after)
    )


def lists(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Every list there was, with how many of its events are in force."""
    events = (
        sa.select(sa.func.count())
        .where(trigger_event.c.list == event_list.c.id, trigger_event.c.withdrawn.is_(None))
        .scalar_subquery()
    )
    query = sa.select(event_list, events.label("events")).order_by(event_list.c.id)
    for row in connection.execute(query).mappings():
        yield {
            **{key: row[key] for key in ("id", "name", "sha256", "entered", "withdrawn", "events")},
            "facts": len(row["facts"]),
        }


def _require_new(connection: sa.Connection, source: Source) -> None:
    same = sa.and_(event_list.c.sha256 == source.sha256, event_list.c.withdrawn.is_(None))
    known = connection.scalar(sa.select(event_list.c.id).where(same))
    if known is not None:
        raise Refused(
            f"list {known} is this very file; nothing was entered",
            f"Take it back first if it is to be entered again: retention event undo {known}",
        )


def _new_list(connection: sa.Connection, source: Source, now: datetime) -> int:
    values = {
        "name": source.name,
        "sha256": source.sha256,
        "entered": instant(now),
        "facts": [],
    }
    made = connection.execute(event_list.insert().values(values).returning(event_list.c.id))
    return int(made.scalar_one())


def _confirm(connection: sa.Connection, entries: Iterable[Entry], number: int) -> None:
    """Note which events the list says that are in force without it."""
    known = [triggers.find_event(connection, each) for each in entries if isinstance(each, Event)]
    values = {"confirmed": sorted({each for each in known if each is not None})}
    connection.execute(event_list.update().where(event_list.c.id == number).values(values))


def _hand_over(connection: sa.Connection, number: int) -> None:
    """Give the events of a list that another in force says as well to the first such list."""
    others = sa.and_(event_list.c.id != number, event_list.c.withdrawn.is_(None))
    for other in connection.execute(sa.select(event_list).where(others).order_by(event_list.c.id)):
        shared = trigger_event.c.id.in_(other.confirmed or ()) & (trigger_event.c.list == number)
        connection.execute(trigger_event.update().where(shared).values(list=other.id))


def _enter_events(
    connection: sa.Connection, entries: Iterable[Entry], number: int, now: datetime
) -> list[LogEvent]:
    logged = []
    for entry in entries:
        if isinstance(entry, Event) and triggers.find_event(connection, entry) is None:
            entered = triggers.enter_event(connection, entry, now, number)
            about = {"reference": entry.reference, "on": entry.on.isoformat()}
            facts: dict[str, Fact] = {"trigger": entry.trigger, "list": number}
            logged.append(LogEvent("trigger event", f"event:{entered}", facts=facts, private=about))
    return logged


def _enter_facts(
    connection: sa.Connection, entries: Iterable[Entry], number: int, now: datetime
) -> list[LogEvent]:
    changes: list[tuple[str, str, bool | None, bool]] = []
    for entry in entries:
        if not isinstance(entry, ProvenFact):
            continue
        known = triggers.known_fact(connection, entry.reference, entry.name)
        if known is not entry.holds:
            changes.append((entry.reference, entry.name, known, entry.holds))
            triggers.set_fact(connection, entry.reference, entry.name, holds=entry.holds, now=now)
    connection.execute(event_list.update().where(event_list.c.id == number).values(facts=changes))
    return [
        LogEvent(
            "fact record",
            f"event-list:{number}",
            facts={"fact": name, "holds": holds},
            private={"reference": reference},
        )
        for reference, name, _, holds in changes
    ]


def _put_back(connection: sa.Connection, change: Sequence[object], now: datetime) -> bool:
    reference, name, before, after = str(change[0]), str(change[1]), change[2], change[3]
    if triggers.known_fact(connection, reference, name) is not after:
        return False  # somebody has said otherwise since
    if before is None:
        triggers.forget_fact(connection, reference, name)
    else:
        triggers.set_fact(connection, reference, name, holds=bool(before), now=now)
    return True


def _standings(
    connection: sa.Connection, numbers: Sequence[int], now: datetime, zone: ZoneInfo
) -> dict[int, Standing]:
    within = decisions.frame(connection, now.astimezone(zone).date(), zone)
    return {
        row["id"]: Standing(
            row["share_name"],
            row["path"],
            row["record_class"],
            decision.action,
            decision.reason,
            str(decision.due or ""),
        )
        for start in range(0, len(numbers), CHUNK)
        for chunk in records.stream(
            connection, record.c.id.in_(numbers[start : start + CHUNK]) & record.c.present
        )
        for row, decision in decisions.decide_rows(connection, chunk, within)
    }


def _changes(
    before: dict[int, Standing], after: dict[int, Standing]
) -> tuple[tuple[int, Standing, Standing], ...]:
    return tuple(
        (number, before[number], standing)
        for number, standing in after.items()
        if before[number] != standing
    )
