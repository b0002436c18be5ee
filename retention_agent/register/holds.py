"""Legal and disposal holds as rows of the register (MoReq2010 disposal holds)."""

import base64
from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from policies import Hold, HoldScope
from retention_agent.errors import NotFound, UsageError
from retention_agent.register.tables import hold, hold_epoch


def place(connection: sa.Connection, order: Hold) -> None:
    """Put a hold in force.

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
    }


def _scope(document: Mapping[str, Any]) -> HoldScope:
    return HoldScope(
        paths=tuple((share, base64.b64decode(path)) for share, path in document["paths"]),
        classes=frozenset(document["classes"]),
        references=frozenset(document["references"]),
        fields=document["fields"],
    )
