"""`retention unreadable`: what could not be read and why; and to read it again."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
import sqlalchemy as sa

from indexer.extract.base import REASONS as OF_EXTRACTORS
from indexer.extract.base import WARNINGS
from retention_agent.bootstrap import App
from retention_agent.capture.commit import CaptureResult
from retention_agent.capture.pending import PendingFile
from retention_agent.capture.pool import Pool
from retention_agent.capture.reasons import REASONS as OF_CAPTURE
from retention_agent.capture.run import Source, capture_pending, retry
from retention_agent.cli.files import require_elsewhere, write_table
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import FILE, NUMBER
from retention_agent.cli.progress import size, watch
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import UsageError, nearest
from retention_agent.register import records, schedules
from retention_agent.register.tables import record
from retention_agent.register.tables import share as share_table
from retention_agent.register.unread import CUT, Unread, garbled, partial, unread, unreadable
from retention_agent.shares.paths import as_json, display

EXAMPLES = 5
MEANINGS: Mapping[str, str] = {
    **WARNINGS,
    **OF_EXTRACTORS,
    **OF_CAPTURE,
    CUT: "the text was longer than what is kept of one document",
}
COLUMNS = (
    "record",
    "share",
    "folder",
    "name",
    "reason",
    "detail",
    "type",
    "bytes",
    "owner",
    "tries",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the unread files are wanted; nothing means all."""

    reason: str | None = None
    share: str | None = None
    in_part: bool = False

    @property
    def condition(self) -> sa.ColumnElement[bool]:
        """What the register is asked for."""
        return unreadable | (partial if self.in_part else garbled)


@dataclass(slots=True)
class _Tally:
    """How many files of each reason, their bytes, and the first few."""

    files: Counter[str] = field(default_factory=Counter)
    octets: Counter[str] = field(default_factory=Counter)
    first: defaultdict[str, list[Unread]] = field(default_factory=lambda: defaultdict(list))

    def add(self, found: Unread) -> None:
        self.files[found.reason] += 1
        self.octets[found.reason] += found.size
        if len(self.first[found.reason]) < EXAMPLES:
            self.first[found.reason].append(found)


@click.group("unreadable", invoke_without_command=True)
@click.option("--reason", help="Only what could not be read for this reason.")
@click.option("--share", type=SHARE, help="Only this share.")
@click.option("--partial", "in_part", is_flag=True, help="Also what was read in part.")
@click.option(
    "--csv",
    "csv_file",
    type=FILE,
    help="Write every file of the list to this CSV file.",
)
@with_session
@click.pass_context
def command(
    ctx: click.Context,
    session: Session,
    reason: str | None,
    share: str | None,
    csv_file: Path | None,
    *,
    in_part: bool,
) -> None:
    """List the files that could not be read, by reason; none of them is ever due."""
    if ctx.invoked_subcommand is None:
        show_unread(session, session.open(), Choice(reason, share, in_part), csv_file)


@command.command("retry")
@click.argument("numbers", metavar="[RECORD]...", type=NUMBER, nargs=-1)
@click.option("--reason", help="Only what could not be read for this reason.")
@click.option("--share", type=SHARE, help="Only this share.")
@with_session
def again(
    session: Session, numbers: tuple[int, ...], reason: str | None, share: str | None
) -> None:
    """Read unreadable files again: all of them, or those named."""
    app = session.open()
    if share is not None:
        app.config.share(share)
    with app.alone():
        with app.engine.begin() as connection:
            for number in numbers:
                records.find(connection, number)
            chosen = _chosen(numbers, reason, share)
            places = sa.select(share_table.c.name).join(record).where(unreadable, *chosen)
            names = sorted(set(connection.scalars(places)))
            count = retry(connection, unreadable, *chosen)
        result = CaptureResult()
        for name in names:
            result.add(_read(app, name))
    _tell(session, count, result)
    if count < len(set(numbers)):
        note(f"{len(set(numbers)) - count} of the records named are not among the unreadable.")


