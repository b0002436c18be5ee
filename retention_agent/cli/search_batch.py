"""`retention search batch`: a file of names and terms in, a table of hits out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from retention_agent import sheets
from retention_agent.cli.asking import as_option, desk, require_scope, scope_document, scope_options
from retention_agent.cli.files import require_elsewhere, write_table
from retention_agent.cli.output import emit, note, table
from retention_agent.cli.parameters import FILE
from retention_agent.cli.session import Session, with_session
from retention_agent.discovery import answer, batch
from retention_agent.discovery.batch import Result
from retention_agent.discovery.question import Question, Scope
from retention_agent.errors import Incomplete, UsageError

_FORMATS = (".csv", ".xlsx")


@click.command("batch")
@click.argument("file", type=FILE)
@scope_options
@as_option
@click.option("--output", type=FILE, help="Write .csv or .xlsx there.")
@with_session
def command(
    session: Session, file: Path, scope: Scope, person: str | None, output: Path | None
) -> None:
    """Search for every row of FILE, a .csv or .xlsx whose first row says: term, name, or both.

    A term is a query; a name is searched in all its ways of writing. A row that cannot be read is
    reported with its number, and the others still run; the exit code is then 3.
    """
    if output is not None and (output.suffix.lower() not in _FORMATS or output.exists()):
        raise UsageError(f"{output}: name a new file that ends in .csv or .xlsx")
    wanted = batch.read_terms(sheets.read_rows(file))
    app = session.open()
    require_elsewhere(app, output)
    with desk(app, person) as at:
        require_scope(app, at.connection, scope)
        results = list(batch.run(at, wanted, scope))
        gaps = answer.reach(at, answer.ready(at, Question("any", None, scope), None))
    shares = scope.shares or tuple(share.name for share in app.config.shares)
    rows = [_row(each, shares, scope_document(gaps)) for each in results]
    if session.as_json:
        for each, row in zip(results, rows, strict=True):
            emit({**row, "by_share": dict(each.by_share)})
    elif output is None:
        table([*rows[0]], [[*row.values()] for row in rows])
    if output is not None:
        write_table(app, output, "hits", [[*rows[0]], *([*row.values()] for row in rows)])
    bad = [each.wanted.row for each in results if each.error]
    note(f"{len(results) - len(bad)} of {len(results)} rows searched. {gaps.sentence()}")
    if bad:
        raise Incomplete(
            f"{len(bad)} rows were not searched: {', '.join(map(str, bad[:20]))}",
            *(f"row {each.wanted.row}: {each.error}" for each in results[:200] if each.error),
        )


def _row(result: Result, shares: Sequence[str], gaps: dict[str, int]) -> dict[str, Any]:
    hits = {f"hits in {name}": result.by_share.get(name, 0) for name in shares}
    return {
        "row": result.wanted.row,
        "term": result.wanted.term,
        "name": result.wanted.name,
        "understood": result.understood,
        "hits": result.hits,
        **(hits if result.hits is not None else dict.fromkeys(hits)),
        **gaps,
        "error": result.error,
    }
