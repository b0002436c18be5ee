"""Tells moves from new files once a whole share was seen, in tables that live as long as a scan.

A name that cannot be judged when it is met is an *arrival*: a new name whose inode is a known
record's, or a known name that another inode stands under now. A *leaver* is a record whose name
does not hold its file any more. At the end, arrivals are matched with leavers that are the same
file (device, inode, size, time of modification):

* matched: the record goes on under the new name; nothing is read again
* not matched, and the record that had the name is nowhere else: the file was saved anew, so the
  record stays under its name and is changed
* otherwise the arrival is a new record: a hard link, or a file that took a known place

Hard links give one file several names; the n-th leaver is matched with the n-th arrival of a file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from retention_agent.register.files import AWAY, Found, cursor, enter_record

_TABLES = {
    "scan_arrival": """
        id INTEGER PRIMARY KEY, directory INTEGER, name BLOB, path BLOB,
        size INTEGER, mtime_ns INTEGER, ctime_ns INTEGER, device INTEGER, inode INTEGER,
        links INTEGER, owner TEXT, owner_group TEXT,
        displaced INTEGER, -- the record that had the name
        record INTEGER,    -- the record that goes on under it
        how TEXT           -- moved, returned, changed, new""",
    "scan_gone": "record INTEGER PRIMARY KEY",
    "scan_leaver": """
        record INTEGER PRIMARY KEY, path BLOB,
        size INTEGER, mtime_ns INTEGER, device INTEGER, inode INTEGER,
        nameless INTEGER,  -- it has no name on the share: absent before, or restored
        certain INTEGER    -- its folder was read, and its name does not hold it""",
    "scan_vanished": "record INTEGER PRIMARY KEY, away INTEGER",
    "scan_away": "state TEXT PRIMARY KEY",  # see files.AWAY
}


@contextmanager
def arrival_tables(connection: sa.Connection) -> Iterator[None]:
    """Make the scan's own tables, and remove them at the end whatever happens."""
    making = cursor(connection)
    for name, columns in _TABLES.items():
        making.execute(f"CREATE TEMP TABLE {name} ({columns}\n)")
    making.executemany("INSERT INTO scan_away VALUES (?)", ((state.value,) for state in AWAY))
    making.execute("CREATE INDEX temp.scan_displaced ON scan_arrival (displaced)")
    making.execute("CREATE INDEX temp.scan_continued ON scan_arrival (record)")
    try:
        yield
    finally:
        connection.connection.rollback()  # a failure may have left the scan's reading open
        for name in _TABLES:
            making.execute(f"DROP TABLE temp.{name}")
        making.close()


def enter_arrival(writing: sqlite3.Cursor, directory: int, found: Found) -> None:
    """Keep a name for the end of the scan."""
    sql = """
        INSERT INTO scan_arrival (
            directory, name, size, mtime_ns, ctime_ns, device, inode, path, links, owner,
            owner_group, displaced)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
            (SELECT record FROM sighting WHERE directory = ?1 AND name = ?2))"""
    whose = (found.owner, found.group)
    writing.execute(sql, (directory, *found.row, found.path, found.links, *whose))


def enter_gone(writing: sqlite3.Cursor, directory: int, name: bytes) -> None:
    """Keep a name that its folder does not hold any more."""
    sql = """
        INSERT INTO scan_gone SELECT record FROM sighting WHERE directory = ? AND name = ?"""
    writing.execute(sql, (directory, name))


def origins(reading: sqlite3.Cursor, share: int, scan: int) -> list[bytes]:
    """Folders this scan counts as read that hold, as far as is known, the file of an arrival."""
    found = reading.execute(_FIND_ORIGINS, (share, scan)).fetchall()
    return [path for (path,) in found]


def match(writing: sqlite3.Cursor, share: int, scan: int, complete: int) -> None:
    """Match arrivals with leavers, then let unmatched names keep their records as changed.

    After an incomplete scan a record whose folder was not read is matched only with a file that
    has no second name: its own name may well be there still.
    """
    writing.execute(_FIND_LEAVERS, (share, scan))
    writing.execute(_MATCH_SAME_PATH)
    writing.execute(_MATCH_IN_TURN, (complete,))
    writing.execute(_KEEP_NAMES)


def unmatch_taken_names(writing: sqlite3.Cursor) -> None:
    """Let records move only to names that were free.

    Where absences are not believed, a record that lost its name to another must keep it: every
    record that counts as present has a name.
    """
    writing.execute(_UNMATCH_TAKEN)
    writing.execute(_KEEP_NAMES)


