"""`retention share`: which shares there are, and adding one."""

import os
from typing import Any

import click
import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.bootstrap import App
from retention_agent.cli.initialise import parse_share, share_block
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.config_file import read_config
from retention_agent.errors import Refused, RetentionError
from retention_agent.register.shares import accept_root
from retention_agent.register.tables import share as share_table
from retention_agent.shares.local import SENTINEL
from retention_agent.state_file import write_state_file


@click.group("share")
def command() -> None:
    """List shares, add one, enable disposal, accept a remount, lift a freeze."""


@command.command("list")
@with_session
def list_shares(session: Session) -> None:
    """List the configured shares and whether they can be reached."""
    app = session.open()
    rows = [_describe(app, share.name) for share in app.config.shares]
    if session.as_json:
        for row in rows:
            emit(row)
        return
    if not rows:
        say("config.toml names no share. Next: retention share add NAME=PATH")
        return
    table(
        ["share", "disposal", "last complete scan", "condition", "path"],
        [
            [
                r["share"],
                "enabled" if r["disposal"] else "read-only",
                local_time(r["last_complete_scan"], app) or "never",
                r["condition"],
                r["path"],
            ]
            for r in rows
        ],
    )


@command.command("add")
@click.argument("share", metavar="NAME=PATH")
@click.option("--disposal", is_flag=True, help="Let approved files of it be disposed of.")
@with_session
def add(session: Session, share: str, *, disposal: bool) -> None:
    """Add a share to config.toml."""
    app = session.open()
    name, path = parse_share(share)
    if any(each.name == name for each in app.config.shares):
        raise Refused(f"a share is called {name!r} already; nothing was changed")
    source = app.config.source
    before = source.read_text(encoding="utf-8")
    after = f"{before.rstrip()}\n\n{share_block(name, path, disposal=disposal)}"
    read_config(after, source, os.environ)  # a mistake is told before anything is changed
    write_state_file(source, after.encode())
    if disposal:
        session.open().enable_disposal(name)
    if session.as_json:
        emit({"share": name, "path": str(path), "disposal": disposal})
    else:
        say(f"Added {name}. Next: retention scan {name}")


@command.command("enable")
@click.argument("share", type=SHARE)
@with_session
def enable(session: Session, share: str) -> None:
    """Put the sentinel file on SHARE; config.toml must say `disposal = true` for it."""
    app = session.open()
    if not app.config.share(share).disposal:
        raise Refused(
            f"share {share!r} is read-only", "Set `disposal = true` for it in config.toml."
        )
    content = app.enable_disposal(share)
    if session.as_json:
        emit({"share": share, "sentinel": content})
    else:
        say(f"Disposal is enabled on {share}; its root has the file {SENTINEL.decode()}.")


@command.command("accept")
@click.argument("share", type=SHARE)
@click.option("--reason", required=True, type=WORDS, help="How you know; kept in the log.")
@with_session
def accept(session: Session, share: str, reason: str) -> None:
    """Say that what is mounted now is SHARE, after a remount gave it another device number."""
    app = session.open()
    with app.alone(), app.share(share) as root, app.engine.begin() as connection:
        number = app.share_id(connection, share)
        accept_root(connection, number, *root.identity)
        event = Event("share registration", f"share:{number}", private={"reason": reason})
        log.append(connection, event, app.now())
    if session.as_json:
        emit({"share": share, "device": root.identity[0], "inode": root.identity[1]})
    else:
        say(f"Accepted as {share}. Next: retention scan {share}")


@command.command("unfreeze")
@click.argument("share", type=SHARE)
@click.option("--reason", required=True, type=WORDS, help="What was found out; kept in the log.")
@with_session
def unfreeze(session: Session, share: str, reason: str) -> None:
    """Allow disposal from SHARE again after a person has looked into why it was stopped."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        number = app.share_id(connection, share)
        if (
            connection.scalar(sa.select(share_table.c.frozen).where(share_table.c.id == number))
            is None
        ):
            raise Refused(f"share {share} is not frozen; nothing was changed")
        connection.execute(
            share_table.update().where(share_table.c.id == number).values(frozen=None)
        )
        event = Event("share release", f"share:{number}", private={"reason": reason})
        log.append(connection, event, app.now())
    if session.as_json:
        emit({"share": share, "frozen": None})
    else:
        say(f"Share {share} is no longer frozen. Next: retention scan {share}")


def _describe(app: App, name: str) -> dict[str, Any]:
    configured = app.config.share(name)
    with app.engine.begin() as connection:
        row = connection.execute(
            sa.select(share_table).where(share_table.c.name == name)
        ).one_or_none()
    return {
        "share": name,
        "path": str(app.config.share_path(name)),
        "disposal": configured.disposal,
        "last_complete_scan": row.last_complete_scan if row else None,
        "condition": _condition(app, name, row.frozen if row else None),
    }


def _condition(app: App, name: str, frozen: str | None) -> str:
    if frozen:
        return f"frozen: {frozen}"
    try:
        with app.share(name):
            return "reachable"
    except RetentionError as error:
        return str(error)
