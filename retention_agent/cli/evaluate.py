"""`retention evaluate`: the classes given, measured against labels that people made."""

import base64
import binascii
import csv
import dataclasses
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import sqlalchemy as sa

from classifiers.measure import Judged, Measurement, measure
from retention_agent.bootstrap import App
from retention_agent.cli.choose import find_at
from retention_agent.cli.output import emit, note, say
from retention_agent.cli.parameters import FILE
from retention_agent.cli.session import Session, with_session
from retention_agent.errors import NotFound, UsageError
from retention_agent.register import schedules


@click.command("evaluate")
@click.argument("labels", type=FILE)
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
            f"{name:>24}  {_shown(value)}"
            for name, value in _document(result).items()
            if name != "confusions"
        )
    )
    for truth, given, count in result.confusions[:10]:
        say(f"{'':>24}  {truth or 'no class'} taken for {given or 'no class'}: {count}")


def _shown(value: object) -> str:
    if value is None:
        return "not known: nothing to measure"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _rows(labels: Path) -> list[dict[str, str]]:
    try:
        with labels.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = [name for name in reader.fieldnames or () if name]
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{labels}: cannot be read: {error}") from error
    missing = {"path", "class"} - set(columns)
    if missing:
        has = ", ".join(columns) or "nothing"
        raise UsageError(
            f"{labels}: row 1 has no column {' or '.join(sorted(missing))}", f"It has {has}."
        )
    problems = [
        f"row {number}, {problem}"
        for number, row in enumerate(rows, 2)
        for problem in _row_problems(row)
    ]
    if problems:
        raise UsageError(f"{labels}: {len(problems)} mistake(s)", *problems)
    return rows


def _row_problems(row: Mapping[str, str | None]) -> Iterator[str]:
    if row.get("class") is None:
        yield "column class: is missing; leave it blank for a file of no class"
    if not (row["path"] or row.get("path_b64")):
        yield "column path: is blank"
    try:
        base64.b64decode(row.get("path_b64") or "", validate=True)
    except binascii.Error as error:
        yield f"column path_b64: is not base64 ({error})"


def _judged(app: App, connection: sa.Connection, rows: list[dict[str, str]]) -> Iterator[Judged]:
    missing = 0
    for row in rows:
        raw = row.get("path_b64") or ""
        try:
            path = os.fsdecode(base64.b64decode(raw)) if raw else row["path"]
            found = find_at(app, connection, path)
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
