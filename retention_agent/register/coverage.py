"""How much of what is on the shares has been read: no answer is complete without it."""

from dataclasses import dataclass

import sqlalchemy as sa

from retention_agent.register.tables import record, share


@dataclass(frozen=True, slots=True)
class Coverage:
    """Files of a scope by how far they were read; `partial` ones were read, but not whole."""

    captured: int
    unreadable: int
    pending: int
    partial: int

    def sentence(self) -> str:
        """In one sentence for people."""
        gaps = [
            f"{count} {what}"
            for count, what in (
                (self.unreadable, "could not be read"),
                (self.pending, "not read yet"),
                (self.partial, "read in part"),
            )
            if count
        ]
        total = self.captured + self.unreadable + self.pending
        if not gaps:
            return f"All {total} files in scope were read."
        return f"Of {total} files in scope: {', '.join(gaps)}; they may hold more."


def coverage(
    connection: sa.Connection,
    share_name: str | None = None,
    *among: sa.ColumnElement[bool],
) -> Coverage:
    """The coverage of one share, or of all; only records `among` those of some conditions count."""
    query = (
        sa.select(record.c.capture, record.c.partial, sa.func.count())
        .join(share)
        .where(record.c.present, *among)
        .group_by(record.c.capture, record.c.partial)
    )
    if share_name is not None:
        query = query.where(share.c.name == share_name)
    counts = {(capture, cut): number for capture, cut, number in connection.execute(query)}
    return Coverage(
        captured=_sum(counts, "captured"),
        unreadable=_sum(counts, "unreadable"),
        pending=_sum(counts, "pending"),
        partial=counts.get(("captured", True), 0),
    )


def _sum(counts: dict[tuple[str, bool], int], capture: str) -> int:
    return sum(number for (state, _), number in counts.items() if state == capture)
