"""`retention purge`: destroy what has waited out its undo window."""

import click

from policies import State
from retention_agent.cli.dispose import give_back_expired, require_sound, share_of, show
from retention_agent.cli.names import BATCH
from retention_agent.cli.output import note
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal.purge import purge


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
        note(f"{states[State.WAITING]} items still wait for their undo window to end.")
    elif states[State.PROPOSED] or states[State.APPROVED]:
        note(f"Nothing of it is in the disposal bin yet. Next: retention dispose {batch}")
    else:
        note(f"Next: retention certificate {batch}")
    require_sound(states)
