"""Reviewing a batch: the sample shown, and the binding answers approve, reject, exclude.

`answer` has the other answers, and those for folders. An approver must have been shown a random
sample of at least 20 items (or all) before signing, and signs for that as well: managers elsewhere
have signed away what none of them had looked at.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import State
from retention_agent.audit import answers, keyring, log, mandate, signatures, statement
from retention_agent.audit.event import Event, Fact
from retention_agent.audit.people import Person
from retention_agent.audit.statement import Statement
from retention_agent.audit.transition import move_items
from retention_agent.errors import NotFound, Refused, nearest
from retention_agent.register import batches
from retention_agent.register.batches import Item
from retention_agent.register.records import instant, moment
from retention_agent.register.tables import batch_item, review_sample
from retention_agent.workflow.propose import require_role

SAMPLE_SIZE = 20
OPEN = frozenset({"proposed", "approved"})
"""what a batch is while it may be answered"""
WAITING = (State.PROPOSED, State.APPROVED)
"""what an item is while it may be answered"""

_exclude = batch_item.update().where(
    batch_item.c.batch == sa.bindparam("of"), batch_item.c.number == sa.bindparam("place")
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a reviewer is shown of a batch: every number and entry drawn with `seed`."""

    seed: str
    entries: tuple[tuple[int, dict[str, Any]], ...]
    total: int
    largest: tuple[int, dict[str, Any]]
    oldest: tuple[int, dict[str, Any]]


def draw(connection: sa.Connection, name: str, person: str, seed: str, now: datetime) -> Sample:
    """Draw the sample of batch `name` for `person` and record that it was shown.

    The same person is shown the same sample again. `seed` is used only the first time. Looking at
    a batch whose answers are final is no review, and is not recorded.

    Raises:
        NotFound: no such batch, or nobody of that id in the keyring.
    """
    status = batches.find(connection, name)["status"]
    people = keyring.active(connection).people
    if person not in people:
        hint = nearest(person, people)
        raise NotFound(
            f"nobody in the keyring has the id {person!r}{hint}", "retention person list"
        )
    items = entries(connection, name)
    known = sample_shown(connection, name, person)
    seed = known.seed if known is not None else seed
    numbers = choose(seed, len(items))
    if known is None and status in OPEN:
        connection.execute(
            review_sample.insert().values(
                batch=name, person=person, seed=seed, numbers=numbers, shown=instant(now)
            )
        )
        facts: dict[str, Fact] = {"seed": seed, "count": len(numbers)}
        event = Event("review sample", f"batch:{name}", facts=facts, private={"person": person})
        log.append(connection, event, now)
    return Sample(
        seed=seed,
        entries=tuple(items[number] for number in numbers),
        total=len(items),
        largest=max(items, key=lambda each: int(each[1]["size"])),
        oldest=min(items, key=lambda each: str(each[1]["trigger_date"])),
    )


def entries(connection: sa.Connection, name: str) -> list[tuple[int, dict[str, Any]]]:
    """Every manifest entry of a batch with its number."""
    return [(item.number, json.loads(item.manifest)) for item in batches.items(connection, name)]


def choose(seed: str, count: int) -> list[int]:
    """Which of `count` items the seed draws: 20, or all; anyone can repeat it."""
    drawn = random.Random(seed).sample(range(count), min(SAMPLE_SIZE, count))  # noqa: S311  (a seed to repeat, not a secret)
    return sorted(drawn)


def approve(
    connection: sa.Connection, name: str, private_key: Ed25519PrivateKey, now: datetime
) -> mandate.Mandate:
    """Sign that the batch may be disposed of; the second signature approves it.

    What others answered about single items stands: those stay out.

    Raises:
        Refused: wrong role, own request, no sample seen, expired, or not open for approval; or
            all of it is listed for review, where approval means nothing.
    """
    batch = open_batch(connection, name)
    person = require_role(connection, private_key, "approver")
    shown = require_approver(connection, batch, person, now)
    items = batches.items(connection, name)
    if not any("approve" in subject_of(item).agreed_by for item in items):
        raise Refused(
            f"batch {name} holds only what the schedule lists for review",
            f"retention answer {name} destroy --all --reason TEXT --key FILE, or another answer",
        )
    said = signatures.accepted(connection, keyring.active(connection), "approve-batch", name)
    if person.id in {each.person for each in said}:
        raise Refused(f"{person.id} has already signed for batch {name}; nothing was changed")
    sign_sample(connection, private_key, shown, now)
    content = mandate.terms(batch, len(items))
    sign(connection, private_key, Statement("approve-batch", name, person.id, content), now)
    return settle(connection, name, now)


