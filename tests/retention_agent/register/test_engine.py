"""The register's database: its settings, its versions, its damage, two writers at once."""

import sqlite3
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from retention_agent.errors import IntegrityError, RetentionError
from retention_agent.register import engine as engine_module
from retention_agent.register.engine import DATABASE_ERRORS, driver, open_register
from retention_agent.register.tables import SCHEMA_VERSION, fact, metadata


@pytest.fixture
def path(tmp_path):
    return tmp_path / "register.db"


def enter(connection, reference):
    connection.execute(
        fact.insert().values(reference=reference, fact="f", holds=True, recorded="2026-01-01")
    )


def test_it_is_opened_with_the_settings_that_safety_needs(path):
    with open_register(path).begin() as connection:
        found = {
            pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            for pragma in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert version == SCHEMA_VERSION


def test_what_a_failed_transaction_wrote_is_not_there(path):
    engine = open_register(path)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        list(map(enter, [connection] * 2, ["the same"] * 2))
    with engine.begin() as connection:
        assert connection.execute(sa.select(fact)).all() == []


def test_two_writers_queue_instead_of_failing_half_way(path):
    engine = open_register(path)
    began, done = threading.Event(), threading.Event()

    def second():
        began.wait(10)
        with open_register(path).begin() as connection:
            enter(connection, "second")
        done.set()

    thread = threading.Thread(target=second)
    thread.start()
    with engine.begin() as connection:
        enter(connection, "first")
        began.set()
        assert not done.wait(0.2)
    thread.join(20)
    with engine.begin() as connection:
        assert list(connection.scalars(sa.select(fact.c.reference))) == ["first", "second"]


@pytest.mark.parametrize("content", [b"not a database at all, by any means\n" * 30, b"\0" * 4096])
def test_a_file_that_is_no_register_is_an_integrity_failure(path, content):
    path.write_bytes(content)
    with pytest.raises(IntegrityError, match="the register cannot be read"):
        open_register(path)
    assert path.read_bytes() == content


def test_a_register_of_the_first_layout_is_given_what_it_lacks(path):
    old = sqlite3.connect(path)
    old.executescript((Path(__file__).parent / "layout_1.sql").read_text())
    old.execute("INSERT INTO fact VALUES ('case 1', 'died', 1, '2026-01-01')")
    old.commit()
    old.close()
    engine = open_register(path)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == SCHEMA_VERSION
        assert connection.scalar(sa.select(fact.c.fact)) == "died"
        found = sa.inspect(connection)
        for table in metadata.tables.values():
            columns = {column["name"] for column in found.get_columns(table.name)}
            assert columns == {column.name for column in table.columns}
            indexes = {index["name"] for index in found.get_indexes(table.name)}
            assert indexes >= {index.name for index in table.indexes}


def test_a_column_that_came_later_is_added_with_its_default(path):
    open_register(path).dispose()
    old = sqlite3.connect(path)
    old.executescript(
        "DROP INDEX record_by_digest; ALTER TABLE hold DROP COLUMN grace_ends;"
        "DROP TABLE certificate; PRAGMA user_version = 1;"
    )
    old.close()
    with open_register(path).begin() as connection:
        found = sa.inspect(connection)
        assert "grace_ends" in {column["name"] for column in found.get_columns("hold")}
        assert "record_by_digest" in {index["name"] for index in found.get_indexes("record")}
        assert found.has_table("certificate")


def test_a_register_of_another_version_is_left_alone(path):
    open_register(path).dispose()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(IntegrityError, match="layout 7"):
        open_register(path)


def test_a_register_that_the_machine_does_not_open_is_not_called_damaged(path):
    path.mkdir()
    with pytest.raises(RetentionError, match="cannot be opened: unable to open") as caught:
        open_register(path)
    assert caught.value.exit_code == 1


def test_where_the_disk_is_full_that_is_said(path, monkeypatch):
    path.mkdir()
    monkeypatch.setattr(engine_module, "_LEAST_ROOM", 2**62)
    with pytest.raises(RetentionError, match="the disk is full"):
        open_register(path)


def test_a_library_that_cannot_expunge_deleted_text_is_refused(monkeypatch):
    monkeypatch.setattr(engine_module, "LOWEST_SQLITE", (99, 0))
    with pytest.raises(RetentionError, match="is too old"):
        driver()


def test_without_the_bundled_library_pythons_own_is_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    assert driver() is sqlite3


def test_what_either_driver_raises_is_known(path):
    with pytest.raises(DATABASE_ERRORS):
        driver().connect(path).execute("SELECT nonsense")
    with pytest.raises(DATABASE_ERRORS):
        sqlite3.connect(path).execute("SELECT nonsense")
