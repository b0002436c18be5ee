"""What only the SQLite index promises: removed text leaves the files, and drivers may change."""

import random
import re
import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from indexer.search.base import Entry, IndexUnreadable, ResidueRemains, SearchTooLong, Window
from indexer.search.plan import ENTRIES
from indexer.search.query import parse
from indexer.search.residue import passages, traces
from indexer.search.sqlite import SqliteSearchIndex

INDEX = SqliteSearchIndex()
FILLER = "the council met and agreed its budget for the coming year with care "


def entry(record, text="", **fields):
    return Entry(
        record, fields.pop("share", "HR"), fields.pop("path", "a"), "a", text=text, **fields
    )


def stored(engine, entries):
    with engine.begin() as connection:
        INDEX.prepare(connection)
        for each in entries:
            INDEX.put(connection, each)


def removed(engine, records):
    with engine.begin() as connection:
        INDEX.remove(connection, records)
    INDEX.expunge(engine)


def found(engine, query):
    with engine.connect() as connection:
        page = INDEX.search(connection, parse(query), Window(200))
    return {hit.record for hit in page.hits}


def raw(tmp_path):
    """Every byte of the database and its companions, lower-cased as the index folds its terms."""
    return b"".join(file.read_bytes() for file in sorted(tmp_path.glob("register.db*"))).lower()


PLACEMENTS = {
    "short text": {"text": "Qzxcanary"},
    "long text": {"text": FILLER * 2000 + " Qzxcanary " + FILLER * 2000},
    "many times": {"text": "Qzxcanary and more " * 5000},
    "start of a longer word": {"text": f"{FILLER} Qzxcanarybird"},
    "after the stem of a living word": {"text": f"{FILLER} budgetQzxcanary"},
    "a word of its own among accents": {"text": "Ŵŷl Qzxcanary Café"},
    "title": {"title": "Qzxcanary"},
    "people": {"author": "Qzxcanary", "sender": "Qzxcanary", "recipients": "Qzxcanary"},
    "names": {"path": "a/Qzxcanary/b", "share": "Qzxcanary", "owner": "Qzxcanary"},
    "exact values": {"record_class": "Qzxcanary", "media_type": "x/Qzxcanary"},
    "a word too long for a page": {"text": "Qzxcanary" * 3000},
}


@pytest.mark.parametrize("fields", PLACEMENTS.values(), ids=PLACEMENTS)
@pytest.mark.parametrize("neighbours", [0, 200])
def test_a_removed_word_is_in_none_of_the_files(
    driver, open_database, tmp_path, fields, neighbours
):
    engine = open_database(driver)
    around = [entry(1000 + n, FILLER * (n % 9), title=f"Paper {n}") for n in range(neighbours)]
    stored(engine, [*around[::2], entry(1, **fields), *around[1::2]])
    assert b"qzxcanary" in raw(tmp_path)
    removed(engine, [1])
    assert b"qzxcanary" not in raw(tmp_path)
    assert found(engine, "NOT xyzzy") == {each.record for each in around}


def test_a_removed_word_with_accents_is_gone_in_both_its_spellings(driver, open_database, tmp_path):
    engine = open_database(driver)
    stored(engine, [entry(1, "Gŵylqzx"), entry(2, FILLER)])
    assert "gŵylqzx".encode() in raw(tmp_path)
    assert b"wylqzx" in raw(tmp_path)
    removed(engine, [1])
    assert "gŵyl".encode() not in raw(tmp_path)
    assert b"wylqzx" not in raw(tmp_path)


def test_replacing_an_entry_drives_the_old_text_out_as_well(driver, open_database, tmp_path):
    engine = open_database(driver)
    stored(engine, [entry(1, "Qzxcanary first"), entry(2, FILLER)])
    stored(engine, [entry(1, "second")])
    INDEX.expunge(engine)
    assert b"qzxcanary" not in raw(tmp_path)
    assert found(engine, "second") == {1}


