"""`retention log`: read the signed log, sign it now, export everything for an auditor."""

import json
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from retention_agent.audit import bundle
from retention_agent.audit import log as audit_log
from retention_agent.cli.files import require_elsewhere
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.parameters import FOLDER, WORDS
from retention_agent.cli.session import Session, with_session
from retention_agent.register.tables import log_leaf, log_opening


@click.group("log")
def command() -> None:
    """The tamper-evident log of everything that was done."""


@command.command("list")
@click.option(
    "--last", type=click.IntRange(1), default=50, show_default=True, help="How many events."
)
@click.option(
    "--object", "subject", type=WORDS, help="Only events about this, such as batch:B2026-0001."
)
@with_session
def list_events(session: Session, last: int, subject: str | None) -> None:
    """Print the last events, oldest first, with the names and paths that were not erased."""
    app = session.open()
    with app.engine.begin() as connection:
        found = _events(connection, last, subject)
    if session.as_json:
        for event in found:
            emit(event)
        return
    for event in found:
        say(f"{event['number']:>6}  {event['time']}  {event['type']}  {event['object']}")
        say(*(f"{'':8}{name}: {_shown(value)}" for name, value in _details(event)))
    if not found:
        note("No event of that object." if subject else "Nothing was logged yet.")


@command.command("checkpoint")
@with_session
def checkpoint(session: Session) -> None:
    """Sign the log as it stands and print the checkpoint; keep it somewhere else.

    An auditor who kept one sees with `retention verify --checkpoint FILE` whether the log still
    begins with what it covers.
    """
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        note = audit_log.publish(connection, app.service_key, app.now())
    if session.as_json:
        emit({"checkpoint": note})
    else:
        click.echo(note, nl=False)


@command.command("confirm-clock")
@with_session
def confirm_clock(session: Session) -> None:
    """Confirm that the clock is right after a command was refused because it seemed to jump."""
    app = session.open()
    app.confirm_clock()
    if session.as_json:
        emit({"clock": app.now().isoformat(timespec="seconds")})
    else:
        say(f"Confirmed: it is {app.now():%Y-%m-%d %H:%M} UTC.")


@command.command("export")
@click.argument("folder", type=FOLDER)
@with_session
def export(session: Session, folder: Path) -> None:
    """Write all evidence into the new FOLDER, with a program that verifies it without us."""
    app = session.open()
    require_elsewhere(app, folder)
    with app.alone(), app.engine.begin() as connection:
        note = bundle.export(connection, folder, app.service_key, app.now())
    if session.as_json:
        emit({"folder": str(folder), "checkpoint": note})
    else:
        say(f"Wrote {folder}. Anyone can check it: python3 {folder}/{bundle.VERIFIER} {folder}")


def _details(event: dict[str, Any]) -> list[tuple[str, Any]]:
    outcome = [] if event["outcome"] == "success" else [("outcome", event["outcome"])]
    return outcome + sorted({**event["facts"], **event["opened"]}.items())


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _events(connection: sa.Connection, last: int, subject: str | None) -> list[dict[str, Any]]:
    query = sa.select(log_leaf).order_by(log_leaf.c.number.desc())
    if subject is not None:
        # of a batch, its items too (batch:B2026-0001/3); of record 1, not those of record 12
        exact = f'"object":"{json.dumps(subject)[1:-1]}'
        query = query.where(
            log_leaf.c.leaf.contains(f'{exact}"', autoescape=True)
            | log_leaf.c.leaf.contains(f"{exact}/", autoescape=True)
        )
    query = query.limit(last)
    rows = connection.execute(query).all()
    opened: dict[int, dict[str, Any]] = {row.number: {} for row in rows}
    openings = sa.select(log_opening).where(
        log_opening.c.number.in_(query.with_only_columns(log_leaf.c.number))
    )
    for each in connection.execute(openings):
        opened[each.number][each.field] = json.loads(each.value)
    return [json.loads(row.leaf) | {"opened": opened[row.number]} for row in reversed(rows)]
