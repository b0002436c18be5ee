"""`retention event import`, `lists`, `undo` and `references`: events by the hundred."""

import hashlib
from collections import Counter
from pathlib import Path

import click
import sqlalchemy as sa

from policies import TRIGGERS
from retention_agent.bootstrap import App
from retention_agent.capture.referencing import find_again
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import FILE, NUMBER, OneOf
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.errors import UsageError
from retention_agent.register import schedules
from retention_agent.shares.paths import display
from retention_agent.sheets import read_rows
from retention_agent.workflow import event_list
from retention_agent.workflow.event_list import Effect, Source
from retention_agent.workflow.event_rows import COLUMNS, Reading, read_entries

EXAMPLES = 10
_KINDS = [kind.name for kind in TRIGGERS.values() if not kind.own_date]


@click.command("import")
@click.argument("file", type=FILE)
@click.option("--trigger", type=OneOf(_KINDS), help="Of every row, where FILE has no such column.")
@click.option(
    "--column",
    "headings",
    multiple=True,
    metavar="OURS=THEIRS",
    help=f"What FILE calls a column of ours ({', '.join(COLUMNS)}).",
)
@click.option("--dry-run", is_flag=True, help="Show what it would do, and enter nothing.")
@with_session
def import_list(
    session: Session, file: Path, trigger: str | None, headings: tuple[str, ...], *, dry_run: bool
) -> None:
    """Enter the events and facts of FILE (.csv, .xlsx, .ods): all of them or, with a mistake, none.

    A row is an event (reference, trigger, on) or a proven fact (reference, fact, value).
    """
    app = session.open()
    columns = dict(map(_heading, headings)), trigger
    if dry_run:
        with app.engine.connect() as connection, connection.begin() as transaction:
            effect = _enter(app, connection, file, columns)
            transaction.rollback()
    else:
        with app.alone(), app.engine.begin() as connection:
            effect = _enter(app, connection, file, columns)
    done = "would be entered" if dry_run else "entered"
    _show(session, effect, f"{effect.events} events and {effect.facts} facts {done}")
    if not dry_run and not session.as_json:
        say(f"List {effect.number}. To take it back: retention event undo {effect.number}")


@click.command("undo")
@click.argument("number", type=NUMBER)
@with_session
def undo(session: Session, number: int) -> None:
    """Take back everything that list NUMBER entered."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        effect = event_list.undo(connection, number, app.now(), app.config.zone)
    done = f"{effect.events} events withdrawn, {effect.facts} facts as they were before"
    _show(session, effect, done)


@click.command("lists")
@with_session
def lists(session: Session) -> None:
    """List every list of events that was entered, withdrawn ones included."""
    app = session.open()
    with app.engine.begin() as connection:
        found = list(event_list.lists(connection))
    if session.as_json:
        for row in found:
            emit(row)
    elif found:
        columns = ["list", "name", "entered", "events in force", "facts", "withdrawn"]
        table(
            columns,
            [
                [
                    row["id"],
                    row["name"],
                    local_time(row["entered"], app),
                    row["events"],
                    row["facts"],
                    local_time(row["withdrawn"], app),
                ]
                for row in found
            ],
        )
    else:
        say("No list was entered. Next: retention event import --help")


@click.command("references")
@with_session
def references(session: Session) -> None:
    """Find the references of all records anew, after `reference_patterns` was changed."""
    app = session.open()
    patterns = app.config.capture.reference_patterns
    with app.alone():
        changed = find_again(app.engine, patterns, app.index, app.now())
    if session.as_json:
        emit({"patterns": len(patterns), "changed": changed})
    else:
        say(f"{changed} records have other references now, by {len(patterns)} pattern(s).")


COMMANDS = (import_list, undo, lists, references)


def _enter(
    app: App, connection: sa.Connection, file: Path, columns: tuple[dict[str, str], str | None]
) -> Effect:
    reading = Reading(*columns, schedules.facts(connection), app.today())
    entries = read_entries(read_rows(file), reading)
    source = Source(file.name, hashlib.sha256(file.read_bytes()).hexdigest())
    return event_list.enter(connection, entries, source, app.now(), app.config.zone)


def _heading(option: str) -> tuple[str, str]:
    ours, equals, theirs = option.partition("=")
    if not equals or ours.strip() not in COLUMNS or not theirs.strip():
        known = ", ".join(COLUMNS)
        raise UsageError(f"--column {option!r}: write OURS=THEIRS, with one of ours: {known}")
    return ours.strip(), theirs.strip()


def _show(session: Session, effect: Effect, done: str) -> None:
    due = [each for each in effect.changes if each[2].action != each[1].action]
    if session.as_json:
        emit(_document(effect))
        return
    say(
        f"{done}; {effect.known} said what is known already." if effect.known else f"{done}.",
        f"{effect.records} records have these references;"
        f" the schedule says something else now of {len(effect.changes)}.",
    )
    moves = Counter(
        (after.record_class or "(none)", str(before.reason), str(after.reason))
        for _, before, after in effect.changes
    )
    if moves:
        table(
            ["records", "class", "before", "now"], [[n, *move] for move, n in moves.most_common()]
        )
    for number, _, after in due[:EXAMPLES]:
        on = f", {after.due}" if after.due else ""
        say(f"  record {number}, {after.share}:{display(after.path)}: {after.action}{on}")
    if len(due) > EXAMPLES:
        say(f"  and {len(due) - EXAMPLES} more: retention due")
    if effect.unused:
        some = ", ".join(effect.unused[:EXAMPLES])
        note(f"No record has {len(effect.unused)} of the references: {some}")


def _document(effect: Effect) -> dict[str, object]:
    return {
        "list": effect.number,
        "events": effect.events,
        "facts": effect.facts,
        "known": effect.known,
        "records": effect.records,
        "unused": effect.unused,
        "changes": [
            {
                "record": number,
                "class": after.record_class,
                "before": before.reason,
                "after": after.reason,
                "action": after.action,
                "due": after.due,
            }
            for number, before, after in effect.changes
        ],
    }
