"""Finds what a person names on the command line: a record by number or path, a day."""

import os

import sqlalchemy as sa

from retention_agent.bootstrap import App
from retention_agent.errors import NotFound
from retention_agent.register import records
from retention_agent.register.tables import record
from retention_agent.register.tables import share as share_table


def find_record(app: App, connection: sa.Connection, given: str) -> sa.RowMapping:
    """The record a person means by its number, by SHARE:PATH, or by the path of its file.

    Raises:
        NotFound: there is none, or several shares have that path.
    """
    if given.isascii() and given.isdigit():
        return records.find(connection, int(given))
    share, path = _split(app, given)
    query = (
        sa.select(record.c.id)
        .join(share_table)
        .where(record.c.path == os.fsencode(path))
        .order_by(record.c.present.desc(), record.c.id.desc())
    )
    if share is not None:
        query = query.where(share_table.c.name == share)
    number = connection.scalar(query)
    if number is None:
        raise NotFound(
            f"no record stands at {given!r}",
            "Give its number, SHARE:PATH, or the path of the file; see `retention find`.",
        )
    return records.find(connection, int(number))


def _split(app: App, given: str) -> tuple[str | None, str]:
    for share in app.config.shares:
        root = str(app.config.share_path(share.name))
        if given.startswith(f"{share.name}:"):
            return share.name, given.removeprefix(f"{share.name}:")
        if given.startswith(f"{root}/"):
            return share.name, given.removeprefix(f"{root}/")
    return None, given