def reject(
    connection: sa.Connection, name: str, private_key: Ed25519PrivateKey, reason: str, now: datetime
) -> None:
    """Sign that nothing of the batch may be destroyed; its records are kept.

    Raises:
        Refused: wrong role, or the batch is already being disposed of.
    """
    batch = open_batch(connection, name)
    person = require_role(connection, private_key, "approver")
    content = {"root": batch["root"], "reason": reason}
    sign(connection, private_key, Statement("reject-batch", name, person.id, content), now)
    waiting = batches.items(connection, name, *WAITING)
    move_items(connection, waiting, State.DUE, now, f"batch rejected: {reason}")
    batches.set_status(connection, name, "rejected")
    private: Mapping[str, str] = {"person": person.id, "reason": reason}
    log.append(connection, Event("disposal rejection", f"batch:{name}", private=private), now)


def exclude(
    connection: sa.Connection,
    item: Item,
    private_key: Ed25519PrivateKey,
    reason: str,
    now: datetime,
) -> None:
    """Sign one item out of its batch; it is kept until somebody proposes it by number.

    Raises:
        Refused: wrong role, or the batch is already being disposed of.
    """
    batch = open_batch(connection, item.batch)
    person = require_role(connection, private_key, "approver")
    subject = f"{item.batch}/{item.number}"
    content = {"root": batch["root"], "reason": reason}
    sign(connection, private_key, Statement("exclude-item", subject, person.id, content), now)
    move_items(connection, [item], State.DEFERRED, now, f"excluded: {reason}")
    mark_excluded(connection, [item], person.id)
    settle(connection, item.batch, now)


def settle(connection: sa.Connection, name: str, now: datetime) -> mandate.Mandate:
    """Approve the items that two people agree on by now, and say how far the batch is."""
    found = mandate.examine(connection, batches.find(connection, name))
    waiting = batches.items(connection, name, State.PROPOSED)
    if not found.missing:
        agreed = [item for item in waiting if item.number not in found.lacking]
        move_items(connection, agreed, State.APPROVED, now)
    states = {item.state for item in batches.items(connection, name, *WAITING)}
    status = "approved" if State.APPROVED in states else "proposed" if states else "rejected"
    batches.set_status(connection, name, status)
    return found


def open_batch(connection: sa.Connection, name: str) -> dict[str, Any]:
    """The batch, if it may still be answered.

    Raises:
        Refused: it may not.
    """
    batch = dict(batches.find(connection, name))
    if batch["status"] not in OPEN:
        raise Refused(f"batch {name} is {batch['status']}; its answers are final")
    return batch


def require_approver(
    connection: sa.Connection, batch: Mapping[str, Any], person: Person, now: datetime
) -> sa.Row[Any]:
    """Let somebody pass who may agree to a batch; answers with the sample they were shown.

    Raises:
        Refused: own request, no sample seen, or expired.
    """
    name = batch["id"]
    if person.id == batch["requester"]:
        raise Refused(f"{person.id} asked for batch {name} and cannot approve it")
    if now > moment(batch["expires"]):
        raise Refused(f"batch {name} expired on {batch['expires'][:10]}", "Propose it again.")
    shown = sample_shown(connection, name, person.id)
    if shown is None:
        raise Refused(
            f"{person.id} has not looked at batch {name}",
            f"retention review {name} --person {person.id}",
        )
    return shown


def sign_sample(
    connection: sa.Connection, private_key: Ed25519PrivateKey, shown: sa.Row[Any], now: datetime
) -> None:
    """Sign that the sample was looked at, unless that was signed before."""
    present = keyring.active(connection)
    said = signatures.accepted(connection, present, "review-sample", shown.batch)
    if shown.person not in {each.person for each in said}:
        seen = {"seed": shown.seed, "numbers": shown.numbers}
        looked = Statement("review-sample", shown.batch, shown.person, seen)
        sign(connection, private_key, looked, now)


def sign(
    connection: sa.Connection, private_key: Ed25519PrivateKey, said: Statement, now: datetime
) -> None:
    """Sign a statement and take it in."""
    signed = statement.sign(private_key, said, now)
    signatures.store(connection, keyring.active(connection), signed, now)


def mark_excluded(connection: sa.Connection, items: Sequence[Item], person: str) -> None:
    """Write down who took the items out, for display and the certificate."""
    if items:
        rows = [{"of": item.batch, "place": item.number} for item in items]
        connection.execute(_exclude.values(excluded_by=person), rows)


def subject_of(item: Item) -> answers.Subject:
    """The item as answers see it."""
    return answers.subject(item.number, json.loads(item.manifest))


def sample_shown(connection: sa.Connection, name: str, person: str) -> sa.Row[Any] | None:
    """The sample of a batch that a person was shown."""
    return connection.execute(
        sa.select(review_sample).where(
            review_sample.c.batch == name, review_sample.c.person == person
        )
    ).one_or_none()
