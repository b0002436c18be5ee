"""`retention evaluate`: the classes given, measured against labels that people made."""

import base64
import csv
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import click
import sqlalchemy as sa

from classifiers.measure import Judged, Measurement, measure
from retention_agent.bootstrap import App
from retention_agent.cli.choose import find_record
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import NotFound, UsageError
from retention_agent.register import schedules


@click.command("evaluate")
@click.argument("labels", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.9, show_default=True)
@with_session
def command(session: Session, labels: Path, threshold: float) -> None:
    """Measure the classes given against LABELS, a CSV file with the columns path and class.

    A blank class says that the file belongs to no class. `path` is relative to a share, or
    SHARE:PATH; a column path_b64 (base64 of the raw bytes) is used where it is filled.
    """
    app = session.open()
    with app.engine.begin() as connection:
        ranks = app.retention_ranks(schedules.in_force(connection))
        judged = list(_judged(app, connection, _rows(labels)))
    result = measure(judged, threshold=threshold, retention_ranks=ranks)
    if session.as_json:
        emit(_document(result))
        return
    say(
        *(
            f"{name:>24}  {value}"
            for name, value in _document(result).items()
            if name != "confusions"
        )
    )
    for truth, given, count in result.confusions[:10]:
        say(f"{'':>24}  {truth or 'no class'} taken for {given or 'no class'}: {count}")


def _rows(labels: Path) -> list[dict[str, str]]:
    try:
        with labels.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{labels}: cannot be read: {error}") from error
    missing = {"path", "class"} - set(reader.fieldnames or ())
    if missing:
        raise UsageError(f"{labels}: row 1 has no column {' or '.join(sorted(missing))}")
    return rows


def _judged(app: App, connection: sa.Connection, rows: list[dict[str, str]]) -> Iterator[Judged]:
    missing = 0
    for row in rows:
        raw = row.get("path_b64") or ""
        try:
            path = os.fsdecode(base64.b64decode(raw)) if raw else row["path"]
            found = find_record(app, connection, path)
        except NotFound:
            missing += 1
            continue
        suggestions = (found["classification"] or {}).get("suggestions", [])
        suggested = suggestions[0]["record_class"] if suggestions else None
        automatic = found["class_origin"] == "automatic"
        yield Judged(
            truth=row["class"],
            predicted=found["record_class"] if automatic else suggested,
            origin="automatic" if automatic else "suggested" if suggested else "none",
            confidence=found["confidence"],
        )
    if missing:
        note(f"{missing} labelled files are not in the register; they are left out.")


def _document(result: Measurement) -> dict[str, object]:
    return {**dataclasses.asdict(result), "confusions": [list(each) for each in result.confusions]}
