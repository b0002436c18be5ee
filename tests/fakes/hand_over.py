"""Hands a batch over to the archive in a process of its own, to be killed from outside.

    python hand_over.py CONFIG BATCH SHARE BAG

Copies it, takes in a receipt for all that was copied, disposes of it without an undo window, and
issues the certificate. Each run goes on where the one before was cut short.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retention_agent.bootstrap import App, open_app
from retention_agent.disposal.accession import Terms, receive
from retention_agent.disposal.certificate import Setting, issue
from retention_agent.disposal.context import Context
from retention_agent.disposal.dossier import Source
from retention_agent.disposal.purge import purge
from retention_agent.disposal.receipt import read
from retention_agent.disposal.run import dispose
from retention_agent.disposal.transfer import export
from retention_agent.register import batches, transfers
from retention_agent.shares.local import open_root


def clock() -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def main(config: str, batch: str, share: str, bag: str) -> None:
    app = open_app(Path(config), {})
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
        with app.engine.begin() as connection:
            approved = batches.find(connection, batch)["status"] == "approved"
        if approved:
            export(context, batch, Path(bag), Source("T", "", "test"))
        confirm(app, batch, Path(bag))
        dispose(context, batch)
        purge(context, batch)
    with app.engine.begin() as connection:
        issue(connection, batch, Setting("T", (), 0, True), app.service_key, clock())


def confirm(app: App, batch: str, bag: Path) -> None:
    """The archive has all of it, says its receipt; its own copy can be read in the bag."""
    with app.engine.begin() as connection:
        sent = transfers.sent(connection, batch)
        manifest = {
            item.number: json.loads(item.manifest) for item in batches.items(connection, batch)
        }
    rows = [
        {
            "record": each.record,
            "sha256": manifest[number]["sha256"],
            "outcome": "accepted",
            "accession": f"A/{number}",
            "date": "2026-11-23",
        }
        for number, each in sent.items()
    ]
    file = bag.with_name("receipt.json")
    file.write_text(json.dumps(rows))
    with app.engine.begin() as connection:
        terms = Terms(clock().date(), partial=False, store=bag)
        receive(connection, batch, read(file), terms, clock())


if __name__ == "__main__":
    main(*sys.argv[1:])
