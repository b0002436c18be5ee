"""Runs the whole disposal of a batch in a process of its own, to be killed from outside.

    python carry_out.py CONFIG BATCH SHARE [UNDO_SECONDS [RESTORE_RECORD]]

With an undo window the batch only goes to the bin; with a record too, that one is brought back.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retention_agent.bootstrap import open_app
from retention_agent.disposal.certificate import Setting, issue
from retention_agent.disposal.context import Context
from retention_agent.disposal.purge import purge
from retention_agent.disposal.restore import restorable, restore
from retention_agent.disposal.run import dispose
from retention_agent.errors import NotFound
from retention_agent.shares.local import open_root


def clock() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def main(config: str, batch: str, share: str, undo: str = "0", number: str = "") -> None:
    app = open_app(Path(config), {})
    with open_root(Path(share)) as root:
        context = Context(
            app.engine,
            root,
            app.index,
            app.service_key,
            app.config.zone,
            clock,
            timedelta(seconds=int(undo)),
        )
        dispose(context, batch)
        if number:
            bring_back(context, int(number))
        purge(context, batch)
    if undo == "0":
        with app.engine.begin() as connection:
            issue(connection, batch, Setting("T", (), 0, True), app.service_key, clock())


def bring_back(context: Context, number: int) -> None:
    try:
        with context.engine.begin() as connection:
            item = restorable(connection, number)
    except NotFound:  # brought back before this process was killed
        return
    restore(context, item, "asked for")


if __name__ == "__main__":
    main(*sys.argv[1:])
