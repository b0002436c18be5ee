"""What ending a hold would let go: what would be due on the first day after its grace."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

import sqlalchemy as sa

from policies import Action, Decision, Hold
from retention_agent.register import decisions, records
from retention_agent.register.records import CHUNK
from retention_agent.register.tables import record
from retention_agent.workflow.held import Office, survey

Due = tuple[sa.RowMapping, Decision]


def due_without(office: Office, order: Hold, day: date) -> Iterator[Due]:
    """What the hold covers now and would be due on `day` if it alone were gone."""
    numbers = iter([each.number for each in survey(office, order.scope)])
    while chunk := list(islice(numbers, CHUNK)):
        yield from [each for each in _decided(office, order, chunk, day) if _is_due(each)]


def _decided(office: Office, order: Hold, numbers: Sequence[int], day: date) -> list[Due]:
    with office.engine.begin() as connection:
        within = decisions.frame(connection, day, office.zone)
        others = [each for each in within.holds if each.id != order.id]
        rows = next(records.stream(connection, record.c.id.in_(numbers)), [])
        return decisions.decide_rows(connection, rows, replace(within, holds=others))


def _is_due(each: Due) -> bool:
    return each[1].action is not Action.RETAIN
