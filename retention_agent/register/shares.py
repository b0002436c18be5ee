"""Shares as rows of the register."""

import os
from pathlib import Path

import sqlalchemy as sa

from retention_agent.register.tables import directory, record, share, sighting


def ensure_share(connection: sa.Connection, name: str, root: Path) -> int:
    """The register's number of the share `name`, which is entered where it is new."""
    number = connection.scalar(sa.select(share.c.id).where(share.c.name == name))
    if number is None:
        entered = share.insert().values(name=name, root=os.fsencode(root)).returning(share.c.id)
        number = connection.execute(entered).scalar_one()
    return int(number)


def accept_root(connection: sa.Connection, number: int, device: int, inode: int) -> None:
    """Know the root of share `number` by this device and inode from now on.

    A remounted share often has another device number and the same inodes. Its files take the new
    number too, so that none of them counts as changed.
    """
    before = connection.scalar(sa.select(share.c.device).where(share.c.id == number))
    folders = sa.select(directory.c.id).where(directory.c.share == number)
    here = (sighting.c.directory.in_(folders), sighting.c.device == before)
    connection.execute(sighting.update().where(*here).values(device=device))
    connection.execute(
        record.update()
        .where(record.c.share == number, record.c.device == before)
        .values(device=device)
    )
    connection.execute(
        share.update().where(share.c.id == number).values(device=device, inode=inode)
    )
