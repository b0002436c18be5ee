"""Is a batch approved? Worked out from signatures each time, never from a flag.

A batch may be disposed of when one person with the role requester asked for exactly its manifest
and two other people with the role approver approved exactly that. At most one of the two may have
put the schedule in force that the batch rests on, and that schedule must itself have been adopted
by two signatures: neither a mark in the register nor an edited schedule counts.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from retention_agent.audit import adoption, canonical, keyring, merkle, signatures
from retention_agent.audit.people import Keyring
from retention_agent.audit.statement import Statement
from retention_agent.errors import IntegrityError, Refused
from retention_agent.register import batches
from retention_agent.register.records import moment

APPROVERS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who asked for a batch and who approved it, as verified just now."""

    requester: str | None
    approvers: tuple[str, ...]
    missing: tuple[str, ...]
    """what still stands between the batch and its disposal, in words"""


def terms(batch: Mapping[str, Any], size: int) -> dict[str, object]:
    """What is asked for and approved: the content of both statements."""
    return {
        "root": batch["root"],
        "policy": batch["policy"],
        "hold_epoch": batch["hold_epoch"],
        "expires": batch["expires"],
        "size": size,
    }


def policy_digest(rules: Mapping[str, str]) -> str:
    """A digest over the rule rows a batch uses (class: digest of its rule).

    Another version of the schedule may leave it unchanged.
    """
    return hashlib.sha256(canonical.dumps(dict(rules))).hexdigest()


def require(
    connection: sa.Connection, batch: Mapping[str, Any], *, unexpired_at: datetime | None
) -> None:
    """Let an approved batch pass; `unexpired_at` also asks that the approval has not expired.

    Raises:
        Refused: a signature is missing, revoked or too late; the message says which.
        IntegrityError: the manifest is not the one that was signed.
    """
    found = examine(connection, batch)
    if found.missing:
        raise Refused(f"batch {batch['id']} is not approved", *found.missing)
    if unexpired_at is not None and unexpired_at > moment(batch["expires"]):
        raise Refused(
            f"the approval of batch {batch['id']} expired on {batch['expires'][:10]}",
            "Propose the records again: retention propose",
        )


def examine(connection: sa.Connection, batch: Mapping[str, Any]) -> Mandate:
    """Verify the manifest and every signature on the batch under the keyring in force.

    Raises:
        IntegrityError: the manifest is not the one that was signed.
    """
    manifest = [item.manifest for item in batches.items(connection, batch["id"])]
    _require_manifest(batch, manifest)
    present = keyring.active(connection)
    asked = _signers(connection, present, "request-batch", batch, len(manifest))
    approved = _signers(connection, present, "approve-batch", batch, len(manifest)) - asked
    said_no = signatures.accepted(connection, present, "reject-batch", batch["id"])
    rejected = {each.person for each in said_no}
    adopters = adoption.adopters(connection)
    missing = []
    if not asked:
        missing.append("no requester of the keyring in force has signed it")
    if rejected:
        missing.append(f"rejected by {', '.join(sorted(rejected))}")
    if len(approved) < APPROVERS_NEEDED:
        missing.append(
            f"{len(approved)} of {APPROVERS_NEEDED} approvals by people other than the requester"
        )
    if len(adopters) < adoption.ADOPTERS_NEEDED:
        missing.append("the schedule in force was not adopted by two people")
    both = (adopters, adoption.latest_signers(connection))
    if len(approved) >= APPROVERS_NEEDED and any(approved <= each for each in both):
        missing.append("the two approvers are the two who put the schedule in force")
    return Mandate(min(asked, default=None), tuple(sorted(approved)), tuple(missing))


def _require_manifest(batch: Mapping[str, Any], manifest: Sequence[str]) -> None:
    entries = [json.loads(entry) for entry in manifest]
    policy = policy_digest({entry["class"]: entry["rule"] for entry in entries})
    root = merkle.root([merkle.leaf_hash(entry.encode()) for entry in manifest]).hex()
    if (root, policy) != (batch["root"], batch["policy"]):
        raise IntegrityError(
            f"the manifest of batch {batch['id']} is not the one it was proposed with",
            "Nothing was moved. Have the log verified: retention verify",
        )


def _signers(
    connection: sa.Connection,
    people: Keyring,
    purpose: str,
    batch: Mapping[str, Any],
    size: int,
) -> set[str]:
    said: list[Statement] = signatures.accepted(connection, people, purpose, batch["id"])
    return {each.person for each in said if dict(each.content) == terms(batch, size)}
