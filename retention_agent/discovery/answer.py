"""Asks the index a question on behalf of a searcher: the one way in which anything is found.

All that leaves this module is trimmed to what the searcher may see: hits, numbers, facets, and what
is said of files that were not read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from indexer.search.base import (
    LARGEST_PAGE,
    Cursor,
    Facets,
    Hit,
    SearchIndex,
    SearchTooLong,
    Window,
)
from indexer.search.query import Node, Query, trimmed
from retention_agent.config import Access
from retention_agent.discovery import person
from retention_agent.discovery.question import Question, Scope, query_of
from retention_agent.discovery.searcher import Searcher, closed_parts, closed_records
from retention_agent.errors import RetentionError
from retention_agent.register import records, subjects
from retention_agent.register.coverage import Coverage, coverage
from retention_agent.register.tables import record, share


@dataclass(frozen=True, slots=True)
class Desk:
    """What a search works with; made by `seat`."""

    connection: sa.Connection
    index: SearchIndex
    who: Searcher
    parts: Sequence[Access]
    """the parts of the shares that are closed to the searcher"""
    closed: frozenset[int]
    """the records in them"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question ready to be answered, trimmed."""

    question: Question
    query: Query


def seat(
    connection: sa.Connection, index: SearchIndex, who: Searcher, parts: Sequence[Access]
) -> Desk:
    """A searcher's place at the register, where some of the parts of the shares may be closed."""
    closed = closed_parts(parts, who)
    return Desk(connection, index, who, closed, closed_records(connection, closed))


def ask(desk: Desk, question: Question) -> Asked:
    """Make a question ready.

    Raises:
        QueryError: its words cannot be read.
        NotFound: its person is not in the register.
    """
    node = None
    if question.subject is not None:
        subject = subjects.find(desk.connection, question.subject)
        node = person.about(desk.connection, subject, desk.closed)
    return ready(desk, question, node)


def ready(desk: Desk, question: Question, about_person: Node | None) -> Asked:
    """As `ask`, with what the person's names come to."""
    query = query_of(question, about_person)
    return Asked(question, trimmed(query, desk.closed) if desk.parts else query)


def hits(desk: Desk, asked: Asked, limit: int) -> tuple[list[Hit], int]:
    """The best hits and how many there are; raises as `in_words`."""
    found: list[Hit] = []
    after: Cursor | None = None
    with in_words():
        while True:
            size = min(LARGEST_PAGE, limit - len(found))
            page = desk.index.search(desk.connection, asked.query, Window(size, after))
            found += page.hits
            after = page.next
            if after is None or len(found) == limit:
                return found, page.total


def numbers(desk: Desk, asked: Asked) -> list[int]:
    """The numbers of all records found; raises as `in_words`."""
    with in_words():
        return desk.index.matching(desk.connection, asked.query)


def facets(desk: Desk, asked: Asked) -> Facets:
    """All hits counted by what they have in common; raises as `in_words`."""
    with in_words():
        return desk.index.facets(desk.connection, asked.query)


def reach(desk: Desk, asked: Asked) -> Coverage:
    """How much of the scope was read.

    The class and date of what was not read are unknown, so the scope is that of the shares.
    """
    scope = asked.question.scope
    return coverage(desk.connection, scope.shares, in_scope(desk, scope))


def unread(desk: Desk, asked: Asked) -> Iterator[sa.RowMapping]:
    """The records in scope that were not read, or not whole; they may be what was asked for."""
    gaps = sa.or_(record.c.capture != "captured", record.c.partial)
    condition = sa.and_(record.c.present, gaps, in_scope(desk, asked.question.scope))
    for chunk in records.stream(desk.connection, condition):
        yield from chunk


def in_scope(desk: Desk, scope: Scope) -> sa.ColumnElement[bool]:
    """What lies on the shares asked about and is not closed to the searcher."""
    condition: sa.ColumnElement[bool] = sa.true()
    if scope.shares:
        condition &= share.c.name.in_(scope.shares)
    if desk.closed:
        condition &= record.c.id.not_in(records.listed(desk.closed))
    return condition


@contextmanager
def in_words() -> Iterator[None]:
    """Say for people that a search took too long.

    Raises:
        RetentionError: it did.
    """
    try:
        yield
    except SearchTooLong as error:
        raise RetentionError(
            f"{error} and was stopped",
            "Ask for less at once: one share, a folder, longer words before a *, fewer terms.",
        ) from error
