from datetime import date

import pytest

from policies.cutoff import CutOff, cut_off_day


@pytest.mark.parametrize(
    ("cut_off", "trigger_day", "year_end"),
    [
        (CutOff.NONE, date(2023, 5, 12), date(2023, 5, 12)),
        (CutOff.FINANCIAL_YEAR, date(2023, 3, 31), date(2023, 3, 31)),
        (CutOff.FINANCIAL_YEAR, date(2023, 4, 1), date(2024, 3, 31)),
        (CutOff.TAX_YEAR, date(2023, 4, 5), date(2023, 4, 5)),
        (CutOff.TAX_YEAR, date(2023, 4, 6), date(2024, 4, 5)),
        (CutOff.CALENDAR_YEAR, date(2023, 1, 1), date(2023, 12, 31)),
        (CutOff.CALENDAR_YEAR, date(2023, 12, 31), date(2023, 12, 31)),
        (CutOff.ACADEMIC_YEAR, date(2023, 8, 31), date(2023, 8, 31)),
        (CutOff.ACADEMIC_YEAR, date(2024, 2, 29), date(2024, 8, 31)),
        (CutOff.ACADEMIC_YEAR, date(2023, 9, 1), date(2024, 8, 31)),
    ],
)
def test_the_year_end_is_the_first_on_or_after_the_trigger_day(
    cut_off: CutOff, trigger_day: date, year_end: date
) -> None:
    assert cut_off_day(trigger_day, cut_off) == year_end


@pytest.mark.parametrize("cut_off", list(CutOff))
def test_the_last_day_of_the_calendar_is_its_own_year_end(cut_off: CutOff) -> None:
    assert cut_off_day(date.max, cut_off) == date.max
