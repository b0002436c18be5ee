"""`retention share`: which shares there are, and adding one."""

import click
import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.bootstrap import App
from retention_agent.cli.initialise import parse_share, share_block
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import Refused, RetentionError
from retention_agent.register.tables import share as share_table
from retention_agent.shares.local import SENTINEL
from retention_agent.state_file import write_state_file


@click.group("share")
def command() -> None:
    """List shares, add one, lift a freeze."""


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
    table(
        ["share", "path", "disposal", "last complete scan", "condition"],
        [
            [r["share"], r["path"], r["disposal"], r["last_complete_scan"], r["condition"]]
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
    before = app.config.source.read_text(encoding="utf-8")
    block = share_block(name, path, disposal=disposal)
    write_state_file(app.config.source, f"{before.rstrip()}\n\n{block}".encode())
    if disposal:
        session.open().enable_disposal(name)
    if session.as_json:
        emit({"share": name, "path": str(path), "disposal": disposal})
    else:
        say(f"Added {name}. Next: retention scan {name}")


@command.command("enable")
@click.argument("share")
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


@command.command("unfreeze")
@click.argument("share")
@click.option("--reason", required=True, help="What was found out; kept in the log.")
@with_session
def unfreeze(session: Session, share: str, reason: str) -> None:
    """Allow disposal from SHARE again after a person has looked into why it was stopped."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        number = app.share_id(connection, share)
        connection.execute(
            share_table.update().where(share_table.c.id == number).values(frozen=None)
        )
        event = Event("share release", f"share:{number}", private={"reason": reason})
        log.append(connection, event, app.now())
    if session.as_json:
        emit({"share": share, "frozen": None})
    else:
        say(f"Share {share} is no longer frozen. Next: retention scan {share}")


def _describe(app: App, name: str) -> dict[str, object]:
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
