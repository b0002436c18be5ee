"""Doubts a clock that went back, or far ahead, since the last thing that was logged.

A due date is only as good as the clock: a machine that comes up in 2036 would find everything due.
So a command that changes something is refused until a person has looked and confirmed the time.
"""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.errors import Refused
from retention_agent.register.records import moment
from retention_agent.register.tables import log_leaf

BACK = timedelta(hours=1)
AHEAD = timedelta(days=90)


def require_plausible(connection: sa.Connection, now: datetime) -> None:
    """Let a time pass that follows the last logged event within 90 days.

    Raises:
        Refused: the clock is more than an hour behind that event, or more than 90 days ahead.
    """
    last = connection.scalar(sa.select(log_leaf.c.leaf).order_by(log_leaf.c.number.desc()).limit(1))
    if last is None:
        return
    before = moment(json.loads(last)["time"])
    if not before - BACK <= now <= before + AHEAD:
        raise Refused(
            f"the clock says {now:%Y-%m-%d %H:%M} UTC, and the last logged event is of"
            f" {before:%Y-%m-%d %H:%M}",
            "Nothing was changed. If the clock is right: retention log confirm-clock",
        )


def confirm(connection: sa.Connection, now: datetime) -> None:
    """Log that a person found the clock to be right."""
    log.append(connection, Event("clock confirmation", "clock:1"), now)
