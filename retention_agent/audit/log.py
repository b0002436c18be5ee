"""The tamper-evident log: an append-only list of events under an RFC 6962 tree.

* `append` works in the caller's transaction: a change and its event are committed together or
  not at all. Leaf numbers are dense and start at 0.
* A leaf is canonical JSON. Each private field stands in it as the SHA-256 of 16 random bytes
  followed by the field's canonical text; erasing the clear text leaves every proof valid.
* `publish` signs the log's present size and root as a checkpoint, and refuses to when the log no
  longer begins with what it signed before.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import canonical, checkpoint, merkle
from retention_agent.audit.event import JSON, Event
from retention_agent.audit.problem import shortened
from retention_agent.errors import IntegrityError
from retention_agent.register.tables import log_checkpoint, log_leaf, log_node, log_opening

LEAF_VERSION = 1
SALT_BYTES = 16
_MOST_PARAMETERS = 500


def append(connection: sa.Connection, event: Event, now: datetime) -> int:
    """Append one event in the caller's transaction; returns its leaf number."""
    return append_many(connection, [event], now)[0]


def append_many(connection: sa.Connection, events: Iterable[Event], now: datetime) -> list[int]:
    """Append events in the caller's transaction; returns their leaf numbers.

    Raises:
        IntegrityError: the stored tree does not fit the stored leaves; nothing was appended.
        NotCanonical: a value cannot be written as canonical JSON.
    """
    edge = _edge(connection)
    time = canonical.instant(now)
    leaves, openings, nodes, numbers = [], [], [], []
    for number, event in enumerate(events, edge.size):
        leaf, opened = _leaf(number, event, time)
        numbers.append(number)
        leaves.append({"number": number, "leaf": leaf.decode()})
        openings += opened
        nodes += [
            {"level": level, "position": position, "hash": made}
            for (level, position), made in edge.add(merkle.leaf_hash(leaf))
        ]
    for table, rows in ((log_leaf, leaves), (log_opening, openings), (log_node, nodes)):
        if rows:
            connection.execute(sa.insert(table), rows)
    return numbers


def size(connection: sa.Connection) -> int:
    """How many leaves the log has."""
    last = connection.execute(sa.select(sa.func.max(log_leaf.c.number))).scalar_one()
    return 0 if last is None else int(last) + 1


def root(connection: sa.Connection, at: int | None = None) -> bytes:
    """The root of the log's first `at` leaves, or of all of them."""
    leaves = size(connection) if at is None else at
    return _hashes(connection, [[(0, leaves)]])[0][0]


def inclusion(connection: sa.Connection, number: int, tree_size: int) -> list[bytes]:
    """The proof that leaf `number` is in the tree of the first `tree_size` leaves."""
    return inclusions(connection, [number], tree_size)[0]


def inclusions(
    connection: sa.Connection, numbers: Sequence[int], tree_size: int
) -> list[list[bytes]]:
    """One inclusion proof for each of many leaves, with few reads of the register."""
    return _hashes(connection, [merkle.inclusion_ranges(one, tree_size) for one in numbers])


