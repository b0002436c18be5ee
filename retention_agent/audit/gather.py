"""Gathers the evidence from the live register, as it stands, and has it checked."""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from retention_agent.audit import checkpoint, keyring, log, merkle, verify
from retention_agent.audit.certified import Certificate
from retention_agent.audit.people import Entry
from retention_agent.audit.problem import Problem
from retention_agent.audit.statement import Signed
from retention_agent.audit.verify import Evidence, Report
from retention_agent.audit.walk import Opening
from retention_agent.register.tables import (
    batch_item,
    certificate,
    log_checkpoint,
    log_leaf,
    log_node,
    log_opening,
    signature,
)
from retention_agent.register.tables import keyring as keyring_table

_ROWS = 10_000


def verify_register(
    connection: sa.Connection, key: Ed25519PublicKey, kept: Sequence[str] = ()
) -> Report:
    """Check the live register's evidence, and the stored hashes that proofs are made from."""
    report = verify.check(gather(connection, key), kept)
    return replace(report, problems=[*report.problems, *_tree_problems(connection)])


def gather(connection: sa.Connection, key: Ed25519PublicKey) -> Evidence:
    """The evidence as the live register has it; what is long is read as it is needed."""
    return Evidence(
        key=checkpoint.verifier_of(key).text,
        checkpoints=list(
            connection.scalars(sa.select(log_checkpoint.c.note).order_by(log_checkpoint.c.size))
        ),
        leaves=_leaves(connection),
        openings=_openings(connection),
        keyrings=_keyrings(connection),
        statements=_statements(connection),
        manifests={name: _manifest(connection, name) for name in _requested(connection)},
        certificates=_certificates(connection),
        still_growing=True,
    )


def _leaves(connection: sa.Connection) -> Iterator[bytes]:
    query = sa.select(log_leaf.c.leaf).order_by(log_leaf.c.number)
    for (leaf,) in _streamed(connection, query):
        yield leaf.encode()


def _openings(connection: sa.Connection) -> Iterator[Opening]:
    query = sa.select(log_opening).order_by(log_opening.c.number, log_opening.c.field)
    for row in _streamed(connection, query):
        yield Opening(row.number, row.field, row.salt, row.value)


def _keyrings(connection: sa.Connection) -> list[Entry]:
    """The versions marked as in force, for a draft is no evidence; the check trusts no mark."""
    marked = sa.select(sa.func.max(keyring_table.c.version)).where(keyring_table.c.active)
    in_force = connection.execute(marked).scalar() or 0
    return [
        # signers of one version differ in the text's `person` only: this is the order of people
        Entry(entry.document, tuple(sorted(entry.signatures, key=lambda signed: signed.text)))
        for entry in keyring.entries(connection)[:in_force]
    ]


def _statements(connection: sa.Connection) -> list[Signed]:
    rows = connection.execute(
        sa.select(signature.c.statement, signature.c.signature)
        .where(signature.c.purpose != "keyring")
        .order_by(signature.c.id)
    )
    return [Signed(*row) for row in rows]


def _requested(connection: sa.Connection) -> Iterable[str]:
    """The batches that somebody signed a request for."""
    return connection.scalars(
        sa.select(signature.c.subject)
        .where(signature.c.purpose == "request-batch")
        .order_by(signature.c.subject)
        .distinct()
    ).all()


def _manifest(connection: sa.Connection, batch: str) -> Iterator[bytes]:
    query = (
        sa.select(batch_item.c.manifest)
        .where(batch_item.c.batch == batch)
        .order_by(batch_item.c.number)
    )
    for (entry,) in _streamed(connection, query):
        yield entry.encode()


def _certificates(connection: sa.Connection) -> Iterator[tuple[str, Certificate]]:
    for row in _streamed(connection, sa.select(certificate).order_by(certificate.c.batch)):
        yield row.batch, Certificate(row.document.encode(), _raw(row.signature))


def _tree_problems(connection: sa.Connection) -> Iterator[Problem]:
    """Each level of the stored tree must be made from the level below it, and that of the log."""
    made: Iterable[bytes] = (merkle.leaf_hash(leaf) for leaf in _leaves(connection))
    for level in range(log.size(connection).bit_length() + 1):
        pairs = zip_longest(enumerate(made), _level(connection, level))
        if any(expected != stored for expected, stored in pairs):
            yield Problem("tree-differs", f"level {level} of the stored tree", "not the log's")
        hashes = (found for _, found in _level(connection, level))
        made = (merkle.node_hash(*pair) for pair in zip(hashes, hashes, strict=False))


def _level(connection: sa.Connection, level: int) -> Iterable[tuple[int, bytes]]:
    query = (
        sa.select(log_node.c.position, log_node.c.hash)
        .where(log_node.c.level == level)
        .order_by(log_node.c.position)
    )
    return ((row.position, row.hash) for row in _streamed(connection, query))


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode(), validate=True)
    except ValueError:
        return b""  # no signature: the check will say so


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterable[sa.Row[Any]]:
    return connection.execute(query, execution_options={"yield_per": _ROWS})
