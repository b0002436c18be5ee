"""`retention approve`: sign that a batch may be disposed of."""

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.cli.names import BATCH
from retention_agent.cli.output import emit, say
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.disposal.archived import is_transfer
from retention_agent.register import batches
from retention_agent.workflow.review import approve


@click.command("approve")
@click.argument("batch", type=BATCH)
@key_option
@with_session
def command(session: Session, batch: str, private_key: Ed25519PrivateKey) -> None:
    """Sign BATCH with your own key. Two approvers must, neither of them its requester."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        found = approve(connection, batch, private_key, app.now())
        for_archive = all(map(is_transfer, batches.items(connection, batch)))
    following = "transfer export" if for_archive else "dispose"
    if session.as_json:
        emit(
            {
                "batch": batch,
                "approved": not found.missing,
                "approvers": list(found.approvers),
                "missing": list(found.missing),
            }
        )
    elif found.missing:
        say(f"Signed. Batch {batch} still needs: {'; '.join(found.missing)}.")
    else:
        say(
            f"Batch {batch} is approved by {' and '.join(found.approvers)}.",
            f"Next: retention {following} {batch}",
        )
