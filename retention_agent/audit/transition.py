"""Moves a record along its lifecycle: register, batch and log in one transaction.

No other code writes a disposal state. Each move names the state it expects; if the register says
otherwise nothing is written.
"""

import json
from collections.abc import Iterable, Sequence
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


_MOST_NAMED = 5
_move_record = (
    record.update()
    .where(record.c.id == sa.bindparam("number"), record.c.state == sa.bindparam("old"))
    .values(state=sa.bindparam("new"))
)
_move_item = (
    batch_item.update()
    .where(
        batch_item.c.batch == sa.bindparam("of"),
        batch_item.c.number == sa.bindparam("place"),
        batch_item.c.state == sa.bindparam("old"),
    )
    .values(
        state=sa.bindparam("new"),
        leaf=sa.bindparam("leaf"),
        outcome=sa.bindparam("outcome"),
        finished=sa.func.coalesce(sa.bindparam("finished"), batch_item.c.finished),
        stopped=sa.func.coalesce(sa.bindparam("stopped"), batch_item.c.stopped),
    )
)


def move_record(connection: sa.Connection, number: int, old: State, new: State) -> None:
    """Move a record that is in no batch; the caller logs what it did.

    Raises:
        IntegrityError: the register does not have the record in state `old`.
    """
    move_records(connection, [(number, old)], new)


def move_records(
    connection: sa.Connection, records: Sequence[tuple[int, State]], new: State
) -> None:
    """Move records, each from the state given with it; raises as `move_record`."""
    for old in {state for _, state in records}:
        require_move(old, new)
    rows = [{"number": number, "old": str(old), "new": str(new)} for number, old in records]
    if rows and connection.execute(_move_record, rows).rowcount != len(rows):
        named = ", ".join(f"{number} ({old})" for number, old in records[:_MOST_NAMED])
        raise IntegrityError(f"not in the state given: one of records {named}; nothing was changed")


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
    move_records(connection, [(item.record, item.state) for item in items], new)
    finished = None if new in IN_BATCH else instant(now)
    rows = [
        {
            "of": item.batch,
            "place": item.number,
            "old": str(item.state),
            "new": str(new),
            "leaf": leaf,
            "outcome": outcome,
            "finished": finished,
            "stopped": outcome if new is State.BLOCKED_BY_HOLD else None,
        }
        for item, leaf in zip(items, leaves, strict=True)
    ]
    if rows and connection.execute(_move_item, rows).rowcount != len(rows):
        raise IntegrityError(
            f"batch {items[0].batch} has an item in another state; nothing was changed"
        )


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
