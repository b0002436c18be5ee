"""Retention periods: ISO 8601 durations of years, months, weeks and days.

Rules enforced here:

- A period is written `P6Y`, `P18M`, `P21Y3M`, `P2W`, `P90D` (ISO 8601-1:2019, 5.5.2); `P0D` means
  as soon as the trigger day has ended. Times of day, fractions and signs are refused.
- "Permanent" is not a period: it is an action of the rule, and such a rule has no period.
- Years and months are added first, then weeks and days. Where the day does not exist in the month
  reached, the period ends on the first day of the next month: 29 February + 1 year is 1 March and
  31 January + 1 month is 1 March. Of two readings the later is taken, so nothing ends early.
- A period that runs past the calendar ends on its last day, which never passes.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, date
from enum import StrEnum

_ISO = re.compile(r"P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?")
_LONGEST_TEXT = 24
_DAYS_IN_WEEK = 7
_MONTHS_IN_YEAR = 12
# One leap cycle: every day a period can start on, as far as month ends and leap days go.
_CYCLE = [date.fromordinal(date(2001, 1, 1).toordinal() + n) for n in range(1461)]


class PeriodError(ValueError):
    """The text is not a retention period; the message says what to write instead."""


class Move(StrEnum):
    """Which way a period moved between two versions of a rule."""

    LONGER = "longer"
    SHORTER = "shorter"
    SAME = "same"
    UNCLEAR = "unclear"
    """Longer from some days and shorter from others, as with one month and thirty days."""


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in calendar units."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    def after(self, start: date) -> date:
        """The last day of the period that begins when the day `start` has ended."""
        months = start.year * _MONTHS_IN_YEAR + start.month - 1
        year, month = divmod(months + self.years * _MONTHS_IN_YEAR + self.months, _MONTHS_IN_YEAR)
        if year > MAXYEAR:
            return date.max
        overflow = int(start.day > monthrange(year, month + 1)[1])
        whole = date(year, month + 1 + overflow, 1 if overflow else start.day)
        days = self.weeks * _DAYS_IN_WEEK + self.days
        return date.fromordinal(min(whole.toordinal() + days, date.max.toordinal()))

    def __str__(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.weeks, "W"), (self.days, "D"))
        return "P" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0D")

    def in_words(self) -> str:
        """The period as a person says it: `6 years`, `21 years 3 months`, `no time`."""
        units = (
            (self.years, "year"),
            (self.months, "month"),
            (self.weeks, "week"),
            (self.days, "day"),
        )
        words = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in units if count]
        return " ".join(words) or "no time"


def parse_period(text: str) -> Period:
    """Read an ISO 8601 duration such as `P6Y`.

    Raises:
        PeriodError: The text is not such a duration.
    """
    if text.strip().upper() == "PERMANENT":
        raise PeriodError(
            "PERMANENT is not a period: leave the period out and use the action "
            "'permanent' (keep for ever) or 'transfer' (offer to the archive)"
        )
    found = _ISO.fullmatch(text)
    if found is None or len(text) > _LONGEST_TEXT:
        raise PeriodError(
            f"'{text}' is not a period: write for example P6Y, P18M, P2W, P90D or P0D"
        )
    years, months, weeks, days = (int(count or 0) for count in found.groups())
    return Period(years, months, weeks, days)


def moved(before: Period | None, after: Period | None) -> Move:
    """Say which way a period moved; no period means never, which is longer than any."""
    if before == after:
        return Move.SAME
    if before is None or after is None:
        return Move.LONGER if after is None else Move.SHORTER
    ends = [(before.after(day), after.after(day)) for day in _CYCLE]
    if all(old == new for old, new in ends):
        return Move.SAME
    if all(old <= new for old, new in ends):
        return Move.LONGER
    return Move.SHORTER if all(old >= new for old, new in ends) else Move.UNCLEAR
