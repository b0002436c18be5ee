"""`retention due`: what is due, and why."""

from collections.abc import Iterator
from datetime import date

import click
import sqlalchemy as sa

from policies import Action, Decision
from retention_agent.bootstrap import App
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import emit, note, table
from retention_agent.cli.parameters import as_of_option
from retention_agent.cli.session import Session, with_session
from retention_agent.register import decisions, records, schedules
from retention_agent.register.coverage import coverage
from retention_agent.register.tables import record
from retention_agent.shares.paths import as_json, display


@click.command("due")
@click.option("--share", type=SHARE, help="Only this share.")
@click.option("--action", type=click.Choice([str(a) for a in Action if a is not Action.RETAIN]))
@as_of_option
@with_session
def command(session: Session, share: str | None, action: str | None, as_of: date | None) -> None:
    """List the records that are due, with the action and the reason."""
    app = session.open()
    with app.engine.begin() as connection:
        found = list(_due(app, connection, share, as_of or app.today()))
        scope = coverage(connection, (share,) if share else ())
        adopted = bool(schedules.in_force(connection).adopted)
    found = [each for each in found if action is None or each[1].action == action]
    if session.as_json:
        for row, decision in found:
            emit(_document(row, decision))
    elif found:
        table(
            ["record", "due", "action", "class", "reason", "path"],
            [
                [
                    row["id"],
                    decision.due,
                    decision.action,
                    decision.rule,
                    decision.reason,
                    f"{row['share_name']}:{display(row['path'])}",
                ]
                for row, decision in found
            ],
        )
    else:
        note("Nothing is due.", _why_nothing(adopted=adopted))
    note(f"{len(found)} due. {scope.sentence()}")


def _why_nothing(*, adopted: bool) -> str:
    if not adopted:
        return "Nothing can be before the schedule is in force: retention schedule adopt --key FILE"
    return "`retention status` shows how much has a class; `retention explain RECORD` tells more."


def _due(
    app: App, connection: sa.Connection, share: str | None, today: date
) -> Iterator[tuple[sa.RowMapping, Decision]]:
    within = decisions.frame(connection, today, app.config.zone)
    condition = sa.and_(
        record.c.present, record.c.record_class.is_not(None), record.c.capture == "captured"
    )
    if share is not None:
        condition &= record.c.share == app.share_id(connection, share)
    for chunk in records.stream(connection, condition):
        for row, decision in decisions.decide_rows(connection, chunk, within):
            if decision.action is not Action.RETAIN:
                yield row, decision


def _document(row: sa.RowMapping, decision: Decision) -> dict[str, object]:
    return {
        "record": row["id"],
        "share": row["share_name"],
        **as_json(row["path"]),
        "class": decision.rule,
        "due": decision.due,
        "action": str(decision.action),
        "reason": str(decision.reason),
    }
