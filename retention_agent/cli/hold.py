"""`retention hold`: stop destruction of what a hold covers, list holds, end one."""

import os
import re
from collections.abc import Callable
from datetime import date

import click
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Hold, HoldScope, in_force
from retention_agent.bootstrap import App
from retention_agent.cli.extent import account, extent_document, extent_lines, progress
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import DAY, WORDS
from retention_agent.cli.progress import size
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import UsageError
from retention_agent.register import holds, schedules
from retention_agent.workflow import holds as workflow
from retention_agent.workflow.extent import Extent, extent
from retention_agent.workflow.held import Office

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
@click.option("--share", "shares", multiple=True, type=WORDS, help="Everything on that share.")
@click.option(
    "--path", "paths", multiple=True, metavar="SHARE:PATH", help="A file or folder; SHARE: is all."
)
@click.option("--class", "classes", multiple=True, type=WORDS, metavar="CODE")
@click.option("--reference", "references", multiple=True, type=WORDS)
@click.option(
    "--field", "fields", multiple=True, type=WORDS, metavar="NAME=PATTERN", help="With * and ?."
)
@click.option("--query", type=WORDS, help="Words, as for find; live for new arrivals.")
@click.option("--by", type=WORDS, help="Who places it; the account's name if not given.")
@click.option("--dry-run", is_flag=True, help="Only show what it would cover.")
@with_session
def place(
    session: Session,
    name: str,
    title: str,
    authority: str,
    reason: str,
    review_by: date,
    shares: tuple[str, ...],
    paths: tuple[str, ...],
    classes: tuple[str, ...],
    references: tuple[str, ...],
    fields: tuple[str, ...],
    query: str | None,
    by: str | None,
    dry_run: bool,  # noqa: FBT001  (click's)
) -> None:
    """Place the hold NAME. Criteria of different kinds must all match, each by any value."""
    app = session.open()
    whole = tuple(f"{share}:" for share in shares)
    scope = _scope(app, (*whole, *paths), classes, references, fields, query or "")
    order = _order(name, (title, authority, reason), review_by, app.today(), scope)
    workflow.require_usable(scope)
    if dry_run:
        with app.engine.begin() as connection:
            _require_classes(connection, classes)
        with progress() as counted:
            found, _ = extent(_office(app, counted), scope)
    else:
        with app.alone(), progress() as counted:
            with app.engine.begin() as connection:
                _require_classes(connection, classes)
                workflow.place(connection, order, app.now(), by or account())
            found = workflow.enforce(_office(app, counted), order, app.now())
    _show_extent(session, order, found, placed=not dry_run)
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
        ends = workflow.release(connection, name, reason, private_key, app.now())
    if session.as_json:
        emit({"hold": name, "grace_ends": ends})
    elif ends is None:
        say(f"Signed. Hold {name} stays in force until a second hold officer signs.")
    else:
        say(f"Hold {name} is released; what it covers stays protected until {ends} has passed.")


def _order(
    name: str, words: tuple[str, str, str], review_by: date, today: date, scope: HoldScope
) -> Hold:
    title, authority, reason = words
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot name a hold: use letters, digits, dots and hyphens")
    return Hold(name, title, authority, reason, review_by, today, scope)


def _scope(
    app: App,
    paths: tuple[str, ...],
    classes: tuple[str, ...],
    references: tuple[str, ...],
    fields: tuple[str, ...],
    query: str,
) -> HoldScope:
    try:
        return HoldScope(
            paths=tuple(_path(app, each) for each in paths),
            classes=frozenset(classes),
            references=frozenset(references),
            fields=_fields(fields),
            query=query,
        )
    except ValueError as error:
        raise UsageError(str(error)) from error


def _require_classes(connection: sa.Connection, classes: tuple[str, ...]) -> None:
    for code in classes:
        schedules.require_class(connection, code)


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


def _office(app: App, on_progress: Callable[[int], None]) -> Office:
    return Office(app.engine, app.index, app.config.zone, on_progress)


def _show_extent(session: Session, order: Hold, found: Extent, *, placed: bool) -> None:
    if session.as_json:
        emit({"hold": order.id, "placed": placed, **extent_document(found)})
        return
    covers = f"covers {found.records} records now ({size(found.bytes)}), and those that come later."
    if placed:
        say(f"Hold {order.id} is in force; it {covers}")
    else:
        say(f"Nothing was placed. This {covers}")
    say(*extent_lines(found, placed=placed))
    if not found.records:
        note("It covers nothing yet: is the scope what you meant?")


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