def consistency(connection: sa.Connection, old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with the tree of `old` leaves."""
    return _hashes(connection, [merkle.consistency_ranges(old, new)])[0]


def publish(connection: sa.Connection, service_key: Ed25519PrivateKey, now: datetime) -> str:
    """Sign the log as it stands and store the checkpoint; returns its note.

    A size that was signed before keeps its checkpoint.

    Raises:
        IntegrityError: the log does not continue what was signed before, or by another key.
    """
    verifier = checkpoint.verifier_of(service_key.public_key())
    current = checkpoint.Checkpoint(verifier.name, size(connection), root(connection))
    latest = connection.execute(
        sa.select(log_checkpoint.c.note).order_by(log_checkpoint.c.size.desc()).limit(1)
    ).scalar()
    if latest is not None:
        signed = _signed_before(latest, verifier)
        _require_growth(connection, signed, current)
        if signed.size == current.size:
            return str(latest)
    note = checkpoint.sign(current, service_key)
    connection.execute(
        sa.insert(log_checkpoint).values(
            size=current.size, note=note, published=canonical.instant(now)
        )
    )
    return note


def erase(connection: sa.Connection, numbers: Sequence[int], now: datetime) -> int:
    """Erase the clear text behind some leaves' private fields, and log that it was done.

    The leaves and every proof stay as they are. Returns the number of the event's leaf.
    """
    chosen = sorted(set(numbers))
    for chunk in _chunks(chosen):
        connection.execute(sa.delete(log_opening).where(log_opening.c.number.in_(chunk)))
    erased = Event(
        "opening erasure",
        "log:openings",
        facts={"numbers": shortened(chosen), "count": len(chosen)},
    )
    return append(connection, erased, now)


def _leaf(number: int, event: Event, time: str) -> tuple[bytes, list[dict[str, object]]]:
    commitments: dict[str, JSON] = {}
    openings: list[dict[str, object]] = []
    for name, value in event.private.items():
        salt, text = secrets.token_bytes(SALT_BYTES), canonical.dumps(value)
        commitments[name] = _base64(hashlib.sha256(salt + text).digest())
        openings.append(
            {"number": number, "field": name, "salt": _base64(salt), "value": text.decode()}
        )
    leaf = {
        "v": LEAF_VERSION,
        "number": number,
        "time": time,
        "type": event.type,
        "object": event.object,
        "outcome": event.outcome,
        "facts": dict(event.facts),
        "private": commitments,
    }
    return canonical.dumps(leaf), openings


def _edge(connection: sa.Connection) -> merkle.Edge:
    leaves = size(connection)
    wanted = list(merkle.subtrees(0, leaves))
    found = _nodes(connection, set(wanted))
    return merkle.Edge(leaves, [found[node] for node in wanted])


def _hashes(
    connection: sa.Connection, proofs: Sequence[Sequence[merkle.Range]]
) -> list[list[bytes]]:
    wanted = {node for ranges in proofs for one in ranges for node in merkle.subtrees(*one)}
    found = _nodes(connection, wanted)
    return [merkle.hashes_of(found, ranges) for ranges in proofs]


def _nodes(connection: sa.Connection, wanted: set[merkle.Node]) -> dict[merkle.Node, bytes]:
    found: dict[merkle.Node, bytes] = {}
    for level in {level for level, _ in wanted}:
        positions = sorted(position for at, position in wanted if at == level)
        for chunk in _chunks(positions):
            rows = connection.execute(
                sa.select(log_node.c.position, log_node.c.hash).where(
                    log_node.c.level == level, log_node.c.position.in_(chunk)
                )
            )
            found |= {(level, position): made for position, made in rows}
    if missing := wanted - found.keys():
        raise IntegrityError(
            f"the log's stored tree lacks {len(missing)} nodes that its leaves call for",
            "Run `retention verify`, then restore the state folder from a backup.",
        )
    return found


def _signed_before(note: str, verifier: checkpoint.Verifier) -> checkpoint.Checkpoint:
    try:
        return checkpoint.open_checkpoint(note, verifier)
    except checkpoint.BadCheckpoint as error:
        raise IntegrityError(
            f"the last published checkpoint was not signed by this service key: {error}",
            "Use the service key of this state folder, or restore the folder from a backup.",
        ) from error


def _require_growth(
    connection: sa.Connection, signed: checkpoint.Checkpoint, current: checkpoint.Checkpoint
) -> None:
    if signed.size > current.size or root(connection, signed.size) != signed.root:
        raise IntegrityError(
            f"the log of {current.size} events does not begin with the {signed.size} events "
            "that the last published checkpoint covers",
            "Events were changed or lost since. Restore the state folder; sign nothing until then.",
        )


def _chunks(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (
        numbers[start : start + _MOST_PARAMETERS]
        for start in range(0, len(numbers), _MOST_PARAMETERS)
    )


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
