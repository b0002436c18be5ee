"""Whether a record's file stands on its share, as disposal and restoring change it."""

import os

import sqlalchemy as sa

from retention_agent.register.tables import directory, former_path, record, sighting
from retention_agent.shares.model import stamp


def leave_share(connection: sa.Connection, numbers: list[int]) -> None:
    """The files of these records are in the disposal bin: no scan shall miss them."""
    connection.execute(sighting.delete().where(sighting.c.record.in_(numbers)))
    connection.execute(record.update().where(record.c.id.in_(numbers)).values(present=False))


def remember_path(connection: sa.Connection, number: int, after: bytes) -> None:
    """Keep the path of a record that is about to have another: holds on it still cover the file."""
    left = (record.c.id == number) & (record.c.path != after)
    here = sa.select(record.c.id, record.c.path).where(left)
    connection.execute(
        former_path.insert().prefix_with("OR IGNORE").from_select(["record", "path"], here)
    )


def return_to_share(
    connection: sa.Connection, number: int, path: bytes, found: os.stat_result
) -> None:
    """The file of this record stands at `path` again, which may differ from where it was.

    A record that the register believed to be there has lost its name to this one.
    """
    share = connection.scalar(sa.select(record.c.share).where(record.c.id == number))
    folder, _, name = path.rpartition(b"/")
    columns = ("name", "size", "mtime_ns", "ctime_ns", "device", "inode")
    values = dict(zip(columns, stamp(name, found), strict=True))
    del values["name"]
    remember_path(connection, number, path)
    connection.execute(
        record.update().where(record.c.id == number).values(present=True, path=path, **values)
    )
    connection.execute(sighting.delete().where(sighting.c.record == number))
    place = connection.scalar(
        sa.select(directory.c.id).where(directory.c.share == share, directory.c.path == folder)
    )
    if place is None:  # a folder made anew for the file; the next scan enters it
        return
    here = sa.and_(sighting.c.directory == place, sighting.c.name == name)
    displaced = connection.scalar(sa.select(sighting.c.record).where(here))
    if displaced is not None:
        leave_share(connection, [displaced])
    connection.execute(
        sighting.insert().values(directory=place, name=name, record=number, **values)
    )
