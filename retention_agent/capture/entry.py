"""What the search index holds of a record."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from indexer.search.base import Entry
from retention_agent.shares.paths import display


def entry_of(row: Mapping[str, Any], text: str) -> Entry:
    """The entry of a record (with its `share_name`); an unreadable one is found by its names."""
    fields: Mapping[str, str] = row["metadata"] or {}
    path: bytes = row["path"]
    return Entry(
        record=row["id"],
        share=row["share_name"],
        path=display(path),
        name=display(path.rpartition(b"/")[2]),
        record_class=row["record_class"],
        media_type=row["media_type"] or "",
        title=row["title"] or "",
        author=fields.get("author", ""),
        sender=fields.get("from", ""),
        recipients=" ".join(fields[key] for key in ("to", "cc") if key in fields),
        owner=row["owner"] or "",
        day=_day(row),
        text=text,
    )


def _day(row: Mapping[str, Any]) -> str:
    """The latest day the document itself carries, else the day its file was last changed."""
    carried: list[str] = [each["on"][:10] for each in row["dates"] or ()]
    if carried:
        return max(carried)
    return datetime.fromtimestamp(row["mtime_ns"] / 1e9, UTC).date().isoformat()
