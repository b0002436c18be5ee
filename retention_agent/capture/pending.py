"""The files of a share that wait to be captured, in the order of their record numbers."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from retention_agent.capture.description import Failure, NotRead
from retention_agent.capture.errno_reasons import failure
from retention_agent.capture.fixity import Fingerprint, fingerprint
from retention_agent.register.tables import record
from retention_agent.shares.attributes import attributes
from retention_agent.shares.local import ShareRoot

CHUNK = 500


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A record to be captured, as the last scan saw its file."""

    number: int
    path: bytes
    fingerprint: Fingerprint
    root: ShareRoot
    attributes: dict[str, Any] = field(default_factory=dict, compare=False)
    """what the file system keeps beside it, from when it is opened"""

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.fingerprint.size

    def open(self) -> int:
        """A read-only descriptor of the very file the scan saw.

        Raises:
            NotRead: it is another file now, or none, or it may not be read.
        """
        try:
            descriptor = self.root.open_file(self.path)
        except OSError as error:
            raise NotRead(failure(error)) from error
        if fingerprint(os.fstat(descriptor)) != self.fingerprint:
            os.close(descriptor)
            raise NotRead(Failure("changed-since-scan", again=True))
        self.attributes.update(attributes(descriptor))
        return descriptor


def pending_files(engine: sa.Engine, share: int, root: ShareRoot) -> Iterator[PendingFile]:
    """Every file of the share that is pending, read from the register a chunk at a time.

    No transaction stays open in between, and a file that is left pending does not come again.
    """
    last = 0
    while rows := _chunk(engine, share, last):
        for row in rows:
            yield PendingFile(row["id"], row["path"], as_scanned(row), root)
        last = rows[-1]["id"]


def as_scanned(row: sa.RowMapping) -> Fingerprint:
    """The state of a record's file as the register has it."""
    return Fingerprint(**{name: row[name] for name in Fingerprint.__dataclass_fields__})


def _chunk(engine: sa.Engine, share: int, after: int) -> Sequence[sa.RowMapping]:
    query = (
        sa.select(
            record.c.id,
            record.c.path,
            record.c.device,
            record.c.inode,
            record.c.size,
            record.c.mtime_ns,
            record.c.ctime_ns,
        )
        .where(
            record.c.share == share,
            record.c.capture == "pending",
            record.c.present,
            record.c.id > after,
        )
        .order_by(record.c.id)
        .limit(CHUNK)
    )
    with engine.connect() as connection:
        return connection.execute(query).mappings().all()
