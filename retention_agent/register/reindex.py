"""Keeps what is searched, and what holds by words rest on, in step with a changed record."""

from datetime import datetime

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from retention_agent.register import evaluations, records
from retention_agent.register.entry import entry_of


def reindex(connection: sa.Connection, index: SearchIndex, number: int, now: datetime) -> None:
    """Have a record found by what the register says of it now, if its text is indexed."""
    text = index.text(connection, number)
    if text is not None:
        found = records.find(connection, number)
        row = {**found, "record_class": found["record_class"]}
        index.put(connection, entry_of(row, text))
        evaluations.remember(connection, [(row, text)], now)
