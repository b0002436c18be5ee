"""`retention hold`: stop destruction of what a hold covers, list holds, end one."""

import os
import re
from datetime import date

import click
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Hold, HoldScope, covers, in_force
from retention_agent.audit.transition import IN_BATCH
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import DAY, WORDS
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import UsageError
from retention_agent.register import holds, records, schedules
from retention_agent.register.tables import record
from retention_agent.workflow import holds as hold_workflow

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


@click.group("hold")
def command() -> None:
    """Place, list and release holds."""


@command.command("place")
@click.argument("name", type=WORDS)
@click.option("--title", required=True, type=WORDS)
@click.option(
    "--authority", required=True, type=WORDS, help="Who ordered it, such as FOI 2026/114."
)
@click.option("--reason", required=True, type=WORDS)
@click.option("--review-by", required=True, type=DAY, help="When to ask whether it still stands.")
@click.option(
    "--path", "paths", multiple=True, metavar="SHARE:PATH", help="A file or folder; SHARE: is all."
)
@click.option("--class", "classes", multiple=True, type=WORDS, metavar="CODE")
@click.option("--reference", "references", multiple=True, type=WORDS)
@click.option(
    "--field", "fields", multiple=True, type=WORDS, metavar="NAME=PATTERN", help="With * and ?."
)
@with_session
def place(
    session: Session,
    name: str,
    title: str,
    authority: str,
    reason: str,
    review_by: date,
    paths: tuple[str, ...],
    classes: tuple[str, ...],
    references: tuple[str, ...],
    fields: tuple[str, ...],
) -> None:
    """Place the hold NAME. Criteria of different kinds must all match, each by any value.

    Example: retention hold place foi-114 --title "Bridge inspection" --authority "FOI 2026/114"
    --reason "request received" --review-by 2027-01-31 --path finance:contracts/bridge
    """
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        for code in classes:
            schedules.require_class(connection, code)
        order = _order(
            app, name, (title, authority, reason), review_by, (paths, classes, references, fields)
        )
        hold_workflow.place(connection, order, app.now())
        covered, stopped = _covered(app, connection, order)
    if session.as_json:
        emit({"hold": name, "records": covered, "in_batches": stopped})
        return
    say(f"Hold {name} is in force; it covers {covered} records now, and those that come later.")
    if stopped:
        say(f"{stopped} of them are in batches already; they will not be destroyed.")
    if not covered:
        note("It covers nothing yet: is the scope what you meant?")
    if review_by < app.today():
        note(f"Its review date {review_by} has passed already.")


@command.command("list")
@with_session
def list_holds(session: Session) -> None:
    """List all holds, released ones included, with their review dates."""
    app = session.open()
    today = app.today()
    with app.engine.begin() as connection:
        found = holds.load(connection)
    rows = [
        {
            "hold": each.id,
            "title": each.title,
            "authority": each.authority,
            "reason": each.reason,
            "placed": each.placed,
            "review_by": each.review_by,
            "grace_ends": each.grace_ends,
            "in_force": in_force(each, today),
            "overdue": in_force(each, today) and each.review_by < today,
        }
        for each in found
    ]
    if session.as_json:
        for row in rows:
            emit(row)
    elif rows:
        columns = ["hold", "condition", "review by", "authority", "title", "reason"]
        table(columns, [_shown(each, today) for each in found])
    else:
        say("There are no holds. Place one with: retention hold place NAME")


@command.command("release")
@click.argument("name", type=WORDS)
@click.option("--reason", required=True, type=WORDS)
@key_option
@with_session
def release(session: Session, name: str, reason: str, private_key: Ed25519PrivateKey) -> None:
    """Sign for the release of hold NAME; two hold officers must, and 30 days of grace follow."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        ends = hold_workflow.release(connection, name, reason, private_key, app.now())
    if session.as_json:
        emit({"hold": name, "grace_ends": ends})
    elif ends is None:
        say(f"Signed. Hold {name} stays in force until a second hold officer signs.")
    else:
        say(f"Hold {name} is released; what it covers stays protected until {ends} has passed.")


def _order(
    app: App,
    name: str,
    words: tuple[str, str, str],
    review_by: date,
    criteria: tuple[tuple[str, ...], ...],
) -> Hold:
    paths, classes, references, fields = criteria
    title, authority, reason = words
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a hold: use letters, digits, dots and hyphens")
    try:
        scope = HoldScope(
            paths=tuple(_path(app, each) for each in paths),
            classes=frozenset(classes),
            references=frozenset(references),
            fields=_fields(fields),
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    return Hold(name, title, authority, reason, review_by, app.today(), scope)


def _path(app: App, given: str) -> tuple[str, bytes]:
    share, separator, path = given.partition(":")
    if not separator:
        raise UsageError(f"{given!r}: write a path as SHARE:PATH, or SHARE: for the whole share")
    app.config.share(share)
    inside = os.path.normpath(path.strip("/"))
    if inside == ".." or inside.startswith("../"):
        raise UsageError(f"{given!r}: the path leads out of the share")
    return share, b"" if inside == "." else os.fsencode(inside)


def _fields(given: tuple[str, ...]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for each in given:
        name, separator, pattern = each.partition("=")
        if not separator:
            raise UsageError(f"{each!r}: write a field as NAME=PATTERN, such as author=*smith*")
        if name in fields:
            raise UsageError(f"field {name} is given twice; place a hold for each pattern")
        fields[name] = pattern
    return fields


def _covered(app: App, connection: sa.Connection, order: Hold) -> tuple[int, int]:
    """How many records it covers now, and how many of them are on their way to disposal."""
    in_batches = record.c.state.in_([str(state) for state in IN_BATCH])
    found = [
        row["state"]
        for chunk in records.stream(connection, record.c.present | in_batches)
        for row, subject in zip(
            chunk, records.for_policy(connection, chunk, app.config.zone), strict=True
        )
        if covers(order.scope, subject)
    ]
    return len(found), sum(state in IN_BATCH for state in found)


def _shown(hold: Hold, today: date) -> list[object]:
    if not in_force(hold, today):
        condition = "ended"
    elif hold.grace_ends is not None:
        condition = f"released, protects until {hold.grace_ends}"
    else:
        condition = "in force"
    late = " OVERDUE" if in_force(hold, today) and hold.review_by < today else ""
    return [
        hold.id,
        condition,
        f"{hold.review_by}{late}",
        hold.authority,
        hold.title,
        hold.reason,
    ]
