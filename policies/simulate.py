"""What another schedule would do to the records there are, class by class.

A fold over pairs of decisions about the same record, one under each schedule. Only the sums are
kept, so an estate of any size takes the memory of its classes.
"""

from dataclasses import dataclass, field
from datetime import date

from policies.model import Action, Decision


@dataclass(slots=True)
class Amount:
    """How many records, and how many bytes they are."""

    records: int = 0
    size: int = 0

    def add(self, size: int) -> None:
        """Count one record."""
        self.records += 1
        self.size += size


@dataclass(slots=True)
class Effect:
    """What changes for the records of one class.

    `earliest` is the first day on which any of them is due under the other schedule.
    """

    looked_at: Amount = field(default_factory=Amount)
    due_before: Amount = field(default_factory=Amount)
    due_after: Amount = field(default_factory=Amount)
    becomes_due: Amount = field(default_factory=Amount)
    stops_being_due: Amount = field(default_factory=Amount)
    other_action: Amount = field(default_factory=Amount)
    earliest: date | None = None

    @property
    def changes(self) -> bool:
        """Whether any record fares differently."""
        return any(
            amount.records for amount in (self.becomes_due, self.stops_being_due, self.other_action)
        )

    def add(self, before: Decision, after: Decision, size: int) -> None:
        """Take in what both schedules say of one record of `size` bytes."""
        was_due = before.action is not Action.RETAIN
        is_due = after.action is not Action.RETAIN
        self.looked_at.add(size)
        for counted, amount in (
            (was_due, self.due_before),
            (is_due, self.due_after),
            (is_due and not was_due, self.becomes_due),
            (was_due and not is_due, self.stops_being_due),
            (before.disposition is not after.disposition, self.other_action),
        ):
            if counted:
                amount.add(size)
        if after.due is not None:
            self.earliest = min(after.due, self.earliest or after.due)
