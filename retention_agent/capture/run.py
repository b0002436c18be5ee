"""The capture stage: reads what a scan found and registers what it is.

* A record is captured only in the state the scan saw; a file that changed in between stays
  pending until the next scan has told what it is now.
* What was read, the search index and the log change in one transaction, a few dozen files at a
  time: a run that is cut short loses at most the last of them, and the next run reads those again.
* A file that cannot be read goes on the list of unreadable items with the reason. A scan tries
  it again if it changed, if the program did, or if the reason may have passed, and then twice
  (`retry_failed`); a person can always (`retry`).
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from retention_agent.capture.again import reclassify, retry, retry_failed
from retention_agent.capture.commit import CaptureResult, Read, commit
from retention_agent.capture.description import Description
from retention_agent.capture.pending import PendingFile, pending_files
from retention_agent.capture.pool import Pool
from retention_agent.capture.realign import realign
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.pace import UNHURRIED, Pace, paced

__all__ = ["CaptureResult", "Source", "capture_pending", "reclassify", "retry", "retry_failed"]

BATCH_FILES = 64
BATCH_SECONDS = 2.0
BATCH_CHARACTERS = 16_000_000  # texts wait in memory until they are committed


@dataclass(frozen=True, slots=True)
class Source:
    """A share of the register, its opened root, and how fast it may be read."""

    share: int
    root: ShareRoot
    pace: Pace = UNHURRIED


def capture_pending(
    engine: sa.Engine,
    source: Source,
    pool: Pool[PendingFile],
    index: SearchIndex,
    now: Callable[[], datetime],
    on_progress: Callable[[CaptureResult], None] = lambda _result: None,
) -> CaptureResult:
    """Capture every pending file of a share; calls `on_progress` after each commit.

    Once the share's window has closed no further file is begun; the rest stays pending.

    Raises:
        CaptureUnavailable: no worker can be started; what was committed stays.
    """
    result = CaptureResult()
    waiting = pending_files(engine, source.share, source.root)
    outcomes = pool.read(paced(waiting, source.pace))
    for batch in _batches(outcomes):
        result.add(commit(engine, index, batch, now()))
        on_progress(result)
    realign(engine, index, source.share)
    return result


def _batches(outcomes: Iterator[Read | None]) -> Iterator[list[Read]]:
    """The outcomes in lists that are full, large, or have waited long enough."""
    batch: list[Read] = []
    characters, started = 0, 0.0
    for read in outcomes:
        if read is not None:
            started = started if batch else time.monotonic()
            batch.append(read)
            characters += _characters(read)
        full = len(batch) >= BATCH_FILES or characters >= BATCH_CHARACTERS
        if full or (batch and time.monotonic() - started >= BATCH_SECONDS):
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _characters(read: Read) -> int:
    _, outcome = read
    return len(outcome.text) if isinstance(outcome, Description) else 0
