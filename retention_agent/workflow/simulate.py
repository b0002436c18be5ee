"""What a schedule would do to the records in the register, before anybody signs it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from policies import Effect, Schedule
from retention_agent.register import decisions, records
from retention_agent.register.decisions import Frame
from retention_agent.register.tables import record

_SUBJECTS = sa.and_(record.c.present, record.c.record_class.is_not(None))


def simulate(connection: sa.Connection, within: Frame, other: Schedule) -> dict[str, Effect]:
    """By class: how its records fare under `other` as against the schedule of `within`.

    Records are read in chunks and only sums are kept.
    """
    effects: defaultdict[str, Effect] = defaultdict(Effect)
    frames = (within, replace(within, schedule=other))
    for chunk in records.stream(connection, _SUBJECTS):
        for row, (before, after) in decisions.decide_under(connection, chunk, frames):
            effects[row["record_class"]].add(before, after, row["size"])
    return dict(sorted(effects.items()))


def records_by_class(connection: sa.Connection) -> Mapping[str, int]:
    """How many records of each class stand on the shares."""
    query = sa.select(record.c.record_class, sa.func.count()).where(_SUBJECTS)
    rows = connection.execute(query.group_by(record.c.record_class))
    return {row[0]: row[1] for row in rows}
