"""The SELECT statements of a search: count, one page of ranked hits, and their snippets.

bm25 weighs how rare a word is among all records, so its order tells of records that the searcher
may not see. Where any are closed to the searcher, a hit is scored by itself: the columns that any
of the words stands in, by their weights.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Float,
    FromClause,
    Select,
    String,
    and_,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from indexer.search.base import Window
from indexer.search.plan import ENTRIES, TEXTS, Plan, matched
from indexer.search.snippet import CLOSING, LONGEST, OPENING, Highlights, unmarked

_WEIGHTS = {
    "title": 8.0,
    "name": 6.0,
    "path": 3.0,
    "author": 2.0,
    "sender": 2.0,
    "recipients": 2.0,
    "owner": 2.0,
    "text": 1.0,
}
"""In the order of the columns: title, name and path before people, people before text."""
_TEXT_COLUMN = 7
_BEST_COLUMN = -1
_SNIPPET_WORDS = 32
_SEARCH_TEXT: ColumnElement[str] = literal_column("search_text")


def count(plan: Plan) -> Select[int]:
    """Count every hit; nothing is scored for that."""
    return select(func.count()).select_from(ENTRIES).where(satisfied(plan))


def satisfied(plan: Plan) -> ColumnElement[bool]:
    """All that a hit must satisfy."""
    if plan.match is None or not plan.required:
        return plan.condition
    return and_(plan.condition, ENTRIES.c.document.in_(matched(plan.match)))


def ranked(plan: Plan, window: Window) -> Select[Any]:
    """Select the hits of a page and one more, which tells whether another page follows."""
    source, score = _scored_entries(plan)
    entry = ENTRIES.c
    chosen = select(entry.document, entry.record, entry.share, entry["class"], entry.path, score)
    chosen = chosen.select_from(source).where(satisfied(plan) if plan.alone else plan.condition)
    if window.after is not None:
        last = window.after
        chosen = chosen.where(
            or_(score < last.score, and_(score == last.score, entry.record > last.record))
        )
    return chosen.order_by(score.desc(), entry.record).limit(window.size + 1)


def _scored_entries(plan: Plan) -> tuple[FromClause, ColumnElement[float]]:
    if plan.match is None or plan.positive is None:
        return ENTRIES, literal(0.0, Float).label("score")
    scores = _own_scores(plan.positive) if plan.alone else _scores(plan.match)
    outer = plan.alone or not plan.required
    joined = ENTRIES.join(scores, scores.c.document == ENTRIES.c.document, isouter=outer)
    return joined, func.coalesce(scores.c.score, 0.0, type_=Float).label("score")


def _scores(expression: str) -> CTE:
    """Score each match once: unless MATERIALIZED, bm25 would run again to sort and to page."""
    score = (-func.bm25(_SEARCH_TEXT, *_WEIGHTS.values(), type_=Float)).label("score")
    found = select(TEXTS.c.rowid.label("document"), score)
    found = found.where(TEXTS.c.search_text.op("MATCH")(expression))
    return found.cte("scores").prefix_with("MATERIALIZED")


def _own_scores(positive: str) -> CTE:
    """Score each match by its columns alone, whatever else the index holds."""
    columns = [
        select(TEXTS.c.rowid.label("document"), literal(weight, Float).label("weight")).where(
            TEXTS.c.search_text.op("MATCH")(f"{{{name}}} : ({positive})")
        )
        for name, weight in _WEIGHTS.items()
    ]
    found = union_all(*columns).subquery()
    score = func.sum(found.c.weight, type_=Float).label("score")
    summed = select(found.c.document, score).group_by(found.c.document)
    return summed.cte("scores").prefix_with("MATERIALIZED")


def snippets(
    connection: Connection, expression: str | None, documents: Sequence[int]
) -> dict[int, tuple[str, Highlights]]:
    """Return each document's snippet: where its text matches, else another field that does.

    A document that no scoring term matches shows the opening of its text.
    """
    found = _marked(connection, expression, documents, _TEXT_COLUMN) if expression else {}
    elsewhere = [document for document, (_, highlights) in found.items() if not highlights]
    if expression and elsewhere:
        found |= _marked(connection, expression, elsewhere, _BEST_COLUMN)
    unmatched = [document for document in documents if document not in found]
    opening = func.substr(TEXTS.c.text, 1, LONGEST)
    rows = connection.execute(select(TEXTS.c.rowid, opening).where(TEXTS.c.rowid.in_(unmatched)))
    return found | {document: unmarked(text) for document, text in rows}


def _marked(
    connection: Connection, expression: str, documents: Sequence[int], column: int
) -> dict[int, tuple[str, Highlights]]:
    marked = func.snippet(_SEARCH_TEXT, column, OPENING, CLOSING, "…", _SNIPPET_WORDS, type_=String)
    wanted = select(TEXTS.c.rowid, marked).where(TEXTS.c.rowid.in_(documents))
    rows = connection.execute(wanted.where(TEXTS.c.search_text.op("MATCH")(expression)))
    return {document: unmarked(text) for document, text in rows}
