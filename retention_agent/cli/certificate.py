"""`retention certificate`: the proof of what a batch destroyed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from retention_agent.audit.answers import AGREEING
from retention_agent.cli.dispose import ending
from retention_agent.cli.files import require_elsewhere, write_file
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import FILE
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal import rendering
from retention_agent.disposal.certificate import Setting, issue, issued
from retention_agent.errors import UsageError
from retention_agent.register import batches


@click.command("certificate")
@click.argument("batch", type=BATCH)
@click.option("--out", type=FILE, help="Also write the JSON there.")
@click.option(
    "--pdf",
    type=FILE,
    help="Also write pages for people there, PDF/A-3 with the signed JSON inside.",
)
@with_session
def command(session: Session, batch: str, out: Path | None, pdf: Path | None) -> None:
    """Issue, or print again, the certificate of BATCH: signed JSON that carries its own proofs."""
    for file in (out, pdf):
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file}: there is no folder {file.parent}")
    app = session.open()
    require_elsewhere(app, out, pdf)
    disposal = app.config.disposal
    with app.alone(), app.engine.begin() as connection:
        share = app.config.share(batches.find(connection, batch)["share_name"])
        setting = Setting(
            organisation=app.config.organisation.name,
            known_copies=share.known_copies,
            undo_days=disposal.undo_days,
            unsafe_undo_window=disposal.unsafe_undo_window == "none",
        )
        text = issue(connection, batch, setting, app.service_key, app.now())
        signed = issued(connection, batch)
    if out is not None:
        write_file(app, out, text.encode())
    if pdf is not None and signed is not None:
        write_file(app, pdf, rendering.pdf(signed))
    document = json.loads(text)
    if session.as_json:
        emit(document)
    else:
        _show(document)


def _person(signed: dict[str, Any]) -> str:
    return str(signed["statement"]["person"])


def _agreeing(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers for parts of the batch that agree about something."""
    return [
        signed
        for signed in document.get("answers", [])
        if any(each["answer"] in AGREEING for each in signed["statement"]["content"]["answers"])
    ]


def _show(document: dict[str, Any]) -> None:
    counts = Counter(ending(item["outcome"]) for item in document["items"])
    approvers = dict.fromkeys(map(_person, [*document["approvals"], *_agreeing(document)]))
    say(
        f"Certificate of disposal, batch {document['batch']}, {document['organisation']}",
        f"Issued {document['issued']} for share {document['share']}.",
        f"Asked for by {document['requester']}; approved by {' and '.join(approvers)}.",
        "Outcome: " + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())),
        f"Manifest root {document['manifest']['root']}.",
        f"Method: {document['method']['steps']}. Undo window: {document['method']['undo_window']}.",
        document["assurance"]["statement"],
        *_index_sentences(document["index_purge"], document["batch"]),
    )
    say(*(f"Known copy: {each}" for each in document["known_copies"]))
    say(*(f"UNSAFE: {each}" for each in document["unsafe"]))
    say(*(f"Not claimed: {each}" for each in document["not_claimed"]))
    table(
        ["item", "outcome", "class", "due", "sha256", "path"],
        [
            [
                item["number"],
                ending(item["outcome"]),
                item["manifest"]["class"],
                item["manifest"]["due"],
                item["manifest"]["sha256"][:16],
                item["manifest"]["path"],
            ]
            for item in document["items"]
        ],
    )


def _index_sentences(purge: dict[str, int], batch: str) -> list[str]:
    found, searched = purge.get("passages_found", 0), purge.get("passages_searched", 0)
    removed = f"{purge['records']} records removed; {found} of {searched} passages of their text"
    lines = [f"Search index: {removed} were found in its files afterwards."]
    if "unsearched" in purge:
        lines.append(f"A run was cut short: {purge['unsearched']} of them could not be looked for.")
    if "outstanding" in purge:
        lines.append(
            f"NOT FINISHED: text of {purge['outstanding']} records is still to be driven out."
            f" Run `retention purge {batch}`, then ask for the certificate again."
        )
    return lines
