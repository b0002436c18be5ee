"""`retention notify`: what waits for whom, on the screen or by mail."""

import os

import click

from retention_agent import mail
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.config import Mail
from retention_agent.errors import ConfigError, Incomplete, RetentionError, UsageError
from retention_agent.workflow import notify
from retention_agent.workflow.expiry import release_expired
from retention_agent.workflow.warnings import Warned, warnings


@click.command("notify")
@click.option("--send", is_flag=True, help="Mail to each person what is new for them.")
@click.option("--failed", is_flag=True, help="What could not be sent, with the server's words.")
@with_session
def command(session: Session, *, send: bool, failed: bool) -> None:
    """Show what waits for whom: answers, expiries, undo windows, holds, frozen shares, failures."""
    if send and failed:
        raise UsageError("give --send or --failed, not both")
    app = session.open()
    if failed:
        _show_failed(app, session)
    elif send:
        _send(app, session)
    else:
        _show(app, session)


def _standing(app: App) -> list[Warned]:
    with app.engine.begin() as connection:
        return warnings(connection, app.now(), app.config.zone, app.undo)


def _show(app: App, session: Session) -> None:
    standing = _standing(app)
    for each in standing if session.as_json else ():
        emit({"person": each.person, "key": each.key, "text": each.text})
    if not session.as_json and standing:
        table(["person", "what waits"], [[each.person, each.text] for each in standing])
    elif not session.as_json:
        say("Nothing waits for anybody.")


def _send(app: App, session: Session) -> None:
    settings = app.config.mail
    if settings is None:
        raise ConfigError(
            f"{app.config.source}: there is no [mail] section", "config.example.toml shows one."
        )
    password = mail.password_of(settings, os.environ.get(mail.PASSWORD))
    sent, failures = 0, []
    with app.alone():
        with app.engine.begin() as connection:
            release_expired(connection, app.now())
        standing = _standing(app)
        with app.engine.begin() as connection:
            notify.refresh(connection, standing, app.now())
            waiting = notify.unsent(connection, settings.addresses, app.config.organisation.name)
        for one in waiting:
            failure = _deliver(app, settings, password, one)
            sent += failure is None
            failures += [f"{one.person}: {failure}"] if failure else []
            with app.engine.begin() as connection:
                notify.settle(connection, one, failure, app.now())
    if session.as_json:
        emit({"sent": sent, "failed": len(failures)})
    else:
        say(f"{sent} messages sent." if waiting else "Nothing is new; nothing was sent.")
    if failures:
        raise Incomplete(
            f"{len(failures)} messages could not be sent; they are tried again the next time",
            *failures,
        )


def _deliver(app: App, settings: Mail, password: str | None, one: notify.Unsent) -> str | None:
    """Send one message; why it could not be sent, or None."""
    if one.letter is None:
        return notify.NO_ADDRESS
    try:
        mail.send(settings, password, one.letter, app.now())
    except RetentionError as error:
        return str(error)
    return None


def _show_failed(app: App, session: Session) -> None:
    with app.engine.begin() as connection:
        found = notify.failed(connection)
    for each in found if session.as_json else ():
        emit(each)
    if session.as_json:
        return
    rows = [
        [each["person"], local_time(str(each["tried"]), app), each["attempts"], each["failure"]]
        for each in found
    ]
    if rows:
        table(["person", "last tried", "attempts", "what was said"], rows)
        note("They are tried again with the next: retention notify --send")
    else:
        say("Nothing failed.")
