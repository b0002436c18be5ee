"""`retention answer`: binding answers for items, folders or all of a batch."""

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import click
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit.answers import TOP, WORDS, Answer, Target
from retention_agent.bootstrap import App
from retention_agent.cli.names import BATCH, CLASS
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import DAY, FILE, NUMBER, OneOf
from retention_agent.cli.parameters import WORDS as TEXT
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import UsageError
from retention_agent.register import batches
from retention_agent.register.reindex import reindex
from retention_agent.sheets import read_rows
from retention_agent.workflow import answer, answer_sheet


@click.command("answer")
@click.argument("batch", type=BATCH)
@click.argument("word", metavar="[ANSWER]", type=OneOf(list(WORDS)), required=False)
@click.option("--item", "items", type=NUMBER, multiple=True, help="This item; repeatable.")
@click.option("--folder", "folders", multiple=True, help="All items below this folder; repeatable.")
@click.option("--all", "everything", is_flag=True, help="The whole batch.")
@click.option("--reason", type=TEXT, help="Signed with the answer; only approve needs none.")
@click.option("--until", type=DAY, help="With extend: the last day it is kept.")
@click.option(
    "--class", "record_class", type=CLASS, help="With reclassify: the class it belongs in."
)
@click.option(
    "--from",
    "file",
    type=FILE,
    help="A list filled in (.csv, .xlsx, .ods), as `review --output` writes it.",
)
@click.option("--dry-run", is_flag=True, help="Show what it would do, and do nothing.")
@key_option
@with_session
def command(
    session: Session,
    batch: str,
    word: str | None,
    items: tuple[int, ...],
    folders: tuple[str, ...],
    reason: str | None,
    until: date | None,
    record_class: str | None,
    file: Path | None,
    private_key: Ed25519PrivateKey,
    *,
    everything: bool,
    dry_run: bool,
) -> None:
    """Answer for items of BATCH, signed by you: approve, destroy, or one of five that keep.

    The nearest answer counts: an item's own, its folder's, the batch's. What keeps takes effect at
    once; what agrees needs a second approver. No answer keeps.

    Examples: retention answer B2026-0001 approve --all --key ann.pem; retention answer B2026-0001
    extend --folder contracts/bridge --until 2031-03-31 --reason "appeal" --key ann.pem
    """
    app = session.open()
    targets: list[Target] = [*items, *(_folder(one) for one in folders), *([TOP] * everything)]
    if (file is None) == (word is None) or bool(targets) != (word is not None):
        raise UsageError(
            "give an ANSWER with --item, --folder or --all, or a filled list with --from FILE alone"
        )
    said = Answer(word or "", reason or "", until.isoformat() if until else "", record_class or "")
    given = dict.fromkeys(targets, said)
    if dry_run:
        with app.engine.connect() as connection, connection.begin() as transaction:
            effect = _give(app, connection, (batch, file), given, private_key)
            transaction.rollback()
    else:
        with app.alone(), app.engine.begin() as connection:
            effect = _give(app, connection, (batch, file), given, private_key)
    _show(session, batch, effect, "would be answered" if dry_run else "answered")


def _give(
    app: App,
    connection: sa.Connection,
    source: tuple[str, Path | None],
    given: Mapping[Target, Answer],
    private_key: Ed25519PrivateKey,
) -> answer.Effect:
    batch, file = source
    if file is not None:
        given = answer_sheet.from_rows(batch, read_rows(file), batches.items(connection, batch))
    effect = answer.give(connection, batch, private_key, given, app.now(), app.today())
    for number in effect.reclassified:
        reindex(connection, app.index, number, app.now())
    return effect


def _folder(given: str) -> bytes:
    folder = os.fsencode(given.strip("/"))
    if not folder:
        raise UsageError("--folder names no folder", "For the whole batch say so: --all")
    return folder


def _show(session: Session, batch: str, effect: answer.Effect, done: str) -> None:
    if session.as_json:
        emit(
            {
                "batch": batch,
                "answered": dict(effect.answered),
                "not_moved": effect.unmoved,
                "approved": effect.approved,
                "waiting": effect.waiting,
            }
        )
        return
    counts = [f"{count} {word}" for word, count in sorted(effect.answered.items())]
    say(f"Batch {batch}, items {done}: {', '.join(counts)}.")
    if effect.unmoved:
        say(f"{effect.unmoved} more are listed for review, where only destroy agrees.")
    say(f"Now {effect.approved} items are approved by two, and {effect.waiting} wait.")
    if effect.approved:
        say(f"Next: retention dispose {batch}; what still waits then is kept.")
