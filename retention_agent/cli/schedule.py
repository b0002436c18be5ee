"""`retention schedule`: check, compare, export, import and adopt retention schedules."""

import sys
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Difference, MoratoriumChange, Schedule, compare, to_rows
from retention_agent.audit import log
from retention_agent.audit.event import Event, Fact
from retention_agent.bootstrap import App, shipped_schedule
from retention_agent.cli.files import require_elsewhere, write_file
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import FILE
from retention_agent.cli.schedule_effects import moratoria, simulate
from retention_agent.cli.schedule_file import (
    adopting,
    only_option,
    read_schedule,
    renaming_options,
    to_csv,
    to_workbook,
)
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import NotFound, UsageError
from retention_agent.register import schedules
from retention_agent.workflow import adopt as adoption


@click.group("schedule")
def command() -> None:
    """The retention schedule: a draft until two adopters have signed it."""


command.add_command(simulate)
command.add_command(moratoria)


@command.command("check")
@click.argument("file", type=FILE)
@renaming_options
@with_session
def check(session: Session, file: Path, title: str | None, version: str | None) -> None:
    """Check FILE (.toml, .xlsx or .csv) and report every mistake at once."""
    base = _present(session.open()) if session.source.exists() else shipped_schedule()
    schedule = read_schedule(file, base, title, version)
    result = {
        "classes": len(schedule.rules),
        "version": schedule.version,
        "digest": schedule.digest(),
    }
    if session.as_json:
        emit(result)
    else:
        say(f"{file}: {len(schedule.rules)} classes, no mistake. Digest {schedule.digest()[:16]}.")


@command.command("import")
@click.argument("file", type=FILE)
@only_option
@renaming_options
@with_session
def import_draft(
    session: Session, file: Path, codes: tuple[str, ...], title: str | None, version: str | None
) -> None:
    """Read FILE (.toml, .xlsx or .csv) as the draft that adopters sign."""
    app = session.open()
    schedule = read_schedule(file, _present(app), title, version)
    schedule = adopting(schedule, codes)
    with app.alone(), app.engine.begin() as connection:
        number = schedules.store_draft(connection, schedule, app.now())
        facts: dict[str, Fact] = {
            "digest": schedule.digest(),
            "classes": len(schedule.rules),
        }
        log.append(
            connection, Event("schedule import", f"schedule:{number}", facts=facts), app.now()
        )
    if session.as_json:
        emit({"draft": number, "classes": len(schedule.rules), "adopting": len(schedule.adopted)})
    else:
        say(
            f"Draft {number}: {len(schedule.rules)} classes,"
            f" {len(schedule.adopted)} of them to be in force.",
            "Next: retention schedule adopt --key FILE",
        )


@command.command("diff")
@click.argument("file", type=FILE, required=False)
@with_session
def diff(session: Session, file: Path | None) -> None:
    """Show what changes if FILE, or the draft, replaces the schedule. Exit code 3 if any."""
    app = session.open()
    with app.engine.begin() as connection:
        before = schedules.in_force(connection)
        waiting = schedules.draft(connection)
    if file is None and waiting is None:
        raise NotFound("there is no draft to compare; give a FILE")
    base = waiting[1] if waiting else before
    after = base if file is None else read_schedule(file, base)
    found = compare(before, after)
    _show(session, found)
    if file is None and before.adopted != after.adopted:
        comes, goes = len(after.adopted - before.adopted), len(before.adopted - after.adopted)
        note(f"Of its classes {comes} would come into force, and {goes} go out of it.")
    if found:
        raise click.exceptions.Exit(3)


@command.command("adopt")
@key_option
@with_session
def adopt(session: Session, private_key: Ed25519PrivateKey) -> None:
    """Sign the draft; it is in force once two adopters have signed it."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        in_force, signers = adoption.adopt(connection, private_key, app.now())
    if session.as_json:
        emit({"in_force": in_force, "signers": signers})
    elif in_force:
        say(f"The schedule is in force, signed by {' and '.join(signers)}.")
    else:
        say("Signed. A second adopter must sign before the schedule is in force.")


@command.command("export")
@click.option("--draft", is_flag=True, help="The draft instead of the schedule in force.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["csv", "xlsx"]),
    default="csv",
    help="A table of the classes, or a workbook with all of the schedule.",
)
@click.option("--output", type=FILE, help="Write there instead of printing.")
@with_session
def export(session: Session, layout: str, output: Path | None, *, draft: bool) -> None:
    """Write the schedule for a spreadsheet; `import` reads it back without loss."""
    if output is not None and not output.parent.is_dir():
        raise UsageError(f"{output}: there is no folder {output.parent}")
    if layout == "xlsx" and output is None:
        raise UsageError("a workbook cannot be printed", "Name a file for it: --output FILE")
    app = session.open()
    require_elsewhere(app, output)
    with app.engine.begin() as connection:
        waiting = schedules.draft(connection)
        chosen = waiting[1] if draft and waiting else schedules.in_force(connection)
    if output is not None:
        content = to_workbook(chosen) if layout == "xlsx" else to_csv(chosen).encode()
        write_file(app, output, content)
        _tell_written(session, output, chosen)
    elif session.as_json:
        header, *rows = to_rows(chosen)
        for row in rows:
            emit(dict(zip(header, row, strict=True)))
    else:
        sys.stdout.write(to_csv(chosen))


def _tell_written(session: Session, output: Path, chosen: Schedule) -> None:
    if session.as_json:
        emit({"file": str(output), "classes": len(chosen.rules), "digest": chosen.digest()})
    else:
        say(f"{output}: {len(chosen.rules)} classes, version {chosen.version}.")


def _present(app: App) -> Schedule:
    """The draft, or else the schedule in force."""
    with app.engine.begin() as connection:
        waiting = schedules.draft(connection)
        return waiting[1] if waiting else schedules.in_force(connection)


def _show(session: Session, found: Difference) -> None:
    changes = [("added", rule.code, "", "", rule.title) for rule in found.added]
    changes += [("removed", rule.code, "", rule.title, "") for rule in found.removed]
    changes += [
        (
            f"changed ({change.period})",
            change.code,
            field.field,
            str(field.before),
            str(field.after),
        )
        for change in found.changed
        for field in change.fields
    ]
    changes += [
        (_moratorium_change(change), change.id, each.field, str(each.before), str(each.after))
        for change in found.moratoria
        for each in change.fields
    ]
    columns = ("change", "class", "field", "before", "after")
    if session.as_json:
        for each in changes:
            emit(dict(zip(columns, each, strict=True)))
    elif changes:
        table(columns, changes)
    else:
        say("No class differs.")


def _moratorium_change(change: MoratoriumChange) -> str:
    if change.before is None:
        return "moratorium added"
    return "moratorium removed" if change.after is None else "moratorium changed"
