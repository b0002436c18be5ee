"""`retention explain`: why a record is where it is, and what becomes of it."""

from datetime import date

import click
import sqlalchemy as sa

from policies import Decision, document, sentence
from retention_agent.bootstrap import App
from retention_agent.cli.choose import find_record
from retention_agent.cli.output import emit, say
from retention_agent.cli.session import Session, as_of_option, with_session
from retention_agent.register import decisions
from retention_agent.shares.paths import as_json


@click.command("explain")
@click.argument("record")
@as_of_option
@with_session
def command(session: Session, record: str, as_of: date | None) -> None:
    """Explain the class of RECORD and the decision on it.

    RECORD is a number, SHARE:PATH, or the path of a file.
    """
    app = session.open()
    with app.engine.begin() as connection:
        row, decision = decide_one(app, connection, record, as_of or app.today())
    if session.as_json:
        emit(_document(row, decision))
        return
    say(
        f"{row['share_name']}:{as_json(row['path'])['path']}",
        sentence(decision),
        *_class_lines(row),
    )


def decide_one(
    app: App, connection: sa.Connection, given: str, today: date
) -> tuple[sa.RowMapping, Decision]:
    """The record a person named, with the decision on it as of `today`."""
    row = find_record(app, connection, given)
    within = decisions.frame(connection, today, app.config.zone)
    return decisions.decide_rows(connection, [row], within)[0]


def _document(row: sa.RowMapping, decision: Decision) -> dict[str, object]:
    classification = row["classification"] or {}
    return {
        **document(decision),
        "record": row["id"],
        "share": row["share_name"],
        **as_json(row["path"]),
        "class": row["record_class"],
        "class_origin": row["class_origin"],
        "confidence": row["confidence"],
        "evidence": classification.get("evidence", []),
        "suggestions": classification.get("suggestions", []),
        "state": row["state"],
        "capture": row["capture"],
        "unreadable": row["unreadable"],
        "dates": row["dates"] or [],
        "sentence": sentence(decision),
    }


def _class_lines(row: sa.RowMapping) -> list[str]:
    classification = row["classification"] or {}
    if row["capture"] == "unreadable":
        return [f"It could not be read: {row['unreadable']} ({row['unreadable_detail'] or ''})."]
    lines = []
    if row["record_class"]:
        lines.append(f"Class {row['record_class']}, {row['class_origin']}, because:")
    else:
        lines.append(f"No class ({classification.get('reason', 'not read yet')}).")
    lines += [
        f"  {each['kind']} in {each['field']}: {each['detail']}"
        for each in classification.get("evidence", [])
    ]
    suggested = [each["record_class"] for each in classification.get("suggestions", [])]
    if suggested and not row["record_class"]:
        lines.append(f"Perhaps: {', '.join(suggested)} (retention classify RECORD CLASS)")
    return lines
