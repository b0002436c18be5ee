"""The scan stage: brings the register up to date with what stands on a share.

* No file is opened, but for the sentinel where the share has one, and nothing on the share is
  changed, not even a time of access.
* The folder must be the share the register knows; otherwise nothing at all is changed.
* A record outlives its path: it keeps its number when its file is moved or renamed.
* A scan that is cut short does no harm; the next one finds what it did not reach.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from retention_agent.register import files
from retention_agent.register.arrivals import arrival_tables
from retention_agent.register.records import instant
from retention_agent.scan.intake import Intake
from retention_agent.scan.result import ScanResult
from retention_agent.scan.settle import log_scan, settle
from retention_agent.scan.walk import walk
from retention_agent.shares.local import ShareRoot, WrongShare

__all__ = ["ScanResult", "scan_share"]


def scan_share(
    engine: sa.Engine,
    share_id: int,
    root: ShareRoot,
    now: datetime,
    on_progress: Callable[[ScanResult], None] | None = None,
    confirmed_absences: int = 0,
) -> ScanResult:
    """Walk the share opened as `root` and enter what is new, changed, moved and gone.

    Args:
        engine: The register.
        share_id: The share's number in it.
        root: The share's opened root.
        now: The instant of the scan, in UTC.
        on_progress: Called with the counts so far after each write.
        confirmed_absences: How many missing files a person confirmed to be really gone; that many
            do not freeze the share.

    Raises:
        NotFound: no share has that number.
        Refused: another scan of the share began meanwhile.
    """
    with engine.connect() as connection:
        with connection.begin():
            row = files.begin_scan(connection, share_id, instant(now))
        result = ScanResult(row.scans)
        try:
            root.check_identity(row.device, row.inode, row.sentinel)
        except WrongShare as error:
            result.trouble(b"", str(error))
            with connection.begin():
                log_scan(connection, row, result, now)
            return result
        with arrival_tables(connection):
            _take_in(connection, row, root, result, on_progress or _unseen)
            with connection.begin():
                files.remember_root(connection, row.id, root.identity)
                settle(connection, row, result, now, confirmed_absences)
    return result


def _take_in(
    connection: sa.Connection,
    row: sa.Row[Any],
    root: ShareRoot,
    result: ScanResult,
    on_progress: Callable[[ScanResult], None],
) -> None:
    intake = Intake(connection, row.id, result, row.last_scan)
    for met in walk(root):
        if intake.take(met):
            intake.write()
            on_progress(result)
    intake.finish()
    on_progress(result)


def _unseen(_result: ScanResult) -> None:
    """The progress of a scan nobody watches."""
