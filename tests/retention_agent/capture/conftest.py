"""Files in a real folder, settings, and the worker of tests/fakes in place of the real one."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from classifiers.model import Organisation
from indexer.search.base import Window
from indexer.search.query import parse
from indexer.search.sqlite import SqliteSearchIndex
from retention_agent.capture.pool import Pool
from retention_agent.capture.run import CaptureResult, Source, capture_pending
from retention_agent.capture.settings import Settings
from retention_agent.register.engine import open_register
from retention_agent.register.tables import log_leaf, record, record_reference, share
from retention_agent.shares.local import ShareRoot, open_root

FAKE_WORKER = Path(__file__).parents[2] / "fakes" / "capture_worker.py"


@dataclass(frozen=True, slots=True)
class LooseFile:
    """A file given to the pool without a register behind it."""

    path: bytes

    def open(self) -> int:
        return os.open(self.path, os.O_RDONLY)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        organisation=Organisation("Example Town Council"),
        classes={},
        cues={},
        workers=2,
        seconds=20.0,
        memory_bytes=160 << 20,
    )


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[LooseFile]]:
    """Makes files of the given contents."""

    def make(*contents: str) -> list[LooseFile]:
        made = []
        for number, content in enumerate(contents):
            path = tmp_path / f"{number:04}.txt"
            path.write_text(content)
            made.append(LooseFile(os.fsencode(path)))
        return made

    return make


@pytest.fixture
def fake_worker() -> Path:
    return FAKE_WORKER


@pytest.fixture
def fake_pool(settings: Settings) -> Callable[..., Pool[LooseFile]]:
    """Makes a pool of fake workers, with some settings changed."""

    def make(**changes: object) -> Pool[LooseFile]:
        command = (sys.executable, "-P", str(FAKE_WORKER))
        return Pool(replace(settings, **changes), command)

    return make


NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Office:
    """A share on disk, the register that knows it, and capture run over both."""

    folder: Path
    engine: sa.Engine
    root: ShareRoot
    index: SqliteSearchIndex

    def write(self, name: str | bytes, content: str | bytes) -> Path:
        path = Path(os.fsdecode(os.path.join(os.fsencode(self.folder), os.fsencode(name))))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def scan(self) -> None:
        """Enter every file as the scan does: new ones, and changed ones as pending."""
        with self.engine.begin() as connection:
            for folder, _, names in os.walk(os.fsencode(self.folder)):
                for name in sorted(names):
                    self._see(connection, os.path.join(folder, name))

    def _see(self, connection: sa.Connection, full: bytes) -> None:
        path = os.path.relpath(full, os.fsencode(self.folder))
        status = os.lstat(full)
        seen = {
            "device": status.st_dev,
            "inode": status.st_ino,
            "size": status.st_size,
            "mtime_ns": status.st_mtime_ns,
            "ctime_ns": status.st_ctime_ns,
            "links": status.st_nlink,
        }
        known = (
            connection.execute(sa.select(record).where(record.c.path == path)).mappings().first()
        )
        if known is None:
            connection.execute(
                record.insert().values(
                    share=1,
                    path=path,
                    first_seen="2026-01-01T00:00:00Z",
                    last_changed="2026-01-01T00:00:00Z",
                    **seen,
                )
            )
        elif any(known[key] != value for key, value in seen.items()):
            connection.execute(
                record.update().where(record.c.path == path).values(capture="pending", **seen)
            )

    def capture(self, pool: Pool) -> CaptureResult:
        with pool:
            source = Source(1, self.root)
            return capture_pending(self.engine, source, pool, self.index, lambda: NOW)

    def rows(self) -> dict[bytes, dict[str, object]]:
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(record).order_by(record.c.id)).mappings()
            return {row["path"]: {**row, "record_class": row["record_class"]} for row in found}

    def row(self, name: str) -> dict[str, object]:
        return self.rows()[name.encode()]

    def change(self, name: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                record.update().where(record.c.path == name.encode()).values(**values)
            )

    def references(self, name: str) -> dict[str, str]:
        query = sa.select(record_reference.c.reference, record_reference.c.origin).join(record)
        with self.engine.connect() as connection:
            found = connection.execute(query.where(record.c.path == name.encode()))
            return {row.reference: row.origin for row in found}

    def refer(self, name: str, reference: str, origin: str) -> None:
        number = self.row(name)["id"]
        with self.engine.begin() as connection:
            connection.execute(
                record_reference.insert().values(record=number, reference=reference, origin=origin)
            )

    def found(self, words: str) -> list[str]:
        with self.engine.connect() as connection:
            page = self.index.search(connection, parse(words), Window())
        return [hit.path for hit in page.hits]

    def log(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.scalars(sa.select(log_leaf.c.leaf).order_by(log_leaf.c.number)))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "share"
    folder.mkdir()
    engine = open_register(tmp_path / "register.db")
    index = SqliteSearchIndex()
    with engine.begin() as connection:
        connection.execute(share.insert().values(id=1, name="docs", root=bytes(folder)))
        index.prepare(connection)
    with open_root(folder) as root:
        yield Office(folder, engine, root, index)
    engine.dispose()
