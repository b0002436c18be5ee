"""Disposal batches and their items as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.errors import NotFound
from retention_agent.register.tables import batch, batch_item, share


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a batch, as the register has it now."""

    batch: str
    number: int
    record: int
    state: State
    manifest: str
    bin_name: bytes | None
    binned: str | None
    finished: str | None
    outcome: str | None
    leaf: int | None
    excluded_by: str | None


_items = sa.select(
    batch_item.c.batch,
    batch_item.c.number,
    batch_item.c.record,
    batch_item.c.state,
    batch_item.c.manifest,
    batch_item.c.bin_name,
    batch_item.c.binned,
    batch_item.c.finished,
    batch_item.c.outcome,
    batch_item.c.leaf,
    batch_item.c.excluded_by,
).order_by(batch_item.c.batch, batch_item.c.number)


def find(connection: sa.Connection, name: str) -> Mapping[str, Any]:
    """The batch called `name`, with its share's name.

    Raises:
        NotFound: there is none.
    """
    query = sa.select(batch, share.c.name.label("share_name")).join(share)
    row = connection.execute(query.where(batch.c.id == name)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no batch is called {name!r}", "`retention status` lists the batches.")
    return dict(row)


def items(connection: sa.Connection, name: str, *states: State) -> list[Item]:
    """The items of a batch in order, or only those in one of `states`."""
    query = _items.where(batch_item.c.batch == name)
    if states:
        query = query.where(batch_item.c.state.in_([str(state) for state in states]))
    return [_item(row) for row in connection.execute(query).mappings()]


def item_of_record(connection: sa.Connection, number: int, *states: State) -> Item:
    """The item through which a record is in one of `states` now.

    Raises:
        NotFound: the record is in no such state in any batch.
    """
    query = _items.where(
        batch_item.c.record == number, batch_item.c.state.in_([str(state) for state in states])
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"record {number} is in no batch in state {' or '.join(states)}",
            f"`retention show {number}` tells where it is.",
        )
    return _item(row)


def set_status(connection: sa.Connection, name: str, status: str) -> None:
    """Record how far a batch is: proposed, approved, rejected, disposing or closed."""
    connection.execute(batch.update().where(batch.c.id == name).values(status=status))


def _item(row: sa.RowMapping) -> Item:
    return Item(**{**row, "state": State(row["state"])})
