"""Gives back the records of batches that nobody approved, or disposed of, in time.

A batch that was begun before it expired keeps what is in the disposal bin: an approval must be
unexpired at the move, not at the purge. Only what was not moved leaves it; if nothing else of it is
under way, it is closed. A batch that was copied for the archive has used its approval: its records
wait for the archive's answer, however long.
"""

from datetime import datetime

import sqlalchemy as sa

from policies import State
from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.audit.transition import IN_BATCH, move_items
from retention_agent.register import batches
from retention_agent.register.records import instant
from retention_agent.register.tables import batch
from retention_agent.register.transfer_tables import transfer


def release_expired(connection: sa.Connection, now: datetime) -> list[str]:
    """End every batch that expired before all of it was moved; answers with their names."""
    query = (
        sa.select(batch.c.id, batch.c.status)
        .where(
            batch.c.status.in_(["proposed", "approved", "disposing"]),
            batch.c.expires < instant(now),
            batch.c.id.not_in(sa.select(transfer.c.batch).where(transfer.c.validated.is_not(None))),
        )
        .order_by(batch.c.id)
    )
    ended = []
    for name, status in connection.execute(query).all():
        waiting = batches.items(connection, name, State.PROPOSED, State.APPROVED)
        if status == "disposing" and not waiting:
            continue
        move_items(connection, waiting, State.DUE, now, "the batch expired")
        if status != "disposing":
            batches.set_status(connection, name, "expired")
        elif not batches.items(connection, name, *IN_BATCH):
            batches.set_status(connection, name, "closed")
        log.append(connection, Event("batch expiry", f"batch:{name}"), now)
        ended.append(name)
    return ended
