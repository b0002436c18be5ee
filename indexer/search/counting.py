"""Facets: all hits of a query counted by what they have in common, in one pass over them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, String, case, func, literal, select

from indexer.search.base import FACETS, Count, Facets
from indexer.search.plan import ENTRIES, Plan
from indexer.search.ranking import satisfied


def counted(plan: Plan) -> Select[Any]:
    """Select every set of values that occurs, in the order of `FACETS`, with its number of hits."""
    entry = ENTRIES.c
    slash = func.instr(entry.path, "/")
    top = case((slash > 0, func.substr(entry.path, 1, slash - 1, type_=String)), else_=literal(""))
    values = (
        entry.share,
        entry.share + literal(":") + top,
        func.coalesce(entry["class"], literal(""), type_=String),
        entry.type_key,
        func.substr(entry.day, 1, 4, type_=String),
        entry.owner,
    )
    return select(*values, func.count()).where(satisfied(plan)).group_by(*values)


def tally(rows: Iterable[Row[Any]]) -> Facets:
    """The counts of each value by itself, the most frequent first."""
    counters: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    for row in rows:
        for position, name in enumerate(FACETS):
            counters[name][row[position]] += row[-1]
    return {
        name: tuple(
            Count(value, number)
            for value, number in sorted(counter.items(), key=lambda each: (-each[1], each[0]))
        )
        for name, counter in counters.items()
    }
