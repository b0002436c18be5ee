"""How much a hold covers, in figures for people, and what it newly covers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from policies import Hold, HoldScope
from retention_agent.audit.transition import IN_BATCH
from retention_agent.register import batches, holds
from retention_agent.register.batches import Item
from retention_agent.workflow.held import Covered, Office, survey

MOST_EXAMPLES = 5


@dataclass(slots=True)
class Extent:
    """What a scope covers: files and bytes, by share and by class, and some examples.

    `in_doubt` counts what is covered only because too little is known of it; `in_batches` is what
    is on its way to disposal.
    """

    records: int = 0
    bytes: int = 0
    in_doubt: int = 0
    by_share: Counter[str] = field(default_factory=Counter)
    by_class: Counter[str] = field(default_factory=Counter)
    bytes_by_share: Counter[str] = field(default_factory=Counter)
    bytes_by_class: Counter[str] = field(default_factory=Counter)
    oldest: date | None = None
    newest: date | None = None
    examples: list[Covered] = field(default_factory=list)
    in_batches: list[Item] = field(default_factory=list)

    def add(self, found: Covered) -> None:
        """Count a record in."""
        code = found.record_class or "(none)"
        self.records += 1
        self.bytes += found.size
        self.in_doubt += found.in_doubt
        self.by_share[found.share] += 1
        self.by_class[code] += 1
        self.bytes_by_share[found.share] += found.size
        self.bytes_by_class[code] += found.size
        self.oldest = min(self.oldest or found.dated, found.dated)
        self.newest = max(self.newest or found.dated, found.dated)
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(found)


def extent(office: Office, scope: HoldScope) -> tuple[Extent, list[int]]:
    """What the scope covers now, and the numbers of those records."""
    found, numbers, moving = Extent(), [], []
    for each in survey(office, scope):
        found.add(each)
        numbers.append(each.number)
        if each.state in IN_BATCH:
            moving.append(each.number)
    with office.engine.begin() as connection:
        found.in_batches = [
            batches.item_of_record(connection, number, *IN_BATCH) for number in moving
        ]
    return found, numbers


def arrivals(office: Office, order: Hold) -> Iterator[Covered]:
    """What the hold covers and nobody was told of yet."""
    with office.engine.begin() as connection:
        told = holds.covered(connection, order.id)
    return (each for each in survey(office, order.scope) if each.number not in told)
