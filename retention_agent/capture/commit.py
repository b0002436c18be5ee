"""Writes what was read to register, search index and log, in one transaction.

* Only a record that is still pending, in the very state that was read, is written to.
* A class or reference given by a person stays; what the rules find is replaced each time.
* A record on its way to disposal is described anew, but its disposal state is left alone: the
  checks before each act will find that it differs from what was approved.
* What the queries of holds say of a text is written down while the text is at hand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from policies.lifecycle import ALLOWED, State
from retention_agent import __version__
from retention_agent.audit.event import Event
from retention_agent.audit.log import append_many
from retention_agent.audit.transition import move_record
from retention_agent.capture.adoption import adopt, vanished_digests
from retention_agent.capture.description import Description, Failure
from retention_agent.capture.pending import PendingFile, as_scanned
from retention_agent.capture.reader import Outcome
from retention_agent.register import evaluations
from retention_agent.register.entry import entry_of, unpacked
from retention_agent.register.tables import record, share
from retention_agent.register.triggers import replace_found
from retention_agent.shares.paths import as_json

Read = tuple[PendingFile, Outcome]
_EARLY = frozenset({State.SEEN, State.CLASSIFIED, State.UNREADABLE})
_UNDESCRIBED: Mapping[str, Any] = {
    "sha256": None,
    "media_type": None,
    "puid": None,
    "identification": None,
    "title": None,
    "metadata": None,
    "dates": None,
    "partial": False,
}
_UNCLASSIFIED: Mapping[str, Any] = {
    "record_class": None,
    "class_origin": "none",
    "confidence": 0.0,
    "classification": None,
}
_STATE = ("capture", "unreadable", "unreadable_detail", "failures", "failed_as", "failed_with")
_WRITTEN = (*_STATE, *_UNDESCRIBED, *_UNCLASSIFIED)
_UPDATE = record.update().where(record.c.id == sa.bindparam("number"))


@dataclass(slots=True)
class CaptureResult:
    """What was done: files captured, given up with reasons, and left pending with reasons."""

    captured: int = 0
    bytes: int = 0
    unreadable: Counter[str] = field(default_factory=Counter)
    deferred: Counter[str] = field(default_factory=Counter)

    def add(self, other: "CaptureResult") -> None:
        """Count `other` in."""
        self.captured += other.captured
        self.bytes += other.bytes
        self.unreadable += other.unreadable
        self.deferred += other.deferred


def commit(
    engine: sa.Engine, index: SearchIndex, batch: Sequence[Read], now: datetime
) -> CaptureResult:
    """Register a batch of outcomes; returns what became of each file."""
    result = CaptureResult()
    with engine.begin() as connection:
        rows = _rows(connection, [file.number for file, _ in batch])
        accepted: list[tuple[sa.RowMapping, Outcome]] = []
        for file, outcome in batch:
            if reason := _reason_to_wait(file, outcome, rows.get(file.number)):
                result.deferred[reason] += 1
            else:
                accepted.append((rows[file.number], outcome))
        if accepted:
            found = _register(connection, accepted)
            _keep_attributes(connection, batch, {row["id"] for row, _ in accepted})
            events = _adopt(connection, index, found)
            for each, (_, outcome) in zip(found, accepted, strict=True):
                index.put(connection, entry_of(each, _text(outcome)))
                _count(result, each)
            texts = [(e, _text(o)) for e, (_, o) in zip(found, accepted, strict=True)]
            evaluations.remember(connection, texts, now)
            append_many(connection, [*map(_event, found), *events], now)
    return result


def _keep_attributes(connection: sa.Connection, batch: Sequence[Read], numbers: set[int]) -> None:
    """Register what the file system kept beside the files of these numbers; nothing if unopened."""
    kept = [
        {"number": file.number, "attributes": file.attributes or None}
        for file, _ in batch
        if file.number in numbers
    ]
    connection.execute(_UPDATE, kept)


def _adopt(
    connection: sa.Connection, index: SearchIndex, found: list[dict[str, Any]]
) -> list[Event]:
    """Put the records that go on in place of the rows that stood for them."""
    gone = vanished_digests(connection, found)
    events: list[Event] = []
    for position, each in enumerate(found):
        if each["sha256"] in gone:
            number, moved = adopt(connection, index, each)
            found[position] = unpacked(_rows(connection, [number])[number])
            events += moved
    return events


def _rows(connection: sa.Connection, numbers: list[int]) -> dict[int, sa.RowMapping]:
    query = sa.select(record, share.c.name.label("share_name")).join(share)
    found = connection.execute(query.where(record.c.id.in_(numbers))).mappings()
    return {row["id"]: row for row in found}


def _reason_to_wait(file: PendingFile, outcome: Outcome, row: sa.RowMapping | None) -> str | None:
    if isinstance(outcome, Failure) and outcome.again:
        return outcome.reason
    if row is None or not _still_pending(file, row):
        return "changed-since-scan"
    if isinstance(outcome, Description) and outcome.fingerprint != file.fingerprint:
        return "changed-while-read"
    return None


def _still_pending(file: PendingFile, row: sa.RowMapping) -> bool:
    pending = row["capture"] == "pending" and row["present"]
    return pending and row["path"] == file.path and as_scanned(row) == file.fingerprint


def _register(
    connection: sa.Connection, accepted: Sequence[tuple[sa.RowMapping, Outcome]]
) -> list[dict[str, Any]]:
    """Write down what was found; returns the records as they are now."""
    found = [_record(row, outcome) for row, outcome in accepted]
    written = [{"number": each["id"], **{name: each[name] for name in _WRITTEN}} for each in found]
    connection.execute(_UPDATE, written)
    for row, outcome in accepted:
        _move(connection, row, outcome)
    references = {row["id"]: _references(outcome) for row, outcome in accepted}
    replace_found(connection, references)
    return found


def _record(row: sa.RowMapping, outcome: Outcome) -> dict[str, Any]:
    known = unpacked(row)
    if row["class_origin"] != "manual":
        known |= _values(outcome, _UNCLASSIFIED)
    reason = _reason(outcome)
    return {
        **known,
        **_values(outcome, _UNDESCRIBED),
        "capture": "unreadable" if reason else "captured",
        "unreadable": reason,
        "unreadable_detail": outcome.detail or None,
        **_failures(row, reason),
    }


def _failures(row: sa.RowMapping, reason: str | None) -> dict[str, Any]:
    """How often in a row the file failed in the same way, which decides who tries it again."""
    if reason is None:
        return {"failures": 0, "failed_as": None, "failed_with": None}
    alike = (row["failed_as"], row["failed_with"]) == (reason, __version__)
    before = row["failures"] if alike else 0
    return {"failures": before + 1, "failed_as": reason, "failed_with": __version__}


def _reason(outcome: Outcome) -> str | None:
    return outcome.reason if isinstance(outcome, Failure) else outcome.unreadable


def _values(outcome: Outcome, blank: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `blank` as they were found, or blank: what was known of old bytes is void."""
    if isinstance(outcome, Failure):
        return dict(blank)
    return {name: getattr(outcome, name) for name in blank}


