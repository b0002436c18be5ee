"""What the search index, and the query of a hold, look at in a record."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import sqlalchemy as sa

from indexer.search.base import Entry, Place
from indexer.search.plain import plain
from retention_agent.shares.paths import display

Row: TypeAlias = sa.RowMapping | Mapping[str, Any]


def entry_of(row: Row, text: str) -> Entry:
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


def _day(row: Row) -> str:
    """The latest day the document itself carries, else the day its file was last changed."""
    carried: list[str] = [each["on"][:10] for each in row["dates"] or ()]
    if carried:
        return max(carried)
    return datetime.fromtimestamp(row["mtime_ns"] / 1e9, UTC).date().isoformat()


def unpacked(row: sa.RowMapping) -> dict[str, Any]:
    """The row as a dictionary by the names that the program uses."""
    # a row unpacked goes by the names in the database, where this one is called `class`
    return {**row, "record_class": row["record_class"]}


def place_of(share: str, path: bytes, record_class: str | None) -> Place:
    """What the entry of a record that lies there says of its place."""
    return Place(plain(share), plain(display(path)), record_class and plain(record_class))
