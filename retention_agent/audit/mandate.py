"""Is a batch approved? Worked out from signatures each time, never from a flag.

An item of a batch may be disposed of when one person with the role requester asked for exactly its
manifest, two other people with the role approver agreed about the item, and no approver's answer
keeps it (`answers`). At most one of the two may have put the schedule in force that the batch rests
on, and that schedule must itself have been adopted by two signatures: neither a mark in the
register nor an edited schedule counts. An answer that keeps stands even after its giver has left.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from retention_agent.audit import (
    adoption,
    answers,
    canonical,
    keyring,
    merkle,
    people,
    signatures,
)
from retention_agent.audit.answers import APPROVALS_NEEDED, Said, Verdict
from retention_agent.errors import IntegrityError, Refused
from retention_agent.register import batches
from retention_agent.register.records import moment

_REASONS_SHOWN = 3
_KEPT = {
    "reject": "rejected",
    "exclude": "excluded",
    "extend": "kept longer",
    "reclassify": "given another class",
    "transfer": "wanted for the archive",
    answers.UNREADABLE: "answered in a form that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Mandate:
    """Who asked for a batch and who approved it, as verified just now."""

    requester: str | None
    approvers: tuple[str, ...]
    missing: tuple[str, ...]
    """what still stands between the whole batch and its disposal, in words"""
    lacking: Mapping[int, str] = field(default_factory=dict, compare=False)
    """by item: what stands between it alone and its disposal"""
    verdicts: Sequence[Verdict] = field(default=(), compare=False)
    """what the people answered about each item, in order"""


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
) -> Mandate:
    """Let an approved batch pass; `unexpired_at` also asks that the approval has not expired.

    Of its items only those may go on that the mandate does not list as lacking something.

    Raises:
        Refused: a signature is missing, revoked or too late; the message says which.
        IntegrityError: the manifest is not the one that was signed, or the statements are not those
            that the log saw come in.
    """
    found = examine(connection, batch)
    if found.missing:
        raise Refused(f"batch {batch['id']} is not approved", *found.missing)
    if unexpired_at is not None and unexpired_at > moment(batch["expires"]):
        raise Refused(
            f"the approval of batch {batch['id']} expired on {batch['expires'][:10]}",
            "Propose the records again: retention propose",
        )
    signatures.require_as_logged(connection)
    return found


def examine(connection: sa.Connection, batch: Mapping[str, Any]) -> Mandate:
    """Verify the manifest and every signature on the batch under the keyring in force.

    Raises:
        IntegrityError: the manifest is not the one that was signed.
    """
    manifest = [item.manifest for item in batches.items(connection, batch["id"])]
    entries = [json.loads(entry) for entry in manifest]
    _require_manifest(batch, manifest, entries)
    asked = _requesters(connection, batch, len(manifest))
    adopters = adoption.adopters(connection)
    said = spoken(connection, batch, len(manifest))
    verdicts = [
        answers.judge(answers.subject(number, entry), said) for number, entry in enumerate(entries)
    ]
    both = (adopters, adoption.latest_signers(connection))
    lacking = _lacking(verdicts, asked, both)
    missing = []
    if not asked:
        missing.append("no requester of the keyring in force has signed it")
    if len(adopters) < adoption.ADOPTERS_NEEDED:
        missing.append("the schedule in force was not adopted by two people")
    if len(lacking) == len(verdicts):
        common = Counter(lacking.values()).most_common(_REASONS_SHOWN)
        missing += [why for why, _ in common]
    approvers = sorted({person for each in verdicts for person in each.agreed} - asked)
    return Mandate(
        min(asked, default=None), tuple(approvers), tuple(missing), lacking, tuple(verdicts)
    )


def spoken(connection: sa.Connection, batch: Mapping[str, Any], size: int) -> list[Said]:
    """What was validly answered about a batch, in order: what keeps, by anybody who ever might."""
    versions = people.chain(keyring.entries(connection))
    present = keyring.active(connection)
    found = []
    for purpose, subject, signed in signatures.load_answers(connection, batch["id"]):
        said = adoption.under_any(versions, signed)
        if said is not None and (said.purpose, said.subject) == (purpose, subject):
            stands = adoption.under_any([present], signed) is not None
            found.append(answers.read(said, terms(batch, size), stands=stands))
    return found


def _lacking(
    verdicts: Sequence[Verdict], asked: set[str], adopters: Sequence[set[str]]
) -> dict[int, str]:
    found = {number: _obstacle(each, asked, adopters) for number, each in enumerate(verdicts)}
    return {number: why for number, why in found.items() if why}


def _obstacle(verdict: Verdict, asked: set[str], adopters: Sequence[set[str]]) -> str:
    approved = verdict.agreed - asked
    if verdict.kept:
        return "; ".join(sorted({f"{_KEPT[a.word]} by {who}" for who, a in verdict.kept}))
    if len(approved) < APPROVALS_NEEDED:
        return f"{len(approved)} of {APPROVALS_NEEDED} approvals by people other than the requester"
    if any(approved <= each for each in adopters):
        return "the two approvers are the two who put the schedule in force"
    return ""


def _require_manifest(
    batch: Mapping[str, Any], manifest: Sequence[str], entries: Sequence[Mapping[str, Any]]
) -> None:
    policy = policy_digest({entry["class"]: entry["rule"] for entry in entries})
    root = merkle.root([merkle.leaf_hash(entry.encode()) for entry in manifest]).hex()
    if (root, policy) != (batch["root"], batch["policy"]):
        raise IntegrityError(
            f"the manifest of batch {batch['id']} is not the one it was proposed with",
            "Nothing was moved. Have the log verified: retention verify",
        )


def _requesters(connection: sa.Connection, batch: Mapping[str, Any], size: int) -> set[str]:
    present = keyring.active(connection)
    said = signatures.accepted(connection, present, "request-batch", batch["id"])
    return {each.person for each in said if dict(each.content) == terms(batch, size)}
