"""Events and facts that start or change periods: a contract ended, a person has died.

Both belong to a reference and reach records only through it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

import sqlalchemy as sa

from policies import Event
from retention_agent.errors import NotFound, UsageError
from retention_agent.register.records import CHUNK, instant
from retention_agent.register.tables import fact, record_reference, trigger_event


def add_event(connection: sa.Connection, event: Event, now: datetime) -> int:
    """Enter an event; answers with its number.

    Raises:
        UsageError: the very same event is there already.
    """
    known = find_event(connection, event)
    if known is not None:
        raise UsageError(f"event {known} says that already: {event.reference}, {event.trigger}")
    return enter_event(connection, event, now)


def find_event(connection: sa.Connection, event: Event) -> int | None:
    """The number of the very same event, where it is in force already."""
    same = sa.and_(
        trigger_event.c.reference == event.reference,
        trigger_event.c.trigger == event.trigger,
        trigger_event.c.on == event.on.isoformat(),
        trigger_event.c.withdrawn.is_(None),
    )
    return connection.scalar(sa.select(trigger_event.c.id).where(same))


def enter_event(
    connection: sa.Connection, event: Event, now: datetime, brought_by: int | None = None
) -> int:
    """Enter an event, of the list numbered `brought_by` if it came in one."""
    values = {
        "reference": event.reference,
        "trigger": event.trigger,
        "on": event.on.isoformat(),
        "recorded": instant(now),
        "list": brought_by,
    }
    entered = connection.execute(
        trigger_event.insert().values(values).returning(trigger_event.c.id)
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
    forget_fact(connection, reference, name)
    connection.execute(
        fact.insert().values(reference=reference, fact=name, holds=holds, recorded=instant(now))
    )


def known_fact(connection: sa.Connection, reference: str, name: str) -> bool | None:
    """What is proven of a reference, or None while nobody knows."""
    query = sa.select(fact.c.holds).where(fact.c.reference == reference, fact.c.fact == name)
    return connection.scalar(query)


def forget_fact(connection: sa.Connection, reference: str, name: str) -> None:
    """Make a fact unknown again."""
    connection.execute(fact.delete().where(fact.c.reference == reference, fact.c.fact == name))


def add_reference(connection: sa.Connection, number: int, reference: str, origin: str) -> None:
    """Tie a record to a reference; a manual tie stays when the record is read again."""
    key = (record_reference.c.record == number, record_reference.c.reference == reference)
    connection.execute(record_reference.delete().where(*key))
    connection.execute(
        record_reference.insert().values(record=number, reference=reference, origin=origin)
    )


def replace_found(connection: sa.Connection, found: Mapping[int, Mapping[str, str]]) -> int:
    """Put the references just found in place of those found before; a person's stay.

    Args:
        connection: the register.
        found: by record, each reference with its origin, `name` or `text`.

    Returns:
        How many records have other references than before.
    """
    ours = record_reference.c.record.in_(found)
    before: dict[int, set[str]] = {number: set() for number in found}
    for each in connection.execute(sa.select(record_reference).where(ours)):
        before[each.record].add(each.reference)
    connection.execute(record_reference.delete().where(ours, record_reference.c.origin != "manual"))
    after: dict[int, set[str]] = {number: set() for number in found}
    for each in connection.execute(sa.select(record_reference).where(ours)):
        after[each.record].add(each.reference)
    new = [
        {"record": number, "reference": reference, "origin": origin}
        for number, references in found.items()
        for reference, origin in references.items()
        if reference not in after[number]
    ]
    if new:
        connection.execute(record_reference.insert(), new)
    return sum(before[number] != after[number] | set(found[number]) for number in found)


def records_of(connection: sa.Connection, references: Collection[str]) -> list[int]:
    """The numbers of the records that carry any of these references."""
    found: set[int] = set()
    for carried_by in _of_some(references):
        found.update(connection.scalars(sa.select(record_reference.c.record).where(carried_by)))
    return sorted(found)


def carried(connection: sa.Connection, references: Collection[str]) -> set[str]:
    """Those of these references that some record carries."""
    found: set[str] = set()
    for carried_by in _of_some(references):
        query = sa.select(record_reference.c.reference).where(carried_by).distinct()
        found.update(connection.scalars(query))
    return found


def _of_some(references: Collection[str]) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions that together find every one of many references; a query holds only so many."""
    ordered = sorted(references)
    for start in range(0, len(ordered), CHUNK):
        yield record_reference.c.reference.in_(ordered[start : start + CHUNK])


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
