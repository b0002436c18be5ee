"""Disposal batches and their items as rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.errors import NotFound, nearest
from retention_agent.register.tables import batch, batch_item, record, share


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


_MAY_LIE_IN_BIN = (
    State.BINNED,
    State.VERIFIED,
    State.WAITING,
    State.PURGE_ARMED,
    # where destruction stopped on its way, the file stays until a person restores it
    State.BLOCKED_BY_HOLD,
    State.FAILED,
)

IN_BIN = sa.exists().where(
    batch_item.c.record == record.c.id,
    batch_item.c.state == record.c.state,
    batch_item.c.binned.is_not(None),
    batch_item.c.state.in_([str(state) for state in _MAY_LIE_IN_BIN]),
)
"""of a record: its file lies in the disposal bin, as far as the register knows"""

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
        hint = nearest(name, connection.scalars(sa.select(batch.c.id)))
        raise NotFound(
            f"no batch is called {name!r}{hint}", "`retention status` lists the batches."
        )
    return dict(row)


def items(connection: sa.Connection, name: str, *states: State) -> list[Item]:
    """The items of a batch in order, or only those in one of `states`."""
    query = _items.where(batch_item.c.batch == name)
    if states:
        query = query.where(batch_item.c.state.in_([str(state) for state in states]))
    return [_item(row) for row in connection.execute(query).mappings()]


def item_of_record(connection: sa.Connection, number: int, *states: State) -> Item:
    """The item through which a record is in one of `states` now: that of its latest batch.

    Raises:
        NotFound: the record is in no such state in any batch.
    """
    query = (
        _items.join(record)
        .where(
            batch_item.c.record == number,
            batch_item.c.state.in_([str(state) for state in states]),
            batch_item.c.state == record.c.state,
        )
        .join(batch)
        .order_by(None)
        .order_by(batch.c.proposed.desc(), batch.c.id.desc())
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(
            f"record {number} is in no batch in state {' or '.join(states)}",
            f"`retention show {number}` tells where it is.",
        )
    return _item(row)


def latest_item(connection: sa.Connection, number: int) -> Item | None:
    """The last item through which the record was in a batch."""
    query = (
        _items.where(batch_item.c.record == number)
        .join(batch)
        .order_by(None)
        .order_by(batch.c.proposed.desc(), batch_item.c.batch.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _item(row)


def set_status(connection: sa.Connection, name: str, status: str) -> None:
    """Record how far a batch is: proposed, approved, rejected, expired, disposing, closed."""
    connection.execute(batch.update().where(batch.c.id == name).values(status=status))


def _item(row: sa.RowMapping) -> Item:
    return Item(**{**row, "state": State(row["state"])})
