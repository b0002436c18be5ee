"""`retention find`: search the captured records."""

import click
import sqlalchemy as sa
from rich.cells import cell_len

from indexer.search.base import LARGEST_PAGE, Cursor, Hit, Window
from indexer.search.nodes import Field
from indexer.search.query import Query, QueryError, narrowed, parse
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, note, safe, say
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import UsageError
from retention_agent.register.coverage import Coverage, coverage
from retention_agent.register.tables import record
from retention_agent.shares.paths import as_json

_SHOWN = 70  # of a query that cannot be read


@click.command("find")
@click.argument("query", nargs=-1, required=True)
@click.option("--share", help="Only this share.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@with_session
def command(session: Session, query: tuple[str, ...], share: str | None, limit: int) -> None:
    """Find records: words, "phrases", AND OR NOT, prefix*, field:value.

    Fields: title, text, path, name, class, share, type, author, from, to, owner.

    Examples: retention find budget forecast; retention find 'class:FIN-012 AND invoice*'
    """
    app = session.open()
    wanted = _parse(" ".join(query))
    if share is not None:
        app.config.share(share)
        wanted = narrowed(wanted, Field.SHARE, [share])
    with app.engine.begin() as connection:
        scope = coverage(connection, share)
        hits, total = _hits(app, connection, wanted, limit)
        paths = _raw_paths(connection, hits)
    for hit in hits:
        if session.as_json:
            emit(_document(hit, paths[hit.record], scope))
        else:
            say(
                f"{hit.record:>8}  {hit.share}:{hit.path}  {hit.record_class or '-'}",
                f"          {hit.snippet}",
            )
    note(f"{total} found, {len(hits)} shown. {scope.sentence()}")
    if not total and not scope.captured:
        note("Nothing was read yet. Next: retention scan")


def _parse(text: str) -> Query:
    try:
        return parse(text)
    except QueryError as error:
        raise UsageError(
            f"the query cannot be read: {error.problem}",
            *_pointed(text, error.position),
            error.suggestion,
        ) from error


def _pointed(text: str, position: int) -> tuple[str, str]:
    """The part of a query around a place, and a caret that stands under it on a terminal."""
    start = max(0, position - _SHOWN // 2)
    before, after = text[start:position], text[position : start + _SHOWN]
    return safe(before + after), " " * cell_len(safe(before)) + "^"


def _hits(app: App, connection: sa.Connection, query: Query, limit: int) -> tuple[list[Hit], int]:
    hits: list[Hit] = []
    after: Cursor | None = None
    while True:
        size = min(LARGEST_PAGE, limit - len(hits))
        page = app.index.search(connection, query, Window(size, after))
        hits += page.hits
        after = page.next
        if after is None or len(hits) == limit:
            return hits, page.total


def _raw_paths(connection: sa.Connection, hits: list[Hit]) -> dict[int, bytes]:
    paths: dict[int, bytes] = {}
    for start in range(0, len(hits), LARGEST_PAGE):
        numbers = [hit.record for hit in hits[start : start + LARGEST_PAGE]]
        chosen = sa.select(record.c.id, record.c.path).where(record.c.id.in_(numbers))
        paths |= {row.id: row.path for row in connection.execute(chosen)}
    return paths


def _document(hit: Hit, path: bytes, scope: Coverage) -> dict[str, object]:
    return {
        "record": hit.record,
        "share": hit.share,
        **as_json(path),
        "class": hit.record_class,
        "score": hit.score,
        "snippet": hit.snippet,
        "highlights": [list(each) for each in hit.highlights],
        "unread": scope.unreadable,
        "pending": scope.pending,
    }