def test_recreating_the_index_drives_all_text_out(driver, open_database, tmp_path):
    engine = open_database(driver)
    stored(engine, [entry(n, f"Qzxcanary {n}" * n) for n in range(1, 60)])
    with engine.begin() as connection:
        INDEX.recreate(connection)
    INDEX.expunge(engine)
    assert b"qzxcanary" not in raw(tmp_path)


@pytest.mark.parametrize("size", [20, 300])
def test_nothing_removed_survives_many_rounds_of_change(driver, open_database, tmp_path, size):
    engine, chance = open_database(driver), random.Random(size)
    vocabulary = ["".join(chance.choices("abcdefgh", k=chance.randint(3, 9))) for _ in range(900)]

    def text(mark):
        words = chance.choices(vocabulary, k=chance.randint(1, size))
        words.insert(chance.randrange(len(words)), f"qzx{mark}end")
        return " ".join(words)

    current, mark = {}, 0
    for _ in range(4):
        batch = []
        for _ in range(150):
            mark += 1
            record = chance.randrange(1, 10_000)
            current[record] = mark
            batch.append(entry(record, text(mark), title=f"Title qzx{mark}end"))
        stored(engine, batch)
        doomed = chance.sample(sorted(current), len(current) // 2)
        removed(engine, doomed)
        for record in doomed:
            del current[record]
        left = {int(number) for number in re.findall(rb"qzx(\d+)end", raw(tmp_path))}
        assert left == set(current.values())
    with engine.connect() as connection:
        check = "INSERT INTO search_text (search_text) VALUES ('integrity-check')"
        connection.exec_driver_sql(check)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert found(engine, "NOT xyzzy OR qzx*") == set(sorted(current)[:200])


def test_the_measure_finds_what_a_careless_deletion_leaves(driver, open_database, tmp_path):
    engine = open_database(driver)
    stored(engine, [entry(1, "a letter about the purple bicycle in the canal"), entry(2, FILLER)])
    with engine.begin() as connection:
        needles = passages(connection, 1)
        connection.exec_driver_sql("PRAGMA secure_delete = OFF")
        connection.exec_driver_sql("DELETE FROM search_text WHERE rowid = 1")
    assert traces(tmp_path / "register.db", needles)
    INDEX.expunge(engine)
    assert traces(tmp_path / "register.db", needles) == []
    assert found(engine, "council") == {2}


def test_a_proper_removal_leaves_the_measure_nothing_to_find(driver, open_database, tmp_path):
    engine = open_database(driver)
    stored(engine, [entry(1, "a letter about the purple bicycle in the canal"), entry(2, FILLER)])
    with engine.connect() as connection:
        needles = passages(connection, 1)
    assert traces(tmp_path / "register.db", needles)
    removed(engine, [1])
    assert traces(tmp_path / "register.db", needles) == []


def test_a_reader_in_the_way_is_reported_and_expunging_can_be_repeated(
    driver, open_database, tmp_path
):
    engine = open_database(driver, connect_args={"timeout": 0.05})
    stored(engine, [entry(1, "Qzxcanary"), entry(2, FILLER)])
    with engine.connect() as reader:
        reader.exec_driver_sql("BEGIN")
        assert reader.execute(select(ENTRIES.c.record)).all()
        with engine.begin() as connection:
            INDEX.remove(connection, [1])
        with pytest.raises(ResidueRemains, match="another connection"):
            INDEX.expunge(engine)
    INDEX.expunge(engine)
    assert b"qzxcanary" not in raw(tmp_path)


def test_a_writer_in_the_way_is_reported_too(driver, open_database):
    engine = open_database(driver, connect_args={"timeout": 0.05})
    stored(engine, [entry(1)])
    with engine.connect() as writer:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(ResidueRemains, match="another connection"):
            INDEX.expunge(engine)


def test_a_missing_index_is_told_apart_from_other_failures(driver, open_database):
    engine = open_database(driver)
    with engine.connect() as connection, pytest.raises(IndexUnreadable, match="recreate"):
        INDEX.search(connection, parse("a"), Window())
    with engine.connect() as connection, pytest.raises(IndexUnreadable, match="recreate"):
        INDEX.put(connection, entry(1))


def test_a_locked_database_is_not_called_an_unreadable_index(driver, open_database):
    engine = open_database(driver, connect_args={"timeout": 0.05})
    stored(engine, [entry(1)])
    with engine.connect() as writer:
        writer.exec_driver_sql("BEGIN IMMEDIATE")
        with engine.connect() as connection, pytest.raises(OperationalError, match="locked"):
            INDEX.put(connection, entry(2))


def test_an_index_from_another_sqlite_is_read_or_refused_clearly_and_can_be_recreated(
    driver, both_drivers, open_database
):
    newest = max(both_drivers.values(), key=lambda each: each.sqlite_version_info)
    first = open_database(newest)
    stored(first, [entry(1, "budget"), entry(2, "budget")])
    removed(first, [1])
    first.dispose()
    second = open_database(driver)
    if driver is newest or driver.sqlite_version_info >= (3, 42):
        assert found(second, "budget") == {2}
    else:
        with pytest.raises(IndexUnreadable, match="recreate"):
            found(second, "budget")
    with second.begin() as connection:
        INDEX.recreate(connection)
        INDEX.put(connection, entry(3, "budget"))
    assert found(second, "budget") == {3}


def test_what_another_sqlite_removed_is_expunged_too(driver, open_database, tmp_path):
    first = open_database(sqlite3)
    stored(first, [entry(1, "Qzxcanary"), entry(2, FILLER), entry(3, "Qzxcanary")])
    with first.begin() as connection:
        INDEX.remove(connection, [1])
    first.dispose()
    second = open_database(driver)
    stored(second, [])
    removed(second, [3])
    assert b"qzxcanary" not in raw(tmp_path)


def test_a_damaged_index_says_so_and_can_be_recreated(driver, open_database):
    engine = open_database(driver)
    stored(engine, [entry(1, "budget")])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE search_text_data SET block = x'00' WHERE id > 10")
    with pytest.raises(IndexUnreadable, match="recreate"):
        found(engine, "budget")
    with engine.begin() as connection:
        INDEX.recreate(connection)
    stored(engine, [entry(1, "budget")])
    assert found(engine, "budget") == {1}


def test_preparing_a_prepared_index_writes_nothing(driver, open_database):
    engine = open_database(driver)
    stored(engine, [entry(1)])
    with engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA data_version").scalar()
        with engine.begin() as other:
            INDEX.prepare(other)
        assert connection.exec_driver_sql("PRAGMA data_version").scalar() == before


def test_a_search_that_takes_too_long_is_stopped_and_the_next_one_is_answered(
    driver, open_database
):
    engine = open_database(driver)
    stored(engine, [entry(n, f"{FILLER} word{n}") for n in range(1, 400)])
    hurried = SqliteSearchIndex(seconds=-1.0)
    slow = parse("NOT (" + " OR ".join(f"share:x{n}*" for n in range(60)) + ")")
    with engine.connect() as connection:
        for answer in (hurried.facets, hurried.matching):
            with pytest.raises(SearchTooLong, match="longer than"):
                answer(connection, slow)
        with pytest.raises(SearchTooLong, match="longer than"):
            hurried.search(connection, slow, Window())
        assert INDEX.search(connection, slow, Window()).total == 399


def test_an_index_of_an_earlier_version_is_extended_once(driver, open_database):
    engine = open_database(driver)
    with engine.begin() as connection:
        INDEX.extend(connection)  # there is none: none is made
        assert connection.exec_driver_sql("PRAGMA table_info(search_entry)").first() is None
        INDEX.prepare(connection)
        for added in ("path_key", "owner", "day"):
            connection.exec_driver_sql(f"ALTER TABLE search_entry DROP COLUMN {added}")
        connection.exec_driver_sql(
            "INSERT INTO search_entry VALUES (1, 5, 'HR', 'Cases/a', NULL, 'hr', '', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO search_text (rowid, path, owner, text) VALUES (1, 'Cases/a', 'Ann', 'x')"
        )
        INDEX.extend(connection)
        INDEX.extend(connection)
        assert INDEX.matching(connection, parse("folder:cases since:2019")) == [5]
        assert INDEX.facets(connection, parse("x"))["owner"][0].value == "Ann"
