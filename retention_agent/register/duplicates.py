"""Exact duplicates: files of the same content, of which one is the record copy.

Two names of one file (hard links) are one file. The record copy is the one that a class was given
to, then the one found first; to be another copy makes a file no more disposable.
"""

import sqlalchemy as sa

from retention_agent.register.tables import record

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
    )
    .where(record.c.present, record.c.sha256.is_not(None), record.c.size > 0)
    .subquery()
)


def further_copies(connection: sa.Connection) -> dict[int, int]:
    """By number of each file that is a further copy: the number of its record copy."""
    original = record.alias()
    query = (
        sa.select(_GROUPED.c.id, _GROUPED.c.record_copy)
        .join(original, original.c.id == _GROUPED.c.record_copy)
        .where(
            _GROUPED.c.id == _GROUPED.c.first_name,
            _GROUPED.c.id != _GROUPED.c.record_copy,
            sa.or_(original.c.device != _GROUPED.c.device, original.c.inode != _GROUPED.c.inode),
        )
    )
    return {row.id: row.record_copy for row in connection.execute(query)}
