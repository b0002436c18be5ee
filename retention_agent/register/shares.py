"""Shares as rows of the register."""

import os
from pathlib import Path

import sqlalchemy as sa

from retention_agent.register.tables import share


def ensure_share(connection: sa.Connection, name: str, root: Path) -> int:
    """The register's number of the share `name`, which is entered where it is new."""
    number = connection.scalar(sa.select(share.c.id).where(share.c.name == name))
    if number is None:
        entered = share.insert().values(name=name, root=os.fsencode(root)).returning(share.c.id)
        number = connection.execute(entered).scalar_one()
    return int(number)
