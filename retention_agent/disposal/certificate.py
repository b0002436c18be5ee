"""The certificate of destruction: what went, why, by whose word, how, and what is not said.

It is canonical JSON signed by the service key, and carries its own proofs: the manifest, the
signatures over its root, and for each destroyed file the log leaf with an inclusion proof in the
signed checkpoint it names. Wording follows NIST SP 800-88r2: removing a name sanitises no medium.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import State, kept_for
from retention_agent.audit import canonical, checkpoint, log, signatures
from retention_agent.audit.certified import Certificate
from retention_agent.audit.event import Event
from retention_agent.errors import Refused
from retention_agent.register import batches, schedules, transfers
from retention_agent.register.batches import Item
from retention_agent.register.records import instant
from retention_agent.register.tables import certificate, record
from retention_agent.shares.paths import display

KIND = "retention-agent/certificate/v1"

NOT_CLAIMED = (
    "The storage media were not sanitised; data may be recoverable from them until overwritten.",
    "Backups, snapshots and users' own copies are out of reach; known_copies lists what is known.",
    "Nothing is said about edited or converted versions of what was destroyed.",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the certificate says of the site."""

    organisation: str
    known_copies: tuple[str, ...]
    undo_days: int
    unsafe_undo_window: bool


def issue(
    connection: sa.Connection,
    name: str,
    setting: Setting,
    service_key: Ed25519PrivateKey,
    now: datetime,
) -> str:
    """The certificate of a closed batch, made the first time it is asked for; canonical JSON.

    One that says that text was still to be driven out is made anew once that was done; the log
    has both, and the latest counts.

    Raises:
        Refused: something of the batch is still on its way; the message says what.
    """
    batch = batches.find(connection, name)
    known = connection.scalar(sa.select(certificate.c.document).where(certificate.c.batch == name))
    if known is not None and not _caught_up(json.loads(known), batch):
        return str(known)
    items = batches.items(connection, name)
    if batch["status"] != "closed":
        states = sorted({f"{item.state}" for item in items})
        raise Refused(f"batch {name} is {batch['status']}; its items are {', '.join(states)}")
    document = canonical.dumps(
        _document(connection, batch, items, setting, log.publish(connection, service_key, now))
        | {"issued": instant(now)}
    )
    signature = service_key.sign(f"{KIND}\n".encode() + document)
    connection.execute(certificate.delete().where(certificate.c.batch == name))
    connection.execute(
        certificate.insert().values(
            batch=name,
            issued=instant(now),
            document=document.decode(),
            signature=base64.b64encode(signature).decode(),
        )
    )
    facts = {"digest": hashlib.sha256(document).hexdigest()}
    log.append(connection, Event("certificate issue", f"batch:{name}", facts=facts), now)
    log.publish(connection, service_key, now)
    return document.decode()


def issued(connection: sa.Connection, name: str) -> Certificate | None:
    """The certificate of a batch as it was issued, with its signature, if it was."""
    query = sa.select(certificate.c.document, certificate.c.signature)
    row = connection.execute(query.where(certificate.c.batch == name)).one_or_none()
    return row and Certificate(row.document.encode(), base64.b64decode(row.signature))


def _caught_up(known: Mapping[str, Any], batch: Mapping[str, Any]) -> bool:
    """Whether what the certificate calls outstanding was done since."""
    done = (batch["index_purge"] or {}).get("records", 0)
    return "outstanding" in known["index_purge"] and done > known["index_purge"]["records"]


