"""Files as rows of the register: what a scan reads, and what it writes as it goes along.

Each name on a share has a row in `sighting` that belongs to one record; a record without such a
row is absent, or in the disposal bin. A scan asks these questions once a folder, so they go
through the driver's cursor; outside a transaction of the connection that is plain reading.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from policies.lifecycle import State
from retention_agent.errors import NotFound, Refused
from retention_agent.register import presence
from retention_agent.register.tables import (
    batch_item,
    former_path,
    record,
    record_reference,
    share,
    sighting,
)

Row = tuple[bytes, int, int, int, int, int]
"""name, size, mtime_ns, ctime_ns, device, inode"""

AWAY = frozenset(
    {
        State.ARMED,
        State.BINNED,
        State.VERIFIED,
        State.WAITING,
        State.PURGE_ARMED,
        State.DESTROYED,
        State.TRANSFERRED,
    }
)
"""states in which disposal takes a file off its share: its absence is no surprise, and a file
that stands at its path is another one"""

IN_DISPOSAL = AWAY | {State.PROPOSED, State.APPROVED}


@dataclass(frozen=True, slots=True)
class Found:
    """A file as a scan enters it: where, its numbers, and whose it is."""

    directory: bytes
    row: Row
    links: int
    owner: str
    group: str

    @property
    def path(self) -> bytes:
        """The name with its folder, relative to the share's root."""
        return self.directory + b"/" + self.row[0] if self.directory else self.row[0]


@dataclass(frozen=True, slots=True)
class Adoption:
    """A record that was found to go on under another path."""

    record: int
    replaced: int
    """the number of the row that stood for it meanwhile; it is gone from the register"""
    old_path: bytes
    new_path: bytes


def cursor(connection: sa.Connection) -> sqlite3.Cursor:
    """The driver's own cursor, in the connection's transaction or outside any."""
    return cast(sqlite3.Cursor, connection.connection.cursor())


def begin_scan(connection: sa.Connection, number: int, instant: str) -> sa.Row[tuple[object, ...]]:
    """Count one more scan of the share; returns its row.

    Raises:
        NotFound: no share has that number.
    """
    counted = {"scans": share.c.scans + 1, "last_scan": instant}
    update = share.update().where(share.c.id == number).values(counted).returning(share)
    row = connection.execute(update).one_or_none()
    if row is None:
        raise NotFound(f"no share is numbered {number}", "`retention share list` names them.")
    return row


def remember_root(connection: sa.Connection, number: int, identity: tuple[int, int]) -> None:
    """Enter device and inode of the root of a share that is scanned for the first time."""
    device, inode = identity
    connection.execute(
        share.update().where(share.c.id == number).values(device=device, inode=inode)
    )


def require_scan(reading: sqlite3.Cursor, number: int, scan: int) -> None:
    """Let a scan go on writing if no later one of the same share has begun.

    Raises:
        Refused: one has; what this one wrote before stands.
    """
    if reading.execute("SELECT scans FROM share WHERE id = ?", (number,)).fetchone() != (scan,):
        raise Refused(
            "another scan of this share has begun; this one stops",
            "Nothing is lost: the other one sees the same files.",
        )


def knows_records(reading: sqlite3.Cursor, number: int) -> bool:
    """Whether the share ever had a record."""
    sql = "SELECT EXISTS (SELECT 1 FROM record WHERE share = ?)"
    return bool(reading.execute(sql, (number,)).fetchone()[0])


def knows_files(reading: sqlite3.Cursor, number: int) -> bool:
    """Whether the register believes any file to be on the share."""
    sql = """
        SELECT EXISTS (
            SELECT 1 FROM directory JOIN sighting ON sighting.directory = directory.id
            WHERE share = ?)"""
    return bool(reading.execute(sql, (number,)).fetchone()[0])


def present(reading: sqlite3.Cursor, number: int) -> int:
    """How many files of the share the register believes to be there."""
    sql = """
        SELECT count(*) FROM sighting JOIN directory ON directory.id = sighting.directory
        WHERE directory.share = ?"""
    return int(reading.execute(sql, (number,)).fetchone()[0])


