"""Runs the whole disposal of a batch in a process of its own, to be killed from outside.

    python carry_out.py CONFIG BATCH SHARE
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retention_agent.bootstrap import open_app
from retention_agent.disposal.certificate import Setting, issue
from retention_agent.disposal.context import Context
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.shares.local import open_root


def main(config: str, batch: str, share: str) -> None:
    app = open_app(Path(config), {})

    def clock() -> datetime:
        return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    with open_root(Path(share)) as root:
        context = Context(
            app.engine,
            root,
            app.index,
            app.service_key,
            app.config.zone,
            clock,
            timedelta(0),
        )
        dispose(context, batch)
        purge(context, batch)
    with app.engine.begin() as connection:
        issue(connection, batch, Setting("T", (), 0, True), app.service_key, clock())


if __name__ == "__main__":
    main(*sys.argv[1:])
