"""Says which records match a query, in an index that is made for them and then thrown away.

What a query means is what `sqlite` makes of it, so the answer is that of a search; but it is the
answer of these very texts, whatever became of the index that searches are answered from. Each
record is looked at by itself: nothing is ranked, and no record changes the answer for another.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from indexer.search.base import Entry
from indexer.search.plan import ENTRIES, matched, plan
from indexer.search.query import Query
from indexer.search.sqlite import SqliteSearchIndex

_NOTHING = Entry(record=0, share="", path="", name="")


def matching(
    connection: Connection, entries: Iterable[Entry], queries: Sequence[Query]
) -> list[frozenset[int]]:
    """For each query the numbers of the records that match it.

    Args:
        connection: to an empty database in memory; the entries stay in it until it is closed.
        entries: what is known of the records, their whole text included.
        queries: what is asked.
    """
    index = SqliteSearchIndex()
    index.prepare(connection)
    for entry in entries:
        index.put(connection, entry)
    return [_found(connection, query) for query in queries]


def is_selective(connection: Connection, query: Query) -> bool:
    """Whether a record must have something to match: `NOT draft` asks for nothing.

    `connection` is to an empty database in memory.
    """
    (found,) = matching(connection, [_NOTHING], [query])
    return not found


def _found(connection: Connection, query: Query) -> frozenset[int]:
    planned = plan(query.root)
    chosen = select(ENTRIES.c.record).where(planned.condition)
    if planned.required and planned.match is not None:
        chosen = chosen.where(ENTRIES.c.document.in_(matched(planned.match)))
    return frozenset(connection.scalars(chosen))
