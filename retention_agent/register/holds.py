"""Legal and disposal holds as rows of the register (MoReq2010 disposal holds)."""

import base64
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

import policies
from policies import Hold, HoldScope
from retention_agent.errors import NotFound, UsageError, nearest
from retention_agent.register.records import instant
from retention_agent.register.tables import (
    batch_item,
    hold,
    hold_covered,
    hold_epoch,
    hold_review,
)

_HELD_BY = "held by "


def place(connection: sa.Connection, order: Hold, by: str = "") -> None:
    """Put a hold in force; `by` says who asked for it.

    Raises:
        UsageError: a hold of that name exists; names are never used twice.
    """
    if connection.scalar(sa.select(hold.c.id).where(hold.c.id == order.id)) is not None:
        raise UsageError(f"a hold is called {order.id!r} already; names are never used twice")
    connection.execute(
        hold.insert().values(
            id=order.id,
            title=order.title,
            authority=order.authority,
            reason=order.reason,
            review_by=order.review_by.isoformat(),
            placed=order.placed.isoformat(),
            scope=_scope_document(order.scope),
            placed_by=by,
        )
    )
    _advance(connection)


def release(connection: sa.Connection, name: str, grace_ends: date) -> None:
    """End a hold; it still protects until `grace_ends` has passed.

    Raises:
        NotFound: no active hold has that name.
    """
    done = connection.execute(
        hold.update()
        .where(hold.c.id == name, hold.c.grace_ends.is_(None))
        .values(grace_ends=grace_ends.isoformat())
    )
    if not done.rowcount:
        raise NotFound(f"no active hold is called {name!r}", "`retention hold list` shows them.")
    _advance(connection)


def load(connection: sa.Connection) -> list[Hold]:
    """Every hold there ever was, released ones included, by name."""
    rows = connection.execute(sa.select(hold).order_by(hold.c.id)).mappings()
    return [
        Hold(
            id=row["id"],
            title=row["title"],
            authority=row["authority"],
            reason=row["reason"],
            review_by=date.fromisoformat(row["review_by"]),
            placed=date.fromisoformat(row["placed"]),
            scope=_scope(row["scope"]),
            grace_ends=row["grace_ends"] and date.fromisoformat(row["grace_ends"]),
        )
        for row in rows
    ]


def find(connection: sa.Connection, name: str) -> Hold:
    """The hold called `name`, released or not.

    Raises:
        NotFound: there never was one.
    """
    known = {each.id: each for each in load(connection)}
    if name not in known:
        hint = nearest(name, known)
        raise NotFound(f"no hold is called {name!r}{hint}", "`retention hold list` shows them.")
    return known[name]


def in_force(connection: sa.Connection, today: date) -> list[Hold]:
    """The holds that still stop disposal on that day, by name."""
    return [each for each in load(connection) if policies.in_force(each, today)]


def placed_by(connection: sa.Connection, name: str) -> str:
    """Who placed the hold, or nothing where that was not written down."""
    return connection.scalar(sa.select(hold.c.placed_by).where(hold.c.id == name)) or ""


def review(connection: sa.Connection, name: str, next_date: date, note: str, now: datetime) -> None:
    """Write down that the hold was reviewed and still stands, and when to ask again."""
    connection.execute(
        hold_review.insert().values(
            hold=name, reviewed=instant(now), next_date=next_date.isoformat(), note=note
        )
    )
    values = {"review_by": next_date.isoformat()}
    connection.execute(hold.update().where(hold.c.id == name).values(values))


def reviews(connection: sa.Connection, name: str) -> list[dict[str, str]]:
    """When the hold was reviewed, what was noted, and the next date that was set, in order."""
    query = sa.select(hold_review).where(hold_review.c.hold == name).order_by(hold_review.c.id)
    return [
        {"reviewed": row.reviewed, "next_date": row.next_date, "note": row.note}
        for row in connection.execute(query)
    ]


def covered(connection: sa.Connection, name: str) -> frozenset[int]:
    """The records that people were told the hold covers."""
    chosen = sa.select(hold_covered.c.record).where(hold_covered.c.hold == name)
    return frozenset(connection.scalars(chosen))


def arrived(connection: sa.Connection, name: str) -> int:
    """How many of those came after the hold was placed."""
    chosen = hold_covered.c.arrived.is_not(None) & (hold_covered.c.hold == name)
    return connection.scalar(sa.select(sa.func.count()).where(chosen)) or 0


def tell(
    connection: sa.Connection, name: str, numbers: Iterable[int], now: datetime | None
) -> None:
    """Remember that people were told of these records: at placement (None), or as arrivals."""
    at = now and instant(now)
    rows = [{"hold": name, "record": number, "arrived": at} for number in numbers]
    if rows:
        connection.execute(hold_covered.insert().prefix_with("OR IGNORE"), rows)


def stopped(connection: sa.Connection, name: str) -> list[str]:
    """The items, as `batch/number`, that the hold took out of batches."""
    chosen = sa.select(batch_item.c.batch, batch_item.c.number, batch_item.c.stopped)
    rows = connection.execute(
        chosen.where(batch_item.c.stopped.is_not(None)).order_by(
            batch_item.c.batch, batch_item.c.number
        )
    )
    return [f"{row.batch}/{row.number}" for row in rows if name in _names(row.stopped)]


def held_by(names: Iterable[str]) -> str:
    """What is written of an item that holds took out of its batch."""
    return _HELD_BY + ", ".join(names)


def _names(stopped: str) -> list[str]:
    return stopped.removeprefix(_HELD_BY).partition(";")[0].split(", ")


def epoch(connection: sa.Connection) -> int:
    """How many times holds have changed; a batch names the epoch it was proposed in."""
    return connection.scalar(sa.select(sa.func.count()).select_from(hold_epoch)) or 0


def _advance(connection: sa.Connection) -> None:
    connection.execute(hold_epoch.insert())


def _scope_document(scope: HoldScope) -> dict[str, Any]:
    return {
        "paths": [[share, base64.b64encode(path).decode()] for share, path in scope.paths],
        "classes": sorted(scope.classes),
        "references": sorted(scope.references),
        "fields": dict(scope.fields),
        "query": scope.query,
    }


def _scope(document: Mapping[str, Any]) -> HoldScope:
    return HoldScope(
        paths=tuple((share, base64.b64decode(path)) for share, path in document["paths"]),
        classes=frozenset(document["classes"]),
        references=frozenset(document["references"]),
        fields=document["fields"],
        query=document.get("query", ""),
    )
