"""Whether a record's file stands on its share, as disposal and restoring change it."""

import os

import sqlalchemy as sa

from retention_agent.register.tables import directory, record, sighting


def leave_share(connection: sa.Connection, numbers: list[int]) -> None:
    """The files of these records are in the disposal bin: no scan shall miss them."""
    connection.execute(sighting.delete().where(sighting.c.record.in_(numbers)))
    connection.execute(record.update().where(record.c.id.in_(numbers)).values(present=False))


def return_to_share(
    connection: sa.Connection, number: int, path: bytes, found: os.stat_result
) -> None:
    """The file of this record stands at `path` again, which may differ from where it was."""
    share = connection.scalar(sa.select(record.c.share).where(record.c.id == number))
    folder, _, name = path.rpartition(b"/")
    values = {
        "device": found.st_dev,
        "inode": found.st_ino,
        "size": found.st_size,
        "mtime_ns": found.st_mtime_ns,
        "ctime_ns": found.st_ctime_ns,
    }
    connection.execute(
        record.update().where(record.c.id == number).values(present=True, path=path, **values)
    )
    place = connection.scalar(
        sa.select(directory.c.id).where(directory.c.share == share, directory.c.path == folder)
    )
    if place is None:  # a folder made anew for the file; the next scan enters it
        return
    connection.execute(
        sighting.delete().where(sighting.c.directory == place, sighting.c.name == name)
    )
    connection.execute(
        sighting.insert().values(directory=place, name=name, record=number, **values)
    )
