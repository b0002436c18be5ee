"""The schedule in force and the draft that waits for its signatures."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from policies import Rule, Schedule, parse_schedule, to_document
from retention_agent.errors import NotFound, Refused, nearest
from retention_agent.register.records import instant
from retention_agent.register.tables import schedule

EMPTY = Schedule(title="no schedule", version="0", rules={}, functions={})


def is_begun(connection: sa.Connection) -> bool:
    """Whether the register was ever given a schedule, as setting it up does."""
    return connection.scalar(sa.select(schedule.c.id).limit(1)) is not None


def in_force(connection: sa.Connection) -> Schedule:
    """The schedule last adopted; before the first, the draft with no class adopted."""
    row = connection.execute(
        sa.select(schedule)
        .where(schedule.c.adopted.is_not(None))
        .order_by(schedule.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is not None:
        return parse_schedule(row.document, adopted=frozenset(row.codes))
    waiting = draft(connection)
    return EMPTY if waiting is None else replace(waiting[1], adopted=frozenset())


def number_in_force(connection: sa.Connection) -> int:
    """The number of the schedule last adopted; 0 before the first."""
    query = sa.select(sa.func.max(schedule.c.id)).where(schedule.c.adopted.is_not(None))
    return connection.scalar(query) or 0


def draft(connection: sa.Connection) -> tuple[int, Schedule] | None:
    """The newest schedule if it is not adopted yet, with its number."""
    row = connection.execute(sa.select(schedule).order_by(schedule.c.id.desc()).limit(1)).first()
    if row is None or row.adopted is not None:
        return None
    return row.id, parse_schedule(row.document, adopted=frozenset(row.codes))


def numbered(connection: sa.Connection, number: int) -> Schedule:
    """The schedule that was imported as draft `number`, whatever became of it.

    Raises:
        NotFound: none has that number.
    """
    row = connection.execute(sa.select(schedule).where(schedule.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"no schedule is numbered {number}", "`schedule import` prints the number.")
    return parse_schedule(row.document, adopted=frozenset(row.codes))


def store_draft(connection: sa.Connection, proposed: Schedule, now: datetime) -> int:
    """Keep `proposed` as the draft; its `adopted` codes are those to be put in force.

    Raises:
        Refused: this very schedule is in force already.
    """
    current = in_force(connection)
    if (current.digest(), current.adopted) == (proposed.digest(), proposed.adopted):
        raise Refused(f"version {proposed.version} of this schedule is in force already")
    stored = connection.execute(
        schedule.insert()
        .values(
            digest=proposed.digest(),
            version=proposed.version,
            document=to_document(proposed),
            codes=sorted(proposed.adopted),
            proposed=instant(now),
        )
        .returning(schedule.c.id)
    )
    return int(stored.scalar_one())


def adopt(connection: sa.Connection, number: int, now: datetime) -> None:
    """Put draft `number` in force; the caller has verified its two signatures."""
    connection.execute(
        schedule.update().where(schedule.c.id == number).values(adopted=instant(now))
    )


def rules_of(connection: sa.Connection, digests: Iterable[str]) -> dict[str, Rule]:
    """The rules with these digests, from every schedule the register was ever given.

    A rule that was changed since is still found as it was; one that is not found is left out.
    """
    wanted, found = set(digests), dict[str, Rule]()
    documents = connection.scalars(sa.select(schedule.c.document).order_by(schedule.c.id.desc()))
    for document in documents:
        if wanted <= found.keys():
            break
        rules = parse_schedule(document).rules.values()
        found |= {rule.digest(): rule for rule in rules if rule.digest() in wanted}
    return found


def require_class(connection: sa.Connection, code: str) -> None:
    """Let a class of the schedule pass.

    Raises:
        NotFound: the schedule has no such class; the message names the nearest.
    """
    _require(code, in_force(connection).rules, "class")


def require_fact(connection: sa.Connection, name: str) -> None:
    """Let a fact pass that an alternative of some rule depends on; raises as `require_class`."""
    _require(name, facts(connection), "fact")


def facts(connection: sa.Connection) -> set[str]:
    """The facts that alternatives of the schedule depend on."""
    rules = in_force(connection).rules.values()
    return {each.fact for rule in rules for each in rule.alternatives}


def _require(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        raise NotFound(f"the schedule has no {what} {name!r}{nearest(name, known)}")
