"""Which records can be due at all, told by the database, so that only those are decided about.

A record outside is certainly kept: it has no class in force, was not read to its end, is too young
for the period of its class, or has no reference that an event could match. What is inside may be
kept as well; `decisions` tells. Where a rule is not as plain as that, its records are inside.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa

from policies import Action, Rule, Schedule
from policies.trigger import has_own_date
from retention_agent.register import records
from retention_agent.register.overview import CARRIED_DAY, FILE_DAY, years_before
from retention_agent.register.tables import record, record_reference

_SLACK = timedelta(days=2)  # days end at other instants in other zones


def prospects(
    connection: sa.Connection, schedule: Schedule, today: date, share: int
) -> Iterator[list[sa.RowMapping]]:
    """The records of a share among which all are that are due on `today`, in lists."""
    query = sa.select(record.c.id).where(record.c.share == share, may_be_due(schedule, today))
    numbers = connection.scalars(query.order_by(record.c.id)).all()
    for start in range(0, len(numbers), records.CHUNK):
        part = record.c.id.in_(numbers[start : start + records.CHUNK])
        yield from records.stream(connection, part)


def may_be_due(schedule: Schedule, today: date) -> sa.ColumnElement[bool]:
    """The condition on a record which every record that is due on `today` meets."""
    in_force = [
        rule
        for code, rule in schedule.rules.items()
        if code in schedule.adopted and (rule.action is not Action.PERMANENT or rule.review_every)
    ]
    read = sa.and_(record.c.present, record.c.capture == "captured", ~record.c.partial)
    return sa.and_(read, sa.or_(sa.false(), *_conditions(in_force, today)))


def _conditions(rules: list[Rule], today: date) -> Iterator[sa.ColumnElement[bool]]:
    by_need: defaultdict[str, list[str]] = defaultdict(list)
    for rule in rules:
        by_need[_need(rule, today)].append(rule.code)
    day = sa.func.coalesce(CARRIED_DAY, FILE_DAY)
    referred = record.c.id.in_(sa.select(record_reference.c.record))
    for need, codes in sorted(by_need.items()):
        of_them = record.c.record_class.in_(codes)
        if need == "reference":
            yield of_them & referred
        elif need:
            yield of_them & (day <= need)
        else:
            yield of_them


def _need(rule: Rule, today: date) -> str:
    """What a record of the class must have: a day no later than this one, or a reference."""
    if rule.period is None or rule.alternatives or rule.phases or rule.review_every:
        return ""
    if not has_own_date(rule.trigger):
        return "reference"
    # a cut-off, months and days only make it later
    return (years_before(today, rule.period.years) + _SLACK).isoformat()
