"""Takes in the archive's answer: what it accepted may go on, what it declined goes to review."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from policies import State
from retention_agent.audit.event import Event
from retention_agent.audit.log import append_many
from retention_agent.audit.transition import IN_BATCH, move_items
from retention_agent.disposal import bag
from retention_agent.disposal.archived import ACCEPTED, is_last, store_fault
from retention_agent.disposal.receipt import Answer, Receipt, check
from retention_agent.errors import Refused
from retention_agent.register import batches, transfers
from retention_agent.register.batches import Item
from retention_agent.register.records import instant
from retention_agent.register.transfers import Sent


@dataclass(frozen=True, slots=True)
class Received:
    """What a receipt was news of, and how many files of the bag still have no answer."""

    accepted: int
    declined: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Terms:
    """How a receipt is to be read."""

    today: date
    partial: bool
    """files that it does not mention are no mistake"""
    store: Path | None
    """the archive's own copy of the bag, where it can be read"""


def receive(
    connection: sa.Connection, name: str, receipt: Receipt, terms: Terms, now: datetime
) -> Received:
    """Store a receipt and carry out what follows from it, all in the caller's transaction.

    Raises:
        Refused: the batch was not exported, or the archive's own copy is not what was sent.
        UsageError: the receipt has mistakes; all of them are told.
    """
    known = transfers.find(connection, name)
    if known is None or known["validated"] is None:
        batches.find(connection, name)
        raise Refused(
            f"batch {name} was not copied for the archive", f"retention transfer export {name}"
        )
    items = {item.number: item for item in batches.items(connection, name)}
    sent = transfers.sent(connection, name)
    digests = {number: _sha256(items[number]) for number in sent}
    answers = check(receipt, sent, digests, terms.today, partial=terms.partial)
    new = [answer for answer in answers if answer.differs(sent[answer.number])]
    if terms.store is not None:
        accepted = {each.number: sent[each.number] for each in answers if each.answer == ACCEPTED}
        _require_store(terms.store, known["digest"], accepted, digests)
        transfers.remember_store(connection, name, os.fsencode(terms.store))
    _take_in(connection, name, receipt, new, now)
    _follow(connection, [(items[each.number], each) for each in new], now)
    _close(connection, name)
    accepted_now = sum(each.answer == ACCEPTED for each in new)
    after = transfers.sent(connection, name).values()
    unanswered = sum(each.answer is None for each in after)
    return Received(accepted_now, len(new) - accepted_now, unanswered)


def _require_store(
    store: Path, digest: str, accepted: Mapping[int, Sent], digests: Mapping[int, str]
) -> None:
    """Let the archive's own copy pass if every file it accepted is there as it was sent."""
    found = [
        f"{each.path}: {fault}"
        for number, each in accepted.items()
        if (fault := store_fault(os.fsencode(store), each.path, digests[number]))
    ]
    if not found and (store / bag.TAG_MANIFEST).is_file():
        found = bag.faults(store)
        if not found and bag.digest(store) != digest:
            found = ["it is another bag than the one that was sent"]
    if found:
        raise Refused(f"{store}: the archive's copy is not what was sent", *found)


def _take_in(
    connection: sa.Connection, name: str, receipt: Receipt, new: Sequence[Answer], now: datetime
) -> None:
    records = transfers.sent(connection, name)
    events = [_event(name, receipt, each, records[each.number].record) for each in new]
    leaves = append_many(connection, events, now)
    for each, leaf in zip(new, leaves, strict=True):
        values = {
            "answer": each.answer,
            "accession": each.accession,
            "on": each.on,
            "reason": each.reason,
            "receipt": receipt.digest,
            "leaf": leaf,
        }
        transfers.answer(connection, name, each.number, values)
    came = (receipt.digest, receipt.name, receipt.content)
    transfers.keep_receipt(connection, name, came, instant(now))


def _event(name: str, receipt: Receipt, answer: Answer, record: int) -> Event:
    return Event(
        "accession",
        f"batch:{name}/{answer.number}",
        facts={
            "record": record,
            "accepted": answer.answer == ACCEPTED,
            "receipt": receipt.digest,
        },
        private={"accession": answer.accession, "on": answer.on, "reason": answer.reason},
    )


def _follow(connection: sa.Connection, new: Sequence[tuple[Item, Answer]], now: datetime) -> None:
    """What the archive does not want leaves the batch for review; what only had to be copied, too.

    The rest waits to be disposed of.
    """
    for item, answer in new:
        if item.state is not State.APPROVED:
            continue
        if answer.answer != ACCEPTED:
            why = f"declined by the archive: {answer.reason}"
            move_items(connection, [item], State.DUE, now, why)
            transfers.decline(connection, item.record, _sha256(item), str(answer.reason))
        elif not is_last(item):
            why = "the archive has a copy; the record stays for the next phase of its rule"
            move_items(connection, [item], State.CLASSIFIED, now, why)
            transfers.end_phase(connection, item.record, json.loads(item.manifest))


def _close(connection: sa.Connection, name: str) -> None:
    if not any(item.state in IN_BATCH for item in batches.items(connection, name)):
        batches.set_status(connection, name, "closed")


def _sha256(item: Item) -> str:
    return str(json.loads(item.manifest)["sha256"])
