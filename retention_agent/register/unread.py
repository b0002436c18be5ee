"""What could not be read, or not in full: the list that people work through."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from indexer.extract.base import TEXT_MISSING
from retention_agent.register import records
from retention_agent.register.tables import record, share

GARBLED = "garbled-text"
CUT = "text-cut"

unreadable = record.c.present & (record.c.capture == "unreadable")
garbled = (
    record.c.present
    & (record.c.capture == "captured")
    & (record.c.classification["text_quality"].as_string() == "garbled")
)
partial = record.c.present & (record.c.capture == "captured") & record.c.partial


@dataclass(frozen=True, slots=True)
class Unread:
    """A file of which nothing, or not all, is known.

    Attributes:
        reason: why; for a file read in part, the first thing that is missing.
        size: in bytes.
        failures: how often in a row it failed for this reason, as far as that was counted.
    """

    record: int
    share: str
    path: bytes
    reason: str
    detail: str
    size: int
    owner: str
    media_type: str
    failures: int


def unread(
    connection: sa.Connection,
    condition: sa.ColumnElement[bool],
    share_name: str | None = None,
    reason: str | None = None,
) -> Iterator[Unread]:
    """The files that meet `condition`, one of those above, in order of number."""
    if share_name is not None:
        condition &= share.c.name == share_name
    for chunk in records.stream(connection, condition):
        for row in chunk:
            found = _reason(row)
            if reason in {None, found}:
                yield _unread(row, found)


def _unread(row: sa.RowMapping, reason: str) -> Unread:
    return Unread(
        record=row["id"],
        share=row["share_name"],
        path=row["path"],
        reason=reason,
        detail=row["unreadable_detail"] or "",
        size=row["size"],
        owner=row["owner"] or "",
        media_type=row["media_type"] or "",
        failures=row["failures"],
    )


def _reason(row: sa.RowMapping) -> str:
    if row["unreadable"]:
        return str(row["unreadable"])
    if (row["classification"] or {}).get("text_quality") == "garbled":
        return GARBLED
    warnings = (row["identification"] or {}).get("warnings", [])
    codes = (warning.partition(":")[0] for warning in warnings)
    return next((code for code in codes if code in TEXT_MISSING), CUT)
