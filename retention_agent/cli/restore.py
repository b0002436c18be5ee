"""`retention restore`: bring a file back from the disposal bin."""

import click

from retention_agent.cli.choose import find_record
from retention_agent.cli.dispose import share_of
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, with_session
from retention_agent.disposal.restore import restorable, restore
from retention_agent.shares.paths import as_json


@click.command("restore")
@click.argument("record")
@click.option("--reason", required=True, type=WORDS, help="Why; kept in the log.")
@with_session
def command(session: Session, record: str, reason: str) -> None:
    """Put the file of RECORD back on its share, with its name, times and rights.

    If something else stands at its old path now, it is put beside it.
    """
    app = session.open()
    with app.alone():
        with app.engine.begin() as connection:
            row = find_record(app, connection, record)
            item = restorable(connection, row["id"])
        with app.share(share_of(app, item.batch)) as root:
            path = restore(app.disposal(root), item, reason)
    if session.as_json:
        emit({"record": row["id"], **as_json(path)})
    else:
        say(f"Record {row['id']} is back at {row['share_name']}:{as_json(path)['path']}.")
