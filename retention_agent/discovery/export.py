"""Writes what a search found to a new folder: load list, copies, search record.

The record is written last: a folder without it is an export that was cut short. No file of a share
is changed, and nothing is written onto one.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from retention_agent.discovery import answer, load_list, search_record
from retention_agent.discovery.answer import Asked, Desk
from retention_agent.discovery.copying import copy_out
from retention_agent.discovery.load_list import Copied
from retention_agent.discovery.readable import readable
from retention_agent.discovery.search_record import Particulars
from retention_agent.errors import RetentionError, UsageError
from retention_agent.register import records
from retention_agent.register.tables import record
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.paths import as_json
from retention_agent.sheets import to_csv
from retention_agent.state_file import write_state_file

RECORD, READABLE = "search-record.json", "search-record.txt"
LOAD_LIST, UNREAD, FILES = "load-list.csv", "unread.csv", "files"
Opening = Callable[[str], AbstractContextManager[ShareRoot]]


@dataclass(frozen=True, slots=True)
class Found:
    """All that an export is made of, as the register had it at one moment."""

    rows: Sequence[sa.RowMapping]
    unread: Sequence[sa.RowMapping]
    described: Mapping[str, Any]


def gather(desk: Desk, asked: Asked) -> Found:
    """Search, and read what the register has on each record found and each gap."""
    chosen = record.c.id.in_(records.listed(answer.numbers(desk, asked)))
    rows = [row for chunk in records.stream(desk.connection, chosen) for row in chunk]
    described = search_record.describe(desk, asked, rows)
    return Found(rows, list(answer.unread(desk, asked)), described)


def new_folder(output: Path) -> None:
    """Make the folder of an export, for its owner only; one that is there must be empty.

    Raises:
        UsageError: something is in it, or it is a file.
    """
    try:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(f"{output} is a file; name a new folder") from error
    if any(output.iterdir()):
        raise UsageError(f"{output} is not empty; name a new folder")


def copies_of(rows: Sequence[sa.RowMapping], opening: Opening, output: Path) -> dict[int, Copied]:
    """Copy every record's file that is what the register describes; tell why of every other."""
    folder = output / FILES
    folder.mkdir(mode=0o700)
    copied = {row["id"]: Copied(why_not=why) for row in rows if (why := _why_not(row))}
    waiting = [row for row in rows if row["id"] not in copied]
    waiting.sort(key=lambda row: (row["share_name"], row["id"]))
    for name, group in groupby(waiting, key=lambda row: row["share_name"]):
        members = list(group)
        try:
            with opening(name) as root:
                for row in members:
                    where = (row["id"], row["path"], row["sha256"])
                    copied[row["id"]] = copy_out(root, *where, folder)
        except RetentionError as error:
            left = (row["id"] for row in members if row["id"] not in copied)
            copied |= dict.fromkeys(left, Copied(why_not=str(error)))
    return copied


def write(
    found: Found, copies: Mapping[int, Copied] | None, about: Particulars, zone: ZoneInfo, to: Path
) -> dict[str, Any]:
    """Write load list, list of gaps and search record; answers with the record and its SHA-256."""
    listed = _written(to / LOAD_LIST, load_list.table(found.rows, copies or {}, zone))
    _written(to / UNREAD, _gaps(found.unread))
    outcome = {
        "unread": {"files": len(found.unread), "file": UNREAD},
        "load_list": {"file": LOAD_LIST, "sha256": listed},
        "copies": _copies(copies),
    }
    document = search_record.complete(found.described, about, outcome)
    write_state_file(to / READABLE, readable(document).encode())
    content = json.dumps(document, indent=2).encode() + b"\n"
    write_state_file(to / RECORD, content)
    return {**document, "sha256": hashlib.sha256(content).hexdigest()}


def _why_not(row: sa.RowMapping) -> str:
    if not row["present"]:
        return "it is no longer on the share"
    return "" if row["sha256"] else "it was never read, so nothing proves which file it is"


def _written(file: Path, rows: list[list[Any]]) -> str:
    content = to_csv(rows).encode("utf-8-sig")
    write_state_file(file, content)
    return hashlib.sha256(content).hexdigest()


def _gaps(rows: Sequence[sa.RowMapping]) -> list[list[Any]]:
    heading = ["record", "share", "path", "size", "read"]
    lines = [
        [
            *(row["id"], row["share_name"], as_json(row["path"])["path"], row["size"]),
            load_list.reading(row),
        ]
        for row in rows
    ]
    return [heading, *lines]


def _copies(copies: Mapping[int, Copied] | None) -> dict[str, Any]:
    if copies is None:
        return {"asked": False, "copied": 0, "folder": None, "not_copied": []}
    missing = [
        {"record": number, "why": each.why_not}
        for number, each in sorted(copies.items())
        if not each.name
    ]
    copied = len(copies) - len(missing)
    return {"asked": True, "copied": copied, "folder": FILES, "not_copied": missing}
