"""What is closed to a searcher changes nothing of what he sees, however it changes itself."""

import sqlite3
from contextlib import contextmanager

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from indexer.search.base import Entry, Window
from indexer.search.query import Query, parse, trimmed
from indexer.search.sqlite import SqliteSearchIndex

INDEX = SqliteSearchIndex()
WORDS = st.sampled_from(["budget", "smith", "jane", "fee", "HR/2019/0042", "xyzzy"])
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
FIELDS = st.fixed_dictionaries(
    {
        "share": st.sampled_from(["HR", "IT"]),
        "path": st.sampled_from(["a/b", "a/c/d", "smith/e"]),
        "name": TEXTS,
        "record_class": st.sampled_from([None, "HR-001"]),
        "title": TEXTS,
        "owner": WORDS,
        "day": st.sampled_from(["", "2019-01-01"]),
        "text": TEXTS,
    }
)
SHELVES = st.lists(FIELDS, max_size=6)
QUERIES = st.sampled_from(
    [
        "budget",
        "jane smith",
        '"jane smith" OR fee',
        "NOT budget",
        "share:hr",
        "smith* NOT title:fee",
    ]
)


@contextmanager
def index_of(entries):
    engine = create_engine("sqlite://", module=sqlite3)
    with engine.connect() as connection:
        INDEX.prepare(connection)
        for entry in entries:
            INDEX.put(connection, entry)
        yield connection
    engine.dispose()


def seen(connection, query: Query):
    first = INDEX.search(connection, query, Window(2))
    rest = INDEX.search(connection, query, Window(50, first.next))
    return first, rest, INDEX.facets(connection, query), INDEX.matching(connection, query)


@settings(max_examples=100, deadline=None)
@given(visible=SHELVES, closed=SHELVES, query=QUERIES, interleaved=st.booleans())
def test_closed_records_never_change_an_answer(visible, closed, query, interleaved):
    mine = [Entry(2 * number, **fields) for number, fields in enumerate(visible, 1)]
    theirs = [Entry(2 * number + 1, **fields) for number, fields in enumerate(closed)]
    everything = sorted(mine + theirs, key=lambda e: e.record) if interleaved else theirs + mine
    numbers = [entry.record for entry in theirs]
    with index_of(mine) as alone, index_of(everything) as together:
        expected = seen(alone, trimmed(parse(query), []))
        assert seen(together, trimmed(parse(query), numbers)) == expected


def test_a_word_that_only_closed_records_make_common_does_not_change_the_order():
    mine = [Entry(2, "HR", "a", "a", text="budget"), Entry(4, "HR", "b", "b", text="fee")]
    for word in ("budget", "fee"):
        theirs = [Entry(n, "HR", "c", "c", text=word) for n in range(11, 31)]
        with index_of(mine + theirs) as connection:
            query = trimmed(parse("budget OR fee"), range(11, 31))
            hits = INDEX.search(connection, query, Window()).hits
        assert [hit.record for hit in hits] == [2, 4]
