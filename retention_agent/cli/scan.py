"""`retention scan`: walk shares and read what is new or changed."""

import resource
import time
from collections import Counter
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from retention_agent.bootstrap import App
from retention_agent.capture.commit import CaptureResult
from retention_agent.capture.pending import PendingFile
from retention_agent.capture.pool import Pool
from retention_agent.capture.run import Source, capture_pending
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import Incomplete, UsageError
from retention_agent.register import schedules
from retention_agent.register.shares import ensure_share
from retention_agent.scan.result import ScanResult
from retention_agent.scan.run import scan_share
from retention_agent.shares.paths import display

_KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan of one share did."""

    share: str
    walked: ScanResult
    read: CaptureResult
    seconds: float

    def document(self) -> dict[str, object]:
        """The counts; seen = captured + unchanged + unreadable + everything skipped."""
        skipped = Counter(self.walked.skipped) + self.read.deferred
        unreadable = self.read.unreadable.total()
        known = self.read.captured + unreadable + skipped.total()
        return {
            "share": self.share,
            "complete": self.walked.complete,
            "seen": self.walked.seen,
            "captured": self.read.captured,
            "unchanged": self.walked.seen - known,
            "unreadable": unreadable,
            "skipped": dict(skipped),
            "bytes": self.read.bytes,
            "seconds": round(self.seconds, 3),
            "peak_rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE,
            "new": self.walked.new,
            "changed": self.walked.changed,
            "moved": self.walked.moved,
            "vanished": self.walked.vanished,
            "unreadable_reasons": dict(self.read.unreadable),
            "unreadable_directories": [
                {"path": display(path), "reason": reason}
                for path, reason in self.walked.unreadable_directories
            ],
            "frozen": self.walked.frozen,
        }


@click.command("scan")
@click.argument("shares", nargs=-1)
@click.option(
    "--confirm-absent",
    type=click.IntRange(0),
    default=0,
    help="You looked: so many missing files are really gone and need not freeze the share.",
)
@with_session
def command(session: Session, shares: tuple[str, ...], confirm_absent: int) -> None:
    """Walk SHARES (all by default) and read what is new or changed; nothing on them is altered.

    Exit code 3 when a share could not be walked completely; no absence is believed then.
    """
    app = session.open()
    names = shares or tuple(share.name for share in app.config.shares)
    if not names:
        raise UsageError("config.toml names no share", "retention share add NAME=PATH")
    for name in names:
        app.config.share(name)
    with app.alone():
        outcomes = [_scan(app, session, name, confirm_absent) for name in names]
    incomplete = [each.share for each in outcomes if not each.walked.complete or each.walked.frozen]
    if incomplete:
        raise Incomplete(
            f"not walked completely: {', '.join(incomplete)}",
            "Nothing was taken for gone. `retention status` lists the reasons.",
        )


def _scan(app: App, session: Session, name: str, confirmed: int) -> Outcome:
    started = time.monotonic()
    with app.engine.begin() as connection:
        number = ensure_share(connection, name, app.config.share_path(name))
        settings = app.capture_settings(schedules.in_force(connection))
    pool: Pool[PendingFile] = Pool(settings)
    with app.share(name) as root, _progress(name) as progress, pool:
        walked = scan_share(app.engine, number, root, app.now(), confirmed_absences=confirmed)
        task = progress.add_task("reading", total=None)
        read = capture_pending(
            app.engine,
            Source(number, root),
            pool,
            app.index,
            app.now,
            lambda done: progress.update(task, completed=done.captured + done.unreadable.total()),
        )
    outcome = Outcome(name, walked, read, time.monotonic() - started)
    _show(session, outcome)
    return outcome


def _progress(name: str) -> Progress:
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn(f"{display(name.encode())}: {{task.completed}} files read"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _show(session: Session, outcome: Outcome) -> None:
    document = outcome.document()
    if session.as_json:
        emit(document)
        return
    say(
        f"{outcome.share}: {document['seen']} files seen, {document['captured']} read,"
        f" {document['unchanged']} unchanged, {document['unreadable']} unreadable,"
        f" {sum(outcome.walked.skipped.values())} skipped; {outcome.seconds:.1f} s."
    )
    for reason, count in sorted(outcome.read.unreadable.items()):
        say(f"  unreadable, {reason}: {count}")
    for reason, count in sorted(outcome.walked.skipped.items()):
        say(f"  skipped, {reason}: {count}")
    for path, reason in outcome.walked.unreadable_directories:
        note(f"  folder not entered: {display(path)}: {reason}")
    if outcome.walked.frozen:
        note(f"  share frozen: {outcome.walked.frozen}")
