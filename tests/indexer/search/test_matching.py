"""A query means the same of one record by itself as it means in a search."""

import pytest
import sqlalchemy as sa

from indexer.search.base import Entry, Window
from indexer.search.matching import is_selective, matching
from indexer.search.query import parse
from indexer.search.sqlite import SqliteSearchIndex

ENTRIES = [
    Entry(1, "hr", "cases/one.txt", "one.txt", "HR-1", "text/plain", text="The bridge was closed."),
    Entry(2, "hr", "cases/two.txt", "two.txt", None, "application/pdf", "Bridges", text="Nothing."),
    Entry(3, "fin", "x/draft.txt", "draft.txt", "FIN-1", "text/plain", author="Zoë Bridge"),
]
QUERIES = [
    "bridge",
    '"bridge was"',
    "bridge NOT closed",
    "NOT bridge",
    "title:bridges OR class:FIN-1",
    "share:hr AND type:pdf",
    "author:zoe",
    "path:cases closed OR type:pdf",
    "draf*",
    "elephant",
]


@pytest.fixture
def memory():
    """A function: a connection to a database of its own."""
    engines = []

    def fresh():
        engines.append(sa.create_engine("sqlite://"))
        return engines[-1].connect()

    yield fresh
    for engine in engines:
        engine.dispose()


@pytest.mark.parametrize("text", QUERIES)
def test_one_record_by_itself_is_answered_as_in_a_search(memory, text):
    index, query = SqliteSearchIndex(), parse(text)
    with memory() as connection:
        index.prepare(connection)
        for entry in ENTRIES:
            index.put(connection, entry)
        searched = {hit.record for hit in index.search(connection, query, Window(10)).hits}
    found = set()
    for entry in ENTRIES:
        with memory() as connection:
            found |= matching(connection, [entry], [query])[0]
    assert found == searched


def test_several_queries_are_answered_in_their_order(memory):
    with memory() as connection:
        found = matching(
            connection, ENTRIES, [parse("closed"), parse("elephant"), parse("share:fin")]
        )
    assert found == [{1}, frozenset(), {3}]


@pytest.mark.parametrize(
    ("text", "selective"),
    [
        ("bridge", True),
        ("bridge NOT draft", True),
        ("share:hr", True),
        ("NOT draft", False),
        ("bridge OR NOT bridge", False),
        ("NOT class:HR-1", False),
        ("NOT (draft bridge)", False),
    ],
)
def test_a_query_that_asks_for_nothing_is_told_apart(memory, text, selective):
    with memory() as connection:
        assert is_selective(connection, parse(text)) is selective
