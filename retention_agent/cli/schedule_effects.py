"""`retention schedule simulate` and `moratoria`: what a schedule does, and what it stops."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
import sqlalchemy as sa

from policies import Effect, Moratorium, Schedule, classes_of, stands
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import FILE, NUMBER, as_of_option
from retention_agent.cli.schedule_file import adopting, only_option, read_schedule
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import UsageError
from retention_agent.register import decisions, schedules
from retention_agent.workflow.simulate import records_by_class
from retention_agent.workflow.simulate import simulate as effects_of

_COUNTED = ("looked_at", "due_before", "due_after", "becomes_due", "stops_being_due")


@click.command("simulate")
@click.argument("file", type=FILE, required=False)
@click.option("--number", type=NUMBER, help="The schedule once imported as this draft.")
@only_option
@as_of_option
@with_session
def simulate(
    session: Session,
    file: Path | None,
    number: int | None,
    codes: tuple[str, ...],
    as_of: date | None,
) -> None:
    """Show what FILE, or the draft, would do to the records there are. Changes nothing."""
    if file is not None and number is not None:
        raise UsageError("give a FILE or --number, not both")
    app = session.open()
    with app.engine.begin() as connection:
        other = _other(connection, file, number)
        if codes or file is not None:
            other = adopting(other, codes)
        within = decisions.frame(connection, as_of or app.today(), app.config.zone)
        effects = effects_of(connection, within, other)
    if session.as_json:
        for code, effect in effects.items():
            emit(_document(code, effect))
        return
    _show(effects)
    looked_at = sum(effect.looked_at.records for effect in effects.values())
    note(
        f"{looked_at} records with a class, as of {within.today}: version"
        f" {within.schedule.version} against version {other.version}. Nothing was changed."
    )


@click.command("moratoria")
@click.option("--draft", is_flag=True, help="Those of the draft instead.")
@with_session
def moratoria(session: Session, *, draft: bool) -> None:
    """List the moratoria, what they stop, and whose review is due."""
    app = session.open()
    with app.engine.begin() as connection:
        waiting = schedules.draft(connection) if draft else None
        chosen = waiting[1] if waiting else schedules.in_force(connection)
        counts = records_by_class(connection)
    found = [_moratorium(each, chosen, counts, app.today()) for each in chosen.moratoria]
    if session.as_json:
        for document in found:
            emit(document)
    elif found:
        columns = ("moratorium", "stands", "review_by", "records", "authority", "title")
        table(columns, [[document[column] for column in columns] for document in found])
        say(*(f"{each['moratorium']}: {_scope(each)}" for each in found))
    else:
        say("The schedule has no moratorium.")
    overdue = [str(each["moratorium"]) for each in found if each["overdue"]]
    if overdue:
        note(f"To be reviewed, and in force until somebody ends it: {', '.join(overdue)}.")


def _other(connection: sa.Connection, file: Path | None, number: int | None) -> Schedule:
    waiting = schedules.draft(connection)
    present = waiting[1] if waiting else schedules.in_force(connection)
    if number is not None:
        return schedules.numbered(connection, number)
    return present if file is None else read_schedule(file, present)


def _show(effects: Mapping[str, Effect]) -> None:
    changing = {code: effect for code, effect in effects.items() if effect.changes}
    if not changing:
        say("Nothing becomes due, stops being due or gets another action.")
        return
    table(
        ["class", "records", "become due", "bytes", "stop", "bytes", "other action", "earliest"],
        [
            [
                code,
                effect.looked_at.records,
                effect.becomes_due.records,
                effect.becomes_due.size,
                effect.stops_being_due.records,
                effect.stops_being_due.size,
                effect.other_action.records,
                effect.earliest,
            ]
            for code, effect in changing.items()
        ],
    )


def _document(code: str, effect: Effect) -> dict[str, object]:
    amounts = {name: getattr(effect, name) for name in (*_COUNTED, "other_action")}
    counted = {name: {"records": a.records, "bytes": a.size} for name, a in amounts.items()}
    return {"class": code, **counted, "earliest_due": effect.earliest}


def _moratorium(
    moratorium: Moratorium, schedule: Schedule, counts: Mapping[str, int], today: date
) -> dict[str, object]:
    codes = classes_of(moratorium, schedule)
    standing = stands(moratorium, today)
    return {
        "moratorium": moratorium.id,
        "title": moratorium.title,
        "authority": moratorium.authority,
        "citation": moratorium.citation,
        "begins": moratorium.begins,
        "review_by": moratorium.review_by,
        "ended": moratorium.ended,
        "stands": standing,
        "overdue": standing and moratorium.review_by < today,
        "classes": codes,
        "records": sum(counts.get(code, 0) for code in codes) if standing else 0,
        "note": moratorium.note,
    }


def _scope(document: Mapping[str, object]) -> str:
    classes = document["classes"]
    listed = ", ".join(classes) if isinstance(classes, list) and classes else "no class"
    return f"{listed}. {document['citation']}. {document['note']}"
