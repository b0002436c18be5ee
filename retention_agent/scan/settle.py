"""The end of a scan: moves, absences, the freeze, and the log.

* Absence is believed only after a complete scan, and only if few enough files are missing: a share
  that is not mounted, or one that ransomware went over, looks like many. Then nothing is taken
  for gone and disposal from the share stops.
* What is settled and the events that tell of it are one transaction, the caller's.
"""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa

from retention_agent.audit.event import Event, Fact
from retention_agent.audit.log import append, append_many
from retention_agent.register import arrivals, files, unfinished
from retention_agent.register.records import instant
from retention_agent.register.tables import share
from retention_agent.scan.compare import FEWEST_TO_FREEZE, vanish_limit
from retention_agent.scan.result import ScanResult
from retention_agent.shares.paths import as_json

MOST_EVENTS = 1_000
_COUNTS = (
    "seen",
    "new",
    "changed",
    "moved",
    "unchanged",
    "vanished",
    "returned",
    "bytes",
    "directories",
)


def settle(
    connection: sa.Connection, row: sa.Row[Any], result: ScanResult, now: datetime, confirmed: int
) -> None:
    """Write down what the scan of the share `row` amounts to, and log it.

    Up to `confirmed` absences are believed whatever the limit: a person said they are real.
    """
    working = files.cursor(connection)
    arrivals.match(working, row.id, result.number, int(result.complete))
    believed = result.complete and _within_limit(working, row.id, result, confirmed)
    if not believed:
        arrivals.unmatch_taken_names(working)
    _append_all(connection, map(_filename_change, arrivals.moved(working)), now)
    _add(result, arrivals.settle(working, row.id, instant(now)))
    if believed:
        _believe(connection, working, row, result, now)
    unfinished.end(connection, row.id)
    log_scan(connection, row, result, now)


def log_scan(
    connection: sa.Connection, row: sa.Row[Any], result: ScanResult, now: datetime
) -> None:
    """Append the scan's own event, and the one that stops disposal where it does."""
    name = {"share": row.name}
    if result.frozen and not row.frozen:
        connection.execute(share.update().where(share.c.id == row.id).values(frozen=result.frozen))
        append(connection, Event("share freeze", f"share:{row.id}", private=name), now)
    facts: dict[str, Fact] = {count: getattr(result, count) for count in _COUNTS}
    facts |= {f"skipped_{kind}": number for kind, number in result.skipped.items()}
    facts |= {"complete": result.complete, "troubles": len(result.unreadable_directories)}
    if result.window:
        facts["window"] = result.window
    outcome = "success" if result.complete else "incomplete"
    scan = f"scan:{row.id}/{result.number}"
    append(connection, Event("scan", scan, outcome, facts, name), now)


def _within_limit(working: sqlite3.Cursor, number: int, result: ScanResult, confirmed: int) -> bool:
    missing = arrivals.find_vanished(working, number, result.number)
    if missing <= max(FEWEST_TO_FREEZE, confirmed):
        return True
    present = files.present(working, number) - result.new - result.new_before
    limit = vanish_limit(present)
    if missing <= limit:
        return True
    result.frozen = (
        f"{missing} of {present} files are missing at once, more than {limit};"
        " none of them is taken for gone until a person has looked"
    )
    return False


def _believe(
    connection: sa.Connection,
    working: sqlite3.Cursor,
    row: sa.Row[Any],
    result: ScanResult,
    now: datetime,
) -> None:
    gone = arrivals.vanished(working)
    result.vanished = len(gone)
    if len(gone) <= MOST_EVENTS:
        _append_all(connection, map(_disappearance, gone), now)
    arrivals.mark_absent(working, row.id, result.number, instant(now))
    # what its first part saw is known as of then, and no later
    complete = {"last_complete_scan": result.began or instant(now)}
    connection.execute(share.update().where(share.c.id == row.id).values(complete))


def _add(result: ScanResult, settled: dict[str, int]) -> None:
    for kind, number in settled.items():
        setattr(result, kind, getattr(result, kind) + number)


def _append_all(connection: sa.Connection, events: Iterable[Event], now: datetime) -> None:
    waiting = iter(events)
    while chunk := list(islice(waiting, MOST_EVENTS)):
        append_many(connection, chunk, now)


def _filename_change(move: tuple[int, bytes, bytes]) -> Event:
    number, old, new = move
    return Event(
        "filename change",
        f"record:{number}",
        private={"old": dict(as_json(old)), "new": dict(as_json(new))},
    )


def _disappearance(gone: tuple[int, bytes]) -> Event:
    number, path = gone
    return Event("disappearance", f"record:{number}", private=dict(as_json(path)))
