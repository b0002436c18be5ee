"""`retention classify`: a person's decision on a class, which wins over any rule."""

from typing import Any

import click
import sqlalchemy as sa

from policies import State
from retention_agent.audit import log
from retention_agent.audit.event import Event, Fact
from retention_agent.audit.transition import move_record
from retention_agent.bootstrap import App
from retention_agent.capture.run import reclassify
from retention_agent.cli.choose import find_below, find_record
from retention_agent.cli.names import CLASS
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import WORDS
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import Refused, UsageError
from retention_agent.register import schedules, triggers
from retention_agent.register.files import AWAY
from retention_agent.register.reindex import reindex
from retention_agent.register.tables import record as record_table


@click.command("classify")
@click.argument("record", required=False)
@click.argument("record_class", metavar="[CLASS]", required=False, type=CLASS)
@click.option(
    "--reference",
    multiple=True,
    type=WORDS,
    help="Tie the record to this case, contract or person.",
)
@click.option("--all", "everything", is_flag=True, help="Run the rules again; manual classes stay.")
@with_session
def command(
    session: Session,
    record: str | None,
    record_class: str | None,
    reference: tuple[str, ...],
    *,
    everything: bool,
) -> None:
    """Give RECORD the class CLASS, by your decision; it survives every later run of the rules.

    RECORD may be a folder, SHARE:PATH/ with the slash at its end: everything below it is meant,
    but what a person has classified before.

    Examples: retention classify 12 FIN-012; retention classify 12 --reference HR/2019/0042;
    retention classify 'finance:Creditors/2009-10/' FIN-003; retention classify --all
    """
    app = session.open()
    if everything == (record is not None) or (record and not (record_class or reference)):
        raise UsageError("give a RECORD with a CLASS or --reference, or --all alone")
    with app.alone():
        if record is None:
            result = _again(app)
        elif record.endswith("/"):
            result = _folder(app, record, record_class, reference)
        else:
            result = _one(app, record, record_class, reference)
    if session.as_json:
        emit(result)
    else:
        say(_sentence(result))


def _sentence(result: dict[str, Any]) -> str:
    if "reclassified" in result:
        return f"{result['reclassified']} records have another class now."
    tied = "".join(f" tied to {each}." for each in result["references"])
    if "records" in result:
        left = f" {result['left']} left as they were." if result["left"] else ""
        return f"{result['records']} records: class {result['class'] or 'unchanged'}.{left}" + (
            tied.replace(" tied", " They are tied")
        )
    return f"Record {result['record']}: class {result['class'] or 'none'}." + (
        tied.replace(" tied", " It is tied")
    )


def _again(app: App) -> dict[str, object]:
    with app.engine.begin() as connection:
        schedule = schedules.in_force(connection)
    changed = reclassify(app.engine, app.capture_settings(schedule), app.index, app.now())
    return {"reclassified": changed}


def _folder(
    app: App, given: str, record_class: str | None, references: tuple[str, ...]
) -> dict[str, object]:
    """Decide for everything below a folder that no person decided on, in one transaction."""
    with app.engine.begin() as connection:
        below = find_below(app, connection, given)
        rows = [row for row in below if row["class_origin"] != "manual" and not _is_closed(row)]
        for row in rows:
            _apply(app, connection, row, record_class, references)
    return {
        "folder": given,
        "records": len(rows),
        "left": len(below) - len(rows),
        "class": record_class,
        "references": list(references),
    }


def _one(
    app: App, given: str, record_class: str | None, references: tuple[str, ...]
) -> dict[str, object]:
    with app.engine.begin() as connection:
        row = find_record(app, connection, given)
        if record_class is not None and _is_closed(row):
            number = row["id"]
            raise Refused(
                f"record {number} is {row['state']}; restore it first: retention restore {number}"
            )
        _apply(app, connection, row, record_class, references)
    return {
        "record": row["id"],
        "class": record_class or row["record_class"],
        "references": list(references),
    }


def _apply(
    app: App,
    connection: sa.Connection,
    row: sa.RowMapping,
    record_class: str | None,
    references: tuple[str, ...],
) -> None:
    for reference in references:
        triggers.add_reference(connection, row["id"], reference, "manual")
        private = {"reference": reference}
        event = Event("reference assignment", f"record:{row['id']}", private=private)
        log.append(connection, event, app.now())
    if record_class is not None:
        schedules.require_class(connection, record_class)
        _decide(app, connection, row, record_class)


def _decide(app: App, connection: sa.Connection, row: sa.RowMapping, record_class: str) -> None:
    number = row["id"]
    values = {"record_class": record_class, "class_origin": "manual", "confidence": 1.0}
    connection.execute(record_table.update().where(record_table.c.id == number).values(values))
    if State(row["state"]) is State.SEEN:
        move_record(connection, number, State.SEEN, State.CLASSIFIED)
    reindex(connection, app.index, number, app.now())  # found by its class at once
    facts: dict[str, Fact] = {"class": record_class, "origin": "manual"}
    log.append(connection, Event("classification", f"record:{number}", facts=facts), app.now())


def _is_closed(row: sa.RowMapping) -> bool:
    return State(row["state"]) in AWAY
