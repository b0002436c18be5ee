"""Does parts of capture once more because a person asked: reading, or classifying."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from classifiers.ruleset import Ruleset, parse_ruleset
from indexer.search.base import SearchIndex
from policies.lifecycle import State
from retention_agent import __version__
from retention_agent.audit.event import Event
from retention_agent.audit.log import append_many
from retention_agent.audit.transition import move_record
from retention_agent.capture.classifying import Verdict, document_of, judge
from retention_agent.capture.settings import Settings
from retention_agent.register import evaluations
from retention_agent.register.entry import entry_of
from retention_agent.register.tables import record, share

CHUNK = 50  # classified within one transaction, which keeps other writers waiting


MOST_TRIES = 3  # of scans, of a file that fails in the same way each time
PASSING = frozenset(
    {"permission-denied", "read-error", "time-limit", "memory-limit", "worker-died"}
)
"""Reasons that may be gone without the file having changed."""


def retry_failed(connection: sa.Connection, share_number: int) -> int:
    """Put back what an ordinary scan tries once more: returns how many.

    That is what failed for a passing reason fewer than three times, and whatever another version
    of the program could not read.
    """
    passing = record.c.unreadable.in_(PASSING) & (record.c.failures < MOST_TRIES)
    renewed = record.c.failed_with.is_distinct_from(__version__)
    return retry(
        connection, record.c.present & (record.c.share == share_number) & (passing | renewed)
    )


def retry(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    """Put unreadable items back among the pending: all, or those that meet the conditions.

    Returns how many there were.
    """
    chosen = sa.and_(record.c.capture == "unreadable", *conditions)
    set_aside = sa.select(record.c.id).where(chosen, record.c.state == str(State.UNREADABLE))
    for number in list(connection.scalars(set_aside)):
        move_record(connection, number, State.UNREADABLE, State.SEEN)
    values = {"capture": "pending", "unreadable": None, "unreadable_detail": None}
    return connection.execute(record.update().where(chosen).values(values)).rowcount


def reclassify(engine: sa.Engine, settings: Settings, index: SearchIndex, now: datetime) -> int:
    """Classify what is captured anew from the text in the index: rules or schedule changed.

    A class that a person gave stays, and so does the disposal state: whatever acts on a record
    decides again first. Returns how many records have another class now.
    """
    ruleset = parse_ruleset(settings.cues, settings.organisation, settings.classes)
    changed, last = 0, 0
    while True:
        with engine.begin() as connection:
            rows = _chunk(connection, last)
            events = []
            for row in rows:
                events += _classify_again(connection, index, ruleset, row, now)
            append_many(connection, events, now)
        if not rows:
            return changed
        changed += len(events)
        last = rows[-1]["id"]


def _chunk(connection: sa.Connection, after: int) -> Sequence[sa.RowMapping]:
    query = (
        sa.select(record, share.c.name.label("share_name"))
        .join(share)
        .where(
            record.c.capture == "captured",
            record.c.class_origin != "manual",
            record.c.present,
            record.c.id > after,
        )
        .order_by(record.c.id)
        .limit(CHUNK)
    )
    return connection.execute(query).mappings().all()


def _classify_again(
    connection: sa.Connection,
    index: SearchIndex,
    ruleset: Ruleset,
    row: sa.RowMapping,
    now: datetime,
) -> list[Event]:
    text = index.text(connection, row["id"])
    if text is None:
        return []
    verdict = _judge_again(ruleset, row, text)
    values = {
        "record_class": verdict.record_class,
        "class_origin": verdict.origin,
        "confidence": verdict.confidence,
        "classification": verdict.findings,
    }
    connection.execute(record.update().where(record.c.id == row["id"]).values(values))
    if verdict.record_class == row["record_class"]:
        return []
    index.put(connection, entry_of({**row, **values}, text))
    evaluations.remember(connection, [({**row, **values}, text)], now)
    return [_event(row, verdict)]


def _judge_again(ruleset: Ruleset, row: sa.RowMapping, text: str) -> Verdict:
    quality = (row["classification"] or {}).get("text_quality")
    # The index holds a garbled text without the characters that gave it away.
    readable = "" if quality == "garbled" else text
    document = document_of(row["path"], row["media_type"], row["metadata"], readable)
    verdict = judge(document, ruleset, whole=not row["partial"])
    if quality == "garbled":
        verdict.findings["text_quality"] = quality
    return verdict


def _event(row: sa.RowMapping, verdict: Verdict) -> Event:
    return Event(
        type="classification",
        object=f"record:{row['id']}",
        facts={
            "from": row["record_class"] or "",
            "to": verdict.record_class or "",
            "origin": verdict.origin,
        },
    )
