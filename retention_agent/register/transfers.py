"""What was copied for the archive and what the archive answered, as rows."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from retention_agent.register import records
from retention_agent.register.tables import batch_item, record
from retention_agent.register.transfer_tables import transfer, transfer_item, transfer_receipt

_item = sa.and_(
    batch_item.c.batch == transfer_item.c.batch, batch_item.c.number == transfer_item.c.number
)
_sent = (
    sa.select(
        transfer_item.c.number,
        batch_item.c.record,
        transfer_item.c.path,
        transfer_item.c.lost,
        transfer_item.c.answer,
        transfer_item.c.accession,
        transfer_item.c.on,
        transfer_item.c.reason,
        transfer_item.c.receipt,
        transfer_item.c.leaf,
    )
    .join_from(transfer_item, batch_item, _item)
    .order_by(transfer_item.c.number)
)


@dataclass(frozen=True, slots=True)
class Sent:
    """One file in a bag, with the archive's answer once there is one."""

    number: int
    record: int
    path: str
    """in the bag"""
    lost: str | None
    """attributes whose values are kept nowhere"""
    answer: str | None
    """accepted or declined"""
    accession: str | None
    on: str | None
    reason: str | None
    receipt: str | None
    leaf: int | None


def find(connection: sa.Connection, name: str) -> Mapping[str, Any] | None:
    """What is known of the export of batch `name`, or nothing where none was begun."""
    query = sa.select(transfer).where(transfer.c.batch == name)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def begin(
    connection: sa.Connection,
    name: str,
    places: tuple[Path, Path],
    identity: tuple[int, int],
    now: str,
) -> None:
    """Note that a bag is being written: its folder, the one it is written in, and which that is."""
    folder, unfinished = map(os.fsencode, places)
    connection.execute(transfer_item.delete().where(transfer_item.c.batch == name))
    connection.execute(transfer.delete().where(transfer.c.batch == name))
    device, inode = identity
    values = {"folder": folder, "unfinished": unfinished, "device": device, "inode": inode}
    connection.execute(transfer.insert().values(batch=name, begun=now, **values))


def list_items(
    connection: sa.Connection,
    name: str,
    paths: Mapping[int, str],
    lost: Mapping[int, str | None],
) -> None:
    """Note which items lie in the bag, where, and which of their attributes are not kept."""
    rows = [
        {"batch": name, "number": number, "path": path, "lost": lost[number]}
        for number, path in paths.items()
    ]
    connection.execute(transfer_item.insert(), rows)


def finish(connection: sa.Connection, name: str, digest: str, leaf: int, now: str) -> None:
    """Note that the bag is whole under its own name, and logged."""
    values = {"unfinished": None, "validated": now, "digest": digest, "leaf": leaf}
    connection.execute(transfer.update().where(transfer.c.batch == name).values(values))


def sent(connection: sa.Connection, name: str, *numbers: int) -> dict[int, Sent]:
    """By item number: what lies in the bag of batch `name`, or only the items of `numbers`."""
    query = _sent.where(transfer_item.c.batch == name)
    if numbers:
        query = query.where(transfer_item.c.number.in_(numbers))
    rows = connection.execute(query).mappings()
    return {row["number"]: Sent(**row) for row in rows}


def answer(connection: sa.Connection, name: str, number: int, values: Mapping[str, object]) -> None:
    """Keep the archive's answer about one item."""
    here = sa.and_(transfer_item.c.batch == name, transfer_item.c.number == number)
    connection.execute(transfer_item.update().where(here).values(dict(values)))


def keep_receipt(
    connection: sa.Connection, name: str, receipt: tuple[str, str, bytes], now: str
) -> None:
    """Keep a receipt as it came: its digest, the name of its file, its content."""
    digest, file, content = receipt
    values = {"digest": digest, "batch": name, "received": now, "name": file, "content": content}
    connection.execute(sqlite.insert(transfer_receipt).values(values).on_conflict_do_nothing())


def remember_store(connection: sa.Connection, name: str, store: bytes) -> None:
    """Note where the archive's own copy of a bag can be read."""
    connection.execute(transfer.update().where(transfer.c.batch == name).values(store=store))


def decline(connection: sa.Connection, number: int, sha256: str, reason: str) -> None:
    """Note why the archive does not want that content of a record."""
    values = {"declined": reason, "declined_of": sha256}
    connection.execute(record.update().where(record.c.id == number).values(values))


def end_phase(connection: sa.Connection, number: int, entry: Mapping[str, Any]) -> None:
    """Note that the phase of a manifest's entry is done, for the class and content it names."""
    done = {
        "phase": entry["phase"] + 1,
        "phase_of": records.phase_of(entry["class"], entry["sha256"]),
    }
    connection.execute(record.update().where(record.c.id == number).values(done))


def known(connection: sa.Connection) -> list[dict[str, Any]]:
    """Every export that was begun, in order of its batch."""
    rows = connection.execute(sa.select(transfer).order_by(transfer.c.batch)).mappings()
    return [dict(row) for row in rows]