def show_unread(
    session: Session, app: App, choice: Choice = Choice(), csv_file: Path | None = None
) -> None:
    """Show the files chosen: one JSON line each, or counts and examples by reason."""
    require_elsewhere(app, csv_file)
    _require_known(app, choice)
    tally = _Tally()
    rows: list[tuple[object, ...]] = [COLUMNS]
    with app.engine.begin() as connection:
        for found in unread(connection, choice.condition, choice.share, choice.reason):
            tally.add(found)
            if csv_file is not None:
                rows.append(_row(found))
            if session.as_json:
                emit(_document(found))
    if csv_file is not None:
        write_table(app, csv_file, "unreadable", rows)
    if not session.as_json:
        _show(tally)
    fully = " in full" if choice.in_part else ""
    count = tally.files.total()
    note(f"{count} files could not be read{fully}; none of them is ever eligible by itself.")


def _require_known(app: App, choice: Choice) -> None:
    if choice.share is not None:
        app.config.share(choice.share)
    if choice.reason is not None and choice.reason not in MEANINGS:
        raise UsageError(
            f"{choice.reason!r} is no reason for which files cannot be read"
            f"{nearest(choice.reason, MEANINGS)}",
            "docs/reference/reasons.md names them; `retention unreadable` shows those there are.",
        )


def _show(tally: _Tally) -> None:
    counts = [
        [reason, files, size(tally.octets[reason]), MEANINGS.get(reason, "")]
        for reason, files in tally.files.most_common()
    ]
    if counts:
        table(["reason", "files", "size", "meaning"], counts)
    for reason, _ in tally.files.most_common():
        examples = tally.first[reason]
        say("", f"{reason}: {len(examples)} of {tally.files[reason]}")
        table(["record", "file", "size", "owner"], map(_example, examples))


def _example(found: Unread) -> Sequence[object]:
    return [found.record, f"{found.share}:{display(found.path)}", size(found.size), found.owner]


def _row(found: Unread) -> tuple[object, ...]:
    folder, _, name = found.path.rpartition(b"/")
    return (
        found.record,
        found.share,
        display(folder),
        display(name),
        found.reason,
        found.detail,
        found.media_type,
        found.size,
        found.owner,
        found.failures,
    )


def _document(found: Unread) -> dict[str, object]:
    return {
        "record": found.record,
        "share": found.share,
        **as_json(found.path),
        "reason": found.reason,
        "detail": found.detail,
        "media_type": found.media_type,
        "size": found.size,
        "owner": found.owner,
        "tries": found.failures,
    }


def _chosen(
    numbers: Sequence[int], reason: str | None, share: str | None
) -> list[sa.ColumnElement[bool]]:
    """The conditions of a retry."""
    chosen: list[sa.ColumnElement[bool]] = [record.c.id.in_(numbers)] if numbers else []
    chosen += [record.c.unreadable == reason] if reason else []
    if share is not None:
        here = sa.select(share_table.c.id).where(share_table.c.name == share)
        chosen.append(record.c.share.in_(here))
    return chosen


def _read(app: App, name: str) -> CaptureResult:
    with app.engine.begin() as connection:
        number = app.share_id(connection, name)
        settings = app.capture_settings(schedules.in_force(connection))
    pool: Pool[PendingFile] = Pool(settings)
    with app.share(name) as root, watch(name) as line, pool:
        source = Source(number, root)
        return capture_pending(app.engine, source, pool, app.index, app.now, line.read)


def _tell(session: Session, count: int, result: CaptureResult) -> None:
    left, waiting = result.unreadable, result.deferred
    if session.as_json:
        emit(
            {
                "tried": count,
                "captured": result.captured,
                "unreadable": dict(left),
                "pending": dict(waiting),
            }
        )
        return
    say(f"{count} files tried again: {result.captured} read, {left.total()} still unreadable.")
    for reason, files in sorted(left.items()):
        say(f"  {reason}: {files}")
    if waiting:
        note(f"{waiting.total()} are pending until the next scan.")
