"""`retention event`: what happened to a case, contract or person, and what is proven of it."""

from datetime import date

import click
import sqlalchemy as sa

from policies import TRIGGERS, Event
from retention_agent.audit import log
from retention_agent.audit.event import Event as LogEvent
from retention_agent.audit.event import Fact
from retention_agent.cli import event_list
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import DAY, NUMBER, WORDS, OneOf, require_past
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.errors import UsageError
from retention_agent.register import schedules, triggers
from retention_agent.register.tables import trigger_event

_KINDS = [kind.name for kind in TRIGGERS.values() if not kind.own_date]


@click.group("event")
def command() -> None:
    """Record events and facts that start retention periods; each belongs to a reference."""


@command.command("add")
@click.option(
    "--reference",
    required=True,
    type=WORDS,
    help="The case, contract or person, as records name it.",
)
@click.option("--trigger", required=True, type=OneOf(_KINDS))
@click.option("--on", required=True, type=DAY, help="The day it happened (YYYY-MM-DD).")
@with_session
def add(session: Session, reference: str, trigger: str, on: date) -> None:
    """Record that something happened; only records with that reference are affected."""
    app = session.open()
    require_past(on, app.today(), "the event's day")
    happened = Event(reference, trigger, on)
    with app.alone(), app.engine.begin() as connection:
        number = triggers.add_event(connection, happened, app.now())
        affected = triggers.records_with(connection, reference)
        alike = triggers.written_otherwise(connection, reference)
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
    if not affected:
        note(*(f"Records have {each!r}: is that the one you meant?" for each in alike))


@command.command("withdraw")
@click.argument("number", type=NUMBER)
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
@click.option("--reference", required=True, type=WORDS, help="The case, contract or person.")
@click.option(
    "--fact", "name", required=True, type=WORDS, help="As the schedule names it: subject-has-died."
)
@click.option("--true/--false", "holds", required=True, default=None, help="What is proven.")
@with_session
def fact(session: Session, reference: str, name: str, *, holds: bool | None) -> None:
    """Record that a fact an alternative period depends on is proven true, or proven false."""
    if holds is None:
        raise UsageError("say what is proven: --true or --false")
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        schedules.require_fact(connection, name)
        triggers.set_fact(connection, reference, name, holds=holds, now=app.now())
        affected = triggers.records_with(connection, reference)
        facts: dict[str, Fact] = {"fact": name, "holds": holds}
        logged = LogEvent("fact record", "fact:1", facts=facts, private={"reference": reference})
        log.append(connection, logged, app.now())
    if session.as_json:
        emit({"reference": reference, "fact": name, "holds": holds, "records": affected})
    else:
        say(f"{name} is proven {str(holds).lower()} of {reference}; {affected} records have it.")


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
    elif rows:
        table(
            ["event", "reference", "trigger", "on", "recorded", "withdrawn"],
            [
                [
                    row["id"],
                    row["reference"],
                    row["trigger"],
                    row["on"],
                    local_time(row["recorded"], app),
                    local_time(row["withdrawn"], app),
                ]
                for row in rows
            ],
        )
    else:
        say("No event was recorded. Next: retention event add --help")


for each in event_list.COMMANDS:
    command.add_command(each)
