"""`retention review`: the sample an approver must have looked at."""

import secrets
from typing import Any

import click

from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, with_session
from retention_agent.register import batches
from retention_agent.workflow import review


@click.command("review")
@click.argument("batch", type=WORDS)
@click.option("--person", required=True, type=WORDS, help="Your id in the keyring.")
@click.option(
    "--all", "everything", is_flag=True, help="Show the whole batch, not the sample alone."
)
@with_session
def command(session: Session, batch: str, person: str, *, everything: bool) -> None:
    """Show a random sample of BATCH, its largest and oldest item; recorded as shown to you."""
    app = session.open()
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
        f"Largest: item {sample.largest[0]}, {sample.largest[1]['size']} bytes,"
        f" {sample.largest[1]['path']}",
        f"Oldest: item {sample.oldest[0]}, {sample.oldest[1]['trigger_date']},"
        f" {sample.oldest[1]['path']}",
    )
    say(f"Next: retention approve {batch} --key FILE, or reject, or reject --item N --reason TEXT")


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
        entry["size"],
        entry["path"],
    ]
