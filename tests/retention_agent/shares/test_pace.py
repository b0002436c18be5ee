"""What was spent too fast is waited for; nothing here depends on how fast the machine is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.shares.pace import UNHURRIED, Bucket, Limits, Pace, paced

START = datetime(2026, 11, 23, 20, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: datetime = START
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class File:
    size: int


def pace(clock: Clock, **limits: object) -> Pace:
    return Pace(Limits(**limits), clock, clock.sleep)


def test_without_limits_nothing_is_waited_for_and_no_clock_is_asked():
    assert UNHURRIED.spend(10**9, 10**12) == 0
    assert not UNHURRIED.closed


def test_files_are_walked_at_the_rate_that_is_set():
    clock = Clock()
    slow = pace(clock, files=100)
    for _ in range(50):
        slow.spend(20)
    assert clock.now - START == timedelta(seconds=10)


def test_the_slower_of_the_two_limits_counts():
    clock = Clock()
    slow = pace(clock, files=10, octets=1_000)
    assert slow.spend(1, 5_000) == 5
    assert slow.spend(110, 1) == 10


def test_what_was_not_used_is_saved_up_for_one_second_only():
    clock = Clock()
    slow = pace(clock, files=10)
    clock.now += timedelta(hours=1)
    assert slow.spend(10) == 0
    assert slow.spend(10) == 1


def test_a_clock_that_is_put_back_gives_nothing_and_holds_up_nothing():
    clock = Clock()
    slow = pace(clock, files=10)
    clock.now -= timedelta(days=1)
    assert slow.spend(10) == 1
    assert slow.spend(10) == 1


def test_no_wait_goes_beyond_the_end_of_the_window():
    clock = Clock()
    slow = pace(clock, files=1, closes=START + timedelta(seconds=30))
    assert slow.spend(1_000) == 30
    assert slow.closed
    assert slow.spend(1_000) == 0


def test_no_file_is_begun_once_the_window_closed():
    clock = Clock()
    slow = pace(clock, octets=100, closes=START + timedelta(seconds=5))
    assert list(paced([File(200), File(200), File(200), File(200)], slow)) == [File(200)] * 3


def test_nothing_of_a_closed_window_is_read():
    assert list(paced([File(1)], pace(Clock(), closes=START))) == []


@given(
    st.floats(0.1, 1e6),
    st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 100)), max_size=50),
)
def test_never_more_is_spent_than_the_rate_allows(rate, steps):
    bucket, now, spent = Bucket(rate, 0, START), START, 0.0
    for amount, idle in steps:
        now += timedelta(seconds=idle)
        bucket = bucket.spend(amount, now)
        spent += amount
        now += timedelta(seconds=bucket.wait)
        seconds = (now - START).total_seconds()
        assert spent <= rate * (seconds + 1) + 1e-3 * (1 + spent)


@pytest.mark.parametrize("limits", [{"files": 5}, {"octets": 5.0}])
def test_either_limit_alone_is_enough(limits):
    clock = Clock()
    pace(clock, **limits).spend(10, 10)
    assert clock.slept == [2.0]
