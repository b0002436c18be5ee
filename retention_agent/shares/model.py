"""What the walk learns about one file without opening it.

Numbers are kept as the register can hold them, in 64 bits with a sign: some file systems give
inode numbers above that, and dates before 1678 or after 2262. Such a number is folded or cut the
same way at every scan, so it still tells a changed file from an unchanged one.
"""

import os
from dataclasses import dataclass

Stamp = tuple[bytes, int, int, int, int, int]
"""name, size, mtime_ns, ctime_ns, device, inode: what decides whether a file changed"""

_TOP = 2**63 - 1
_BOTTOM = -(2**63)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A regular file as it was seen under one name."""

    directory: bytes
    name: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    dev: int
    inode: int
    links: int
    mode: int
    uid: int
    gid: int

    @property
    def path(self) -> bytes:
        """The name with its folder, relative to the share's root."""
        return join(self.directory, self.name)

    @property
    def stamp(self) -> Stamp:
        """The part that is compared with the register."""
        return (self.name, self.size, self.mtime_ns, self.ctime_ns, self.dev, self.inode)


def stamp(name: bytes, found: os.stat_result) -> Stamp:
    """The part of a file's status that is compared with the register."""
    mtime, ctime, inode = found.st_mtime_ns, found.st_ctime_ns, found.st_ino
    if mtime > _TOP or ctime > _TOP or inode > _TOP or mtime < _BOTTOM or ctime < _BOTTOM:
        mtime, ctime = _cut(mtime), _cut(ctime)
        inode = inode - 2**64 if inode > _TOP else inode
    return (name, found.st_size, mtime, ctime, found.st_dev, inode)


def sighting(directory: bytes, name: bytes, found: os.stat_result) -> Sighting:
    """Everything the register wants to know of a file that is new to it or changed."""
    return Sighting(
        directory,
        *stamp(name, found),
        links=found.st_nlink,
        mode=found.st_mode,
        uid=found.st_uid,
        gid=found.st_gid,
    )


def join(directory: bytes, name: bytes) -> bytes:
    """`name` below `directory`, both relative to the root; the root itself is empty."""
    return directory + b"/" + name if directory else name


def _cut(nanoseconds: int) -> int:
    return max(_BOTTOM, min(_TOP, nanoseconds))
