"""Looks at a file and says whether it is the one that was approved."""

import hashlib
import os
import stat
from collections.abc import Mapping
from typing import Any

from retention_agent.shares.model import Stamp, stamp

_BLOCK = 1 << 20
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def identity(found: os.stat_result) -> tuple[str, str]:
    """Device and inode of a file, as a manifest entry writes them."""
    *_, device, inode = stamp(b"", found)
    return str(device), str(inode)


def named(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Device and inode of the file that a manifest entry names."""
    return entry["device"], entry["inode"]


def same_file(folder: int, name: bytes, entry: Mapping[str, Any]) -> bool:
    """Whether `name` is still the regular file the manifest entry names.

    Raises:
        FileNotFoundError: there is nothing of that name.
    """
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    return stat.S_ISREG(found.st_mode) and identity(found) == named(entry)


def condition(bin_folder: int, bin_name: bytes) -> Stamp:
    """What tells that a file in the bin was not touched between two looks at it.

    The time of status is left out: removing a further name of the same file changes it.

    Raises:
        OSError: the file is gone.
    """
    found = os.stat(bin_name, dir_fd=bin_folder, follow_symlinks=False)
    name, size, modified, _, device, inode = stamp(bin_name, found)
    return name, size, modified, 0, device, inode


def mismatch(bin_folder: int, bin_name: bytes, entry: Mapping[str, Any], links: int) -> str | None:
    """How the file differs from its manifest entry, or None where it is the same.

    `links` is how many names of the file this batch disposes of; a file with a further name
    elsewhere would live on, so it does not count as the same.

    Raises:
        OSError: the file is gone or cannot be read.
    """
    found = os.stat(bin_name, dir_fd=bin_folder, follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):  # a link or a socket could not even be opened
        return "not a regular file any more"
    descriptor = os.open(bin_name, FILE, dir_fd=bin_folder)
    try:
        return _difference(descriptor, entry, links)
    finally:
        os.close(descriptor)


def _difference(descriptor: int, entry: Mapping[str, Any], links: int) -> str | None:
    found = os.fstat(descriptor)
    if identity(found) != named(entry):
        return "another file stood in its place"
    if found.st_nlink != links:
        return f"it has {found.st_nlink} names (hard links) and this batch covers {links}"
    if found.st_size != entry["size"] or _sha256(descriptor, found.st_size) != entry["sha256"]:
        return "its content has changed since it was approved"
    return None


def _sha256(descriptor: int, size: int) -> str:
    """The digest of the file, read to one byte beyond `size`: a writer cannot hold this up."""
    digest = hashlib.sha256()
    left = size + 1
    while left and (block := os.read(descriptor, min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()
