"""`retention scan`: walk shares and read what is new or changed."""

import resource
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from retention_agent.bootstrap import App
from retention_agent.capture.commit import CaptureResult
from retention_agent.capture.pending import PendingFile
from retention_agent.capture.pool import Pool
from retention_agent.capture.run import Source, capture_pending
from retention_agent.cli.output import complain, emit, note, safe, say
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import Incomplete, RetentionError, UsageError
from retention_agent.register import schedules
from retention_agent.register.shares import ensure_share
from retention_agent.scan.result import ScanResult
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.paths import display

_KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan of one share did."""

    share: str
    walked: ScanResult
    read: CaptureResult
    seconds: float

    @property
    def skipped(self) -> Counter[str]:
        """What was not read, by reason: not to be walked, or put off until the next scan."""
        return Counter(self.walked.skipped) + self.read.deferred

    def document(self) -> dict[str, object]:
        """The counts; seen = captured + unchanged + unreadable + everything skipped."""
        unreadable = self.read.unreadable.total()
        known = self.read.captured + unreadable + self.skipped.total()
        # what an earlier scan left to read may stand in a folder that this one could not enter
        unchanged = max(0, self.walked.seen - known)
        return {
            "share": self.share,
            "complete": self.walked.complete,
            "seen": known + unchanged,
            "captured": self.read.captured,
            "unchanged": unchanged,
            "unreadable": unreadable,
            "skipped": dict(self.skipped),
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
    names = tuple(dict.fromkeys(shares)) or tuple(share.name for share in app.config.shares)
    if not names:
        raise UsageError("config.toml names no share", "retention share add NAME=PATH")
    for name in names:
        app.config.share(name)
    with app.alone():
        amiss = _scan_each(app, session, names, confirm_absent)
    if amiss:
        raise Incomplete(
            f"not walked completely: {', '.join(amiss)}",
            "Nothing was taken for gone. The reasons stand above; mend them and scan again.",
        )


def _scan_each(app: App, session: Session, names: Sequence[str], confirmed: int) -> list[str]:
    """Scan shares one by one; answers with those that could not be walked completely."""
    amiss = []
    for name in names:
        with ExitStack() as opened:
            try:
                root = opened.enter_context(app.share(name))
            except RetentionError as error:  # the other shares are scanned all the same
                complain(str(error), *error.diagnosis)
                amiss.append(name)
                continue
            outcome = _scan(app, root, confirmed)
        _show(session, outcome)
        if not outcome.walked.complete or outcome.walked.frozen:
            amiss.append(name)
    return amiss


def _scan(app: App, root: ShareRoot, confirmed: int) -> Outcome:
    started = time.monotonic()
    with app.engine.begin() as connection:
        number = ensure_share(connection, root.name, app.config.share_path(root.name))
        settings = app.capture_settings(schedules.in_force(connection))
    pool: Pool[PendingFile] = Pool(settings)
    with _progress() as progress, pool:
        walked = scan_share(app.engine, number, root, app.now(), confirmed_absences=confirmed)
        task = progress.add_task("reading", total=None, share=safe(root.name))
        read = capture_pending(
            app.engine,
            Source(number, root),
            pool,
            app.index,
            app.now,
            lambda done: progress.update(task, completed=done.captured + done.unreadable.total()),
        )
    return Outcome(root.name, walked, read, time.monotonic() - started)


def _progress() -> Progress:
    console = Console(stderr=True)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[share]}: {task.completed} files read", markup=False),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _show(session: Session, outcome: Outcome) -> None:
    document = outcome.document()
    skipped = outcome.skipped
    if session.as_json:
        emit(document)
        return
    say(
        f"{outcome.share}: {document['seen']} files seen, {document['captured']} read,"
        f" {document['unchanged']} unchanged, {document['unreadable']} unreadable,"
        f" {skipped.total()} skipped; {outcome.seconds:.1f} s."
    )
    for reason, count in sorted(outcome.read.unreadable.items()):
        say(f"  unreadable, {reason}: {count}")
    for reason, count in sorted(skipped.items()):
        say(f"  skipped, {reason}: {count}")
    for path, reason in outcome.walked.unreadable_directories:
        note(f"  folder not entered: {display(path) or outcome.share}: {reason}")
    if outcome.walked.frozen:
        note(
            f"  disposal from this share is stopped: {outcome.walked.frozen}",
            f"  When you have looked: retention share unfreeze {outcome.share} --reason TEXT",
        )
