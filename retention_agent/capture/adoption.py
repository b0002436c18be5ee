"""Lets a new file continue a record that vanished, where the content says it is the same.

A file that was copied to another folder or disk, and its original removed, is one record that
moved: its age, class and references must not begin anew.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from retention_agent.audit.event import Event
from retention_agent.register.files import adopt_by_content
from retention_agent.register.tables import record
from retention_agent.shares.paths import as_json


def vanished_digests(connection: sa.Connection, found: Sequence[Mapping[str, Any]]) -> set[str]:
    """Which of these records have the content of one whose file is gone: few, so ask first."""
    digests = [each["sha256"] for each in found if each["sha256"] is not None]
    gone = sa.select(record.c.sha256).where(record.c.sha256.in_(digests), ~record.c.present)
    return set(connection.scalars(gone))


def adopt(
    connection: sa.Connection, index: SearchIndex, found: Mapping[str, Any]
) -> tuple[int, list[Event]]:
    """The number under which a record just captured goes on, and what the log has to say."""
    adoption = adopt_by_content(connection, found["id"])
    if adoption is None:
        return found["id"], []
    index.remove(connection, [adoption.replaced])
    moved = Event(
        "filename change",
        f"record:{adoption.record}",
        facts={"replaced": adoption.replaced},
        private={"old": dict(as_json(adoption.old_path)), "new": dict(as_json(adoption.new_path))},
    )
    return adoption.record, [moved]
