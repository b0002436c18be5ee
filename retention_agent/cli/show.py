"""`retention show`: everything the register has on one record."""

import click

from retention_agent.cli.choose import find_record
from retention_agent.cli.output import emit, say
from retention_agent.cli.session import Session, with_session
from retention_agent.register.tables import record_reference
from retention_agent.shares.paths import as_json

SHOWN = (
    "state",
    "present",
    "size",
    "owner",
    "first_seen",
    "last_changed",
    "capture",
    "unreadable",
    "unreadable_detail",
    "sha256",
    "media_type",
    "puid",
    "title",
    "record_class",
    "class_origin",
    "confidence",
)


@click.command("show")
@click.argument("record")
@click.option("--text", is_flag=True, help="Also print the text as it was read.")
@with_session
def command(session: Session, record: str, *, text: bool) -> None:
    """Show what the register has on RECORD: a number, SHARE:PATH, or the path of a file."""
    app = session.open()
    with app.engine.begin() as connection:
        row = find_record(app, connection, record)
        references = connection.execute(
            record_reference.select().where(record_reference.c.record == row["id"])
        ).all()
        content = app.index.text(connection, row["id"]) if text else None
    document = {
        "record": row["id"],
        "share": row["share_name"],
        **as_json(row["path"]),
        **{name: row[name] for name in SHOWN},
        "dates": row["dates"] or [],
        "metadata": row["metadata"] or {},
        "references": [{"reference": r.reference, "origin": r.origin} for r in references],
    }
    if session.as_json:
        emit(document | ({"text": content} if text else {}))
        return
    say(
        *(f"{name:>18}  {value}" for name, value in document.items() if value not in (None, [], {}))
    )
    if content:
        say("", content)
