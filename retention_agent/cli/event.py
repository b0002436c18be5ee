"""`retention event`: what happened to a case, contract or person, and what is proven of it."""

from datetime import date

import click
import sqlalchemy as sa

from policies import TRIGGERS, Event
from retention_agent.audit import log
from retention_agent.audit.event import Event as LogEvent
from retention_agent.audit.event import Fact
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.session import Day, Session, require_past, with_session
from retention_agent.errors import UsageError
from retention_agent.register import triggers
from retention_agent.register.tables import trigger_event

_KINDS = [kind.name for kind in TRIGGERS.values() if not kind.own_date]


@click.group("event")
def command() -> None:
    """Record events and facts that start retention periods; each belongs to a reference."""


@command.command("add")
@click.option(
    "--reference", required=True, help="The case, contract or person, as records name it."
)
@click.option("--trigger", required=True, type=click.Choice(_KINDS))
@click.option("--on", required=True, type=Day(), help="The day it happened (YYYY-MM-DD).")
@with_session
def add(session: Session, reference: str, trigger: str, on: date) -> None:
    """Record that something happened; only records with that reference are affected.

    Example: retention event add --reference HR/2009/0143 --trigger employment_end --on 2018-03-31
    """
    app = session.open()
    require_past(on, app.today(), "the event's day")
    try:
        happened = Event(reference.strip(), trigger, on)
    except ValueError as error:
        raise UsageError(str(error)) from error
    with app.alone(), app.engine.begin() as connection:
        number = triggers.add_event(connection, happened, app.now())
        affected = triggers.records_with(connection, happened.reference)
        facts: dict[str, Fact] = {"trigger": trigger}
        private = {"reference": happened.reference, "on": on.isoformat()}
        logged = LogEvent("trigger event", f"event:{number}", facts=facts, private=private)
        log.append(connection, logged, app.now())
    if session.as_json:
        emit(
            {
                "event": number,
                "reference": happened.reference,
                "trigger": trigger,
                "on": on,
                "records": affected,
            }
        )
    else:
        say(
            f"Event {number}: {trigger} of {happened.reference} on {on}.",
            f"{affected} records have that reference.",
        )


@command.command("withdraw")
@click.argument("number", type=int)
@with_session
def withdraw(session: Session, number: int) -> None:
    """Take event NUMBER back that was entered by mistake."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        triggers.withdraw_event(connection, number, app.now())
        log.append(connection, LogEvent("trigger event withdrawal", f"event:{number}"), app.now())
    if session.as_json:
        emit({"event": number, "withdrawn": True})
    else:
        say(f"Event {number} is withdrawn.")


@command.command("fact")
@click.option("--reference", required=True, help="The case, contract or person.")
@click.option("--fact", "name", required=True, help="As the schedule names it: subject-has-died.")
@click.option("--true/--false", "holds", required=True, default=None, help="What is proven.")
@with_session
def fact(session: Session, reference: str, name: str, *, holds: bool) -> None:
    """Record that a fact an alternative period depends on is proven true, or proven false."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        triggers.set_fact(connection, reference, name, holds=holds, now=app.now())
        facts: dict[str, Fact] = {"fact": name, "holds": holds}
        logged = LogEvent("fact record", "fact:1", facts=facts, private={"reference": reference})
        log.append(connection, logged, app.now())
    if session.as_json:
        emit({"reference": reference, "fact": name, "holds": holds})
    else:
        say(f"{name} is proven {str(holds).lower()} of {reference}.")


@command.command("list")
@with_session
def list_events(session: Session) -> None:
    """List every event, withdrawn ones included."""
    app = session.open()
    with app.engine.begin() as connection:
        rows = (
            connection.execute(sa.select(trigger_event).order_by(trigger_event.c.id))
            .mappings()
            .all()
        )
    if session.as_json:
        for row in rows:
            emit(dict(row))
    else:
        table(list(trigger_event.c.keys()), [list(row.values()) for row in rows])
