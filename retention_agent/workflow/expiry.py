"""Gives back the records of batches that nobody approved, or disposed of, in time."""

from datetime import datetime

import sqlalchemy as sa

from policies import State
from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.audit.transition import move_items
from retention_agent.register import batches
from retention_agent.register.records import instant
from retention_agent.register.tables import batch


def release_expired(connection: sa.Connection, now: datetime) -> list[str]:
    """Close every batch that expired before anything of it was moved; answers with their names."""
    expired = list(
        connection.scalars(
            sa.select(batch.c.id)
            .where(batch.c.status.in_(["proposed", "approved"]), batch.c.expires < instant(now))
            .order_by(batch.c.id)
        )
    )
    for name in expired:
        waiting = batches.items(connection, name, State.PROPOSED, State.APPROVED)
        move_items(connection, waiting, State.DUE, now, "the batch expired")
        batches.set_status(connection, name, "expired")
        log.append(connection, Event("batch expiry", f"batch:{name}"), now)
    return expired
