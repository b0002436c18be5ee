"""`retention dispose`: move an approved batch into the disposal bin."""

from collections import Counter

import click

from policies import State
from retention_agent.bootstrap import App
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal.run import dispose
from retention_agent.errors import Incomplete, Refused
from retention_agent.register import batches
from retention_agent.workflow.expiry import release_expired

KEPT = (
    State.BLOCKED_BY_HOLD,
    State.DEFERRED,
    State.RETURNED,
    State.RESTORED,
    State.FAILED,
)
_MOST_SHOWN = 20


@click.command("dispose")
@click.argument("batch", type=BATCH)
@with_session
def command(session: Session, batch: str) -> None:
    """Check BATCH again and move it into the disposal bin, from where it can be restored.

    Safe to run again after any interruption; it goes on where it stopped.
    """
    app = session.open()
    with app.alone():
        name = share_of(app, batch)
        try:
            with app.share(name) as root:
                states = dispose(app.disposal(root), batch)
        finally:  # also what an interrupted run had armed and expired since
            give_back_expired(app)
    show(app, session, batch, states)
    if states[State.WAITING]:
        settings = app.config.disposal
        when = "now" if settings.unsafe_undo_window == "none" else f"in {settings.undo_days} days"
        note(f"Restore: retention restore RECORD. Destroy {when}: retention purge {batch}")
    else:
        note(f"Nothing of it is in the disposal bin now. Next: retention certificate {batch}")
    require_sound(states)


def give_back_expired(app: App) -> None:
    """Let go of what was not moved before its approval expired."""
    with app.engine.begin() as connection:
        release_expired(connection, app.now())


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


def show(app: App, session: Session, batch: str, states: Counter[State]) -> None:
    """Print how many items of a batch are in which state, and why some were kept."""
    left = kept(app, batch)
    counts = {str(state): count for state, count in sorted(states.items())}
    if session.as_json:
        emit({"batch": batch, "items": counts, "kept": left})
        return
    say(f"Batch {batch}: " + ", ".join(f"{count} {ending(each)}" for each, count in counts.items()))
    for item in left[:_MOST_SHOWN]:
        say(f"  record {item['record']} is kept ({item['state']}): {item['outcome']}")
    if left[_MOST_SHOWN:]:
        say(f"  and {len(left) - _MOST_SHOWN} more; --json lists them all")


def ending(state: str) -> str:
    """A state of an item, in the word that says what became of it in its batch."""
    return "kept" if state == State.CLASSIFIED else state


def kept(app: App, batch: str) -> list[dict[str, object]]:
    """The items of a batch that were taken out of it, with why."""
    with app.engine.begin() as connection:
        return [_kept(item) for item in batches.items(connection, batch, *KEPT)]


def require_sound(states: Counter[State]) -> None:
    """Let a batch pass of which nothing went wrong.

    Raises:
        Incomplete: something did, and a person must look.
    """
    if states[State.FAILED]:
        raise Incomplete(
            f"{states[State.FAILED]} items failed and need a person to look",
            "`retention show RECORD` and the folder of the share tell where each file is.",
        )


def _kept(item: batches.Item) -> dict[str, object]:
    return {
        "item": item.number,
        "record": item.record,
        "state": str(item.state),
        "outcome": item.outcome,
    }
