"""What a disposal run works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from indexer.search.base import SearchIndex
from retention_agent.shares.local import ShareRoot

CHUNK = 256


@dataclass(frozen=True, slots=True)
class Context:
    """The means of one run; `clock` answers with the present instant in UTC."""

    engine: sa.Engine
    root: ShareRoot
    index: SearchIndex
    service_key: Ed25519PrivateKey
    zone: ZoneInfo
    clock: Callable[[], datetime]
    undo: timedelta
