"""What proves that the bytes read are the bytes of one file in one state.

A digest is recorded only if device, inode, size and both times are equal before and after
reading, and as many bytes were read as the file has.
"""

import hashlib
import mmap
import os
from collections.abc import Callable
from dataclasses import dataclass

from retention_agent.shares.model import stamp

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's identity and state, as far as the file system tells."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def fingerprint(status: os.stat_result) -> Fingerprint:
    """The part of `status` that changes when the file or its content does."""
    _, size, mtime, ctime, device, inode = stamp(b"", status)
    return Fingerprint(device, inode, size, mtime, ctime)


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file open for reading and, unless it is empty or huge, memory of its size for a copy.

    Parsers get the copy: the file may be cut short under them, and libraries that must open what
    they read by name can open a copy where no name on a share may be opened.
    """

    descriptor: int
    copy: int | None = None

    @property
    def content(self) -> int:
        """Where to read from once the file is copied."""
        return self.descriptor if self.copy is None else self.copy


def digest(file: OpenFile, size: int, buffer: bytearray) -> tuple[str, int]:
    """SHA-256 of the file in hexadecimal and the number of bytes read, which are copied as well.

    `size` is how long the file should be. Without a copy its bytes pass through `buffer`, which
    is reused from file to file: for small files, allocating costs more than hashing.
    """
    if file.copy is None:
        return _digest(file.descriptor, lambda _length: memoryview(buffer))
    with mmap.mmap(file.copy, size) as copy, memoryview(copy) as whole:
        return _digest(file.descriptor, lambda length: whole[length : length + BLOCK])


def _digest(descriptor: int, room: Callable[[int], memoryview]) -> tuple[str, int]:
    sha256 = hashlib.sha256()
    length = 0
    while True:
        with room(length) as block:
            count = os.preadv(descriptor, [block], length)
            if not count:
                return sha256.hexdigest(), length
            sha256.update(block[:count])
        length += count
