"""Moves a record along its lifecycle: register, batch and log in one transaction.

No other code writes a disposal state. Each move names the state it expects; if the register says
otherwise nothing is written.
"""

import json
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from policies import State, require_move
from retention_agent.audit.event import Event
from retention_agent.audit.log import append_many
from retention_agent.errors import IntegrityError
from retention_agent.register.batches import Item
from retention_agent.register.records import instant
from retention_agent.register.tables import batch_item, record

IN_BATCH = frozenset(
    {
        State.PROPOSED,
        State.APPROVED,
        State.ARMED,
        State.BINNED,
        State.VERIFIED,
        State.WAITING,
        State.PURGE_ARMED,
    }
)
IN_BIN = frozenset({State.BINNED, State.VERIFIED, State.WAITING, State.PURGE_ARMED})


def move_record(connection: sa.Connection, number: int, old: State, new: State) -> None:
    """Move a record that is in no batch; the caller logs what it did.

    Raises:
        IntegrityError: the register does not have the record in state `old`.
    """
    require_move(old, new)
    done = connection.execute(
        record.update()
        .where(record.c.id == number, record.c.state == str(old))
        .values(state=str(new))
    )
    if not done.rowcount:
        raise IntegrityError(f"record {number} is not in state {old}; nothing was changed")


def move_items(
    connection: sa.Connection,
    items: Iterable[Item],
    new: State,
    now: datetime,
    outcome: str | None = None,
) -> None:
    """Move items of a batch, and their records, to `new`, with one log leaf for each.

    Raises:
        IllegalMove: the lifecycle does not allow it.
        IntegrityError: the register has an item or its record in another state.
    """
    items = list(items)
    leaves = append_many(connection, [_event(item, new, outcome) for item in items], now)
    for item, leaf in zip(items, leaves, strict=True):
        move_record(connection, item.record, item.state, new)
        values: dict[str, object] = {"state": str(new), "leaf": leaf, "outcome": outcome}
        if new not in IN_BATCH:
            values["finished"] = instant(now)
        if new is State.BLOCKED_BY_HOLD:
            values["stopped"] = outcome
        done = connection.execute(
            batch_item.update()
            .where(
                batch_item.c.batch == item.batch,
                batch_item.c.number == item.number,
                batch_item.c.state == str(item.state),
            )
            .values(values)
        )
        if not done.rowcount:
            raise IntegrityError(f"batch {item.batch}, item {item.number} is not {item.state}")


def _event(item: Item, new: State, outcome: str | None) -> Event:
    entry = json.loads(item.manifest)
    private = {"path": entry["path"], "sha256": entry["sha256"]}
    if outcome:
        private["outcome"] = outcome
    return Event(
        type="deletion" if new is State.DESTROYED else "disposal state change",
        object=f"batch:{item.batch}/{item.number}",
        facts={"record": item.record, "from": str(item.state), "to": str(new)},
        private=private,
    )
