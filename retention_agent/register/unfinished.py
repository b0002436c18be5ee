"""How far a scan came that was cut short, so that the next one can go on from there.

The folders it read count as read by the one that goes on. Only names whose fate the end of a scan
tells (moves, absences) were not written down: the folders that had some are read once more.
"""

import sqlite3
from dataclasses import dataclass

import sqlalchemy as sa

from retention_agent.register.tables import directory, unfinished_scan


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is known of the scan that was cut short; nothing was, if `position` is empty."""

    began: str = ""
    """the instant at which its first part began"""
    position: bytes = b""
    """the folder it read last, in the order of the walk"""
    new: int = 0
    """files it entered"""
    troubles: int = 0
    """how much it could not read"""
    unsettled: tuple[bytes, ...] = ()
    """folders it read that have names of unknown fate"""


def take_up(connection: sa.Connection, share: int, scan: int, since: str) -> Unfinished:
    """Let the scan numbered `scan` go on where the one before it was cut short.

    One that came no further since the instant `since` is too old, and is forgotten.
    """
    here = unfinished_scan.c.share == share
    row = connection.execute(sa.select(unfinished_scan).where(here)).one_or_none()
    if row is None:
        return Unfinished()
    if row.at < since:
        end(connection, share)
        return Unfinished()
    for column in ("scan", "unsettled"):
        former = (directory.c.share == share, directory.c[column] == row.scan)
        connection.execute(directory.update().where(*former).values({column: scan}))
    connection.execute(unfinished_scan.update().where(here).values(scan=scan))
    paths = sa.select(directory.c.path).where(
        directory.c.share == share, directory.c.unsettled == scan
    )
    unsettled = tuple(connection.scalars(paths.order_by(directory.c.path)))
    return Unfinished(row.began or row.at, row.position, row.new, row.troubles, unsettled)


def end(connection: sa.Connection, share: int) -> None:
    """Note that the share's scan came to its end."""
    connection.execute(unfinished_scan.delete().where(unfinished_scan.c.share == share))


def keep(writing: sqlite3.Cursor, share: int, scan: int, instant: str, so_far: Unfinished) -> None:
    """Note how far the scan came whose present part began at `instant`."""
    sql = """
        INSERT OR REPLACE INTO unfinished_scan (share, scan, began, position, at, new, troubles)
        VALUES (?, ?, ?, ?, ?, ?, ?)"""
    reached = (so_far.began, so_far.position, instant, so_far.new, so_far.troubles)
    writing.execute(sql, (share, scan, *reached))


def note_unsettled(writing: sqlite3.Cursor, scan: int, folders: set[int]) -> None:
    """Note that the scan met names of unknown fate in the folders of these numbers."""
    sql = "UPDATE directory SET unsettled = ? WHERE id = ?"
    writing.executemany(sql, ((scan, number) for number in folders))


def was_read(reading: sqlite3.Cursor, share: int, scan: int, path: bytes) -> bool:
    """Whether the scan, or a part before it, has read the folder."""
    sql = "SELECT EXISTS (SELECT 1 FROM directory WHERE share = ? AND path = ? AND scan = ?)"
    return bool(reading.execute(sql, (share, path, scan)).fetchone()[0])


def forget_read(writing: sqlite3.Cursor, share: int, path: bytes) -> None:
    """Note that a folder which an earlier part of the scan read is gone by now."""
    sql = "UPDATE directory SET scan = 0 WHERE share = ? AND path = ?"
    writing.execute(sql, (share, path))