def knows_below(reading: sqlite3.Cursor, number: int, folder: bytes) -> bool:
    """Whether files are known in `folder` or in any folder below it."""
    sql = """
        SELECT EXISTS (
            SELECT 1 FROM directory JOIN sighting ON sighting.directory = directory.id
            WHERE share = ?1 AND (path = ?2 OR path > ?3 AND path < ?4))"""
    # `0` follows `/` in ASCII, so between the two lies everything below the folder
    parameters = (number, folder, folder + b"/", folder + b"0")
    return bool(reading.execute(sql, parameters).fetchone()[0])


def rows(
    reading: sqlite3.Cursor, number: int, path: bytes, after: bytes | None, until: bytes | None
) -> list[Row]:
    """What is known of a folder's names after `after` and up to `until`, in their order."""
    sql = """
        SELECT name, size, mtime_ns, ctime_ns, device, inode FROM sighting
        WHERE directory = (SELECT id FROM directory WHERE share = ? AND path = ?)"""
    parameters: list[int | bytes] = [number, path]
    if after is not None:
        sql += " AND name > ?"
        parameters.append(after)
    if until is not None:
        sql += " AND name <= ?"
        parameters.append(until)
    return reading.execute(sql + " ORDER BY name", parameters).fetchall()


def knows_file(reading: sqlite3.Cursor, number: int, row: Row) -> bool:
    """Whether some record of the share is, or was, this very file."""
    sql = """
        SELECT EXISTS (
            SELECT 1 FROM record
            WHERE share = ? AND device = ? AND inode = ? AND size = ? AND mtime_ns = ?)"""
    _, size, mtime, _, device, inode = row
    return bool(reading.execute(sql, (number, device, inode, size, mtime)).fetchone()[0])


def enter_read(writing: sqlite3.Cursor, number: int, scan: int, paths: Iterable[bytes]) -> None:
    """Note that this scan read the folders to their end."""
    sql = """
        INSERT INTO directory (share, path, scan) VALUES (?, ?, ?)
        ON CONFLICT (share, path) DO UPDATE SET scan = excluded.scan, error = NULL"""
    writing.executemany(sql, ((number, path, scan) for path in paths))


def enter_directory(writing: sqlite3.Cursor, number: int, path: bytes) -> int:
    """The row number of a folder, which is entered as not read where it is new."""
    sql = """
        INSERT INTO directory (share, path, scan) VALUES (?, ?, 0)
        ON CONFLICT (share, path) DO UPDATE SET path = excluded.path RETURNING id"""
    return int(writing.execute(sql, (number, path)).fetchone()[0])


def note_error(writing: sqlite3.Cursor, number: int, path: bytes, scan: int, reason: str) -> None:
    """Note why a folder was not read; `scan` 0 says that nothing is known of what is in it."""
    sql = """
        INSERT INTO directory (share, path, scan, error) VALUES (?, ?, ?, ?)
        ON CONFLICT (share, path) DO UPDATE
        SET error = excluded.error, scan = max(scan, excluded.scan)"""
    writing.execute(sql, (number, path, scan, reason))


def enter_record(writing: sqlite3.Cursor, number: int, found: Found, instant: str) -> int:
    """Make a record for a file seen for the first time; returns its number."""
    _, size, mtime, ctime, device, inode = found.row
    sql = """
        INSERT INTO record (
            share, path, device, inode, size, mtime_ns, ctime_ns, links, owner, owner_group,
            present, first_seen, last_changed, state, capture,
            partial, class_origin, confidence)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, 'seen', 'pending', 0, 'none', 0.0)"""
    numbers = (device, inode, size, mtime, ctime, found.links, found.owner, found.group)
    writing.execute(sql, (number, found.path, *numbers, instant, instant))
    return writing.lastrowid or 0


