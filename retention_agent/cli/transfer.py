"""`retention transfer`: hand an approved batch over to the archive."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from policies import State
from retention_agent import __version__
from retention_agent.bootstrap import App
from retention_agent.cli.dispose import kept, share_of
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import emit, note, say, table
from retention_agent.cli.parameters import FILE, FOLDER, WORDS
from retention_agent.cli.session import Session, local_time, with_session
from retention_agent.disposal import accession, receipt
from retention_agent.disposal.archived import ACCEPTED, DECLINED
from retention_agent.disposal.dossier import Source
from retention_agent.disposal.transfer import export
from retention_agent.register import batches, transfers


@click.group("transfer")
def command() -> None:
    """Hand an approved batch over to the archive; the source stays until the archive confirms."""


@command.command("export")
@click.argument("batch", type=BATCH)
@click.option("--to", "folder", required=True, type=FOLDER, help="A new folder, on no share.")
@click.option("--description", type=WORDS, help="What the records are, for the archive's list.")
@with_session
def export_command(session: Session, batch: str, folder: Path, description: str | None) -> None:
    """Copy BATCH into a BagIt bag, compare every file, and read the bag again.

    Safe to run again after any interruption. Nothing on the share is touched.
    """
    app = session.open()
    organisation = app.config.organisation.name
    source = Source(organisation, description or "", f"Retention Agent {__version__}")
    with app.alone():
        name = share_of(app, batch)
        with app.share(name) as root:
            made = export(app.disposal(root), batch, folder.absolute(), source)
    left_out = kept(app, batch)
    if session.as_json:
        emit(
            {
                "batch": batch,
                "folder": str(made.folder),
                "digest": made.digest,
                "files": made.files,
                "left": made.left and str(made.left),
                "lost": {str(record): names for record, names in made.lost.items()},
                "kept": left_out,
            }
        )
        return
    say(
        f"Batch {batch}: {made.files} files copied to {made.folder}, and read again.",
        f"It as a whole: SHA-256 {made.digest} of its tag manifest.",
        *(f"  record {each['record']} was left out: {each['outcome']}" for each in left_out),
    )
    for record, names in made.lost.items():
        note(f"record {record}: in the table by name only, not with its value: {names}")
    if made.left:
        note(f"An earlier copy was cut short; remove it by hand: {made.left}")
    note(f"Once the archive has answered: retention transfer receipt {batch} FILE")


@command.command("receipt")
@click.argument("batch", type=BATCH)
@click.argument("file", type=FILE)
@click.option("--partial", is_flag=True, help="The archive has answered for some files only.")
@click.option(
    "--verify-at",
    "store",
    type=FOLDER,
    help="The archive's own copy of the bag: read it now, before the bin, and before the purge.",
)
@with_session
def receipt_command(
    session: Session, batch: str, file: Path, store: Path | None, *, partial: bool
) -> None:
    """Take in the archive's answer about BATCH from FILE: CSV, a workbook, or JSON.

    Every line is held against the bag; a receipt with any mistake is not taken in at all.
    """
    app = session.open()
    came = receipt.read(file)
    terms = accession.Terms(app.today(), partial, store and store.absolute())
    with app.alone(), app.engine.begin() as connection:
        found = accession.receive(connection, batch, came, terms, app.now())
    if session.as_json:
        emit(
            {
                "batch": batch,
                "accepted": found.accepted,
                "declined": found.declined,
                "unanswered": found.unanswered,
                "receipt": came.digest,
            }
        )
        return
    say(
        f"Batch {batch}: {found.accepted} accepted, {found.declined} declined,"
        f" {found.unanswered} without an answer."
    )
    if found.accepted:
        note(f"What was accepted may leave its share: retention dispose {batch}")
    if found.declined:
        note("What was declined is for review: retention due --action review")


@command.command("list")
@with_session
def list_command(session: Session) -> None:
    """Show each batch for the archive: its bag, what the archive answered, what it waits for."""
    app = session.open()
    with app.engine.begin() as connection:
        found = [_about(connection, row) for row in transfers.known(connection)]
    if session.as_json:
        for each in found:
            emit(each)
        return
    if not found:
        say("No batch was copied for the archive yet. Next: retention transfer export BATCH")
        return
    table(
        ["batch", "status", "read again", "files", *_COUNTED, "waits for"],
        [_row(app, each) for each in found],
    )
    for each in found:
        note(f"Batch {each['batch']}: {each['folder']}")
        if each["unfinished"]:
            note(f"Cut short; remove it by hand: {each['unfinished']}")


_COUNTED = (ACCEPTED, DECLINED, "unanswered", str(State.TRANSFERRED))


def _about(connection: sa.Connection, row: dict[str, Any]) -> dict[str, Any]:
    name = row["batch"]
    sent = transfers.sent(connection, name) if row["validated"] else {}
    counts = Counter(each.answer or "unanswered" for each in sent.values())
    gone = len(batches.items(connection, name, State.TRANSFERRED))
    status = batches.find(connection, name)["status"]
    unfinished = row["unfinished"] and os.fsdecode(row["unfinished"])
    about = {
        "batch": name,
        "status": status,
        "folder": os.fsdecode(row["folder"]),
        "validated": row["validated"],
        "digest": row["digest"],
        "unfinished": unfinished if unfinished and Path(unfinished).exists() else None,
        "files": len(sent),
        **{key: counts[key] for key in (ACCEPTED, DECLINED, "unanswered")},
        str(State.TRANSFERRED): gone,
    }
    return {**about, "waits_for": _next(about)}


def _next(about: dict[str, Any]) -> str | None:
    match about:
        case {"status": "closed"}:
            return None
        case {"validated": None}:
            return "the copy"
        case {"status": "offered" | "disposing", "accepted": accepted, "transferred": gone} if (
            accepted > gone
        ):
            return "the bin or the purge"
        case _:
            return "the archive"


def _row(app: App, about: dict[str, Any]) -> list[object]:
    read = local_time(about["validated"], app)
    numbers = [about["files"], *(about[key] for key in _COUNTED)]
    return [about["batch"], about["status"], read, *numbers, about["waits_for"]]
