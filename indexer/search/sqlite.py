"""The search index in SQLite FTS5, in the caller's own database and transaction.

* Tokenizer: `unicode61` with accents removed (so `cafe` finds `Café`, `wyl` finds `ŵyl`) and no
  stemmer; `indexer.search.inflection` says why plurals are added to the query instead.
* The text is stored in the index table itself. A contentless table is smaller, but what is deleted
  from it stays in the file.
* A document gets a number of its own, above all in use: FTS5 writes out its buffer whenever a
  number does not rise, and records are seldom captured in the order of their numbers.
* Deleting is not enough to be rid of text. FTS5 keeps deleted terms until it merges them away, and
  even its `optimize` may keep some; its `secure-delete` option (SQLite 3.42) edits them out.
  `PRAGMA secure_delete` overwrites a deleted row, yet not the stale copies that stay in the unused
  part of B-tree pages when rows move from one to another. Hence `expunge`: without the option it
  builds the term index again, and always it writes the whole file anew.
* Ranking is bm25 over the whole index, with title, name and path ahead of the text; `ranking` says
  what takes its place where records are closed to the searcher. Equal scores are ordered by record,
  so pages never overlap.
* A search that takes too long is interrupted from SQLite's own progress handler.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from indexer.search.base import (
    Cursor,
    Entry,
    Facets,
    Hit,
    IndexUnreadable,
    Page,
    Place,
    ResidueRemains,
    SearchTooLong,
    Window,
)
from indexer.search.counting import counted, tally
from indexer.search.plain import folded, plain
from indexer.search.plan import ENTRIES, TEXTS, Plan, plan
from indexer.search.query import Query
from indexer.search.ranking import count, ranked, satisfied, snippets

_CREATE = (
    """CREATE TABLE IF NOT EXISTS search_entry (
        document INTEGER PRIMARY KEY, record INTEGER NOT NULL UNIQUE,
        share TEXT NOT NULL, path TEXT NOT NULL, class TEXT,
        share_key TEXT NOT NULL, class_key TEXT NOT NULL, type_key TEXT NOT NULL,
        path_key TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '',
        day TEXT NOT NULL DEFAULT '')""",
    """CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(
        title, name, path, author, sender, recipients, owner, text,
        tokenize = 'unicode61 remove_diacritics 2')""",
)
# Built once: for a small file, building a statement costs more than running it.
_OF_RECORD = ENTRIES.c.record == bindparam("wanted")
_DOCUMENT = select(ENTRIES.c.document).where(_OF_RECORD)
_PLACES = select(ENTRIES.c.record, ENTRIES.c.share, ENTRIES.c.path, ENTRIES.c["class"]).where(
    ENTRIES.c.record.between(bindparam("first"), bindparam("last"))
)
_ADD_ENTRY, _ADD_TEXT = insert(ENTRIES), insert(TEXTS)
_REMOVE_ENTRY = delete(ENTRIES).where(_OF_RECORD)
_REMOVE_TEXT = delete(TEXTS).where(TEXTS.c.rowid == _DOCUMENT.scalar_subquery())
_REBUILD = "INSERT INTO search_text (search_text) VALUES ('rebuild')"
_SECURE_DELETE_SINCE = (3, 42)
_ADDED = ("path_key", "owner", "day")
LONGEST_SEARCH = 30.0
"""seconds"""
_STEPS = 20_000  # of SQLite's machine between two looks at the clock
_UNREADABLE = ("no such table: search_", "malformed", "corruption", "fts5 file format")
_IN_USE = (
    "another connection is using the database, so its files may still hold removed text; "
    "try again when that connection has finished"
)


class SqliteSearchIndex:
    """Implements `SearchIndex` on any SQLite with FTS5."""

    def __init__(self, seconds: float = LONGEST_SEARCH) -> None:
        self._seconds = seconds

    def prepare(self, connection: Connection) -> None:
        """Create the index unless it exists."""
        _overwrite_what_is_deleted(connection)
        for statement in _CREATE:
            connection.exec_driver_sql(statement)
        if _version(connection) >= _SECURE_DELETE_SINCE and not _edits_out_terms(connection):
            connection.exec_driver_sql(
                "INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1)"
            )
            # Terms an older SQLite deleted before the option was set are still there.
            connection.exec_driver_sql(_REBUILD)

    def recreate(self, connection: Connection) -> None:
        """Throw the whole index away, readable or not, and create it empty."""
        _overwrite_what_is_deleted(connection)
        known = "SELECT name FROM sqlite_master WHERE name = 'search_text_config'"
        if connection.exec_driver_sql(known).first():
            # An older SQLite refuses even to drop a table in a newer format, unless told otherwise.
            connection.exec_driver_sql("UPDATE search_text_config SET v = 4 WHERE k = 'version'")
        for name in ("search_text", "search_entry"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
        self.prepare(connection)

    def extend(self, connection: Connection) -> None:
        """Bring an index of an earlier version to this layout; one that is missing stays so."""
        there = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(search_entry)")]
        missing = [name for name in _ADDED if there and name not in there]
        for name in missing:
            connection.exec_driver_sql(
                f"ALTER TABLE search_entry ADD COLUMN {name} TEXT NOT NULL DEFAULT ''"
            )
        if missing:
            _fill(connection)

    def put(self, connection: Connection, entry: Entry) -> None:
        """Store an entry in place of any earlier entry of the same record."""
        with _readable():
            if connection.execute(_DOCUMENT, {"wanted": entry.record}).first():
                self.remove(connection, [entry.record])
            stored = connection.execute(_ADD_ENTRY, _exact_values(entry))
            connection.execute(_ADD_TEXT, {"rowid": stored.lastrowid, **_texts(entry)})

    def remove(self, connection: Connection, records: Iterable[int]) -> None:
        """Remove the entries of records; a record without an entry is passed over."""
        _overwrite_what_is_deleted(connection)
        with _readable():
            for record in records:
                connection.execute(_REMOVE_TEXT, {"wanted": record})
                connection.execute(_REMOVE_ENTRY, {"wanted": record})

    def text(self, connection: Connection, record: int) -> str | None:
        """Return the stored text of a record in its `plain` form, or nothing if it has no entry."""
        joined = TEXTS.join(ENTRIES, TEXTS.c.rowid == ENTRIES.c.document)
        wanted = select(TEXTS.c.text).select_from(joined).where(ENTRIES.c.record == record)
        with _readable():
            return connection.execute(wanted).scalar()

    def places(self, connection: Connection, first: int, last: int) -> dict[int, Place]:
        """Return what the entries of the records with these numbers say of their places."""
        with _readable():
            rows = connection.execute(_PLACES, {"first": first, "last": last})
            return {number: Place(*place) for number, *place in rows}

    def search(self, connection: Connection, query: Query, window: Window) -> Page:
        """Answer a query."""
        planned = plan(query.root, query.closed)
        with _readable(), self._in_time(connection):
            total = connection.execute(count(planned)).scalar_one()
            found = connection.execute(ranked(planned, window)).all()
            rows = found[: window.size]
            shown = snippets(connection, planned.match, [row.document for row in rows])
        hits = tuple(
            Hit(record, share, path, record_class, score, *shown[document])
            for document, record, share, record_class, path, score in rows
        )
        last = Cursor(hits[-1].score, hits[-1].record) if len(found) > window.size else None
        return Page(hits, last, total)

    def facets(self, connection: Connection, query: Query) -> Facets:
        """Count all hits of a query, not one page of them, by each of `FACETS`."""
        planned = plan(query.root, query.closed)
        with _readable(), self._in_time(connection):
            return tally(connection.execute(counted(planned)))

    def matching(self, connection: Connection, query: Query) -> list[int]:
        """Return the numbers of all records that a query finds, in order."""
        planned: Plan = plan(query.root, query.closed)
        wanted = select(ENTRIES.c.record).where(satisfied(planned)).order_by(ENTRIES.c.record)
        with _readable(), self._in_time(connection):
            return list(connection.scalars(wanted))

    def expunge(self, engine: Engine) -> None:
        """Drive what was removed out of the files; called after the removal was committed.

        Raises:
            ResidueRemains: while another connection reads the database; call again later.
        """
        with _alone(engine) as connection, _readable():
            _overwrite_what_is_deleted(connection)
            if not _edits_out_terms(connection):
                connection.exec_driver_sql(_REBUILD)
            connection.exec_driver_sql("VACUUM")
            busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
        if busy:
            raise ResidueRemains(_IN_USE)

    @contextmanager
    def _in_time(self, connection: Connection) -> Iterator[None]:
        """Interrupt what takes longer than a search may."""
        driver = cast(sqlite3.Connection, connection.connection.driver_connection)
        end = time.monotonic() + self._seconds
        driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        try:
            yield
        except OperationalError as error:
            if "interrupted" in str(error.orig):
                raise SearchTooLong(
                    f"the search took longer than {self._seconds:g} seconds"
                ) from error
            raise
        finally:
            driver.set_progress_handler(None, 0)


def _fill(connection: Connection) -> None:
    """Give entries of an earlier version what can be told from the rest of them."""
    columns = select(ENTRIES.c.document, ENTRIES.c.path, TEXTS.c.owner).select_from(
        ENTRIES.join(TEXTS, TEXTS.c.rowid == ENTRIES.c.document)
    )
    for document, path, owner in connection.execute(columns).all():
        changed = update(ENTRIES).where(ENTRIES.c.document == document)
        connection.execute(changed.values(path_key=folded(path), owner=owner))


def _exact_values(entry: Entry) -> dict[str, object]:
    return {
        "record": entry.record,
        "share": plain(entry.share),
        "path": plain(entry.path),
        "class": None if entry.record_class is None else plain(entry.record_class),
        "share_key": folded(entry.share),
        "class_key": folded(entry.record_class or ""),
        "type_key": folded(entry.media_type),
        "path_key": folded(entry.path),
        "owner": plain(entry.owner),
        "day": plain(entry.day),
    }


def _texts(entry: Entry) -> dict[str, str]:
    names = ("title", "name", "path", "author", "sender", "recipients", "owner", "text")
    return {name: plain(getattr(entry, name)) for name in names}


def _overwrite_what_is_deleted(connection: Connection) -> None:
    connection.exec_driver_sql("PRAGMA secure_delete = ON")


def _version(connection: Connection) -> tuple[int, ...]:
    version: str = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
    return tuple(map(int, version.split(".")))


def _edits_out_terms(connection: Connection) -> bool:
    option = "SELECT v FROM search_text_config WHERE k = 'secure-delete'"
    return bool(connection.exec_driver_sql(option).scalar())


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Connect outside any transaction, for statements that need the database to themselves."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    except OperationalError as error:
        if "locked" in str(error.orig):
            raise ResidueRemains(_IN_USE) from error
        raise


@contextmanager
def _readable() -> Iterator[None]:
    """Tell an index that has to be built again apart from any other failure of the database."""
    try:
        yield
    except DatabaseError as error:
        message = str(error.orig)
        if any(sign in message for sign in _UNREADABLE):
            raise IndexUnreadable(
                f"the search index cannot be read ({message}); recreate it and index again"
            ) from error
        raise
