"""What a disposal run works with."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from indexer.search.base import SearchIndex
from retention_agent.shares.local import ShareRoot

CHUNK = 256

ToRead = tuple[int, bytes, Callable[[], int]]
"""a record's number, its path for its names, and what opens its file"""
Found = tuple[int, Mapping[str, Any], str]
"""a record's number, what was found of it as columns of the register, and its text"""


def read_nothing(_files: Iterable[ToRead]) -> Iterator[Found]:
    """Where no reader is at hand nothing is known, so that every hold with a query applies."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Context:
    """The means of one run.

    `clock` answers with the present instant in UTC; `read` reads files once more and leaves out
    those that cannot be read whole.
    """

    engine: sa.Engine
    root: ShareRoot
    index: SearchIndex
    service_key: Ed25519PrivateKey
    zone: ZoneInfo
    clock: Callable[[], datetime]
    undo: timedelta
    read: Callable[[Iterable[ToRead]], Iterator[Found]] = read_nothing
