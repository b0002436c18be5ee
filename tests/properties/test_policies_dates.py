"""Date arithmetic against an oracle that shares no code with it, over ten thousand dates."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies import CutOff, Period, cut_off_day, parse_period
from policies.period import Move, moved

DAYS = st.dates(date(1850, 1, 1), date(2250, 12, 31))
PERIODS = st.builds(
    Period, st.integers(0, 150), st.integers(0, 40), st.integers(0, 60), st.integers(0, 400)
)
YEAR_END_BEGINS = {
    CutOff.FINANCIAL_YEAR: (4, 1),
    CutOff.TAX_YEAR: (4, 6),
    CutOff.CALENDAR_YEAR: (1, 1),
    CutOff.ACADEMIC_YEAR: (9, 1),
}


def end_by_oracle(start: date, period: Period) -> date:
    """The library moves back to the end of a short month; the later reading is the day after."""
    whole = start + relativedelta(years=period.years, months=period.months)
    if whole.day != start.day:
        whole += timedelta(days=1)
    return whole + timedelta(weeks=period.weeks, days=period.days)


def year_end_by_walking(day: date, cut_off: CutOff) -> date:
    """Walk on, day by day, until tomorrow begins a new year of that kind."""
    while (
        cut_off is not CutOff.NONE
        and ((day + timedelta(days=1)).month, (day + timedelta(days=1)).day)
        != YEAR_END_BEGINS[cut_off]
    ):
        day += timedelta(days=1)
    return day


@given(DAYS, PERIODS)
@example(date(2024, 2, 29), Period(years=1))
@example(date(2023, 1, 31), Period(months=1))
@settings(max_examples=10_000, deadline=None)
def test_a_period_ends_where_the_oracle_says(start: date, period: Period) -> None:
    assert period.after(start) == end_by_oracle(start, period)


@given(DAYS, st.sampled_from(CutOff), PERIODS)
@settings(max_examples=1_000, deadline=None)
def test_a_cut_off_is_where_walking_day_by_day_ends(
    day: date, cut_off: CutOff, period: Period
) -> None:
    year_end = year_end_by_walking(day, cut_off)
    assert cut_off_day(day, cut_off) == year_end
    assert period.after(cut_off_day(day, cut_off)) == end_by_oracle(year_end, period)


@given(DAYS, PERIODS)
@settings(max_examples=2_000, deadline=None)
def test_a_later_start_never_ends_earlier_and_no_period_ends_before_it_starts(
    start: date, period: Period
) -> None:
    assert start <= period.after(start) <= period.after(start + timedelta(days=1))


@given(st.dates(), st.builds(Period, *[st.integers(0, 10**6)] * 4), st.sampled_from(CutOff))
@settings(max_examples=1_000, deadline=None)
def test_no_day_and_no_length_is_too_much(start: date, period: Period, cut_off: CutOff) -> None:
    assert start <= cut_off_day(start, cut_off) <= period.after(cut_off_day(start, cut_off))


@given(PERIODS)
def test_a_period_written_and_read_is_the_same(period: Period) -> None:
    assert parse_period(str(period)) == period


@given(PERIODS, PERIODS)
@settings(max_examples=100, deadline=None)
def test_which_way_a_period_moved_is_the_other_way_round_in_reverse(
    one: Period, other: Period
) -> None:
    reverse = {Move.LONGER: Move.SHORTER, Move.SHORTER: Move.LONGER}
    move = moved(one, other)
    assert moved(other, one) is reverse.get(move, move)
