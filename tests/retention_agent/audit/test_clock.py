from datetime import UTC, datetime, timedelta

import pytest

from retention_agent.audit import clock
from retention_agent.errors import Refused
from retention_agent.register.engine import open_register

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path):
    opened = open_register(tmp_path / "register.db")
    yield opened
    opened.dispose()


def confirm(engine, now):
    with engine.begin() as connection:
        clock.confirm(connection, now)


def check(engine, now):
    with engine.begin() as connection:
        clock.require_plausible(connection, now)


@pytest.mark.parametrize(
    "step", [timedelta(0), timedelta(hours=-1), timedelta(days=90), timedelta(days=1)]
)
def test_a_clock_that_goes_on_is_believed(engine, step):
    confirm(engine, NOW)
    check(engine, NOW + step)


@pytest.mark.parametrize(
    "step", [timedelta(hours=-1, seconds=-1), timedelta(days=90, seconds=1), timedelta(days=3653)]
)
def test_a_clock_that_jumped_is_doubted_until_a_person_confirms_it(engine, step):
    confirm(engine, NOW)
    with pytest.raises(Refused, match="the clock says"):
        check(engine, NOW + step)
    confirm(engine, NOW + step)
    check(engine, NOW + step)


def test_an_empty_log_doubts_nothing(engine):
    check(engine, NOW)
