"""Events and facts that start or change periods: a contract ended, a person has died.

Both belong to a reference and reach records only through it.
"""

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from policies import Event
from retention_agent.errors import NotFound, UsageError
from retention_agent.register.records import instant
from retention_agent.register.tables import fact, record_reference, trigger_event


def add_event(connection: sa.Connection, event: Event, now: datetime) -> int:
    """Enter an event; answers with its number.

    Raises:
        UsageError: the very same event is there already.
    """
    same = sa.and_(
        trigger_event.c.reference == event.reference,
        trigger_event.c.trigger == event.trigger,
        trigger_event.c.on == event.on.isoformat(),
        trigger_event.c.withdrawn.is_(None),
    )
    known = connection.scalar(sa.select(trigger_event.c.id).where(same))
    if known is not None:
        raise UsageError(f"event {known} says that already: {event.reference}, {event.trigger}")
    entered = connection.execute(
        trigger_event.insert()
        .values(
            reference=event.reference,
            trigger=event.trigger,
            on=event.on.isoformat(),
            recorded=instant(now),
        )
        .returning(trigger_event.c.id)
    )
    return int(entered.scalar_one())


def withdraw_event(connection: sa.Connection, number: int, now: datetime) -> None:
    """Take an event back that was entered by mistake; its row stays.

    Raises:
        NotFound: no event in force has that number.
    """
    found = connection.execute(
        trigger_event.update()
        .where(trigger_event.c.id == number, trigger_event.c.withdrawn.is_(None))
        .values(withdrawn=instant(now))
    )
    if not found.rowcount:
        raise NotFound(
            f"no event in force is numbered {number}", "`retention event list` shows them."
        )


def events_of(connection: sa.Connection, references: Iterable[str]) -> list[Event]:
    """Every event in force about these references."""
    rows = connection.execute(
        sa.select(trigger_event.c.reference, trigger_event.c.trigger, trigger_event.c.on).where(
            trigger_event.c.reference.in_(sorted(references)), trigger_event.c.withdrawn.is_(None)
        )
    )
    return [Event(reference, trigger, date.fromisoformat(on)) for reference, trigger, on in rows]


def set_fact(
    connection: sa.Connection, reference: str, name: str, *, holds: bool, now: datetime
) -> None:
    """Record that a named fact is proven true, or proven false, of a reference."""
    connection.execute(fact.delete().where(fact.c.reference == reference, fact.c.fact == name))
    connection.execute(
        fact.insert().values(reference=reference, fact=name, holds=holds, recorded=instant(now))
    )


def add_reference(connection: sa.Connection, number: int, reference: str, origin: str) -> None:
    """Tie a record to a reference; a manual tie stays when the record is read again."""
    key = (record_reference.c.record == number, record_reference.c.reference == reference)
    connection.execute(record_reference.delete().where(*key))
    connection.execute(
        record_reference.insert().values(record=number, reference=reference, origin=origin)
    )


def records_with(connection: sa.Connection, reference: str) -> int:
    """How many records have that reference."""
    query = sa.select(sa.func.count()).where(record_reference.c.reference == reference)
    return int(connection.scalar(query) or 0)


def written_otherwise(connection: sa.Connection, reference: str) -> list[str]:
    """References of records that differ from this one in capitals only: they do not match it."""
    query = (
        sa.select(record_reference.c.reference)
        .where(
            sa.func.lower(record_reference.c.reference) == reference.lower(),
            record_reference.c.reference != reference,
        )
        .distinct()
    )
    return sorted(connection.scalars(query))
