"""`retention dispose`: move an approved batch into the disposal bin."""

from collections import Counter

import click

from policies import State
from retention_agent.bootstrap import App
from retention_agent.cli.output import emit, say
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.register import batches


@click.command("dispose")
@click.argument("batch")
@with_session
def command(session: Session, batch: str) -> None:
    """Check BATCH again and move it into the disposal bin, from where it can be restored.

    Safe to run again after any interruption; it goes on where it stopped.
    """
    app = session.open()
    with app.alone():
        name = share_of(app, batch)
        with app.share(name) as root:
            states = dispose(app.disposal(root), batch)
    show(session, batch, states)
    if not session.as_json:
        days = app.config.disposal.undo_days
        say(
            f"Restore: retention restore RECORD. Destroy after {days} days: retention purge {batch}"
        )


def share_of(app: App, batch: str) -> str:
    """The name of the share a batch belongs to, if disposal is allowed there.

    Raises:
        Refused: the share is read-only.
        NotFound: there is no such batch.
    """
    with app.engine.begin() as connection:
        name = str(batches.find(connection, batch)["share_name"])
    if not app.config.share(name).disposal:
        raise Refused(
            f"share {name!r} is read-only", "Set `disposal = true` for it in config.toml."
        )
    return name


def show(session: Session, batch: str, states: Counter[State]) -> None:
    """Print how many items of a batch are in which state."""
    counts = {str(state): count for state, count in sorted(states.items())}
    if session.as_json:
        emit({"batch": batch, "items": counts})
    else:
        say(f"Batch {batch}: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
