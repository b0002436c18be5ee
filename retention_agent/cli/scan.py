"""`retention scan`: walk shares and read what is new or changed."""

import resource
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

import click

from retention_agent.bootstrap import App
from retention_agent.capture.commit import CaptureResult
from retention_agent.capture.pending import PendingFile
from retention_agent.capture.pool import Pool
from retention_agent.capture.run import Source, capture_pending, retry_failed
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import complain, emit, note, say
from retention_agent.cli.progress import watch
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.errors import Incomplete, RetentionError, UsageError
from retention_agent.register import schedules
from retention_agent.register.records import instant
from retention_agent.register.shares import ensure_share
from retention_agent.scan.result import ScanResult
from retention_agent.scan.run import Terms, scan_share
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.paths import display
from retention_agent.window import Window
from retention_agent.workflow.held import Office, refresh

_KIBIBYTE = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan of one share did."""

    share: str
    walked: ScanResult
    read: CaptureResult
    seconds: float
    stopped: bool
    """the window closed before everything was walked and read"""

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
            "stopped": self.stopped,
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
@click.argument("shares", nargs=-1, type=SHARE)
@click.option(
    "--confirm-absent",
    type=click.IntRange(0),
    default=0,
    help="You looked: so many missing files are really gone and need not freeze the share.",
)
@click.option("--now", "at_once", is_flag=True, help="Scan outside a share's window too; logged.")
@with_session
def command(
    session: Session, shares: tuple[str, ...], confirm_absent: int, *, at_once: bool
) -> None:
    """Walk SHARES (all by default) and read what is new or changed; nothing on them is altered.

    A share that has a window in config.toml is scanned in it only. A scan that the window closes
    on, or that is cut short in another way, goes on at the next.

    Exit code 3 when a share could not be walked completely; no absence is believed then.
    """
    app = session.open()
    names = tuple(dict.fromkeys(shares)) or tuple(share.name for share in app.config.shares)
    if not names:
        raise UsageError("config.toml names no share", "retention share add NAME=PATH")
    for name in names:
        app.config.share(name)
    with app.alone():
        amiss = _scan_each(Run(app, session, confirm_absent, at_once), names)
        refresh(Office(app.engine, app.index, app.config.zone), app.now())
    if amiss:
        raise Incomplete(
            f"not walked completely: {', '.join(amiss)}",
            "Nothing was taken for gone. The reasons stand above; mend them and scan again.",
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command."""

    app: App
    session: Session
    confirmed: int
    at_once: bool

    def terms(self, name: str) -> Terms | None:
        """What a scan of the share called `name` may do now; nothing outside its window."""
        hours = self.app.config.share(name).hours
        closes = hours.until(self._local()) if hours else None
        outside = hours is not None and closes is None
        if outside and not self.at_once:
            return None
        ignored = hours is not None and self.at_once
        pace = self.app.pace(name, None if ignored else closes)
        return Terms(self.confirmed, pace, "ignored" if ignored else "")

    def opens(self, hours: Window) -> str:
        """When that window opens next."""
        return instant(hours.following(self._local()))

    def _local(self) -> datetime:
        return self.app.now().astimezone(self.app.config.zone)


def _scan_each(run: Run, names: Sequence[str]) -> list[str]:
    """Scan shares one by one; answers with those that could not be walked completely."""
    amiss = []
    for name in names:
        terms = run.terms(name)
        if terms is None:
            _tell_window(run, name)
            continue
        with ExitStack() as opened:
            try:
                root = opened.enter_context(run.app.share(name))
            except RetentionError as error:  # the other shares are scanned all the same
                complain(str(error), *error.diagnosis)
                amiss.append(name)
                continue
            outcome = _scan(run.app, root, terms)
        _show(run.session, outcome)
        if outcome.walked.frozen or not (outcome.walked.complete or outcome.walked.stopped):
            amiss.append(name)
    return amiss


def _scan(app: App, root: ShareRoot, terms: Terms) -> Outcome:
    started = time.monotonic()
    with app.engine.begin() as connection:
        number = ensure_share(connection, root.name, app.config.share_path(root.name))
        settings = app.capture_settings(schedules.in_force(connection))
    pool: Pool[PendingFile] = Pool(settings)
    with watch(root.name) as line, pool:
        walked = scan_share(app.engine, number, root, app.now(), line.walked, terms)
        with app.engine.begin() as connection:
            retry_failed(connection, number)
        line.begin()
        source = Source(number, root, terms.pace)
        read = capture_pending(app.engine, source, pool, app.index, app.now, line.read)
    seconds = time.monotonic() - started
    return Outcome(root.name, walked, read, seconds, walked.stopped or terms.pace.closed)


def _tell_window(run: Run, name: str) -> None:
    hours = run.app.config.share(name).hours
    if hours is None:
        return
    opens = run.opens(hours)
    if run.session.as_json:
        emit({"share": name, "started": False, "window_opens": opens})
    else:
        when = local_time(opens, run.app)
        say(f"{name}: not scanned outside its window, which opens {when}; --now does not wait.")


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
    if outcome.stopped:
        say("  the window closed: nothing was taken for gone; the next scan goes on from here.")
    if outcome.walked.frozen:
        note(
            f"  disposal from this share is stopped: {outcome.walked.frozen}",
            f"  When you have looked: retention share unfreeze {outcome.share} --reason TEXT",
        )
