"""Databases on both SQLite drivers the product runs on."""

import sqlite3
from importlib.util import find_spec

import pytest
from sqlalchemy import create_engine, event

DRIVERS = {"sqlite3": sqlite3}
if find_spec("pysqlite3"):
    import pysqlite3.dbapi2

    DRIVERS["pysqlite3"] = pysqlite3.dbapi2


@pytest.fixture(params=sorted(DRIVERS))
def driver(request):
    """Each driver in turn."""
    return DRIVERS[request.param]


@pytest.fixture
def open_database(tmp_path):
    """Open a database file in WAL mode; the caller names the driver, the test's end closes it."""
    engines = []

    def opened(driver, name="register.db", **options):
        engine = create_engine(f"sqlite:///{tmp_path / name}", module=driver, **options)

        @event.listens_for(engine, "connect")
        def write_ahead(connection, _record):
            connection.execute("PRAGMA journal_mode = WAL").close()
            connection.execute("PRAGMA synchronous = OFF").close()

        engines.append(engine)
        return engine

    yield opened
    for engine in engines:
        engine.dispose()


@pytest.fixture
def both_drivers():
    """The drivers by name, for tests where one hands over to the other."""
    return DRIVERS
