"""`retention propose`: ask for the disposal of what is due."""

from datetime import timedelta

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Action
from retention_agent.cli.names import SHARE
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import NUMBER
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.disposal.limits import most_files
from retention_agent.disposal.preflight import files_of
from retention_agent.disposal.sentinel import require as require_enabled
from retention_agent.errors import Refused
from retention_agent.workflow.expiry import release_expired
from retention_agent.workflow.propose import Request, propose


@click.command("propose")
@click.argument("share", type=SHARE)
@click.option(
    "--action",
    type=click.Choice(["destroy", "review", "transfer"]),
    default="destroy",
    show_default=True,
    help="review: records a person must decide on; proposing them is that decision's start."
    " transfer: records to be offered to the archive.",
)
@click.option(
    "--record", "numbers", type=NUMBER, multiple=True, help="Only this record; repeatable."
)
@click.option(
    "--limit", type=click.IntRange(1), help="At most so many (never above the share's limit)."
)
@key_option
@with_session
def command(
    session: Session,
    share: str,
    action: str,
    numbers: tuple[int, ...],
    limit: int | None,
    private_key: Ed25519PrivateKey,
) -> None:
    """Put what is due on SHARE into a batch, and sign for exactly those files."""
    app = session.open()
    if not app.config.share(share).disposal:
        raise Refused(
            f"share {share!r} is read-only", "Set `disposal = true` for it in config.toml."
        )
    with app.alone(), app.share(share) as root, app.engine.begin() as connection:
        release_expired(connection, app.now())
        number = app.share_id(connection, share)
        require_enabled(connection, number, root)
        most = most_files(files_of(connection, number))
        request = Request(number, Action(action), min(limit or most, most), numbers)
        lifetime = timedelta(days=app.config.disposal.approval_days)
        made = propose(connection, request, private_key, app.now(), (app.config.zone, lifetime))
    if session.as_json:
        emit({"batch": made.batch, "size": made.size, "left": made.left})
        return
    left = f"; {made.left} more are due and wait for another batch" if made.left else ""
    say(
        f"Batch {made.batch}: {made.size} files{left}.",
        f"Next, each approver: retention review {made.batch} --person ID",
    )
