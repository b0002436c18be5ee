"""`retention schedule`: check, compare, export, import and adopt retention schedules."""

import csv
import difflib
import io
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import (
    Difference,
    Schedule,
    ScheduleError,
    TableError,
    compare,
    from_rows,
    parse_schedule,
    to_rows,
)
from retention_agent.audit import log
from retention_agent.audit.event import Event, Fact
from retention_agent.bootstrap import App, shipped_schedule
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import NotFound, ScheduleRejected, UsageError
from retention_agent.register import schedules
from retention_agent.workflow import adopt as adoption

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("schedule")
def command() -> None:
    """The retention schedule: a draft until two adopters have signed it."""


@command.command("check")
@click.argument("file", type=_FILE)
@with_session
def check(session: Session, file: Path) -> None:
    """Check FILE (.toml or .csv) and report every mistake at once."""
    schedule = read_schedule(
        file, _present(session.open()) if session.source.exists() else shipped_schedule()
    )
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
@click.argument("file", type=_FILE)
@click.option(
    "--only",
    "codes",
    multiple=True,
    type=WORDS,
    metavar="CODE",
    help="Put only these classes in force.",
)
@with_session
def import_draft(session: Session, file: Path, codes: tuple[str, ...]) -> None:
    """Read FILE (.toml or .csv) as the draft that adopters sign."""
    app = session.open()
    schedule = read_schedule(file, _present(app))
    for code in sorted(set(codes) - set(schedule.rules)):
        near = difflib.get_close_matches(code, schedule.rules, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise NotFound(f"{file} has no class {code!r}{hint}")
    schedule = replace(schedule, adopted=frozenset(codes or schedule.rules))
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
            f"Draft {number}: {len(schedule.rules)} classes.",
            "Next: retention schedule adopt --key FILE",
        )


@command.command("diff")
@click.argument("file", type=_FILE, required=False)
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
    if found.added or found.removed or found.changed:
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
@with_session
def export(session: Session, *, draft: bool) -> None:
    """Print the schedule as CSV, for a spreadsheet; `import` reads it back without loss."""
    app = session.open()
    with app.engine.begin() as connection:
        waiting = schedules.draft(connection)
        chosen = waiting[1] if draft and waiting else schedules.in_force(connection)
    rows = to_rows(chosen)
    if session.as_json:
        for row in rows[1:]:
            emit(dict(zip(rows[0], row, strict=True)))
        return
    csv.writer(sys.stdout).writerows([_harmless(cell) for cell in row] for row in rows)


def read_schedule(file: Path, base: Schedule) -> Schedule:
    """The schedule in a TOML or CSV file; a CSV has the classes only, the rest is that of `base`.

    Raises:
        ScheduleRejected: with every mistake, by key or by row and column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:  # cells keep their line ends
            text = opened.read()
        if file.suffix.lower() == ".csv":
            cells = csv.reader(io.StringIO(text, newline=""))
            rows = [[_restored(cell) for cell in row] for row in cells]
            return from_rows(rows, base)
        return parse_schedule(tomllib.loads(text))
    except (TableError, ScheduleError) as error:
        heading, *lines = str(error).split("\n")
        raise ScheduleRejected(f"{file}: {heading}", *lines) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, csv.Error) as error:
        raise ScheduleRejected(f"{file}: cannot be read: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


def _present(app: App) -> Schedule:
    """The draft, or else the schedule in force."""
    with app.engine.begin() as connection:
        waiting = schedules.draft(connection)
        return waiting[1] if waiting else schedules.in_force(connection)


# A spreadsheet runs a cell that begins so as a formula (CWE-1236).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


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
    columns = ("change", "class", "field", "before", "after")
    if session.as_json:
        for each in changes:
            emit(dict(zip(columns, each, strict=True)))
    elif changes:
        table(columns, changes)
    else:
        say("No class differs.")
