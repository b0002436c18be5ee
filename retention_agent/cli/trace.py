"""`retention trace`: was it destroyed? By name, content or record number, with the proof."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click
import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import DAY, FILE, WORDS, OneOf, require_past
from retention_agent.cli.session import Session, with_session
from retention_agent.cli.tracing import alarm_advice, cautions, document, lines
from retention_agent.disposal.not_held import REGIMES, Answer, Request, Verdict, answer
from retention_agent.disposal.trace import ENDED, Finding, Tracer
from retention_agent.errors import IntegrityError, Refused, UsageError
from retention_agent.register import lookup, records
from retention_agent.register.coverage import coverage
from retention_agent.register.lookup import Match
from retention_agent.register.tables import share

MOST = 1_000
_NUMBER = re.compile(r"[0-9]{1,18}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class _Sought:
    """What was asked for, and the records that match it."""

    words: str
    matches: dict[int, Match]


@click.command("trace")
@click.argument("sought", required=False, type=WORDS, metavar="NAME|SHA256|RECORD")
@click.option(
    "--file",
    "like",
    type=FILE,
    help="Seek the content of this file, wherever it lies.",
)
@click.option(
    "--request-received",
    "received",
    type=DAY,
    help="A request for it came that day: draft why it is not held, or raise the alarm.",
)
@click.option("--regime", type=OneOf(list(REGIMES)), default="foi", show_default=True)
@with_session
def command(
    session: Session, sought: str | None, like: Path | None, received: date | None, regime: str
) -> None:
    """Tell what became of a file: still held, in the bin, destroyed, transferred, or never seen.

    NAME is any part of a path, whatever its case. Copies with the same content are followed too.

    Exit code 4 when what was asked for went, or is on its way, since the request was received.
    """
    app = session.open()
    if received is not None:
        require_past(received, app.today(), "the day the request was received")
    with app.engine.begin() as connection:
        asked = _matches(connection, sought, like)
        findings = _tracer(app, connection).trace(asked.matches)
        scope = coverage(connection)
        unseen = _never_complete(app, connection)
    request = received and Request(received, regime, app.config.zone)
    said = answer(findings, request) if request else None
    notes = cautions(findings, scope, unseen, app.config)
    if session.as_json:
        emit(document(asked.words, findings, said, notes))
    else:
        say(*lines(asked.words, findings, said, notes, app))
    if request and said and said.verdict is Verdict.ALARM:
        raise _alarm(app, asked.words, said, request)
    if unproven := [one for one in findings if _ended_unproven(one)]:
        raise IntegrityError(
            f"the log does not bear out what became of {len(unproven)} records",
            "Tell nobody that they were destroyed before `retention verify` was looked into.",
        )


def _matches(connection: sa.Connection, sought: str | None, like: Path | None) -> _Sought:
    if (sought is None) == (like is None):
        raise UsageError("say what is sought: NAME, SHA256 or RECORD, or --file FILE, not both")
    if like is not None:
        digest = _digest_of(like)
        return _Sought(digest, lookup.by_content(connection, digest))
    words = sought or ""
    if _DIGEST.fullmatch(words):
        return _Sought(words.lower(), lookup.by_content(connection, words.lower()))
    if _NUMBER.fullmatch(words):
        row = records.find(connection, int(words))
        return _Sought(words, {row["id"]: Match.NUMBER})
    found = lookup.by_name(connection, words)
    if len(found) > MOST:
        raise UsageError(f"{len(found)} records match {words!r}", "Give more of the path.")
    return _Sought(words, found)


def _never_complete(app: App, connection: sa.Connection) -> list[str]:
    """The shares of which no scan ever saw everything."""
    seen = sa.select(share.c.name).where(share.c.last_complete_scan.is_not(None))
    complete = set(connection.scalars(seen))
    return [each.name for each in app.config.shares if each.name not in complete]


def _digest_of(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tracer(app: App, connection: sa.Connection) -> Tracer:
    none = app.config.disposal.unsafe_undo_window == "none"
    undo = timedelta(0 if none else app.config.disposal.undo_days)
    return Tracer(connection, app.service_key.public_key(), undo)


def _ended_unproven(one: Finding) -> bool:
    batch = one.in_batch
    return batch is not None and batch.state in ENDED and not batch.proven


def _alarm(app: App, words: str, said: Answer, request: Request) -> Refused:
    """What to raise, once the log has it; the alarm comes even where it cannot be logged."""
    advice = alarm_advice(said.alarms, REGIMES[request.regime], app)
    try:
        with app.alone(), app.engine.begin() as connection:
            log.append(
                connection, _event(words, [one for one, _ in said.alarms], request), app.now()
            )
    except Refused as error:
        advice.append(f"This was NOT logged ({error}). Run it again.")
    return Refused(
        "STOP: what was asked for was destroyed, or is on its way, on or after"
        f" {request.received.isoformat()}. Nothing was drafted.",
        *advice,
    )


def _event(words: str, found: Sequence[Finding], request: Request) -> Event:
    return Event(
        "destruction after request",
        "register:1",
        outcome="failure",
        facts={
            "regime": request.regime,
            "received": request.received.isoformat(),
            "records": len(found),
        },
        private={"sought": words, "numbers": [one.record for one in found]},
    )
