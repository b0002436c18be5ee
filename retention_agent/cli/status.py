"""`retention status`: how far each share and batch is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import click
import sqlalchemy as sa

from policies import Action, Schedule
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import as_of_option
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.register import decisions, records, schedules
from retention_agent.register.coverage import coverage
from retention_agent.register.tables import batch, record
from retention_agent.register.tables import share as share_table
from retention_agent.shares.paths import as_json, display


@click.command("status")
@click.option("--unreadable", is_flag=True, help="List the files that could not be read, and why.")
@as_of_option
@with_session
def command(session: Session, as_of: date | None, *, unreadable: bool) -> None:
    """Show each share (files, classes, due, unreadable) and each batch with its state."""
    app = session.open()
    if unreadable:
        _list_unreadable(session, app)
        return
    with app.engine.begin() as connection:
        shares = [
            _share(app, connection, row, as_of or app.today())
            for row in connection.execute(sa.select(share_table)).mappings()
        ]
        batches = [dict(row) for row in connection.execute(_BATCHES).mappings()]
        schedule = schedules.in_force(connection)
    if session.as_json:
        emit(
            {
                "schedule": schedule.title,
                "version": schedule.version,
                "adopted": len(schedule.adopted),
                "shares": shares,
                "batches": batches,
            }
        )
        return
    _show_schedule(schedule)
    _show_shares(app, shares)
    if batches:
        say("")
        _show_batches(app, batches)


def _list_unreadable(session: Session, app: App) -> None:
    with app.engine.begin() as connection:
        condition = record.c.present & (record.c.capture == "unreadable")
        rows = [row for chunk in records.stream(connection, condition) for row in chunk]
    if session.as_json:
        for row in rows:
            about = {"reason": row["unreadable"], "detail": row["unreadable_detail"]}
            emit({"record": row["id"], "share": row["share_name"], **as_json(row["path"]), **about})
        return
    listed = [
        [row["id"], row["unreadable"], f"{row['share_name']}:{display(row['path'])}"]
        for row in rows
    ]
    if listed:
        table(["record", "reason", "path"], listed)
    note(f"{len(listed)} files could not be read; none of them is ever eligible by itself.")


def _show_schedule(schedule: Schedule) -> None:
    say(
        f"Schedule: {schedule.title}.",
        f"{len(schedule.adopted)} of {len(schedule.rules)} classes adopted.",
    )
    if not schedule.adopted:
        say("Nothing can be proposed before two adopters sign: retention schedule adopt --key FILE")


def _show_shares(app: App, shares: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [
            each["share"],
            each["files"],
            each["unreadable"] + each["pending"],
            each["classified"],
            ", ".join(f"{n} {action}" for action, n in sorted(each["due"].items())) or "none",
            local_time(each["last_scan"], app) or "never",
            each["frozen"] or "ok",
        ]
        for each in shares
    ]
    if rows:
        table(["share", "files", "unread", "classed", "due", "last scan", "condition"], rows)
    if not any(each["last_scan"] for each in shares):
        say("No share was scanned yet. Next: retention scan")


def _show_batches(app: App, batches: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        [
            each["batch"],
            each["share"],
            each["status"],
            each["requester"],
            local_time(each["proposed"], app),
            each["expires"][:10],
        ]
        for each in batches
    ]
    table(["batch", "share", "status", "requester", "proposed", "expires"], rows)


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


def _share(app: App, connection: sa.Connection, row: sa.RowMapping, today: date) -> dict[str, Any]:
    scope = coverage(connection, row["name"])
    here = sa.and_(record.c.share == row["id"], record.c.present)
    size, classified = connection.execute(
        sa.select(
            sa.func.coalesce(sa.func.sum(record.c.size), 0),
            sa.func.count(record.c.record_class),
        ).where(here)
    ).one()
    within = decisions.frame(connection, today, app.config.zone)
    due = Counter(
        str(decision.action)
        for chunk in records.stream(connection, here & record.c.record_class.is_not(None))
        for _, decision in decisions.decide_rows(connection, chunk, within)
        if decision.action is not Action.RETAIN
    )
    return {
        "share": row["name"],
        "files": scope.captured + scope.unreadable + scope.pending,
        "bytes": size,
        "captured": scope.captured,
        "unreadable": scope.unreadable,
        "pending": scope.pending,
        "classified": classified,
        "due": dict(due),
        "last_scan": row["last_scan"],
        "last_complete_scan": row["last_complete_scan"],
        "frozen": row["frozen"],
    }
