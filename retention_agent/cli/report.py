"""`retention report`: redundant, obsolete and trivial files, what is overdue, what is not known."""

from datetime import date
from pathlib import Path

import click

from retention_agent import __version__
from retention_agent.bootstrap import App
from retention_agent.cli.files import require_elsewhere, write_file
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import FILE, OneOf, as_of_option
from retention_agent.cli.session import Session, with_session
from retention_agent.report.figures import DIMENSIONS, Figures, gather
from retention_agent.report.page import Heading, amount, count, page
from retention_agent.report.tables import Table, cut, overdue, summary, tables, unknown
from retention_agent.sheets import to_workbook


@click.command("report")
@click.option("--share", type=SHARE, help="Of one share alone.")
@click.option("--by", "dimension", type=OneOf(DIMENSIONS), default="class", help="How to cut it.")
@click.option("--html", type=FILE, help="Write the whole report, with charts, as one page.")
@click.option("--workbook", type=FILE, help="Write every table as a sheet (.xlsx).")
@as_of_option
@with_session
def command(
    session: Session,
    share: str | None,
    dimension: str,
    html: Path | None,
    workbook: Path | None,
    as_of: date | None,
) -> None:
    """Show what is redundant, obsolete or trivial, kept too long, or not known. Changes nothing."""
    app = session.open()
    require_elsewhere(app, html, workbook)
    if share is not None:
        app.config.share(share)
    with app.engine.begin() as connection:
        figures = gather(connection, as_of or app.today(), app.config.zone, share)
    if html:
        write_file(app, html, page(figures, _heading(app)).encode())
    if workbook:
        sheets = {each.key: [each.columns, *each.rows] for each in tables(figures)}
        write_file(app, workbook, to_workbook(sheets))
    if session.as_json:
        emit(_document(figures))
        return
    if not figures.total.files:
        say("Nothing was found yet. Next: retention scan")
        return
    for each in (summary(figures), unknown(figures), overdue(figures), cut(figures, dimension)):
        _show(each)


def _heading(app: App) -> Heading:
    made = app.now().astimezone(app.config.zone)
    return Heading(app.config.organisation.name, made, __version__)


def _document(figures: Figures) -> dict[str, object]:
    return {
        "as_of": figures.today,
        "tables": {
            each.key: [dict(zip(each.columns, row, strict=True)) for row in each.rows]
            for each in tables(figures)
        },
    }


def _show(each: Table) -> None:
    say(f"{each.title}. {each.note}")
    if each.rows:
        table(each.columns, [_cells(each, row) for row in each.rows])
    else:
        say("None.")
    say("")


def _cells(shown: Table, row: tuple[object, ...]) -> list[str]:
    return [
        amount(cell) if isinstance(cell, int) and column.endswith("bytes") else count(cell)
        for column, cell in zip(shown.columns, row, strict=True)
    ]
