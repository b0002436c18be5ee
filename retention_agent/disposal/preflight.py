"""Everything that must hold again at the moment of acting.

An approval is a permission for exact content under exact rules. Whatever differs from what was
signed takes the item out of the batch; the rest of the batch goes on.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from policies import Action, Decision, State
from retention_agent.audit.transition import move_items
from retention_agent.disposal.limits import Amount, breaches
from retention_agent.errors import Refused
from retention_agent.register import batches, decisions, holds, records
from retention_agent.register.batches import Item
from retention_agent.register.records import instant
from retention_agent.register.tables import batch, batch_item, record

Refusal = tuple[State, str]


def refusals(
    connection: sa.Connection, items: Sequence[Item], within: decisions.Frame
) -> dict[int, Refusal]:
    """By item number: the state an item must go to instead, and why."""
    numbers = [item.record for item in items]
    rows = [row for chunk in records.stream(connection, record.c.id.in_(numbers)) for row in chunk]
    made = decisions.decide_rows(connection, rows, within)
    decided = {row["id"]: (row, decision) for row, decision in made}
    found = {}
    for item in items:
        row, decision = decided[item.record]
        refusal = refuse(item, row, decision, within)
        if refusal:
            found[item.number] = refusal
    return found


def refuse(
    item: Item, row: sa.RowMapping, decision: Decision, within: decisions.Frame
) -> Refusal | None:
    """Why this item may not go on, or None: its decision is made afresh and compared.

    The register must also have the file where it is: on its share before the move, not after.
    """
    entry = {"final": True, **json.loads(item.manifest), "presence": item.binned is None}
    if decision.holds:
        return State.BLOCKED_BY_HOLD, holds.held_by(decision.holds)
    if decision.action is Action.REVIEW and not decision.final:
        return State.DEFERRED, "its rule asks for a review that leaves it in its place"
    rule = within.schedule.rules.get(row["record_class"] or "")
    now = {
        "path_b64": base64.b64encode(row["path"]).decode(),
        "device": str(row["device"]),
        "inode": str(row["inode"]),
        "size": row["size"],
        "sha256": row["sha256"],
        "class": row["record_class"],
        "rule": rule and rule.digest(),
        "action": str(decision.action),
        "due": decision.due and decision.due.isoformat(),
        "final": decision.final,
        "presence": row["present"],
    }
    differing = [name for name, value in now.items() if entry[name] != value]
    if differing:
        return State.DEFERRED, f"not as approved any more: {', '.join(sorted(differing))}"
    return None


def let_unanswered_go(connection: sa.Connection, name: str, now: datetime) -> None:
    """Give back what nobody or only one person answered about, now that the batch goes its way."""
    unanswered = batches.items(connection, name, State.PROPOSED)
    move_items(connection, unanswered, State.DUE, now, "no answer keeps it")


def raw_path(entry: Mapping[str, Any]) -> bytes:
    """The path of a manifest entry, relative to its share."""
    return base64.b64decode(entry["path_b64"])


def require_limits(
    connection: sa.Connection, about: Mapping[str, Any], items: Sequence[Item], now: datetime
) -> None:
    """Let the plan of batch `about`, of which `items` are still to be moved, pass within limits.

    A share is as large as it was before the last 24 hours, or a batch cut short by a crash would
    be refused for what it had moved itself.

    Raises:
        Refused: the plan, with what the last 24 hours did, is too large; nothing was done.
    """
    plan = Amount(len(items), sum(json.loads(item.manifest)["size"] for item in items))
    moved = sa.and_(
        batch.c.share == about["share"],
        batch_item.c.binned >= instant(now - timedelta(hours=24)),
    )
    # another batch that was begun and goes on will take these as well; what waits for the archive's
    # answer is counted when it goes
    unanswered = sa.and_(
        batch_item.c.state == str(State.APPROVED),
        sa.func.json_extract(batch_item.c.manifest, "$.action") == str(Action.TRANSFER),
    )
    promised = sa.and_(
        batch.c.share == about["share"],
        batch.c.id != about["id"],
        batch.c.status == "disposing",
        batch.c.expires >= instant(now),
        batch_item.c.state.in_([str(State.APPROVED), str(State.ARMED)]),
        ~unanswered,
    )
    away = _amount(connection, moved & ~record.c.present).files
    done = _amount(connection, moved | promised)
    found = breaches(plan, done, files_of(connection, about["share"]) + away)
    if found:
        raise Refused("the batch is larger than may be disposed of at once", *found)


def files_of(connection: sa.Connection, share_id: int) -> int:
    """How many files stand on the share, as far as the register knows."""
    query = sa.select(sa.func.count()).where(record.c.share == share_id, record.c.present)
    return int(connection.scalar(query) or 0)


def _amount(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Amount:
    query = (
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(record.c.size), 0))
        .select_from(batch_item.join(batch).join(record, record.c.id == batch_item.c.record))
        .where(which)
    )
    files, size = connection.execute(query).one()
    return Amount(int(files), int(size))
