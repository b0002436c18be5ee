"""Exact duplicates: files of the same content, of which one is the record copy.

Two names of one file (hard links) are one file. The record copy is the one that a class was given
to, then the one found first; to be another copy makes a file no more disposable.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from retention_agent.register.tables import record, share

_CHUNK = 500

_GROUPED = (
    sa.select(
        record.c.id,
        sa.func.min(record.c.id)
        .over(partition_by=(record.c.sha256, record.c.device, record.c.inode))
        .label("first_name"),
        sa.func.first_value(record.c.id)
        .over(
            partition_by=record.c.sha256,
            order_by=(record.c.record_class.is_(None), record.c.first_seen, record.c.id),
        )
        .label("record_copy"),
        record.c.device,
        record.c.inode,
        record.c.sha256,
        record.c.share,
        record.c.size,
    )
    .where(record.c.present, record.c.sha256.is_not(None), record.c.size > 0)
    .subquery()
)


_ORIGINAL = record.alias()
_FURTHER = (
    sa.select(_GROUPED.c.id, _GROUPED.c.record_copy, _GROUPED.c.share, _GROUPED.c.size)
    .join(_ORIGINAL, _ORIGINAL.c.id == _GROUPED.c.record_copy)
    .where(
        _GROUPED.c.id == _GROUPED.c.first_name,
        _GROUPED.c.id != _GROUPED.c.record_copy,
        sa.or_(_ORIGINAL.c.device != _GROUPED.c.device, _ORIGINAL.c.inode != _GROUPED.c.inode),
    )
    .subquery()
)


@dataclass(frozen=True, slots=True)
class Group:
    """Files of the same content: the record copy, and each further copy."""

    sha256: str
    size: int
    """of one of them, in bytes"""
    record_copy: sa.RowMapping
    further: tuple[sa.RowMapping, ...]

    @property
    def copy_bytes(self) -> int:
        """What the further copies take."""
        return self.size * len(self.further)


def further_copies(connection: sa.Connection) -> dict[int, int]:
    """By number of each file that is a further copy: the number of its record copy."""
    query = sa.select(_FURTHER.c.id, _FURTHER.c.record_copy)
    return {row.id: row.record_copy for row in connection.execute(query)}


def copies() -> sa.Select[int, int, int]:
    """A query: for each share how many further copies stand on it, and how many bytes they take."""
    octets = sa.func.sum(_FURTHER.c.size)
    return sa.select(_FURTHER.c.share, sa.func.count(), octets).group_by(_FURTHER.c.share)


def groups(connection: sa.Connection) -> Iterator[Group]:
    """Every group of duplicates, those first whose further copies take most."""
    takes = sa.func.sum(_FURTHER.c.size)
    largest = (
        sa.select(_FURTHER.c.record_copy)
        .group_by(_FURTHER.c.record_copy)
        .order_by(takes.desc(), _FURTHER.c.record_copy)
    )
    members: defaultdict[int, list[int]] = defaultdict(list)
    for copy, original in further_copies(connection).items():
        members[original].append(copy)
    for original in list(connection.scalars(largest)):
        first, *further = _shown(connection, [original, *members[original]])
        yield Group(first["sha256"], first["size"], first, tuple(further))


def _shown(connection: sa.Connection, numbers: list[int]) -> list[sa.RowMapping]:
    """The files of these numbers, the first of them first."""
    query = (
        sa.select(
            *(record.c[name] for name in ("id", "path", "size", "sha256", "record_class")),
            share.c.name.label("share_name"),
        )
        .join(share)
        .order_by(record.c.id != numbers[0], record.c.id)
    )
    found: list[sa.RowMapping] = []
    for start in range(0, len(numbers), _CHUNK):
        some = record.c.id.in_(numbers[start : start + _CHUNK])
        found += connection.execute(query.where(some)).mappings()
    return found
