"""`retention status`: how far each share and batch is."""

from collections import Counter
from datetime import date
from typing import Any

import click
import sqlalchemy as sa

from policies import Action
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.session import Session, as_of_option, with_session
from retention_agent.register import decisions, records, schedules
from retention_agent.register.coverage import coverage
from retention_agent.register.tables import batch, record
from retention_agent.register.tables import share as share_table


@click.command("status")
@as_of_option
@with_session
def command(session: Session, as_of: date | None) -> None:
    """Show each share (files, classes, due, unreadable) and each batch with its state."""
    app = session.open()
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
    say(
        f"Schedule: {schedule.title}.",
        f"{len(schedule.adopted)} of {len(schedule.rules)} classes adopted.",
    )
    if not schedule.adopted:
        say("Nothing can be proposed before two adopters sign: retention schedule adopt --key FILE")
    if not shares:
        say("No share was scanned yet: retention scan")
        return
    table(
        [
            "share",
            "files",
            "read",
            "unreadable",
            "pending",
            "classified",
            "due",
            "last scan",
            "condition",
        ],
        [
            [
                s["share"],
                s["files"],
                s["captured"],
                s["unreadable"],
                s["pending"],
                s["classified"],
                ", ".join(f"{n} {a}" for a, n in s["due"].items()) or "0",
                s["last_scan"],
                s["frozen"] or "ok",
            ]
            for s in shares
        ],
    )
    if batches:
        table(list(batches[0]), [list(each.values()) for each in batches])


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
