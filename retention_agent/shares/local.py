"""A share on a mounted file system, reached only through its opened root.

* Every open goes from the root's descriptor by a relative path of raw bytes; nothing is ever
  joined to an absolute path, no link is followed, no mount below the root is entered.
* Files are opened for reading only and, where the system permits it, without touching their
  access times.
* A share that is not mounted looks like an empty folder. So the root must be the folder the
  register knows, by device and inode, and hold the sentinel file where the share has one.
"""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Self

from retention_agent.errors import Refused, RetentionError
from retention_agent.shares.model import stamp
from retention_agent.shares.paths import display
from retention_agent.shares.resolve import Resolver, best_resolver, open_beneath

DISPOSAL_BIN = b".disposal-bin"
SENTINEL = b".retention-share"
_LONGEST_SENTINEL = 4096
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# without O_NONBLOCK a FIFO put in a file's place would hold the program up for ever
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class WrongShare(Refused):
    """The folder is not the share that the register knows by this name."""


class ShareRoot:
    """An opened share; use it in a `with` block. Made by `open_root`."""

    def __init__(self, name: str, descriptor: int, resolver: Resolver) -> None:
        self.name = name
        """what messages call it"""
        self.fd = descriptor
        """the opened root folder"""
        *_, device, inode = stamp(b"", os.fstat(descriptor))
        self.identity = (device, inode)
        """device and inode of the root folder"""
        self._resolver = resolver

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the root's descriptor back."""
        os.close(self.fd)

    def open_file(self, path: bytes) -> int:
        """A descriptor for reading the regular file at `path`.

        Raises:
            OSError: it cannot be opened, or is no regular file (EINVAL); names share and path.
        """
        descriptor = self._open(path, _FILE)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise self._named(OSError(errno.EINVAL, "not a regular file"), path)
        return descriptor

    def open_directory(self, path: bytes) -> int:
        """A descriptor for reading the folder at `path`; the empty path is the root itself.

        Raises:
            OSError: it cannot be opened; names share and path.
        """
        return self._open(path, _FOLDER)

    def read_sentinel(self) -> str | None:
        """What the sentinel file says, or nothing where there is none.

        Raises:
            OSError: it is there and cannot be read.
        """
        try:
            descriptor = self.open_file(SENTINEL)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read(_LONGEST_SENTINEL).decode("utf-8", "replace").strip()

    def check_identity(
        self, device: int | None, inode: int | None, sentinel: str | None = None
    ) -> None:
        """Let the share pass if it is the one the register knows; what is not known is not asked.

        Raises:
            WrongShare: another folder or file system stands under its path, or the sentinel file
                is missing or another.
        """
        known = (device, inode)
        if None not in known and known != self.identity:
            raise WrongShare(
                f"share {self.name}: another folder stands under its path: device and inode are"
                f" {self.identity[0]}:{self.identity[1]}, the register knows {device}:{inode}",
                "Mount the right share; if this is it, mounted anew: retention share accept",
            )
        if sentinel is not None and self._sentinel() != sentinel.strip():
            raise WrongShare(
                f"share {self.name}: {display(SENTINEL)} at its root is missing, unreadable or not"
                " the one the register knows",
                "Mount the right share, or put its file back from the backup; nothing was changed.",
            )

    def _sentinel(self) -> str | None:
        try:
            return self.read_sentinel()
        except OSError:
            return None

    def _open(self, path: bytes, flags: int) -> int:
        try:
            try:
                return open_beneath(self._resolver, self.fd, path, flags | os.O_NOATIME)
            except PermissionError as error:
                if error.errno != errno.EPERM:
                    raise
                return open_beneath(self._resolver, self.fd, path, flags)
        except OSError as error:
            raise self._named(error, path) from error

    def _named(self, error: OSError, path: bytes) -> OSError:
        return OSError(error.errno, error.strerror, f"{self.name}: {display(path)}")


def open_root(
    path: bytes | str | Path, name: str | None = None, resolver: Resolver | None = None
) -> ShareRoot:
    """Open the share whose root folder is at `path`.

    Raises:
        RetentionError: it is missing, no folder, a symbolic link, or may not be read.
    """
    shown = display(os.fsencode(path))
    try:
        descriptor = _without_access_time(lambda more: os.open(path, _FOLDER | more))
    except OSError as error:
        linked = os.path.islink(path)
        why = "it is a symbolic link" if linked else error.strerror
        raise RetentionError(
            f"share {shown if name is None else name}: its root {shown} cannot be opened: {why}",
            "Name the folder itself." if linked else "See that it is mounted and may be read.",
        ) from error
    return ShareRoot(shown if name is None else name, descriptor, resolver or best_resolver())


def _without_access_time(open_with: Callable[[int], int]) -> int:
    try:
        return open_with(os.O_NOATIME)
    except PermissionError as error:
        if error.errno != errno.EPERM:
            raise
        return open_with(0)  # only a file's owner may ask for O_NOATIME
