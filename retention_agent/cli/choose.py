"""Finds what a person names on the command line: a record by number, or by where its file is."""

import os
from collections.abc import Iterator

import sqlalchemy as sa

from retention_agent.bootstrap import App
from retention_agent.errors import NotFound
from retention_agent.register import records
from retention_agent.register.tables import record
from retention_agent.register.tables import share as share_table

_MOST_DIGITS = 18


def find_record(app: App, connection: sa.Connection, given: str) -> sa.RowMapping:
    """The record a person means by its number, or by where its file is, as `find_at` reads it.

    Raises:
        NotFound: there is none, or several shares have a file at that path.
    """
    if given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS:
        return records.find(connection, int(given))
    return find_at(app, connection, given)


def find_at(app: App, connection: sa.Connection, given: str) -> sa.RowMapping:
    """The record at SHARE:PATH, at a path on this machine, or at a path below any share's root.

    Where several records had that path, the one whose file is there now is meant, else the newest.

    Raises:
        NotFound: there is none, or several shares have a file at that path.
    """
    for share, path in _readings(app, given):
        query = (
            sa.select(record.c.id, share_table.c.name)
            .join(share_table)
            .where(record.c.path == os.fsencode(path))
            .order_by(record.c.present.desc(), record.c.id.desc())
        )
        if share is not None:
            query = query.where(share_table.c.name == share)
        found = connection.execute(query).all()
        names = sorted({row.name for row in found})
        if len(names) > 1:
            raise NotFound(
                f"several shares have a file at {given!r}: {', '.join(names)}",
                f"Say which: {names[0]}:{given}",
            )
        if found:
            return records.find(connection, found[0].id)
    raise NotFound(
        f"no record stands at {given!r}",
        "Give its number, SHARE:PATH, or the path of the file; see `retention find`.",
    )


def find_below(app: App, connection: sa.Connection, given: str) -> list[sa.RowMapping]:
    """The records whose files are there now, at any depth below the folder SHARE:PATH, by path.

    Raises:
        NotFound: there are none, or several shares have such a folder.
    """
    found = []
    for share, path in _readings(app, given):
        folder = os.fsencode(path.rstrip("/"))
        query = (
            sa.select(record, share_table.c.name)
            .join(share_table)
            # `0` follows `/` in ASCII, so between the two lies everything below the folder
            .where(record.c.path > folder + b"/", record.c.path < folder + b"0")
            .where(record.c.present, share_table.c.name == share if share else sa.true())
            .order_by(record.c.path)
        )
        found = list(connection.execute(query).mappings())
        if found:
            break
    names = sorted({row["name"] for row in found})
    if len(names) > 1:
        raise NotFound(
            f"several shares have a folder {given!r}: {', '.join(names)}",
            f"Say which: {names[0]}:{given}",
        )
    if not found:
        raise NotFound(f"no record stands below {given!r}", "Give the folder as SHARE:PATH/")
    return found


def _readings(app: App, given: str) -> Iterator[tuple[str | None, str]]:
    """What `given` may mean, the likeliest first: a share (None is any), and a path below it."""
    here = os.path.abspath(given)
    for share in app.config.shares:
        root = str(app.config.share_path(share.name))
        if given.startswith(f"{share.name}:"):
            yield share.name, given.removeprefix(f"{share.name}:").strip("/")
        if here.startswith(f"{root}/"):
            yield share.name, here.removeprefix(f"{root}/")
    yield None, given
