"""Opens the register's SQLite database with the settings that safety needs.

* WAL with `synchronous=FULL`: a committed transaction survives power loss.
* `secure_delete`: deleted text is overwritten in the file.
* Transactions begin IMMEDIATE: two writers queue instead of failing half-way.
* A register of an earlier layout is brought up to this one in one transaction. Layouts only ever
  grow, so that means making the tables, columns and indexes that are not there yet.
"""

import importlib
import os
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from retention_agent.errors import IntegrityError, RetentionError
from retention_agent.register.outbox_table import metadata
from retention_agent.register.tables import SCHEMA_VERSION

LOWEST_SQLITE = (3, 40)
BUSY_SECONDS = 30
_LEAST_ROOM = 2**17  # SQLite maps its index of the log before it can read


def _newest() -> ModuleType:
    try:
        return importlib.import_module("pysqlite3.dbapi2")  # a wheel for some platforms only
    except ImportError:
        return sqlite3


DATABASE_ERRORS: tuple[type[Exception], ...] = (
    sa.exc.DatabaseError,
    sqlite3.Error,
    _newest().Error,
)
"""what a database raises; from the driver itself where a stage uses its cursors directly"""


def driver() -> ModuleType:
    """The newest SQLite at hand: the bundled build where there is one, else Python's own.

    Raises:
        RetentionError: the library is older than 3.40, where deleted text cannot be expunged.
    """
    dbapi2 = _newest()
    if dbapi2.sqlite_version_info < LOWEST_SQLITE:
        raise RetentionError(
            f"SQLite {dbapi2.sqlite_version} is too old; 3.40 or later is needed",
            "Install the pysqlite3-binary package or a newer Python.",
        )
    return dbapi2


def open_register(path: Path) -> sa.Engine:
    """Open the register at `path`, making its tables where the file is new.

    Raises:
        IntegrityError: the file is not a register, is damaged, or is of another version.
        RetentionError: the machine does not let it be opened, as when its disk is full.
    """
    # what SQLite spills to disk is everyone's text: it stays in the private folder
    os.environ.setdefault("SQLITE_TMPDIR", str(path.parent))
    engine = sa.create_engine(
        f"sqlite:///{path}",
        module=driver(),
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
    )
    sa.event.listen(engine, "connect", _configure)
    sa.event.listen(engine, "begin", _begin_immediate)
    try:
        _prepare(engine)
    except sa.exc.OperationalError as error:  # the machine's fault, not the register's
        engine.dispose()
        why = "the disk is full" if _is_full(path.parent) else error.orig
        raise RetentionError(
            f"{path}: the register cannot be opened: {why}",
            "Nothing was changed; run the command again once it is mended.",
        ) from error
    except sa.exc.DatabaseError as error:
        engine.dispose()
        raise IntegrityError(
            f"{path}: the register cannot be read ({error.orig})",
            "Restore the state folder from a backup; nothing was changed.",
        ) from error
    return engine


def _prepare(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version == 0:
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif 0 < version < SCHEMA_VERSION:
            _extend(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version != SCHEMA_VERSION:
            raise IntegrityError(
                f"the register has layout {version}, this program reads layout {SCHEMA_VERSION}",
                "Use the version of Retention Agent that wrote it.",
            )


def _extend(connection: sa.Connection) -> None:
    metadata.create_all(connection)
    for table in metadata.tables.values():
        there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                definition = sa.schema.CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {definition}')
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _is_full(folder: Path) -> bool:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize < _LEAST_ROOM


def _configure(connection: Any, _record: object) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
        return
    # the driver must not open transactions of its own; leaving AUTOCOMMIT would let it again
    connection.connection.driver_connection.isolation_level = None  # type: ignore[union-attr]
    connection.exec_driver_sql("BEGIN IMMEDIATE")
