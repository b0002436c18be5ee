"""`retention status`: how far each share and batch is."""

from collections import Counter
from dataclasses import fields
from datetime import date
from typing import Any

import click
import sqlalchemy as sa

from policies import Action
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, note, table
from retention_agent.cli.parameters import as_of_option
from retention_agent.cli.progress import size
from retention_agent.cli.session import Session, with_session
from retention_agent.cli.status_text import show
from retention_agent.cli.unreadable import show_unread
from retention_agent.errors import UsageError
from retention_agent.register import decisions, schedules
from retention_agent.register.duplicates import Group, groups
from retention_agent.register.overview import Overview, folders_not_entered, overview
from retention_agent.register.prospects import prospects
from retention_agent.register.tables import batch
from retention_agent.register.tables import share as share_table
from retention_agent.shares.paths import as_json, display

MOST_FOLDERS = 100
MOST_GROUPS = 20


@click.command("status")
@click.option("--unreadable", is_flag=True, help="The same as `retention unreadable`.")
@click.option(
    "--duplicates", is_flag=True, help="List files of the same content, the largest waste first."
)
@as_of_option
@with_session
def command(session: Session, as_of: date | None, *, unreadable: bool, duplicates: bool) -> None:
    """Show each share (files, ages, sizes, classes, due, unreadable) and each batch."""
    if unreadable and duplicates:
        raise UsageError("--unreadable and --duplicates are two lists; ask for one at a time")
    app = session.open()
    if unreadable:
        show_unread(session, app)
    elif duplicates:
        _list_duplicates(session, app)
    else:
        document = _gather(app, as_of or app.today())
        if session.as_json:
            emit(document)
        else:
            show(app, document)


def _gather(app: App, today: date) -> dict[str, Any]:
    with app.engine.begin() as connection:
        counted = overview(connection, today)
        within = decisions.frame(connection, today, app.config.zone)
        rows = connection.execute(sa.select(share_table).order_by(share_table.c.id)).mappings()
        shares = [
            _share(app, connection, row, counted[row["id"]])
            | {"due": _due(connection, row["id"], within)}
            for row in rows.all()
        ]
        batches = [dict(row) for row in connection.execute(_BATCHES).mappings()]
        schedule = schedules.in_force(connection)
    return {
        "schedule": schedule.title,
        "version": schedule.version,
        "classes": len(schedule.rules),
        "adopted": len(schedule.adopted),
        "as_of": today.isoformat(),
        "shares": shares,
        "total": _total(counted, shares),
        "batches": batches,
    }


def _share(
    app: App, connection: sa.Connection, row: sa.RowMapping, counted: Overview
) -> dict[str, Any]:
    configured = {each.name: each for each in app.config.shares}.get(row["name"])
    closed = folders_not_entered(connection, row["id"], MOST_FOLDERS)
    return {
        "share": row["name"],
        **_counts(counted),
        "folders": [{**as_json(path), "reason": reason} for path, reason in closed],
        "last_scan": row["last_scan"],
        "last_complete_scan": row["last_complete_scan"],
        "unfinished": counted.unfinished,
        "frozen": row["frozen"],
        "disposal": bool(configured and configured.disposal and row["sentinel"]),
        "configured": configured is not None,
    }


def _counts(counted: Overview) -> dict[str, Any]:
    counts = {each.name: getattr(counted, each.name) for each in fields(counted)}
    return {name: dict(n) if isinstance(n, Counter) else n for name, n in counts.items()}


def _total(counted: dict[int, Overview], shares: list[dict[str, Any]]) -> dict[str, Any]:
    total, due = Overview(), Counter[str]()
    for each in counted.values():
        total.add(each)
    for share in shares:
        due.update(share["due"])
    return {**_counts(total), "due": dict(due)}


def _due(connection: sa.Connection, number: int, within: decisions.Frame) -> dict[str, int]:
    found = Counter(
        str(decision.action)
        for chunk in prospects(connection, within.schedule, within.today, number)
        for _, decision in decisions.decide_rows(connection, chunk, within)
        if decision.action is not Action.RETAIN
    )
    return dict(found)


def _list_duplicates(session: Session, app: App) -> None:
    with app.engine.begin() as connection:
        found = list(groups(connection))
    if session.as_json:
        for group in found:
            emit(_group(group))
        return
    listed = [
        [row["id"], "copy" if number else "record copy", size(row["size"]), _place(row)]
        for group in found[:MOST_GROUPS]
        for number, row in enumerate((group.record_copy, *group.further))
    ]
    if listed:
        table(["record", "is", "size", "path"], listed)
    if len(found) > MOST_GROUPS:
        note(f"These are the {MOST_GROUPS} that waste most; --json prints all.")
    copies = sum(len(group.further) for group in found)
    octets = size(sum(group.copy_bytes for group in found))
    note(f"{len(found)} contents stand more than once: {copies} further copies take {octets}.")


def _group(group: Group) -> dict[str, Any]:
    return {
        "sha256": group.sha256,
        "size": group.size,
        "copies": len(group.further),
        "copy_bytes": group.copy_bytes,
        "record_copy": _member(group.record_copy),
        "further": [_member(row) for row in group.further],
    }


def _member(row: sa.RowMapping) -> dict[str, Any]:
    about = {"class": row["record_class"], **as_json(row["path"])}
    return {"record": row["id"], "share": row["share_name"], **about}


def _place(row: sa.RowMapping) -> str:
    return f"{row['share_name']}:{display(row['path'])}"


_BATCHES = (
    sa.select(
        batch.c.id.label("batch"),
        share_table.c.name.label("share"),
        batch.c.status,
        batch.c.requester,
        batch.c.proposed,
        batch.c.expires,
    )
    .join(share_table)
    .order_by(batch.c.id)
)
