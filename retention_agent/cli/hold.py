"""`retention hold`: stop destruction of what a hold covers, list holds, end one."""

import os
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from policies import Hold, HoldScope, in_force
from retention_agent.bootstrap import App
from retention_agent.cli.extent import account, extent_document, extent_lines, progress
from retention_agent.cli.hold_looks import diff, office_of, report
from retention_agent.cli.names import CLASS, HOLD, SHARE
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import DAY, FILE, WORDS
from retention_agent.cli.progress import size
from retention_agent.cli.session import Session, unlock, with_session
from retention_agent.errors import Busy, UsageError
from retention_agent.register import holds, schedules
from retention_agent.shares.paths import as_json
from retention_agent.workflow import holds as workflow
from retention_agent.workflow.extent import MOST_EXAMPLES, Extent, extent
from retention_agent.workflow.hold_report import condition, is_overdue, scope_words
from retention_agent.workflow.outlook import due_without

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
@click.option("--share", "shares", multiple=True, type=SHARE, help="Everything on that share.")
@click.option(
    "--path", "paths", multiple=True, metavar="SHARE:PATH", help="A file or folder; SHARE: is all."
)
@click.option("--class", "classes", multiple=True, type=CLASS, metavar="CODE")
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
            found, _ = extent(office_of(app, counted), scope)
        moving = "This would take out of batches"
    else:
        found, moving = _place(app, order, by or account())
    _show_extent(session, order, (found, moving), placed=not dry_run)
    if review_by < app.today():
        note(f"Its review date {review_by} has passed already.")


@command.command("list")
@with_session
def list_holds(session: Session) -> None:
    """List all holds, released ones included, with review dates and who signed to end them."""
    app = session.open()
    today = app.today()
    with app.engine.begin() as connection:
        found = holds.load(connection)
        signed = {each.id: sorted(workflow.signed_release(connection, each.id)) for each in found}
    if session.as_json:
        for each in found:
            emit(_listed(each, signed[each.id], today))
    elif found:
        columns = ["hold", "condition", "review by", "authority", "title", "reason"]
        table(columns, [_shown(each, signed[each.id], today) for each in found])
    else:
        say("There are no holds. Place one with: retention hold place NAME")


@command.command("review")
@click.argument("name", type=HOLD)
@click.option("--next-date", required=True, type=DAY, help="When to ask again.")
@click.option("--note", "words", required=True, type=WORDS, help="Why it still stands.")
@with_session
def review(session: Session, name: str, next_date: date, words: str) -> None:
    """Record that hold NAME was reviewed and still stands; logged."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        workflow.review(connection, name, next_date, words, app.now())
    if session.as_json:
        emit({"hold": name, "review_by": next_date})
    else:
        say(f"Hold {name} still stands; its next review is by {next_date}.")


@command.command("release")
@click.argument("name", type=HOLD)
@click.option("--reason", type=WORDS, help="Why it may end; needed to sign.")
@click.option("--key", "key_file", type=FILE, help="Your private key; needed to sign.")
@click.option("--dry-run", is_flag=True, help="Only show what would be due after the grace.")
@with_session
def release(
    session: Session, name: str, reason: str | None, key_file: Path | None, *, dry_run: bool
) -> None:
    """Sign for the release of hold NAME; two hold officers must, and 30 days of grace follow."""
    app = session.open()
    if dry_run:
        _show_outlook(session, app, name)
        return
    if reason is None or key_file is None:
        raise UsageError("a release is signed, with a reason: --reason TEXT --key FILE")
    private_key = unlock(key_file)
    with app.alone(), app.engine.begin() as connection:
        ends = workflow.release(connection, name, reason, private_key, app.now())
        signed = sorted(workflow.signed_release(connection, name))
    if session.as_json:
        emit({"hold": name, "grace_ends": ends, "signed_by": signed})
    elif ends is None:
        say(f"Signed. Hold {name} stays in force until a second hold officer signs.")
    else:
        say(f"Hold {name} is released; what it covers stays protected until {ends} has passed.")
        say(f"What will be due then: retention hold release {name} --dry-run")


def _show_outlook(session: Session, app: App, name: str) -> None:
    with app.engine.begin() as connection:
        order = holds.find(connection, name)
    ends = order.grace_ends or app.today() + workflow.GRACE
    day = ends + timedelta(days=1)
    counted: Counter[tuple[str, str]] = Counter()
    examples: list[dict[str, object]] = []
    with progress() as shown:
        for row, decision in due_without(office_of(app, shown), order, day):
            counted[str(decision.action), row["record_class"]] += 1
            if len(examples) < MOST_EXAMPLES:
                place = as_json(row["path"])
                examples.append({"record": row["id"], "share": row["share_name"], **place})
    by = [{"action": a, "class": c, "records": n} for (a, c), n in sorted(counted.items())]
    if session.as_json:
        emit({"hold": name, "day": day, "due": counted.total(), "by": by, "examples": examples})
        return
    say(f"Without hold {name}, {counted.total()} records would be due on {day}.")
    say(*(f"  {each['action']}, class {each['class']}: {each['records']}" for each in by))
    say(*(f"  such as {each['record']}  {each['share']}:{each['path']}" for each in examples))


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


def _place(app: App, order: Hold, by: str) -> tuple[Extent, str]:
    """Place the hold at once, also beside another command, whose next step will heed it."""
    try:
        with app.alone(), progress() as counted:
            _enter(app, order, by)
            found = workflow.enforce(office_of(app, counted), order, app.now())
            return found, "Taken out of batches, so that they are not destroyed"
    except Busy:
        _enter(app, order, by)
        note(
            "Another retention command is at work. The hold is in force, and whatever that command",
            "does next asks for it. What is in batches is taken out by the next dispose or purge.",
        )
    with progress() as counted:
        found, _ = extent(office_of(app, counted), order.scope)
    return found, "In batches, and kept by their next step"


def _enter(app: App, order: Hold, by: str) -> None:
    with app.engine.begin() as connection:
        _require_classes(connection, tuple(order.scope.classes))
        workflow.place(connection, order, app.now(), by)


def _show_extent(session: Session, order: Hold, shown: tuple[Extent, str], *, placed: bool) -> None:
    found, moving = shown
    if session.as_json:
        emit({"hold": order.id, "placed": placed, **extent_document(found)})
        return
    covers = f"covers {found.records} records now ({size(found.bytes)}), and those that come later."
    if placed:
        say(f"Hold {order.id} is in force; it {covers}")
    else:
        say(f"Nothing was placed. This {covers}")
    say(*extent_lines(found, moving))
    if not found.records:
        note("It covers nothing yet: is the scope what you meant?")


def _listed(each: Hold, signed: list[str], today: date) -> dict[str, object]:
    return {
        "hold": each.id,
        "title": each.title,
        "authority": each.authority,
        "reason": each.reason,
        "placed": each.placed,
        "review_by": each.review_by,
        "grace_ends": each.grace_ends,
        "in_force": in_force(each, today),
        "overdue": is_overdue(each, today),
        "release_signed_by": signed,
        "scope": scope_words(each.scope),
    }


def _shown(hold: Hold, signed: list[str], today: date) -> list[object]:
    state = condition(hold, today)
    if signed and hold.grace_ends is None:
        state += f"; release signed by {', '.join(signed)}, waits for a second officer"
    late = " OVERDUE" if is_overdue(hold, today) else ""
    return [hold.id, state, f"{hold.review_by}{late}", hold.authority, hold.title, hold.reason]


for looking in (diff, report):
    command.add_command(looking)