def _references(outcome: Outcome) -> Mapping[str, str]:
    return outcome.references if isinstance(outcome, Description) else {}


def _text(outcome: Outcome) -> str:
    return outcome.text if isinstance(outcome, Description) else ""


def _move(connection: sa.Connection, row: sa.RowMapping, outcome: Outcome) -> None:
    old = State(row["state"])
    new = State.UNREADABLE if _reason(outcome) else State.CLASSIFIED
    if old not in _EARLY or old is new:
        return
    if new not in ALLOWED[old]:
        move_record(connection, row["id"], old, State.SEEN)
        old = State.SEEN
    move_record(connection, row["id"], old, new)


def _event(found: Mapping[str, Any]) -> Event:
    return Event(
        type="capture",
        object=f"record:{found['id']}",
        outcome="failure" if found["unreadable"] else "success",
        facts={
            "media_type": found["media_type"] or "",
            "puid": found["puid"] or "",
            "size": found["size"],
            "outcome": found["unreadable"] or "captured",
        },
        private={**as_json(found["path"]), "sha256": found["sha256"]},
    )


def _count(result: CaptureResult, found: Mapping[str, Any]) -> None:
    if reason := found["unreadable"]:
        result.unreadable[reason] += 1
    else:
        result.captured += 1
        result.bytes += found["size"]
