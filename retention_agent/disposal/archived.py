"""Whether the archive has a file, as far as anybody can know here.

A mark in the register is no receipt: the log must have seen it come in. Where the archive's own
copy can be read, it is read again each time this is asked.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from policies import Action
from retention_agent.audit import canonical
from retention_agent.disposal import bag
from retention_agent.register import transfers
from retention_agent.register.batches import Item
from retention_agent.register.records import moment
from retention_agent.register.tables import log_leaf

ACCEPTED = "accepted"
DECLINED = "declined"


def is_transfer(item: Item) -> bool:
    """Whether what was signed for is a transfer."""
    return bool(json.loads(item.manifest)["action"] == Action.TRANSFER)


def is_last(item: Item) -> bool:
    """Whether nothing follows for the record; otherwise it stays when the archive has its copy."""
    return bool(json.loads(item.manifest).get("final", True))


def unexpired_at(
    connection: sa.Connection, batch: Mapping[str, Any], now: datetime
) -> datetime | None:
    """When the approval of a batch must be unexpired: now, or not again where it was used in time.

    The export to the archive uses it; confirming takes longer than any approval lasts.
    """
    known = transfers.find(connection, batch["id"])
    leaf = _leaf(connection, known["leaf"] if known else None)
    made = (leaf.get("type"), leaf.get("object")) == ("transfer export", f"batch:{batch['id']}")
    return None if made and moment(leaf["time"]) <= moment(batch["expires"]) else now


def confirmed(connection: sa.Connection, items: Iterable[Item]) -> Iterator[Item]:
    """Those of the items that may leave their share, as far as the archive is concerned."""
    return (item for item in items if doubt(connection, item) is None)


def doubt(connection: sa.Connection, item: Item) -> str | None:
    """Why an item of a transfer may not leave its share, or None where the archive has it."""
    if not is_transfer(item):
        return None
    if not is_last(item):
        return "it stays on its share for the next phase of its rule"
    sent = transfers.sent(connection, item.batch, item.number).get(item.number)
    if sent is None or sent.answer != ACCEPTED:
        return "the archive has not confirmed that it has it"
    leaf = _leaf(connection, sent.leaf)
    about = (leaf.get("type"), leaf.get("object"))
    if about != ("accession", f"batch:{item.batch}/{item.number}") or not leaf["facts"]["accepted"]:
        return "the log has not seen the archive's receipt of it"
    known = transfers.find(connection, item.batch) or {}
    return store_fault(known.get("store"), sent.path, json.loads(item.manifest)["sha256"])


def store_fault(store: bytes | None, path: str, sha256: str) -> str | None:
    """What is wrong with the archive's copy of a file; nothing where there is none to be read."""
    if store is None:
        return None
    try:
        found = bag.digests_of(Path(store.decode("utf-8", "surrogateescape")) / path)
    except OSError as error:
        return f"the archive's copy cannot be read: {error.strerror or error}"
    return None if found["sha256"] == sha256 else "the archive's copy is not what was sent"


def _leaf(connection: sa.Connection, number: int | None) -> dict[str, Any]:
    text = connection.scalar(sa.select(log_leaf.c.leaf).where(log_leaf.c.number == number))
    return {} if text is None else dict(canonical.loads(text.encode()))  # type: ignore[call-overload]
