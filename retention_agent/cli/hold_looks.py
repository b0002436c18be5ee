"""`retention hold diff` and `retention hold report`: what holds cover, and what came since."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from retention_agent.bootstrap import App
from retention_agent.cli.extent import (
    covered_document,
    covered_line,
    extent_document,
    extent_lines,
    progress,
)
from retention_agent.cli.files import require_elsewhere, write_file, write_table
from retention_agent.cli.names import HOLD
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.parameters import FILE
from retention_agent.cli.progress import size
from retention_agent.cli.session import Session, with_session
from retention_agent.register import holds
from retention_agent.sheets import to_workbook
from retention_agent.workflow.extent import Extent, arrivals
from retention_agent.workflow.held import Office, refresh
from retention_agent.workflow.hold_report import keep_digest
from retention_agent.workflow.hold_report import report as made

_WORDS = ("hold", "title", "authority", "reason", "placed", "placed_by", "condition", "review_by")
_COLUMNS = (*_WORDS, "overdue", "scope", "query", "records", "bytes", "in_doubt", "arrivals",
            "stopped", "oldest", "newest")  # fmt: skip
_PARTS = ("hold", "by", "name", "records", "bytes")


@click.command("diff")
@click.argument("name", type=HOLD)
@click.option("--keep", is_flag=True, help="Show the same again the next time.")
@with_session
def diff(session: Session, name: str, *, keep: bool) -> None:
    """Show what hold NAME covers now and did not at placement or at the last look."""
    app = session.open()
    with app.alone(), progress() as shown:
        with app.engine.begin() as connection:
            order = holds.find(connection, name)
        refresh(office_of(app, shown), app.now())
        numbers = []
        for each in arrivals(office_of(app, shown), order):
            numbers.append(each.number)
            if session.as_json:
                emit({"hold": name, **covered_document(each)})
            else:
                say(f"  {covered_line(each)}")
        if not keep:
            with app.engine.begin() as connection:
                holds.tell(connection, name, numbers, app.now())
    note(f"{len(numbers)} records came under hold {name} since the last look.")


@click.command("report")
@click.argument("name", type=HOLD, required=False)
@click.option("--csv", "csv_file", type=FILE, help="Write a line for each hold.")
@click.option("--xlsx", "workbook", type=FILE, help="Write a workbook, with shares and classes.")
@click.option("--log", "to_log", is_flag=True, help="Log the digest of what was reported.")
@with_session
def report(
    session: Session,
    name: str | None,
    csv_file: Path | None,
    workbook: Path | None,
    *,
    to_log: bool,
) -> None:
    """Report on hold NAME, or on every hold that has not ended: who, why, what, and since when."""
    app = session.open()
    require_elsewhere(app, csv_file, workbook)
    found = _reports(app, name, app.today())
    if to_log:
        with app.alone(), app.engine.begin() as connection:
            for document, covered in found:
                document["digest"] = keep_digest(connection, document, covered, app.now())
    rows = [document | extent_document(covered) for document, covered in found]
    if csv_file is not None:
        write_table(app, csv_file, "holds", [_COLUMNS, *map(_cells, rows)])
    if workbook is not None:
        write_file(app, workbook, _workbook(rows))
    for row, (document, covered) in zip(rows, found, strict=True):
        if session.as_json:
            emit(row)
        else:
            say(*_page(document, covered))
    if not found:
        note("There are no holds in force.")


def office_of(app: App, on_progress: Callable[[int], None]) -> Office:
    """The means of looking at records with an application."""
    return Office(app.engine, app.index, app.config.zone, on_progress)


def _reports(app: App, name: str | None, today: date) -> list[tuple[dict[str, Any], Extent]]:
    with app.engine.begin() as connection:
        orders = [holds.find(connection, name)] if name else holds.in_force(connection, today)
    with progress() as shown:
        return [made(office_of(app, shown), each, today) for each in orders]


def _cells(row: dict[str, Any]) -> list[object]:
    joined = {"scope": "; ".join(row["scope"]), "stopped": ", ".join(row["stopped"])}
    return [{**row, **joined}[column] for column in _COLUMNS]


def _workbook(rows: Iterable[dict[str, Any]]) -> bytes:
    rows = list(rows)
    parts = [
        (row["hold"], kind, name, counted["records"], counted["bytes"])
        for row in rows
        for kind in ("share", "class")
        for name, counted in row[f"by_{kind}"].items()
    ]
    reviews = [
        (row["hold"], each["reviewed"], each["next_date"], each["note"])
        for row in rows
        for each in row["reviews"]
    ]
    return to_workbook(
        {
            "holds": [_COLUMNS, *map(_cells, rows)],
            "shares and classes": [_PARTS, *parts],
            "reviews": [("hold", "reviewed", "next_date", "note"), *reviews],
        }
    )


def _page(document: dict[str, Any], covered: Extent) -> list[str]:
    late = " OVERDUE" if document["overdue"] else ""
    signed = ", ".join(document["release_signed_by"])
    stopped = ", ".join(document["stopped"])
    dated = f"{covered.oldest or '-'} to {covered.newest or '-'}"
    by = document["placed_by"] or "somebody unknown"
    return [
        f"Hold {document['hold']}: {document['title']}",
        f"  authority: {document['authority']}; reason: {document['reason']}",
        f"  placed {document['placed']} by {by}; {document['condition']}",
        *([f"  release signed by: {signed}"] if signed else []),
        *(f"  covers what is {line}" for line in document["scope"]),
        f"  review by {document['review_by']}{late}",
        *(f"  reviewed {each['reviewed'][:10]}: {each['note']}" for each in document["reviews"]),
        f"  {covered.records} records now, {size(covered.bytes)}, dated {dated}",
        *extent_lines(covered, "In batches still, and stopped at the next step"),
        f"  came since it was placed: {document['arrivals']}",
        f"  items it took out of batches: {stopped or 'none'}",
        *([f"  SHA-256 in the log: {document['digest']}"] if "digest" in document else []),
        "",
    ]
