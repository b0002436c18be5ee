"""The scan stage: brings the register up to date with what stands on a share.

* No file is opened, but for the sentinel where the share has one, and nothing on the share is
  changed, not even a time of access.
* The folder must be the share the register knows; otherwise nothing at all is changed.
* A record outlives its path: it keeps its number when its file is moved or renamed.
* A scan that is cut short does no harm; the next one goes on from where it was, if that is not too
  long ago. Folders read long apart make one complete scan: what moved between them in the
  meantime is looked for where it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from retention_agent.register import files, unfinished
from retention_agent.register.arrivals import arrival_tables
from retention_agent.register.records import instant
from retention_agent.register.unfinished import Unfinished
from retention_agent.scan.intake import Intake
from retention_agent.scan.result import ScanResult
from retention_agent.scan.settle import log_scan, settle
from retention_agent.scan.walk import Met, Portion, passed, read_again, walk
from retention_agent.shares.local import ShareRoot, WrongShare
from retention_agent.shares.pace import UNHURRIED, Pace

__all__ = ["ScanResult", "Terms", "scan_share"]

GOES_ON_WITHIN = timedelta(days=8)  # a window may open once a week
LONGEST_UNWRITTEN = 10.0  # seconds of waiting, after which what was read is written down


@dataclass(frozen=True, slots=True)
class Terms:
    """What one scan may do."""

    confirmed_absences: int = 0
    """how many missing files a person confirmed to be gone; that many do not freeze the share"""
    pace: Pace = UNHURRIED
    """how fast it may walk, and until when"""
    window: str = ""
    """the word ignored, where a person told to scan outside the share's window; it is logged"""


def scan_share(
    engine: sa.Engine,
    share_id: int,
    root: ShareRoot,
    now: datetime,
    on_progress: Callable[[ScanResult], None] | None = None,
    terms: Terms = Terms(),
) -> ScanResult:
    """Walk the share opened as `root` and enter what is new, changed, moved and gone.

    Args:
        engine: The register.
        share_id: The share's number in it.
        root: The share's opened root.
        now: The instant of the scan, in UTC.
        on_progress: Called with the counts so far after each write.
        terms: What it may do.

    Raises:
        NotFound: no share has that number.
        Refused: another scan of the share began meanwhile.
    """
    with engine.connect() as connection:
        with connection.begin():
            row = files.begin_scan(connection, share_id, instant(now))
            since = instant(now - GOES_ON_WITHIN)
            former = unfinished.take_up(connection, share_id, row.scans, since)
        result = ScanResult(
            row.scans, began=former.began, new_before=former.new, window=terms.window
        )
        try:
            root.check_identity(row.device, row.inode, row.sentinel)
        except WrongShare as error:
            result.trouble(b"", str(error))
            with connection.begin():
                log_scan(connection, row, result, now)
            return result
        with arrival_tables(connection):
            intake = Intake(connection, row.id, result, row.last_scan, former)
            everything = _everything(root, intake, former)
            _take_in(intake, everything, terms.pace, partial(on_progress or _unseen, result))
            with connection.begin():
                files.remember_root(connection, row.id, root.identity)
                if result.stopped:
                    log_scan(connection, row, result, now)
                else:
                    settle(connection, row, result, now, terms.confirmed_absences)
    return result


def _everything(root: ShareRoot, intake: Intake, former: Unfinished) -> Iterator[Met]:
    """What stands on the share, as far as `former` has not seen it or must see it again."""
    unsettled = [path for path in former.unsettled if passed(path, former.position)]
    yield from read_again(root, unsettled)
    yield from walk(root, former.position, intake.was_read)
    if former.position:
        yield from read_again(root, sorted({*intake.origins()}.difference(unsettled)))


def _take_in(
    intake: Intake, everything: Iterator[Met], pace: Pace, tell: Callable[[], None]
) -> None:
    waited = 0.0
    for met in everything:
        full = intake.take(met)
        waited += pace.spend(met.names if isinstance(met, Portion) else 1)
        if full or waited >= LONGEST_UNWRITTEN:
            intake.write()
            tell()
            waited = 0.0
        if pace.closed:
            intake.stop()
            break
    intake.finish()
    tell()


def _unseen(_result: ScanResult) -> None:
    """The progress of a scan nobody watches."""
