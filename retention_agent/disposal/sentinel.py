"""The sentinel file at a share's root: proof that what is mounted is the share, not a stand-in.

It is the only file the program adds to a share outside the disposal bin, and only where disposal
is enabled.
"""

import os
import secrets

import sqlalchemy as sa

from retention_agent.errors import Refused
from retention_agent.register.tables import share
from retention_agent.shares.local import SENTINEL, ShareRoot

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READABLE = 0o444


def enable(connection: sa.Connection, number: int, root: ShareRoot) -> str:
    """Put the sentinel on share `number`, unless it is there; answers with its content.

    Raises:
        Refused: a sentinel is there that this register did not write.
        OSError: the share cannot be written to.
    """
    known = connection.scalar(sa.select(share.c.sentinel).where(share.c.id == number))
    found = root.read_sentinel()
    if found is not None and found != known:
        raise Refused(
            f"share {root.name} has a sentinel of another installation",
            "Two programs must not dispose from one share. If the other one is gone for good,"
            f" remove {os.fsdecode(SENTINEL)} from its root by hand.",
        )
    content = str(known or f"retention-agent/share/{secrets.token_hex(16)}")
    if found is None:
        _write(root, content)
    device, inode = root.identity
    connection.execute(
        share.update()
        .where(share.c.id == number)
        .values(sentinel=content, device=device, inode=inode)
    )
    return content


def require(connection: sa.Connection, number: int, root: ShareRoot) -> None:
    """Let the opened root pass if files may be taken from the share that it is.

    Raises:
        Refused: disposal was never enabled, something else is mounted there, or the share is
            frozen.
    """
    require_share(connection, number, root)
    frozen = connection.scalar(sa.select(share.c.frozen).where(share.c.id == number))
    if frozen:
        raise Refused(f"disposal from share {root.name!r} is stopped: {frozen}")


def require_share(connection: sa.Connection, number: int, root: ShareRoot) -> None:
    """Let the opened root pass if it is the share that disposal was enabled on.

    That is enough for giving files back, which a frozen share may need most of all.

    Raises:
        Refused: disposal was never enabled, or something else is mounted there.
    """
    row = connection.execute(sa.select(share).where(share.c.id == number)).one()
    if row.sentinel is None:
        raise Refused(
            f"disposal was never enabled on share {row.name!r}",
            f"retention share enable {row.name}",
        )
    root.check_identity(row.device, row.inode, row.sentinel)


def _write(root: ShareRoot, content: str) -> None:
    descriptor = os.open(SENTINEL, _CREATE, _READABLE, dir_fd=root.fd)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{content}\n")
        file.flush()
        os.fsync(file.fileno())
    os.fsync(root.fd)
