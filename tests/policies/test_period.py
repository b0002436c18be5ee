from datetime import date

import pytest

from policies.period import Move, Period, PeriodError, moved, parse_period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P6Y", Period(years=6)),
        ("P18M", Period(months=18)),
        ("P21Y3M", Period(years=21, months=3)),
        ("P2W", Period(weeks=2)),
        ("P90D", Period(days=90)),
        ("P0D", Period()),
        ("P1Y2M3W4D", Period(1, 2, 3, 4)),
    ],
)
def test_a_duration_is_read_and_written_back_the_same(text: str, period: Period) -> None:
    assert parse_period(text) == period
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "6Y", "p6y", "P6", "PY", "P-6Y", "P1.5Y", "PT6H", "P1YT1H", "P1D1Y", "P6Y "),
        *("P٦Y", "six years", "P" + "9" * 5000 + "Y"),
    ],
)
def test_anything_else_is_refused_with_an_example_of_what_to_write(text: str) -> None:
    with pytest.raises(PeriodError, match="P6Y"):
        parse_period(text)


@pytest.mark.parametrize("text", ["PERMANENT", "permanent", " Permanent "])
def test_permanent_is_not_a_period_and_the_message_names_the_actions(text: str) -> None:
    with pytest.raises(PeriodError, match=r"'permanent'.*'transfer'"):
        parse_period(text)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        (date(2018, 5, 12), "P6Y", date(2024, 5, 12)),
        (date(2024, 2, 29), "P1Y", date(2025, 3, 1)),
        (date(2024, 2, 29), "P4Y", date(2028, 2, 29)),
        (date(2096, 2, 29), "P4Y", date(2100, 3, 1)),
        (date(2023, 1, 31), "P1M", date(2023, 3, 1)),
        (date(2024, 1, 30), "P1M", date(2024, 3, 1)),
        (date(2024, 1, 29), "P1M", date(2024, 2, 29)),
        (date(2023, 3, 31), "P1M", date(2023, 5, 1)),
        (date(2023, 10, 31), "P4M", date(2024, 3, 1)),
        (date(2023, 12, 31), "P1M", date(2024, 1, 31)),
        (date(2023, 12, 31), "P0D", date(2023, 12, 31)),
        (date(2023, 12, 31), "P1W", date(2024, 1, 7)),
        (date(2023, 1, 31), "P1M1D", date(2023, 3, 2)),
        (date(2000, 6, 15), "P21Y3M", date(2021, 9, 15)),
    ],
)
def test_a_period_ends_on_the_later_day_where_two_readings_differ(
    start: date, period: str, end: date
) -> None:
    assert parse_period(period).after(start) == end


@pytest.mark.parametrize("period", ["P9000Y", "P96001M", "P99999999999D", "P8000Y99999999W"])
def test_a_period_beyond_the_calendar_ends_on_its_last_day(period: str) -> None:
    assert parse_period(period).after(date(2024, 5, 1)) == date.max


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P1Y", "1 year"),
        ("P21Y3M", "21 years 3 months"),
        ("P1W", "1 week"),
        ("P90D", "90 days"),
        ("P0D", "no time"),
    ],
)
def test_a_period_can_be_said_in_words(text: str, words: str) -> None:
    assert parse_period(text).in_words() == words


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        ("P6Y", "P7Y", Move.LONGER),
        ("P6Y", "P5Y", Move.SHORTER),
        ("P1Y", "P12M", Move.SAME),
        ("P6Y", "P6Y", Move.SAME),
        ("P1W", "P7D", Move.SAME),
        ("P1M", "P30D", Move.UNCLEAR),
        ("P1M", "P28D", Move.SHORTER),
        ("P1Y", "P366D", Move.LONGER),
    ],
)
def test_it_is_known_which_way_a_period_moved(before: str, after: str, move: Move) -> None:
    assert moved(parse_period(before), parse_period(after)) is move


def test_no_period_is_longer_than_any() -> None:
    assert moved(Period(years=100), None) is Move.LONGER
    assert moved(None, Period(years=100)) is Move.SHORTER
    assert moved(None, None) is Move.SAME
