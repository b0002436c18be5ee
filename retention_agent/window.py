"""The hours in which a share may be scanned, as config.toml writes them. Pure: no clock.

Times are those of the wall clock at the council, so a window of a night is an hour shorter or
longer when the clocks change. A window belongs to the day on which it opens.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(len(DAYS)))
_TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` until the next `closes`, on each of `days` (Monday is 0)."""

    opens: time
    closes: time
    days: frozenset[int] = EVERY_DAY

    def until(self, moment: datetime) -> datetime | None:
        """When the window in which `moment` (aware, local) lies closes, or nothing outside it.

        Where one closes as the next opens, that is when the last of them closes.
        """
        end = None
        for opens, closes in self._around(moment):
            if end is None:
                end = closes if opens <= moment < closes else None
            elif opens <= end:
                end = max(end, closes)
        return end

    def following(self, moment: datetime) -> datetime:
        """When it opens next after `moment` (aware, local)."""
        return next(opens for opens, _ in self._around(moment) if opens > moment)

    def _around(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        for offset in range(-1, len(DAYS) + 2):
            day = moment.date() + timedelta(offset)
            if day.weekday() in self.days:
                last = day + timedelta(self.closes <= self.opens)
                opens = datetime.combine(day, self.opens, moment.tzinfo)
                closes = datetime.combine(last, self.closes, moment.tzinfo)
                # as instants: two local times of one zone compare by the wall clock alone
                yield opens.astimezone(UTC), closes.astimezone(UTC)


def parse_window(times: str | None, days: Sequence[str] | None) -> Window | None:
    """The window that `window` and `window_days` of a share say; nothing where neither is given.

    Raises:
        ValueError: what is wrong, and how to write it.
    """
    if times is None and days is None:
        return None
    opens, closes = (time(), time()) if times is None else _times(times)
    return Window(opens, closes, EVERY_DAY if days is None else _days(days))


def _times(text: str) -> tuple[time, time]:
    found = _TIMES.fullmatch(text)
    if found is None:
        raise ValueError(f"window: {text!r} is not two times of a day; write 20:00-06:00")
    hour, minute, end_hour, end_minute = map(int, found.groups())
    opens, closes = time(hour, minute), time(end_hour, end_minute)
    if opens == closes:
        raise ValueError("window: opens and closes at the same time; for all hours remove the key")
    return opens, closes


def _days(names: Sequence[str]) -> frozenset[int]:
    unknown = [name for name in names if name not in DAYS]
    if unknown or not names:
        what = f"{unknown[0]!r} is not a day" if unknown else "names no day"
        raise ValueError(f"window_days: {what}; write some of {', '.join(DAYS)}")
    return frozenset(map(DAYS.index, names))
