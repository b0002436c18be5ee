"""`retention review`: the sample an approver must have looked at, and the list to answer."""

import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import click

from retention_agent.bootstrap import App
from retention_agent.cli.files import write_table
from retention_agent.cli.names import BATCH, PERSON
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import FILE
from retention_agent.cli.progress import size
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import UsageError
from retention_agent.register import batches
from retention_agent.shares.paths import as_json, display
from retention_agent.workflow import answer_list, answer_sheet, review
from retention_agent.workflow.answer_list import Line


@click.command("review")
@click.argument("batch", type=BATCH)
@click.option("--person", type=PERSON, help="Your id in the keyring: show your sample.")
@click.option(
    "--all", "everything", is_flag=True, help="Show the whole batch, not the sample alone."
)
@click.option("--list", "listing", is_flag=True, help="Every item with everybody's answers.")
@click.option("--folders", is_flag=True, help="The folders, with how much of each is answered.")
@click.option("--folder", default="", help="With --list, --folders, --output: only below this.")
@click.option(
    "--output",
    type=FILE,
    help="Write the list to a new .csv or .xlsx, to fill in and give to `retention answer --from`.",
)
@with_session
def command(
    session: Session,
    batch: str,
    person: str | None,
    folder: str,
    output: Path | None,
    *,
    everything: bool,
    listing: bool,
    folders: bool,
) -> None:
    """Show a random sample of BATCH, its largest and oldest item; recorded as shown to you.

    Or, without --person, the list of its items and what was answered. That records nothing.
    """
    app = session.open()
    chosen = [person is not None, listing, folders, output is not None]
    if chosen.count(True) != 1:
        raise UsageError("give one of --person ID, --list, --folders and --output FILE")
    if person is not None:
        _show_sample(app, session, batch, person, everything=everything)
        return
    with app.engine.begin() as connection:
        shown = answer_list.lines(connection, batch, os.fsencode(folder.strip("/")))
    if output is not None:
        _write(app, session, batch, shown, output)
    elif folders:
        _show_folders(session, shown)
    else:
        _show_list(session, batch, shown)


def _show_folders(session: Session, shown: list[Line]) -> None:
    counts = answer_list.tree(shown)
    kinds = (answer_list.APPROVED, answer_list.KEPT, answer_list.OPEN)
    if session.as_json:
        for folder, each in counts.items():
            numbers = {kind: each[kind] for kind in kinds}
            emit({"folder": as_json(folder), "files": each.total(), **numbers})
        return
    table(
        ["files", *kinds, "folder"],
        [[n.total(), *(n[kind] for kind in kinds), _indented(f)] for f, n in counts.items()],
    )


def _indented(folder: bytes) -> str:
    if not folder:
        return answer_sheet.WHOLE
    return "  " * (folder.count(b"/") + 1) + display(folder.rpartition(b"/")[2])


def _show_list(session: Session, batch: str, shown: list[Line]) -> None:
    if session.as_json:
        for line in shown:
            emit(
                {
                    "item": line.number,
                    "state": str(line.state),
                    "answers": dict(line.answers),
                    "result": line.result,
                    "why": line.why,
                    **line.entry,
                }
            )
        return
    columns = ["item", "record", "class", "due", "action", "answers", "result", "path"]
    table(columns, [_list_row(line) for line in shown])
    counts = Counter(line.result for line in shown)
    numbers = ", ".join(f"{count} {result}" for result, count in sorted(counts.items()))
    say(f"Batch {batch}: {numbers or 'nothing lies there'}. No answer keeps an item.")


def _list_row(line: Line) -> list[object]:
    said = "; ".join(f"{person}: {word}" for person, word in sorted(line.answers.items()))
    result = f"{line.result}: {line.why}" if line.why else line.result
    entry = line.entry
    about = [line.number, line.record, entry["class"], entry["due"], entry["action"]]
    return [*about, said, result, entry["path"]]


def _write(app: App, session: Session, batch: str, shown: list[Line], output: Path) -> None:
    if output.suffix.lower() not in {".csv", ".xlsx"}:
        raise UsageError(f"{output}: name it .csv or .xlsx")
    if output.exists():
        raise UsageError(f"{output} is there already; it may hold answers", "Name a new file.")
    rows = answer_sheet.to_rows(batch, shown)
    write_table(app, output, "Answers", rows)
    if session.as_json:
        emit({"batch": batch, "items": len(shown), "file": str(output)})
    else:
        say(
            f"{len(shown)} items are in {output}. Fill in `answer` (and `reason`), then:",
            f"retention answer {batch} --from {output} --key FILE --dry-run",
        )


def _show_sample(app: App, session: Session, batch: str, person: str, *, everything: bool) -> None:
    with app.alone(), app.engine.begin() as connection:
        sample = review.draw(connection, batch, person, secrets.token_hex(8), app.now())
        states = {item.number: str(item.state) for item in batches.items(connection, batch)}
        found = dict(batches.find(connection, batch))
        entries = review.entries(connection, batch) if everything else list(sample.entries)
    if session.as_json:
        emit(
            {
                "batch": batch,
                "status": found["status"],
                "requester": found["requester"],
                "expires": found["expires"],
                "seed": sample.seed,
                "total": sample.total,
                "sample": [_item(number, entry, states) for number, entry in entries],
                "largest": _item(*sample.largest, states),
                "oldest": _item(*sample.oldest, states),
            }
        )
        return
    say(
        f"Batch {batch} ({found['status']}): {sample.total} files, asked for by"
        f" {found['requester']}, expires {found['expires'][:10]}.",
        f"Sample of {len(sample.entries)}, drawn with seed {sample.seed}:",
    )
    columns = ["item", "record", "due", "class", "trigger", "size", "path"]
    table(columns, [_row(number, entry) for number, entry in entries])
    say(
        f"Largest: item {sample.largest[0]}, {size(sample.largest[1]['size'])},"
        f" {sample.largest[1]['path']}",
        f"Oldest: item {sample.oldest[0]}, {sample.oldest[1]['trigger_date']},"
        f" {sample.oldest[1]['path']}",
    )
    if found["status"] in review.OPEN:
        say(f"Next: retention approve {batch} --key FILE, or `retention answer --help` for others")
    else:
        say("Its answers are final; this look at it was not recorded.")


def _item(number: int, entry: dict[str, Any], states: dict[int, str]) -> dict[str, Any]:
    return {"item": number, "state": states[number], **entry}


def _row(number: int, entry: dict[str, Any]) -> list[object]:
    started = f"{entry['trigger']} {entry['trigger_date']} ({entry['trigger_origin']})"
    return [
        number,
        entry["record"],
        entry["due"],
        entry["class"],
        started,
        size(entry["size"]),
        entry["path"],
    ]
