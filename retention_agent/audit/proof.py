"""Whether the log really holds an entry, by its signed checkpoint, here and now."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from retention_agent.audit import canonical, checkpoint, log, merkle
from retention_agent.errors import IntegrityError
from retention_agent.register.tables import log_checkpoint, log_leaf


def proven_entry(
    connection: sa.Connection, number: int, key: Ed25519PublicKey
) -> Mapping[str, Any] | None:
    """The log's entry of that number, if the latest checkpoint signed by `key` covers it.

    None where the entry, its proof or the checkpoint's signature does not hold.
    """
    leaf = connection.scalar(sa.select(log_leaf.c.leaf).where(log_leaf.c.number == number))
    latest = sa.select(log_checkpoint.c.note).order_by(log_checkpoint.c.size.desc()).limit(1)
    try:
        signed = checkpoint.open_checkpoint(
            connection.scalar(latest) or "", checkpoint.verifier_of(key)
        )
        if leaf is None or number >= signed.size:
            return None
        raw = leaf.encode()
        proof = log.inclusion(connection, number, signed.size)
        hashed = merkle.leaf_hash(raw)
        if not merkle.verify_inclusion(hashed, number, signed.size, proof, signed.root):
            return None
        entry = canonical.loads(raw)
    except (checkpoint.BadCheckpoint, canonical.NotCanonical, IntegrityError):
        return None
    return entry if isinstance(entry, dict) else None
