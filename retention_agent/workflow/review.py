"""Reviewing a batch: the sample shown, and the binding answers approve, reject, exclude.

An approver must have been shown a random sample of at least 20 items (or all) before signing, and
signs for that as well: managers elsewhere have signed away what none of them had looked at.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import State
from retention_agent.audit import keyring, log, mandate, signatures, statement
from retention_agent.audit.event import Event, Fact
from retention_agent.audit.statement import Statement
from retention_agent.audit.transition import move_items
from retention_agent.errors import NotFound, Refused
from retention_agent.register import batches
from retention_agent.register.batches import Item
from retention_agent.register.records import instant, moment
from retention_agent.register.tables import batch_item, review_sample
from retention_agent.workflow.propose import require_role

SAMPLE_SIZE = 20


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

    The same person is shown the same sample again. `seed` is used only the first time.

    Raises:
        NotFound: no such batch, or nobody of that id in the keyring.
    """
    batches.find(connection, name)
    if person not in keyring.active(connection).people:
        raise NotFound(f"nobody in the keyring has the id {person!r}", "retention person list")
    items = entries(connection, name)
    known = _shown(connection, name, person)
    seed = known.seed if known is not None else seed
    numbers = choose(seed, len(items))
    if known is None:
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

    Raises:
        Refused: wrong role, own request, no sample seen, expired, or not open for approval.
    """
    batch = _open_batch(connection, name)
    person = require_role(connection, private_key, "approver")
    if person.id == batch["requester"]:
        raise Refused(f"{person.id} asked for batch {name} and cannot approve it")
    if now > moment(batch["expires"]):
        raise Refused(f"batch {name} expired on {batch['expires'][:10]}", "Propose it again.")
    shown = _shown(connection, name, person.id)
    if shown is None:
        raise Refused(
            f"{person.id} has not looked at batch {name}",
            f"retention review {name} --person {person.id}",
        )
    if person.id in mandate.examine(connection, batch).approvers:
        raise Refused(f"{person.id} has already signed for batch {name}; nothing was changed")
    items = batches.items(connection, name)
    seen = {"seed": shown.seed, "numbers": shown.numbers}
    _sign(connection, private_key, Statement("review-sample", name, person.id, seen), now)
    content = mandate.terms(batch, len(items))
    _sign(connection, private_key, Statement("approve-batch", name, person.id, content), now)
    found = mandate.examine(connection, batch)
    if not found.missing:
        waiting = [item for item in items if item.state is State.PROPOSED]
        move_items(connection, waiting, State.APPROVED, now)
        batches.set_status(connection, name, "approved")
    return found


def reject(
    connection: sa.Connection, name: str, private_key: Ed25519PrivateKey, reason: str, now: datetime
) -> None:
    """Sign that nothing of the batch may be destroyed; its records are kept.

    Raises:
        Refused: wrong role, or the batch is already being disposed of.
    """
    batch = _open_batch(connection, name)
    person = require_role(connection, private_key, "approver")
    content = {"root": batch["root"], "reason": reason}
    _sign(connection, private_key, Statement("reject-batch", name, person.id, content), now)
    waiting = batches.items(connection, name, State.PROPOSED, State.APPROVED)
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
    batch = _open_batch(connection, item.batch)
    person = require_role(connection, private_key, "approver")
    subject = f"{item.batch}/{item.number}"
    content = {"root": batch["root"], "reason": reason}
    _sign(connection, private_key, Statement("exclude-item", subject, person.id, content), now)
    move_items(connection, [item], State.DEFERRED, now, f"excluded: {reason}")
    connection.execute(
        batch_item.update()
        .where(batch_item.c.batch == item.batch, batch_item.c.number == item.number)
        .values(excluded_by=person.id)
    )


def _open_batch(connection: sa.Connection, name: str) -> dict[str, Any]:
    batch = dict(batches.find(connection, name))
    if batch["status"] not in {"proposed", "approved"}:
        raise Refused(f"batch {name} is {batch['status']}; its answers are final")
    return batch


def _sign(
    connection: sa.Connection,
    private_key: Ed25519PrivateKey,
    said: Statement,
    now: datetime,
) -> None:
    signed = statement.sign(private_key, said, now)
    signatures.store(connection, keyring.active(connection), signed, now)


def _shown(connection: sa.Connection, name: str, person: str) -> sa.Row[Any] | None:
    return connection.execute(
        sa.select(review_sample).where(
            review_sample.c.batch == name, review_sample.c.person == person
        )
    ).one_or_none()
