"""What every command that searches shares: the question, the searcher, and how hits are shown."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import click
import sqlalchemy as sa
from rich.cells import cell_len

from indexer.search.base import Facets, Hit
from indexer.search.query import QueryError
from retention_agent.bootstrap import App
from retention_agent.cli.names import CLASS, PERSON, SHARE, SUBJECT
from retention_agent.cli.output import emit, note, safe, say
from retention_agent.cli.parameters import DAY
from retention_agent.discovery.answer import Asked, Desk, ask, seat
from retention_agent.discovery.question import Question, Scope
from retention_agent.discovery.searcher import searcher
from retention_agent.errors import NotFound, UsageError, nearest
from retention_agent.register import records, schedules
from retention_agent.register.coverage import Coverage
from retention_agent.register.tables import record
from retention_agent.shares.paths import as_json

_SHOWN = 70  # of a query that cannot be read
_VALUES = 12  # of a facet, on a terminal

as_option = click.option(
    "--as", "person", type=PERSON, metavar="PERSON", help="Who searches: an id of the keyring."
)


def scope_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that limit where it searches, and pass it a `Scope`."""

    @click.option("--share", "shares", multiple=True, type=SHARE, help="Only on these shares.")
    @click.option(
        "--class", "classes", multiple=True, type=CLASS, help="Only records of these classes."
    )
    @click.option("--from", "first", type=DAY, help="Only what is dated this day or later.")
    @click.option("--to", "last", type=DAY, help="Only what is dated this day or earlier.")
    @functools.wraps(function)
    def wrapped(
        *args: Any,
        shares: tuple[str, ...],
        classes: tuple[str, ...],
        first: date | None,
        last: date | None,
        **rest: Any,
    ) -> Any:
        if first and last and first > last:
            raise UsageError(f"--from {first} lies after --to {last}: nothing could be found")
        return function(*args, scope=Scope(shares, classes, first, last), **rest)

    return wrapped


def question_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command a query, a person to search for and a scope; pass it a `Question`."""

    @click.argument("query", nargs=-1)
    @click.option(
        "--person", "subject", type=SUBJECT, metavar="ID", help="Under all names of this person."
    )
    @scope_options
    @functools.wraps(function)
    def wrapped(
        *args: Any, query: tuple[str, ...], subject: str | None, scope: Scope, **rest: Any
    ) -> Any:
        return function(*args, question=Question(" ".join(query), subject, scope), **rest)

    return wrapped


@contextmanager
def desk(app: App, person: str | None) -> Iterator[Desk]:
    """A searcher at the register; raises as `searcher`."""
    with app.reading() as connection:
        who = searcher(connection, person)
        yield seat(connection, app.index, who, app.config.access)


def put(app: App, at: Desk, question: Question) -> Asked:
    """Make a question ready.

    Raises:
        UsageError: it cannot be read; says where and what to write instead.
        NotFound: no share, class or person is called so.
    """
    require_scope(app, at.connection, question.scope)
    try:
        return ask(at, question)
    except QueryError as error:
        raise UsageError(
            f"the query cannot be read: {error.problem}",
            *(_pointed(question.words, error.position) if question.words else ()),
            error.suggestion,
        ) from error


def require_scope(app: App, connection: sa.Connection, scope: Scope) -> None:
    """Let a scope pass whose shares and classes there are: a slip would find nothing, silently.

    Raises:
        ConfigError: no share is called so.
        NotFound: neither the schedule nor any record has such a class.
    """
    for name in scope.shares:
        app.config.share(name)
    if scope.classes:
        given = connection.scalars(sa.select(record.c.record_class).distinct())
        known = {*schedules.in_force(connection).rules, *filter(None, given)}
        folded = {code.casefold() for code in known}
        for code in scope.classes:
            if code.casefold() not in folded:
                raise NotFound(f"no class is called {code!r}{nearest(code.upper(), known)}")


def _pointed(text: str, position: int) -> tuple[str, str]:
    """The part of a query around a place, and a caret that stands under it on a terminal."""
    start = max(0, position - _SHOWN // 2)
    before, after = text[start:position], text[position : start + _SHOWN]
    return safe(before + after), " " * cell_len(safe(before)) + "^"


def show_hits(at: Desk, found: Sequence[Hit], scope: Coverage, *, as_json_lines: bool) -> None:
    """Print hits as people read them, or a line of JSON for each."""
    known = _rows(at.connection, found)
    for hit in found:
        row = known[hit.record]
        if as_json_lines:
            emit(_document(hit, row, scope))
        else:
            cut = "  (read in part)" if row["partial"] else ""
            say(
                f"{hit.record:>8}  {hit.share}:{hit.path}  {hit.record_class or '-'}{cut}",
                f"          {hit.snippet}",
            )


def show_total(at: Desk, total: int, scope: Coverage, *shown: str) -> None:
    """Say how many were found, what was not searched, and whether anything is closed."""
    note(", ".join((f"{total} found", *shown)) + f". {scope.sentence()}")
    if at.parts:
        note("Parts of the shares are closed to this search; --as PERSON says who searches.")
    if not total and not scope.captured:
        note("Nothing was read yet. Next: retention scan")


def show_facets(counts: Facets) -> None:
    """Print how many hits have each value, the most frequent first."""
    for name, values in counts.items():
        say(name)
        for each in values[:_VALUES]:
            say(f"{each.hits:>8}  {each.value or '(none)'}")
        if len(values) > _VALUES:
            say(f"          and {len(values) - _VALUES} more; --json has all of them")


def facets_document(counts: Facets) -> dict[str, Any]:
    """Facets as JSON: for each a list of values with their hits."""
    return {
        name: [{"value": each.value, "hits": each.hits} for each in values]
        for name, values in counts.items()
    }


def scope_document(scope: Coverage) -> dict[str, int]:
    """How much of a scope an answer does not cover."""
    return {
        "unread": scope.unreadable,
        "pending": scope.pending,
        "partial": scope.partial,
        "folders_not_entered": scope.folders_not_entered,
    }


def _rows(connection: sa.Connection, found: Sequence[Hit]) -> dict[int, sa.RowMapping]:
    chosen = sa.select(record.c.id, record.c.path, record.c.partial).where(
        record.c.id.in_(records.listed(hit.record for hit in found))
    )
    return {row["id"]: row for row in connection.execute(chosen).mappings()}


def _document(hit: Hit, row: sa.RowMapping, scope: Coverage) -> dict[str, object]:
    return {
        "record": hit.record,
        "share": hit.share,
        **as_json(row["path"]),
        "class": hit.record_class,
        "score": hit.score,
        "snippet": hit.snippet,
        "highlights": [list(each) for each in hit.highlights],
        "read_in_part": bool(row["partial"]),
        **scope_document(scope),
    }
