"""`retention explain`: why a record is where it is, and what becomes of it."""

from datetime import date

import click
import sqlalchemy as sa

from policies import STATE_MEANING, Decision, State, document, sentence
from retention_agent.audit.transition import IN_BIN
from retention_agent.bootstrap import App
from retention_agent.cli.choose import find_record
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import as_of_option
from retention_agent.cli.session import Session, with_session
from retention_agent.register import decisions, records
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
        *_standing(row, decision),
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


def _standing(row: sa.RowMapping, decision: Decision) -> list[str]:
    """What may be done with it, and how far on its way it is; of what is gone, only that."""
    state = State(row["state"])
    meaning = f"Record {row['id']} is {state}: {STATE_MEANING[state]}."
    if state in {State.DESTROYED, State.TRANSFERRED}:
        return [meaning]
    lines = [sentence(decision)]
    if why := records.declined(row):
        lines.append(f"The archive's reason: {why}")
    if state not in {State.SEEN, State.CLASSIFIED}:
        lines.append(meaning)
    if not row["present"] and state not in IN_BIN:
        lines.append("Its file was not on the share when that was last scanned.")
    return lines


def _class_lines(row: sa.RowMapping) -> list[str]:
    classification = row["classification"] or {}
    if row["capture"] == "unreadable":
        detail = f" ({row['unreadable_detail']})" if row["unreadable_detail"] else ""
        return [f"It could not be read: {row['unreadable']}{detail}."]
    lines = []
    if not row["record_class"]:
        lines.append(f"No class ({classification.get('reason', 'not read yet')}).")
    elif row["class_origin"] == "manual":
        lines.append(f"Class {row['record_class']} was given by a person.")
    else:
        lines.append(f"Class {row['record_class']} was found, confidence {row['confidence']:.2f}.")
    evidence = classification.get("evidence", [])
    if evidence:
        lines.append("What the rules found:")
    lines += [f"  {each['kind']} in {each['field']}: {each['detail']}" for each in evidence]
    suggested = [each["record_class"] for each in classification.get("suggestions", [])]
    if suggested and not row["record_class"]:
        lines.append(f"Perhaps: {', '.join(suggested)} (retention classify RECORD CLASS)")
    return lines
