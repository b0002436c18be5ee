"""How much of what is on the shares has been read: no answer is complete without it."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from retention_agent.register.tables import directory, record, share


@dataclass(frozen=True, slots=True)
class Coverage:
    """Files of a scope by how far they were read; `partial` ones were read, but not whole.

    Of a folder that could not be entered nothing is known, not even how many files are in it.
    """

    captured: int
    unreadable: int
    pending: int
    partial: int
    folders_not_entered: int = 0

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
        said = "No file is in scope."
        if gaps:
            said = f"Of {total} files in scope: {', '.join(gaps)}; they may hold more."
        elif total:
            said = f"All {total} files in scope were read."
        if self.folders_not_entered:
            said += f" {self.folders_not_entered} folders could not be entered."
        return said


def coverage(
    connection: sa.Connection,
    names: Collection[str] = (),
    *among: sa.ColumnElement[bool],
) -> Coverage:
    """The coverage of some shares, or of all; of records only those `among` which count."""
    here = share.c.name.in_(names) if names else sa.true()
    query = (
        sa.select(record.c.capture, record.c.partial, sa.func.count())
        .join(share)
        .where(record.c.present, here, *among)
        .group_by(record.c.capture, record.c.partial)
    )
    closed = (
        sa.select(sa.func.count())
        .select_from(directory.join(share))
        .where(directory.c.error.is_not(None), here)
    )
    counts = {(capture, cut): number for capture, cut, number in connection.execute(query)}
    return Coverage(
        captured=_sum(counts, "captured"),
        unreadable=_sum(counts, "unreadable"),
        pending=_sum(counts, "pending"),
        partial=counts.get(("captured", True), 0),
        folders_not_entered=connection.scalar(closed) or 0,
    )


def _sum(counts: dict[tuple[str, bool], int], capture: str) -> int:
    return sum(number for (state, _), number in counts.items() if state == capture)
