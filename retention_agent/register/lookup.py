"""Finds every record that ever had a name or a content, whatever became of it.

It looks where the register remembers: the record itself, the manifests of batches, and the clear
text beside the log of renames and of what was read. Nothing is found that was erased from there.
"""

import json
import unicodedata
from collections.abc import Iterator
from enum import StrEnum

import sqlalchemy as sa

from retention_agent.register.tables import batch_item, log_leaf, log_opening, record, share
from retention_agent.shares.paths import display, from_json


class Match(StrEnum):
    """By what a record was found; only content is proof that it is the one meant."""

    NUMBER = "number"
    CONTENT = "content"
    EARLIER_CONTENT = "earlier content"
    NAME = "name"
    EARLIER_NAME = "earlier name"


def by_content(connection: sa.Connection, digest: str) -> dict[int, Match]:
    """Records that have, or once had, the content with this SHA-256 in hexadecimal."""
    was_read = (
        sa.select(_object_number())
        .join_from(log_opening, log_leaf)
        .where(log_opening.c.field == "sha256", log_opening.c.value == json.dumps(digest))
        .where(sa.func.json_extract(log_leaf.c.leaf, "$.type") == "capture")
    )
    approved = sa.select(batch_item.c.record).where(
        sa.func.json_extract(batch_item.c.manifest, "$.sha256") == digest
    )
    found = dict.fromkeys(connection.scalars(was_read), Match.EARLIER_CONTENT)
    found |= dict.fromkeys(connection.scalars(approved), Match.CONTENT)
    has_now = sa.select(record.c.id).where(record.c.sha256 == digest)
    return found | dict.fromkeys(connection.scalars(has_now), Match.CONTENT)


def by_name(connection: sa.Connection, sought: str) -> dict[int, Match]:
    """Records with `sought` anywhere in their path, whatever its case; `SHARE:PATH` works too."""
    wanted, with_share = _folded(sought), ":" in sought
    query = sa.select(record.c.id, share.c.name, record.c.path).join(share)
    rows = connection.execute(query, execution_options=_STREAMED)
    now = ((number, place, _texts(path)) for number, place, path in rows)
    found = {}
    for match, known in ((Match.EARLIER_NAME, _earlier(connection)), (Match.NAME, now)):
        for number, place, names in known:
            if any(wanted in _folded(f"{place}:{n}" if with_share else n) for n in names):
                found[number] = match
    return found


_STREAMED = {"yield_per": 10_000}


def _earlier(connection: sa.Connection) -> Iterator[tuple[int, str, set[str]]]:
    """Names that records had before they were renamed, or when they were put into a batch."""
    renamed = (
        sa.select(_object_number(), share.c.name, log_opening.c.value)
        .join_from(log_opening, log_leaf)
        .join(record, record.c.id == _object_number())
        .join(share, share.c.id == record.c.share)
        .where(log_opening.c.field == "old")
    )
    for number, place, old in connection.execute(renamed, execution_options=_STREAMED):
        yield number, place, _texts(from_json(json.loads(old)))
    path = sa.func.json_extract(batch_item.c.manifest, "$.share", "$.path")
    manifests = sa.select(batch_item.c.record, path)
    for number, named in connection.execute(manifests, execution_options=_STREAMED):
        place, shown = json.loads(named)
        yield number, place, {shown}


def _texts(path: bytes) -> set[str]:
    """The ways a person may write down this path: as it is, and as it is displayed."""
    return {path.decode("utf-8", "surrogateescape"), display(path)}


def _object_number() -> sa.ColumnElement[int]:
    """The number in a log entry's object, such as `record:12`."""
    named = sa.func.json_extract(log_leaf.c.leaf, "$.object")
    return sa.cast(sa.func.replace(named, "record:", ""), sa.Integer)


def _folded(text: str) -> str:
    """Text in which capitals and the ways to write an accent make no difference."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
