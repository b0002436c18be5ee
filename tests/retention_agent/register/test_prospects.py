"""Whoever is left out by the database is not due by the policy core either, under every rule."""

import random
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from policies import Action
from policies.period import Period
from retention_agent.bootstrap import shipped_schedule
from retention_agent.register import decisions, records
from retention_agent.register.engine import open_register
from retention_agent.register.prospects import prospects
from retention_agent.register.tables import record, record_reference, share, trigger_event

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 11, 23)
FILES = 4_000


def near_due(chosen: random.Random, period: Period | None) -> date:
    """A day from which the period ends about today, or any day."""
    years = chosen.randrange(30) if period is None or chosen.random() < 0.3 else period.years
    return TODAY.replace(year=TODAY.year - years) + timedelta(chosen.randrange(-400, 400))


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    """Records of every class of the shipped schedule, many of them about due."""
    engine = open_register(tmp_path_factory.mktemp("estate") / "register.db")
    chosen = random.Random(7)
    rules = list(shipped_schedule().rules.values())
    with engine.begin() as connection:
        for number, name in ((1, "files"), (2, "other")):
            connection.execute(share.insert().values(id=number, name=name, root=b"/x"))
        for number in range(1, FILES + 1):
            rule = chosen.choice(rules)
            connection.execute(record.insert().values(_row(chosen, number, rule)))
            if chosen.random() < 0.5:
                _refer(connection, number, rule)
    yield engine
    engine.dispose()


def _row(chosen: random.Random, number: int, rule) -> dict[str, object]:
    day = near_due(chosen, rule.period)
    carried = [{"kind": "created", "on": f"{day}T23:30:00-05:00", "origin": "pdf:CreationDate"}]
    seconds = (day - date(1970, 1, 1)).days * 86_400
    return {
        "id": number,
        "share": 1 + number % 2,
        "path": b"%d" % number,
        "device": 1,
        "inode": number,
        "size": 1,
        "mtime_ns": seconds * 10**9,
        "ctime_ns": 1,
        "links": 1,
        "first_seen": chosen.choice(["2010-01-01T00:00:00Z", "2026-01-01T00:00:00Z"]),
        "last_changed": "2026-01-01T00:00:00Z",
        "present": chosen.random() < 0.95,
        "capture": chosen.choice(["captured"] * 8 + ["pending", "unreadable"]),
        "partial": chosen.random() < 0.05,
        "dates": chosen.choice([carried, [], None]),
        "record_class": rule.code if chosen.random() < 0.9 else None,
    }


def _refer(connection: sa.Connection, number: int, rule) -> None:
    reference = f"CASE/{number}"
    connection.execute(
        record_reference.insert().values(record=number, reference=reference, origin="manual")
    )
    event = {"reference": reference, "trigger": rule.trigger, "recorded": "2026-01-01T00:00:00Z"}
    connection.execute(trigger_event.insert().values({**event, "on": str(date(1990, 1, 1))}))


def due(connection: sa.Connection, lists, within: decisions.Frame) -> set[int]:
    return {
        row["id"]
        for rows in lists
        for row, decision in decisions.decide_rows(connection, rows, within)
        if decision.action is not Action.RETAIN
    }


@pytest.mark.parametrize("days", [-400, 0, 1, 2_000])
def test_no_record_that_is_due_is_left_out(estate, days):
    schedule = shipped_schedule()
    with estate.begin() as connection:
        within = decisions.frame(connection, TODAY + timedelta(days), LONDON)
        within = replace(within, schedule=schedule)
        for number in (1, 2):
            here = record.c.present & (record.c.share == number)
            every = due(connection, records.stream(connection, here), within)
            found = list(prospects(connection, schedule, within.today, number))
            assert due(connection, found, within) == every
            asked = sum(map(len, found))
            assert 20 < len(every) <= asked < FILES / 3  # most are not even looked at


def test_nothing_is_due_where_no_class_was_adopted(estate):
    schedule = replace(shipped_schedule(), adopted=frozenset())
    with estate.begin() as connection:
        assert list(prospects(connection, schedule, TODAY, 1)) == []
