"""`retention reject`: sign that a batch, or one item of it, is kept."""

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import State
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import NUMBER, WORDS
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import NotFound
from retention_agent.register import batches
from retention_agent.workflow.review import exclude, reject


@click.command("reject")
@click.argument("batch", type=BATCH)
@click.option("--item", type=NUMBER, help="Only this item; the rest of the batch goes on.")
@click.option("--reason", required=True, type=WORDS, help="Kept with the answer, and signed.")
@key_option
@with_session
def command(
    session: Session, batch: str, item: int | None, reason: str, private_key: Ed25519PrivateKey
) -> None:
    """Keep everything in BATCH, or exclude one item with a reason. The answer is binding."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        if item is None:
            reject(connection, batch, private_key, reason, app.now())
        else:
            open_items = batches.items(connection, batch, State.PROPOSED, State.APPROVED)
            chosen = next((each for each in open_items if each.number == item), None)
            if chosen is None:
                raise NotFound(f"batch {batch} has no open item {item}")
            exclude(connection, chosen, private_key, reason, app.now())
    if session.as_json:
        emit({"batch": batch, "item": item, "rejected": True})
    else:
        what = f"Batch {batch}" if item is None else f"Item {item} of batch {batch}"
        say(f"{what} is kept: {reason}")
