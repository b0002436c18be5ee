"""The load list: one row a record found, in the columns that review systems take in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from retention_agent.register import records
from retention_agent.shares.paths import as_json, printable

COLUMNS = (
    *("record", "share", "path", "path_b64", "class", "dated", "dated_by", "modified", "owner"),
    *("size", "sha256", "media_type", "title", "from", "to", "read", "present"),
    *("family", "duplicate_of", "copy", "copy_note"),
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of the copy of a record's file: its name in the export, or why there is none."""

    name: str = ""
    why_not: str = ""


NOT_ASKED = Copied()


def table(
    rows: Sequence[sa.RowMapping], copies: Mapping[int, Copied], zone: ZoneInfo
) -> list[list[Any]]:
    """The heading and one row for each record.

    Family and duplicates are told among the records of the list alone. `family` is the lowest
    number of the messages that answer one another; `duplicate_of` is the lowest number of the
    records with the same SHA-256.
    """
    families = _families(rows)
    first: dict[str, int] = {}
    listed: list[list[Any]] = [list(COLUMNS)]
    for row in rows:
        number = row["id"]
        original = first.setdefault(row["sha256"] or f"record {number}", number)
        values = {
            **_described(row, zone),
            "family": families.get(number),
            "duplicate_of": None if original == number else original,
            "copy": copies.get(number, NOT_ASKED).name,
            "copy_note": copies.get(number, NOT_ASKED).why_not,
        }
        listed.append([values[name] for name in COLUMNS])
    return listed


def reading(row: sa.RowMapping) -> str:
    """How far a record was read: `whole`, `in part`, `not yet`, or why it could not be."""
    if row["capture"] == "captured":
        return "in part" if row["partial"] else "whole"
    return "not yet" if row["capture"] == "pending" else f"no: {row['unreadable']}"


def _described(row: sa.RowMapping, zone: ZoneInfo) -> dict[str, Any]:
    fields = row["metadata"] or {}
    dated = records.dates(row, zone)["created"]
    path = as_json(row["path"])
    return {
        "record": row["id"],
        "share": row["share_name"],
        "path": path["path"],
        "path_b64": path.get("path_b64"),
        "class": row["record_class"],
        "dated": dated.on,
        "dated_by": dated.origin,
        "modified": records.modified(row, zone),
        **{name: row[name] for name in ("size", "sha256", "media_type")},
        **{name: printable(row[name] or "") for name in ("owner", "title")},
        **{name: printable(fields.get(name, "")) for name in ("from", "to")},
        "read": reading(row),
        "present": "yes" if row["present"] else "no",
    }


def _families(rows: Sequence[sa.RowMapping]) -> dict[int, int]:
    """The lowest record number of each thread of messages with more than one member."""
    head: dict[str, str] = {}

    def top(message: str) -> str:
        while (above := head.get(message, message)) != message:
            head[message] = message = head.get(above, above)  # so that no chain stays long
        return message

    members: dict[int, str] = {}
    for row in rows:
        fields = row["metadata"] or {}
        message = fields.get("message_id")
        if message:
            members[row["id"]] = message
            for earlier in fields.get("in_reply_to", "").split():
                head[top(message)] = top(earlier)
    threads: dict[str, list[int]] = {}
    for number, message in members.items():
        threads.setdefault(top(message), []).append(number)
    return {
        number: lowest
        for thread in threads.values()
        if len(thread) > 1
        for lowest in [min(thread)]
        for number in thread
    }