def _document(
    connection: sa.Connection,
    batch: Mapping[str, Any],
    items: Sequence[Item],
    setting: Setting,
    note: str,
) -> dict[str, Any]:
    destroyed = [item for item in items if item.state in {State.DESTROYED, State.TRANSFERRED}]
    return {
        "certificate": KIND,
        "batch": batch["id"],
        "organisation": setting.organisation,
        "share": batch["share_name"],
        "manifest": {
            "root": batch["root"],
            "size": len(items),
            "policy": batch["policy"],
            "hold_epoch": batch["hold_epoch"],
        },
        "requester": batch["requester"],
        "request": _signed(connection, "request-batch", batch["id"])[0],
        "approvals": _signed(connection, "approve-batch", batch["id"]),
        "answers": _answers(connection, batch["id"]),
        "classes": _classes(connection, items),
        "items": _items(connection, items, note),
        "checkpoint": note,
        "method": {
            "name": "removal of the file-system name",
            "steps": "moved to the owner-only disposal bin of the same file system, content"
            " compared with the approved SHA-256, kept for the undo window, compared again,"
            " then unlinked",
            "undo_window": "none" if setting.unsafe_undo_window else f"{setting.undo_days} days",
        },
        "assurance": {
            "class": "last-name-removed",
            "statement": "The last file-system name of each destroyed file was removed; storage"
            " media were not sanitised (NIST SP 800-88r2).",
        },
        "known_copies": [*setting.known_copies, *_same_content(connection, destroyed)],
        "index_purge": _index_purge(batch, len(destroyed)),
        "not_claimed": list(NOT_CLAIMED),
        "unsafe": ["unsafe_undo_window: nobody had time to undo"]
        if setting.unsafe_undo_window
        else [],
    }


def _classes(connection: sa.Connection, items: Sequence[Item]) -> list[dict[str, str]]:
    """Each class of the batch with its rule in words, as the rule was when the batch was made."""
    entries = [json.loads(item.manifest) for item in items]
    used = {entry["rule"]: entry for entry in entries}
    rules = schedules.rules_of(connection, used)
    return [
        {
            "class": entry["class"],
            "title": rules[digest].title if digest in rules else "",
            "kept": kept_for(rules[digest]) if digest in rules else "",
            "authority": entry["authority"],
            "rule": digest,
        }
        for digest, entry in sorted(used.items(), key=lambda each: str(each[1]["class"]))
    ]


def _items(connection: sa.Connection, items: Sequence[Item], note: str) -> list[dict[str, Any]]:
    size = checkpoint.read_text(note.rpartition("\n\n")[0] + "\n").size
    # of what may yet leave the bin the log has more to say; a proof of today would be wrong then
    leaves = {item.number: item.leaf for item in items if not _may_leave_bin(item)}
    proved = log.inclusions(connection, [leaf or 0 for leaf in leaves.values()], size)
    proofs = dict(zip(leaves, proved, strict=True))
    sent = transfers.sent(connection, items[0].batch)
    return [
        {
            "number": item.number,
            "manifest": json.loads(item.manifest),
            "outcome": "excluded" if item.excluded_by else str(item.state),
            "reason": item.outcome,
            **_archive(sent.get(item.number)),
            "at": item.finished,
            "leaf": leaves.get(item.number),
            "proof": [base64.b64encode(each).decode() for each in proofs.get(item.number, [])],
        }
        for item in items
    ]


def _archive(sent: transfers.Sent | None) -> dict[str, Any]:
    """What the archive answered about an item that was offered to it."""
    if sent is None or sent.answer is None:
        return {}
    told = {"answer": sent.answer, "on": sent.on, "reason": sent.reason, "receipt": sent.receipt}
    return {"accession": sent.accession, "archive": told}


def _may_leave_bin(item: Item) -> bool:
    return item.binned is not None and item.state in {State.BLOCKED_BY_HOLD, State.FAILED}


def _index_purge(batch: Mapping[str, Any], destroyed: int) -> dict[str, int]:
    done: dict[str, int] = batch["index_purge"] or {"records": 0}
    outstanding = destroyed - done["records"]
    return {**done, "outstanding": outstanding} if outstanding else done


def _signed(connection: sa.Connection, purpose: str, name: str) -> list[dict[str, object]]:
    return [signed.document() for signed in signatures.load(connection, purpose, name)]


def _answers(connection: sa.Connection, name: str) -> list[dict[str, object]]:
    stored = signatures.load_answers(connection, name)
    return [signed.document() for purpose, _, signed in stored if purpose == "answer-batch"]


def _same_content(connection: sa.Connection, destroyed: Sequence[Item]) -> list[str]:
    """Other files, on the shares or in the disposal bin, with exactly the content destroyed."""
    digests = {json.loads(item.manifest)["sha256"] for item in destroyed}
    query = sa.select(record.c.id, record.c.path, record.c.present).where(
        record.c.sha256.in_(digests), record.c.present | batches.IN_BIN
    )
    return [
        f"record {number}, {display(path)}: the same content{'' if there else ', in the bin'}"
        for number, path, there in connection.execute(query.order_by(record.c.id))
    ]