def enter_sighting(writing: sqlite3.Cursor, directory: int, found: Found, number: int) -> None:
    """Tie a name in a folder to the record numbered `number`."""
    sql = """
        INSERT INTO sighting
            (directory, name, size, mtime_ns, ctime_ns, device, inode, record)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
    writing.execute(sql, (directory, *found.row, number))


def change_record(writing: sqlite3.Cursor, directory: int, found: Found, instant: str) -> None:
    """Enter a file's new numbers; what was read from its old content stays until it is read."""
    name, size, mtime, ctime, _, _ = found.row
    writing.execute(
        """
        UPDATE record SET
            size = ?, mtime_ns = ?, ctime_ns = ?, links = ?, owner = ?, owner_group = ?,
            capture = 'pending', failures = 0, last_changed = ?
        WHERE id = (SELECT record FROM sighting WHERE directory = ? AND name = ?)""",
        (
            *(size, mtime, ctime, found.links, found.owner, found.group),
            *(instant, directory, name),
        ),
    )
    writing.execute(
        """
        UPDATE sighting SET size = ?, mtime_ns = ?, ctime_ns = ?
        WHERE directory = ? AND name = ?""",
        (size, mtime, ctime, directory, name),
    )


def adopt_by_content(connection: sa.Connection, new_record: int) -> Adoption | None:
    """Let a record that vanished go on as `new_record`, if the content says it is the same.

    For a file that was copied and its original removed, or moved to another disk: the scan cannot
    know it again, its digest can. Call it in the transaction that captured `new_record`. The old
    record keeps number, first sight, class and references and takes the place of the new row,
    which is removed from the register; the caller logs a `filename change` and removes the new
    row's number from the search index. Nothing happens (and the answer is nothing) unless

    * the new record was captured, has content, never changed and is in no batch, and
    * exactly one absent record of the share has its digest and size, was captured, is not on its
      way to disposal, and was missed no later than the new file was first seen.
    """
    new = _newcomer(connection, new_record)
    old = None if new is None else _predecessor(connection, new)
    if new is None or old is None:
        return None
    _inherit_references(connection, old.id, new.id)
    presence.remember_path(connection, old.id, new.path)
    _inherit_paths(connection, old.id, new.id)
    connection.execute(sighting.update().where(sighting.c.record == new.id).values(record=old.id))
    connection.execute(record.delete().where(record.c.id == new.id))
    place = {name: getattr(new, name) for name in _PLACE}
    here = {**place, "present": True, "last_changed": new.first_seen}
    connection.execute(record.update().where(record.c.id == old.id).values(here))
    return Adoption(old.id, new.id, old.path, new.path)


_PLACE = (
    *("path", "device", "inode", "mtime_ns", "ctime_ns", "links"),
    *("owner", "owner_group", "attributes"),
)


def _newcomer(connection: sa.Connection, number: int) -> sa.Row[tuple[object, ...]] | None:
    proposed = sa.exists().where(batch_item.c.record == record.c.id)
    query = sa.select(record).where(
        record.c.id == number,
        record.c.present,
        record.c.capture == "captured",
        record.c.size > 0,  # one empty file is like every other
        record.c.first_seen == record.c.last_changed,
        record.c.class_origin != "manual",
        ~proposed,
    )
    return connection.execute(query).one_or_none()


def _predecessor(
    connection: sa.Connection, new: sa.Row[tuple[object, ...]]
) -> sa.Row[tuple[object, ...]] | None:
    query = sa.select(record).where(
        record.c.sha256 == new.sha256,
        record.c.size == new.size,
        record.c.share == new.share,
        ~record.c.present,
    )
    alike = connection.execute(query.limit(2)).all()
    if len(alike) != 1:
        return None
    (old,) = alike
    fit = old.capture == "captured" and old.state not in IN_DISPOSAL
    return old if fit and old.last_changed <= new.first_seen else None


def _inherit_paths(connection: sa.Connection, old: int, new: int) -> None:
    own = former_path.c.record
    there = sa.select(sa.literal(old), former_path.c.path).where(own == new)
    connection.execute(
        former_path.insert().prefix_with("OR IGNORE").from_select(["record", "path"], there)
    )
    connection.execute(former_path.delete().where(own == new))


def _inherit_references(connection: sa.Connection, old: int, new: int) -> None:
    """References told by the new name count too: a hold on them must find the record."""
    own = record_reference.c.record
    known: Sequence[str] = connection.scalars(
        sa.select(record_reference.c.reference).where(own == old)
    ).all()
    connection.execute(
        record_reference.update()
        .where(own == new, record_reference.c.reference.not_in(known))
        .values(record=old)
    )
    connection.execute(record_reference.delete().where(own == new))