def find_vanished(writing: sqlite3.Cursor, share: int, scan: int) -> int:
    """List the records that are nowhere on the share; returns how many of them were not expected.

    To be asked after a complete scan only: every folder it did not read is gone.
    """
    writing.execute(_FIND_VANISHED, (share, scan))
    return int(writing.execute("SELECT count(*) FROM scan_vanished WHERE NOT away").fetchone()[0])


def moved(reading: sqlite3.Cursor) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, old and new path of each record that goes on under another name."""
    yield from reading.execute(
        """
        SELECT record.id, record.path, scan_arrival.path
        FROM scan_arrival JOIN record ON record.id = scan_arrival.record
        WHERE how = 'moved' ORDER BY record.id"""
    )


def vanished(reading: sqlite3.Cursor) -> list[tuple[int, bytes]]:
    """Number and last path of each record that vanished unexpectedly."""
    found = reading.execute(
        """
        SELECT record.id, record.path
        FROM scan_vanished JOIN record ON record.id = scan_vanished.record
        WHERE NOT away ORDER BY record.id"""
    )
    return found.fetchall()


def settle(writing: sqlite3.Cursor, share: int, instant: str) -> dict[str, int]:
    """Write down what became of every arrival; returns how many of each kind there were."""
    writing.execute(_REMEMBER_PATHS)
    writing.execute(_CONTINUE)
    writing.execute(_CHANGE, (instant,))
    _enter_new(writing, share, instant)
    for statement in _SETTLE_NAMES:
        writing.execute(statement)
    return dict(writing.execute("SELECT how, count(*) FROM scan_arrival GROUP BY how").fetchall())


def mark_absent(writing: sqlite3.Cursor, share: int, scan: int, instant: str) -> None:
    """Believe what `find_vanished` found, and forget the folders that are gone."""
    writing.execute(
        """
        UPDATE record SET present = 0, last_changed = ?
        WHERE id IN (SELECT record FROM scan_vanished)""",
        (instant,),
    )
    writing.execute("DELETE FROM sighting WHERE record IN (SELECT record FROM scan_vanished)")
    writing.execute("DELETE FROM directory WHERE share = ? AND scan < ?", (share, scan))


def _enter_new(writing: sqlite3.Cursor, share: int, instant: str) -> None:
    unknown = writing.execute(
        """
        SELECT id, path, name, size, mtime_ns, ctime_ns, device, inode, links, owner, owner_group
        FROM scan_arrival WHERE record IS NULL ORDER BY path"""
    ).fetchall()
    for arrival, path, *row, links, owner, group in unknown:
        folder = path[: -len(row[0]) - 1]
        found = Found(folder, tuple(row), links, owner, group)
        number = enter_record(writing, share, found, instant)
        writing.execute(
            "UPDATE scan_arrival SET record = ?, how = 'new' WHERE id = ?", (number, arrival)
        )


_FIND_ORIGINS = """
    SELECT DISTINCT directory.path
    FROM scan_arrival AS arrival
    JOIN record ON record.share = ?1
        AND record.device = arrival.device AND record.inode = arrival.inode
        AND record.size = arrival.size AND record.mtime_ns = arrival.mtime_ns
    JOIN sighting ON sighting.record = record.id
    JOIN directory ON directory.id = sighting.directory AND directory.scan = ?2
    ORDER BY directory.path"""

_FIND_LEAVERS = """
    INSERT INTO scan_leaver
    SELECT DISTINCT record.id, record.path, record.size, record.mtime_ns, record.device,
        record.inode, sighting.record IS NULL, coalesce(directory.scan = ?2, 1)
    FROM scan_arrival AS arrival
    JOIN record ON record.share = ?1
        AND record.device = arrival.device AND record.inode = arrival.inode
        AND record.size = arrival.size AND record.mtime_ns = arrival.mtime_ns
    LEFT JOIN sighting ON sighting.record = record.id
    LEFT JOIN directory ON directory.id = sighting.directory
    WHERE record.state NOT IN (SELECT state FROM scan_away)
        AND (sighting.record IS NULL
            OR directory.scan < ?2
            OR record.id IN (SELECT record FROM scan_gone)
            OR record.id IN (SELECT displaced FROM scan_arrival WHERE displaced IS NOT NULL))"""

_MATCH_SAME_PATH = """
    UPDATE scan_arrival AS arrival SET record = leaver.record, how = 'returned'
    FROM scan_leaver AS leaver
    WHERE leaver.device = arrival.device AND leaver.inode = arrival.inode
        AND leaver.size = arrival.size AND leaver.mtime_ns = arrival.mtime_ns
        AND leaver.path = arrival.path"""

_MATCH_IN_TURN = """
    WITH leaver AS (
        SELECT *, row_number() OVER (
            PARTITION BY device, inode, size, mtime_ns ORDER BY nameless, path) AS turn
        FROM scan_leaver
        WHERE record NOT IN (SELECT record FROM scan_arrival WHERE record IS NOT NULL)
    ), arrival AS (
        SELECT *, row_number() OVER (
            PARTITION BY device, inode, size, mtime_ns ORDER BY path) AS turn
        FROM scan_arrival WHERE record IS NULL
    ), pair AS (
        SELECT arrival.id, leaver.record
        FROM arrival JOIN leaver USING (device, inode, size, mtime_ns, turn)
        WHERE ?1 OR leaver.certain OR arrival.links = 1
    )
    UPDATE scan_arrival SET record = pair.record, how = 'moved'
    FROM pair WHERE pair.id = scan_arrival.id"""

_KEEP_NAMES = """
    UPDATE scan_arrival SET record = displaced, how = 'changed'
    WHERE record IS NULL AND displaced IS NOT NULL
        AND displaced NOT IN (SELECT record FROM scan_arrival WHERE record IS NOT NULL)
        AND displaced NOT IN (
            SELECT id FROM record WHERE state IN (SELECT state FROM scan_away)
                AND id IN (SELECT displaced FROM scan_arrival))"""

_UNMATCH_TAKEN = """
    UPDATE scan_arrival SET record = NULL, how = NULL
    WHERE displaced IS NOT NULL AND record IS NOT NULL AND how <> 'changed'
        AND displaced NOT IN (
            SELECT record FROM scan_arrival WHERE displaced IS NULL AND record IS NOT NULL)
        AND displaced NOT IN (
            SELECT id FROM record WHERE state IN (SELECT state FROM scan_away)
                AND id IN (SELECT displaced FROM scan_arrival))"""

_FIND_VANISHED = """
    INSERT INTO scan_vanished
    SELECT missing.record, record.state IN (SELECT state FROM scan_away)
    FROM (
        SELECT record FROM scan_gone
        UNION SELECT displaced FROM scan_arrival WHERE displaced IS NOT NULL
        UNION SELECT sighting.record
            FROM directory JOIN sighting ON sighting.directory = directory.id
            WHERE directory.share = ?1 AND directory.scan < ?2
    ) AS missing JOIN record ON record.id = missing.record
    WHERE missing.record NOT IN (SELECT record FROM scan_arrival WHERE record IS NOT NULL)"""

_REMEMBER_PATHS = """
    INSERT OR IGNORE INTO former_path (record, path)
    SELECT record.id, record.path
    FROM scan_arrival JOIN record ON record.id = scan_arrival.record WHERE how = 'moved'"""

_CONTINUE = """
    UPDATE record SET path = arrival.path, ctime_ns = arrival.ctime_ns, links = arrival.links,
        owner = arrival.owner, owner_group = arrival.owner_group, present = 1
    FROM scan_arrival AS arrival
    WHERE arrival.record = record.id AND how IN ('moved', 'returned')"""

_CHANGE = """
    UPDATE record SET device = arrival.device, inode = arrival.inode, size = arrival.size,
        mtime_ns = arrival.mtime_ns, ctime_ns = arrival.ctime_ns, links = arrival.links,
        owner = arrival.owner, owner_group = arrival.owner_group,
        capture = 'pending', failures = 0, last_changed = ?
    FROM scan_arrival AS arrival
    WHERE arrival.record = record.id AND how = 'changed'"""

_SETTLE_NAMES = (
    "DELETE FROM sighting WHERE record IN (SELECT record FROM scan_arrival)",
    """
    DELETE FROM sighting
    WHERE (directory, name) IN (SELECT directory, name FROM scan_arrival)""",
    """
    INSERT INTO sighting (directory, name, size, mtime_ns, ctime_ns, device, inode, record)
    SELECT directory, name, size, mtime_ns, ctime_ns, device, inode, record
    FROM scan_arrival""",
)
