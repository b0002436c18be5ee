"""Cut-offs: the year end at which a period begins to count.

Rules enforced here:

- A cut-off applies only where the rule names one; otherwise the period counts from the trigger day.
- The year end is the first one on or after the trigger day: 31 March for the financial year of
  a local authority, 5 April for the tax year, 31 December for the calendar year, 31 August for
  the academic year.
"""

from datetime import MAXYEAR, date
from enum import StrEnum


class CutOff(StrEnum):
    """The year end a period waits for."""

    NONE = "none"
    FINANCIAL_YEAR = "financial-year"
    TAX_YEAR = "tax-year"
    CALENDAR_YEAR = "calendar-year"
    ACADEMIC_YEAR = "academic-year"


_YEAR_ENDS = {
    CutOff.FINANCIAL_YEAR: (3, 31),
    CutOff.TAX_YEAR: (4, 5),
    CutOff.CALENDAR_YEAR: (12, 31),
    CutOff.ACADEMIC_YEAR: (8, 31),
}


def cut_off_day(trigger_day: date, cut_off: CutOff) -> date:
    """The day from whose end the period counts."""
    if cut_off is CutOff.NONE:
        return trigger_day
    month, day = _YEAR_ENDS[cut_off]
    year = trigger_day.year + int((trigger_day.month, trigger_day.day) > (month, day))
    return date.max if year > MAXYEAR else date(year, month, day)
