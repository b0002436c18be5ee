import pytest

from indexer.search.base import Entry
from indexer.search.residue import Trace, passages, traces
from indexer.search.sqlite import SqliteSearchIndex

BLOCK = 1 << 20


@pytest.mark.parametrize("offset", [0, 5, BLOCK - 3, BLOCK, 2 * BLOCK - 1, 3 * BLOCK - 6])
def test_a_needle_is_found_wherever_it_lies(tmp_path, offset):
    file = tmp_path / "a.db"
    file.write_bytes(b"." * offset + b"needle" + b"." * (3 * BLOCK - 6 - offset))
    assert traces(file, [b"absent", b"needle"]) == [Trace(file, b"needle", offset)]


def test_a_needle_longer_than_what_was_read_before_is_found(tmp_path):
    file = tmp_path / "a.db"
    needle = b"ab" * BLOCK
    file.write_bytes(b"." + needle)
    assert traces(file, [needle]) == [Trace(file, needle, 1)]


def test_the_files_beside_the_database_are_searched_too(tmp_path):
    file = tmp_path / "a.db"
    file.write_bytes(b"clean")
    for suffix in ("-wal", "-shm", "-journal"):
        (tmp_path / f"a.db{suffix}").write_bytes(b"x needle")
    assert [trace.file.name for trace in traces(file, [b"needle"])] == [
        "a.db-wal",
        "a.db-shm",
        "a.db-journal",
    ]


def test_a_missing_database_is_an_error_not_a_clean_result(tmp_path):
    with pytest.raises(FileNotFoundError):
        traces(tmp_path / "a.db", [b"needle"])


def test_an_empty_needle_is_refused(tmp_path):
    with pytest.raises(ValueError, match="empty needle"):
        traces(tmp_path / "a.db", [b""])


def test_passages_are_runs_of_words_no_other_record_has(driver, open_database):
    shared = "these words stand in more than one of the files"
    own = "only this letter tells of the purple bicycle in the canal"
    index, engine = SqliteSearchIndex(), open_database(driver)
    with engine.begin() as connection:
        index.prepare(connection)
        index.put(connection, Entry(1, "HR", "a", "a", text=f"{shared}\n{own}\n{shared}"))
        index.put(connection, Entry(2, "HR", "b", "b", text=shared))
        index.put(connection, Entry(3, "HR", "c", "c", text="short"))
    with engine.connect() as connection:
        assert passages(connection, 1) == (
            b"of the files\nonly this letter tells",
            b"of the purple bicycle in the canal",
        )
        assert passages(connection, 2) == passages(connection, 3) == passages(connection, 4) == ()


def test_a_run_that_lies_inside_longer_words_elsewhere_is_no_passage(driver, open_database):
    index, engine = SqliteSearchIndex(), open_database(driver)
    with engine.begin() as connection:
        index.prepare(connection)
        index.put(connection, Entry(1, "HR", "a", "a", text="art of this letter about purple bike"))
        longer = "start of this letter about purple bikesheds"
        index.put(connection, Entry(2, "HR", "b", "b", text=longer))
    with engine.connect() as connection:
        assert passages(connection, 1) == ()


def test_passages_are_spread_over_the_text_and_limited(driver, open_database):
    index, engine = SqliteSearchIndex(), open_database(driver)
    text = "\n".join(f"line {n} of this long letter number{n}" for n in range(500))
    with engine.begin() as connection:
        index.prepare(connection)
        index.put(connection, Entry(1, "HR", "a", "a", text=text))
    with engine.connect() as connection:
        found = passages(connection, 1, limit=4)
    assert len(found) == 4
    assert all(passage in text.encode() for passage in found)
