"""Looks at a file in the disposal bin and says whether it is the one that was approved."""

import hashlib
import os
import stat
from collections.abc import Mapping
from typing import Any

_BLOCK = 1 << 20


def mismatch(bin_folder: int, bin_name: bytes, entry: Mapping[str, Any], links: int) -> str | None:
    """How the file differs from its manifest entry, or None where it is the same.

    `links` is how many names of the file this batch disposes of; a file with a further name
    elsewhere would live on, so it does not count as the same.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(bin_name, flags, dir_fd=bin_folder)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return "not a regular file any more"
        if (str(found.st_dev), str(found.st_ino)) != (entry["device"], entry["inode"]):
            return "another file stood in its place"
        if found.st_nlink != links:
            return f"it has {found.st_nlink} names (hard links) and this batch covers {links}"
        if found.st_size != entry["size"] or _sha256(descriptor) != entry["sha256"]:
            return "its content has changed since it was approved"
        return None
    finally:
        os.close(descriptor)


def _sha256(descriptor: int) -> str:
    digest = hashlib.sha256()
    while block := os.read(descriptor, _BLOCK):
        digest.update(block)
    return digest.hexdigest()
