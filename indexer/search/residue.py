"""Measures whether removed text is still in the files of an SQLite database.

That a removal left nothing behind is never taken from the database's promise. Before the removal
`passages` picks runs of words that only the record to be removed put into the index; after the
removal, its commit and `expunge`, `traces` looks for them in the raw files. No trace is evidence
about these files only: blocks the file system has freed, snapshots and backups are beyond it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from indexer.search.nodes import Kind, Term
from indexer.search.plan import ENTRIES, TEXTS, matched, plan

_BLOCK = 1 << 20
_SIBLINGS = ("", "-wal", "-shm", "-journal")
_RUN = re.compile(r"\b\w+(?:\W{1,3}\w+){6}\b")
_TRIES_PER_PASSAGE = 4


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a needle was first found in a file."""

    file: Path
    needle: bytes
    offset: int


def passages(connection: Connection, record: int, limit: int = 8) -> tuple[bytes, ...]:
    """Return up to `limit` runs of words, from all over its text, that no other record contains.

    A record without a text of its own, such as a second copy of a file, has none.
    """
    joined = TEXTS.join(ENTRIES, TEXTS.c.rowid == ENTRIES.c.document)
    wanted = select(TEXTS.c.text).select_from(joined).where(ENTRIES.c.record == record)
    runs = _RUN.findall(connection.execute(wanted).scalar() or "")
    step = max(1, len(runs) // (limit * _TRIES_PER_PASSAGE))
    unique = (run for run in runs[::step] if _stands_alone(connection, run))
    return tuple(run.encode() for run in islice(unique, limit))


def _stands_alone(connection: Connection, run: str) -> bool:
    # The outer words are left out: in another text they could be the ends of longer words.
    inner = " ".join(re.findall(r"\w+", run)[1:-1])
    expression = plan(Term(inner, None, Kind.PHRASE)).match or ""
    return len(connection.execute(matched(expression).limit(2)).all()) == 1


def traces(database: Path, needles: Sequence[bytes]) -> list[Trace]:
    """Look for needles in the database file and in the log and journal files beside it."""
    if not all(needles):
        raise ValueError("an empty needle is found everywhere; leave it out")
    files = [database.with_name(database.name + suffix) for suffix in _SIBLINGS]
    present = [file for file in files if file == database or file.exists()]
    return [trace for file in present for trace in _traces_in(file, needles)]


def _traces_in(file: Path, needles: Sequence[bytes]) -> Iterator[Trace]:
    missing = set(needles)
    overlap = max(map(len, needles), default=1) - 1
    for offset, block in _blocks(file, overlap):
        for needle in sorted(missing):
            position = block.find(needle)
            if position >= 0:
                missing.discard(needle)
                yield Trace(file, needle, offset + position)


def _blocks(file: Path, overlap: int) -> Iterable[tuple[int, bytes]]:
    """Yield the file in blocks, each beginning with the last `overlap` bytes of the one before."""
    with file.open("rb") as source:
        offset, tail = 0, b""
        while fresh := source.read(_BLOCK):
            block = tail + fresh
            yield offset, block
            tail = block[len(block) - min(overlap, len(block)) :]
            offset += len(block) - len(tail)
