"""Was it destroyed? What became of every record that matches, with the proof.

Records are found by number, by content, or by a name they ever had; copies with the same content
are followed too, so that nothing is called gone while it lies elsewhere.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from policies import Rule, State, kept_for
from retention_agent.audit import answers, signatures, statement
from retention_agent.audit.certified import Certificate
from retention_agent.audit.proof import proven_entry
from retention_agent.audit.transition import IN_BATCH
from retention_agent.disposal import certificate
from retention_agent.register import batches, records, schedules
from retention_agent.register.batches import Item
from retention_agent.register.lookup import Match
from retention_agent.register.records import instant, moment
from retention_agent.register.tables import record
from retention_agent.register.tables import share as share_table

ENDED = (State.DESTROYED, State.TRANSFERRED)


class Standing(StrEnum):
    """Where what was sought is now, as far as the register knows."""

    HELD = "held"
    IN_BIN = "in the disposal bin"
    DESTROYED = "destroyed"
    TRANSFERRED = "transferred"
    VANISHED = "vanished"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed for a batch, and when by their own account."""

    person: str
    signed: str


@dataclass(frozen=True, slots=True)
class InBatch:
    """The batch through which a record went, or is going."""

    batch: str
    item: int
    state: State
    at: str | None
    """when it ended: an instant"""
    manifest: Mapping[str, Any]
    title: str
    kept: str
    requested: tuple[Signature, ...]
    approved: tuple[Signature, ...]
    leaf: int | None
    proven: bool
    """whether the log has the entry that says so, under a signed checkpoint"""
    certificate: str | None
    """SHA-256 of the certificate's document, if one was issued"""
    accession: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One record that matches, and what became of it."""

    record: int
    share: str
    path: bytes
    match: Match
    copy_of: int | None
    """the record whose content it has too, where that alone is why it is named"""
    sha256: str | None
    standing: Standing
    since: str | None
    """the scan that found it gone or changed: an instant"""
    until: str | None
    """when the time to take it back from the bin ends: an instant"""
    last_scan: str | None
    in_batch: InBatch | None


@dataclass(frozen=True, slots=True)
class _Issued:
    """Of a batch's certificate: its digest, and the archive's numbers of what was transferred."""

    digest: str | None
    accessions: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Tracer:
    """What looking needs: the register, the key of its log, and how long the bin keeps."""

    connection: sa.Connection
    key: Ed25519PublicKey
    undo: timedelta
    _rules: dict[str, Rule | None] = field(default_factory=dict)
    _certificates: dict[str, _Issued] = field(default_factory=dict)

    def trace(self, matches: Mapping[int, Match]) -> list[Finding]:
        """What became of each record that matches, and of every copy of its content."""
        found = [self._finding(number, match) for number, match in sorted(matches.items())]
        copies = _copies(self.connection, found)
        return found + [
            self._finding(number, Match.CONTENT, original)
            for number, original in sorted(copies.items())
        ]

    def _finding(self, number: int, match: Match, copy_of: int | None = None) -> Finding:
        row = records.find(self.connection, number)
        item = self._item(row)
        standing = _standing(row, match, in_bin=self._in_bin(number))
        gone = standing in {Standing.VANISHED, Standing.CHANGED}
        return Finding(
            record=number,
            share=row["share_name"],
            path=row["path"],
            match=match,
            copy_of=copy_of,
            sha256=row["sha256"],
            standing=standing,
            since=row["last_changed"] if gone else None,
            until=self._until(item) if standing is Standing.IN_BIN else None,
            last_scan=self._last_scan(row["share"]),
            in_batch=None if item is None else self._in_batch(item),
        )

    def _item(self, row: sa.RowMapping) -> Item | None:
        """The item that ended it or has it now; a batch that came to nothing is left out."""
        item = batches.latest_item(self.connection, row["id"])
        open_or_ended = {*IN_BATCH, *ENDED, State.BLOCKED_BY_HOLD, State.FAILED}
        return item if item and item.state == row["state"] and item.state in open_or_ended else None

    def _until(self, item: Item | None) -> str | None:
        return instant(moment(item.binned) + self.undo) if item and item.binned else None

    def _in_bin(self, number: int) -> bool:
        query = sa.select(record.c.id).where(record.c.id == number, batches.IN_BIN)
        return self.connection.scalar(query) is not None

    def _last_scan(self, share: int) -> str | None:
        query = sa.select(share_table.c.last_complete_scan).where(share_table.c.id == share)
        return self.connection.scalar(query)

    def _in_batch(self, item: Item) -> InBatch:
        manifest = json.loads(item.manifest)
        rule = self._rule(manifest["rule"])
        issued = self._issued(item.batch)
        return InBatch(
            batch=item.batch,
            item=item.number,
            state=item.state,
            at=item.finished,
            manifest=manifest,
            title=rule.title if rule else "",
            kept=kept_for(rule) if rule else "",
            requested=self._signed("request-batch", item.batch),
            approved=self._approved(item),
            leaf=item.leaf,
            proven=self._proven(item),
            certificate=issued.digest,
            accession=issued.accessions.get(item.number),
        )

    def _rule(self, digest: str) -> Rule | None:
        if digest not in self._rules:
            found = schedules.rules_of(self.connection, [digest])
            self._rules[digest] = found.get(digest)
        return self._rules[digest]

    def _issued(self, batch: str) -> _Issued:
        if batch not in self._certificates:
            self._certificates[batch] = _read(certificate.issued(self.connection, batch))
        return self._certificates[batch]

    def _signed(self, purpose: str, batch: str) -> tuple[Signature, ...]:
        said = [statement.read(one) for one in signatures.load(self.connection, purpose, batch)]
        return tuple(Signature(one.person, one.signed) for one in said)

    def _approved(self, item: Item) -> tuple[Signature, ...]:
        """Who agreed about this item, with all of its batch or by an answer of its own."""
        about = answers.subject(item.number, json.loads(item.manifest))
        stored = signatures.load_answers(self.connection, item.batch)
        said = [statement.read(signed) for _, _, signed in stored]
        return tuple(
            Signature(one.person, one.signed) for one in said if answers.agrees(one, about)
        )

    def _proven(self, item: Item) -> bool:
        entry = proven_entry(self.connection, item.leaf or 0, self.key)
        return (
            item.leaf is not None
            and entry is not None
            and (item.finished is None or entry["time"] == item.finished)
            and entry["object"] == f"batch:{item.batch}/{item.number}"
            and entry["facts"].get("to") == str(item.state)
        )


def _read(issued: Certificate | None) -> _Issued:
    if issued is None:
        return _Issued(None, {})
    items = json.loads(issued.document)["items"]
    given = {one["number"]: one["accession"] for one in items if one.get("accession")}
    return _Issued(hashlib.sha256(issued.document).hexdigest(), given)


def _standing(row: sa.RowMapping, match: Match, *, in_bin: bool) -> Standing:
    if match is Match.EARLIER_CONTENT:
        return Standing.CHANGED
    if row["state"] in ENDED:
        return Standing(row["state"])
    if in_bin or row["state"] == State.ARMED:
        return Standing.IN_BIN
    return Standing.HELD if row["present"] else Standing.VANISHED


def _copies(connection: sa.Connection, found: Sequence[Finding]) -> dict[int, int]:
    """Other records with the content of one that was found; an empty file is no copy."""
    wanted = {one.sha256: one.record for one in found if one.match is not Match.EARLIER_CONTENT}
    known = {one.record for one in found}
    query = sa.select(record.c.id, record.c.sha256).where(
        record.c.sha256.in_([digest for digest in wanted if digest]), record.c.size > 0
    )
    rows = connection.execute(query)
    return {number: wanted[digest] for number, digest in rows if number not in known}
