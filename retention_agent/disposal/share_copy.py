"""Reads a file off its share, as the very file that was signed for, or not at all."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from retention_agent.disposal import evidence, preflight
from retention_agent.shares.local import ShareRoot

_BLOCK = 1 << 20


class Changed(Exception):
    """The file is not the one that was signed for."""


@contextmanager
def opened(root: ShareRoot, entry: Mapping[str, Any]) -> Iterator[int]:
    """A descriptor for reading the file that the manifest entry names, beneath the share's root.

    Raises:
        Changed: another file stands at its path.
        OSError: it cannot be opened, or a link or another thing stands there.
    """
    descriptor = root.open_file(preflight.raw_path(entry))
    try:
        if evidence.identity(os.fstat(descriptor)) != evidence.named(entry):
            raise Changed("another file stands at its path now")
        yield descriptor
    finally:
        os.close(descriptor)


def blocks(descriptor: int, entry: Mapping[str, Any]) -> Iterator[bytes]:
    """The content, block by block, to no more than one byte beyond the size signed for.

    Raises:
        Changed: what was read is not what was signed for; known only at the end.
        OSError: it cannot be read.
    """
    digest, left = hashlib.sha256(), entry["size"] + 1
    while left and (block := os.read(descriptor, min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
        yield block
    if left != 1 or digest.hexdigest() != entry["sha256"]:
        raise Changed("its content has changed since it was approved")
