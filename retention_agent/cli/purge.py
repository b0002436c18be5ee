"""`retention purge`: destroy what has waited out its undo window."""

from datetime import datetime, timedelta

import click

from policies import State
from retention_agent.bootstrap import App
from retention_agent.cli.dispose import give_back_expired, require_sound, share_of, show
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import note
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal.purge import purge
from retention_agent.register import batches
from retention_agent.register.records import moment


@click.command("purge")
@click.argument("batch", type=BATCH)
@with_session
def command(session: Session, batch: str) -> None:
    """Destroy the items of BATCH whose undo window is over. There is no way back from here."""
    app = session.open()
    with app.alone():
        name = share_of(app, batch)
        give_back_expired(app)
        with app.share(name) as root:
            states = purge(app.disposal(root), batch)
    show(app, session, batch, states)
    if states[State.WAITING]:
        note(
            f"{states[State.WAITING]} items still wait for their undo window to end;"
            f" the first ends on {_first_end(app, batch):%Y-%m-%d at %H:%M} UTC."
        )
    elif states[State.PROPOSED] or states[State.APPROVED]:
        note(f"Nothing of it is in the disposal bin yet. Next: retention dispose {batch}")
    else:
        note(f"Next: retention certificate {batch}")
    require_sound(states)


def _first_end(app: App, batch: str) -> datetime:
    with app.engine.begin() as connection:
        waiting = batches.items(connection, batch, State.WAITING)
    binned = min(moment(item.binned) for item in waiting if item.binned)
    return binned + timedelta(days=app.config.disposal.undo_days)
