"""When a share's window is open."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.window import DAYS, parse_window

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-11-23 19:59:59", None),
        ("2026-11-23 20:00", "2026-11-24 06:00"),
        ("2026-11-24 05:59", "2026-11-24 06:00"),
        ("2026-11-24 06:00", None),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment, closes):
    window = parse_window("20:00-06:00", None)
    assert window.until(at(moment)) == (closes and at(closes))


def test_days_say_when_it_opens_not_when_it_closes():
    window = parse_window("20:00-06:00", ["fri"])
    assert window.until(at("2026-11-28 05:00")) == at("2026-11-28 06:00")  # Saturday morning
    assert window.until(at("2026-11-28 21:00")) is None
    assert window.following(at("2026-11-28 21:00")) == at("2026-12-04 20:00")


def test_days_alone_are_whole_days_and_neighbours_are_one_window():
    window = parse_window(None, ["sat", "sun"])
    assert window.until(at("2026-11-28 10:00")) == at("2026-11-30 00:00")
    assert window.until(at("2026-11-27 23:59")) is None


def test_the_window_of_a_day_ends_on_that_day():
    window = parse_window("09:00-17:00", None)
    assert window.until(at("2026-11-23 09:00")) == at("2026-11-23 17:00")
    assert window.following(at("2026-11-23 09:00")) == at("2026-11-24 09:00")


@pytest.mark.parametrize(
    ("opens", "hours"),
    [("2026-03-28 20:00", 9), ("2026-10-24 20:00", 11), ("2026-11-23 20:00", 10)],
)
def test_the_night_of_the_change_of_clocks_is_shorter_or_longer(opens, hours):
    closes = parse_window("20:00-06:00", None).until(at(opens))
    assert closes.timestamp() - at(opens).timestamp() == timedelta(hours=hours).total_seconds()


def test_no_keys_are_no_window():
    assert parse_window(None, None) is None


@pytest.mark.parametrize(
    ("times", "days", "said"),
    [
        ("8pm-6am", None, "window: '8pm-6am' is not two times of a day; write 20:00-06:00"),
        ("20:00-24:00", None, "window: '20:00-24:00' is not two times"),
        ("20:00-20:00", None, "for all hours remove the key"),
        (None, [], "window_days: names no day; write some of mon, tue"),
        ("20:00-06:00", ["mon", "Tuesday"], "window_days: 'Tuesday' is not a day"),
    ],
)
def test_a_mistake_says_how_to_write_it(times, days, said):
    with pytest.raises(ValueError, match="window") as told:
        parse_window(times, days)
    assert said in str(told.value)


@given(
    st.times().map(lambda t: t.replace(microsecond=0, second=0)),
    st.times().map(lambda t: t.replace(microsecond=0, second=0)),
    st.sets(st.sampled_from(DAYS), min_size=1),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_it_is_open_until_it_closes_and_opens_again_later(opens, closes, days, moment):
    if opens == closes:
        return
    window = parse_window(f"{opens:%H:%M}-{closes:%H:%M}", sorted(days))
    here = moment.replace(tzinfo=LONDON)
    end = window.until(here)
    assert window.following(here) > here
    if end is not None:
        assert end > here
        last = (end - timedelta(seconds=1)).astimezone(LONDON)
        assert window.until(last) == end
