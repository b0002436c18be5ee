"""Finds the references of records anew, because a council has changed its patterns.

Works on the text in the index, so that no file has to be read again. A reference that a person gave
stays. A record whose text was not all read keeps the references it has.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from classifiers.references import Pattern, compile_patterns, find_references
from indexer.search.base import SearchIndex
from retention_agent.audit.event import Event
from retention_agent.audit.log import append
from retention_agent.register.records import stream
from retention_agent.register.tables import record
from retention_agent.register.triggers import replace_found
from retention_agent.shares.paths import display


def find_again(
    engine: sa.Engine, patterns: Sequence[str], index: SearchIndex, now: datetime
) -> int:
    """Find the references of every captured record; answers how many have others than before."""
    compiled = compile_patterns(patterns)
    changed = 0
    with engine.begin() as connection:
        condition = (record.c.capture == "captured") & record.c.present
        for rows in stream(connection, condition):
            found = {
                row["id"]: _found(connection, index, compiled, row)
                for row in rows
                if not row["partial"]
            }
            changed += replace_found(connection, found)
        facts = {"patterns": len(patterns), "changed": changed}
        append(connection, Event("reference assignment", "service:1", facts=facts), now)
    return changed


def _found(
    connection: sa.Connection, index: SearchIndex, patterns: Sequence[Pattern], row: sa.RowMapping
) -> dict[str, str]:
    text = index.text(connection, row["id"]) or ""
    return find_references(patterns, display(row["path"]), text)
