"""`retention show`: everything the register has on one record."""

from collections.abc import Iterator, Mapping
from typing import Any

import click
import sqlalchemy as sa

from retention_agent.cli.choose import find_record
from retention_agent.cli.output import emit, say
from retention_agent.cli.session import Session, with_session
from retention_agent.register import batches
from retention_agent.register.tables import record_reference
from retention_agent.shares.paths import as_json

SHOWN = (
    "state",
    "present",
    "size",
    "owner",
    "owner_group",
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


def _lines(value: Any) -> list[str]:
    """A value as people read it, on lines of its own where it has parts; none for nothing."""
    if isinstance(value, dict):
        return [f"{name}: {each}" for name, each in value.items()]
    if isinstance(value, list):
        return [each if isinstance(each, str) else _joined(each) for each in value]
    if isinstance(value, float):
        return [f"{value:.2f}"]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [] if value in {None, ""} else [str(value)]


def _joined(parts: Mapping[str, Any]) -> str:
    return " ".join(str(part) for part in parts.values())


def _reading(row: sa.RowMapping) -> Mapping[str, Any]:
    """Who read the file, and what was left out or disagreed."""
    found: Mapping[str, Any] = row["identification"] or {}
    return found


_BESIDE = {
    "acl": "access list",
    "digests": "known by its digest",
    "cut": "too long to keep",
    "others": "by name only",
    "unread": "could not be read",
}


def _beside(attributes: Mapping[str, Any]) -> Iterator[str]:
    """What the file system keeps beside the file, a line for each thing."""
    for key, value in attributes.items():
        what = _BESIDE.get(key, key)
        for name, each in value.items() if isinstance(value, dict) else [("", value)]:
            parts = each.values() if isinstance(each, dict) else each
            text = parts if isinstance(parts, str) else ", ".join(map(str, parts))
            yield " ".join(filter(None, (what, name, text)))


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
        item = batches.latest_item(connection, row["id"])
    document = {
        "record": row["id"],
        "share": row["share_name"],
        **as_json(row["path"]),
        **{name: row[name] for name in SHOWN},
        "reader": _reading(row).get("reader"),
        "partial": row["partial"],
        "warnings": _reading(row).get("warnings", []),
        "batch": f"{item.batch}/{item.number}" if item else None,
        "attributes": row["attributes"] or {},
        "dates": row["dates"] or [],
        "metadata": row["metadata"] or {},
        "references": [{"reference": r.reference, "origin": r.origin} for r in references],
    }
    if session.as_json:
        emit(document | ({"text": content} if text else {}))
        return
    for name, value in document.items():
        for line in _beside(value) if name == "attributes" else _lines(value):
            say(f"{name:>18}  {line}")
    if content:
        say("", *(line.expandtabs() for line in content.splitlines()))
