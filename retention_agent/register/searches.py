"""Saved searches, and what each searcher has seen of them: record numbers, never text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from retention_agent.errors import NotFound, UsageError, nearest
from retention_agent.register.records import instant
from retention_agent.register.tables import saved_search, search_seen


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that was kept under a name."""

    number: int
    name: str
    question: Mapping[str, Any]
    saved: str
    ran: str | None
    """when the searcher last ran it"""


def save(connection: sa.Connection, name: str, question: Mapping[str, Any], now: datetime) -> None:
    """Keep a question under a name.

    Raises:
        UsageError: a search of that name exists; it is never changed under those who rely on it.
    """
    if connection.scalar(sa.select(saved_search.c.id).where(saved_search.c.name == name)):
        raise UsageError(
            f"a search is called {name!r} already",
            f"retention search forget {name}, or another name",
        )
    kept = {"name": name, "question": dict(question), "saved": instant(now)}
    connection.execute(saved_search.insert().values(kept))


def load(connection: sa.Connection, searcher: str) -> list[Saved]:
    """Every saved search by name, with when this searcher last ran it."""
    mine = sa.and_(search_seen.c.search == saved_search.c.id, search_seen.c.searcher == searcher)
    rows = connection.execute(
        sa.select(saved_search, search_seen.c.ran)
        .outerjoin(search_seen, mine)
        .order_by(saved_search.c.name)
    )
    return [Saved(row.id, row.name, row.question, row.saved, row.ran) for row in rows]


def find(connection: sa.Connection, name: str, searcher: str) -> Saved:
    """The search called `name`.

    Raises:
        NotFound: there is none.
    """
    known = {each.name: each for each in load(connection, searcher)}
    if name not in known:
        hint = nearest(name, known)
        raise NotFound(f"no search is called {name!r}{hint}", "`retention search list` shows them.")
    return known[name]


def see(
    connection: sa.Connection, search: Saved, searcher: str, found: Sequence[int], now: datetime
) -> list[int]:
    """Note what a run found; returns what no earlier run of this searcher had found."""
    key = (search_seen.c.search == search.number, search_seen.c.searcher == searcher)
    before = connection.scalar(sa.select(search_seen.c.records).where(*key)) or []
    fresh = sorted(set(found).difference(before))
    values = {"ran": instant(now), "records": sorted({*before, *found})}
    changed = connection.execute(search_seen.update().where(*key).values(values))
    if not changed.rowcount:
        row = {"search": search.number, "searcher": searcher, **values}
        connection.execute(search_seen.insert().values(row))
    return fresh


def forget(connection: sa.Connection, name: str) -> None:
    """Remove a saved search with what was noted of its runs; raises as `find`."""
    search = find(connection, name, "")
    connection.execute(search_seen.delete().where(search_seen.c.search == search.number))
    connection.execute(saved_search.delete().where(saved_search.c.id == search.number))
