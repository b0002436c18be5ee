"""How fast a share may be walked and read, and until when.

A share is a file server that people work on. The limits are token buckets: what was spent too
much is waited for afterwards, and what was not used is saved up for one second at most. Clock and
sleep are handed in, so that what happens does not depend on how fast the machine is.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True)
class Bucket:
    """`level` tokens at the instant `at`, and `rate` more each second; a debt is below nothing."""

    rate: float
    level: float
    at: datetime

    def spend(self, amount: float, now: datetime) -> "Bucket":
        """The bucket after `amount` was taken at the instant `now`."""
        passed = max(0.0, (now - self.at).total_seconds())  # a clock that is put back gives nothing
        level = min(self.rate, self.level + passed * self.rate)
        return Bucket(self.rate, level - amount, now)

    @property
    def wait(self) -> float:
        """Seconds until its debt is paid."""
        return max(0.0, -self.level / self.rate)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a share bears; nothing (None) is no limit."""

    files: float | None = None
    """files a second, walked or read"""
    octets: float | None = None
    """bytes read a second"""
    closes: datetime | None = None
    """when the window closes"""


class Pace:
    """Spends what is done on a share, and waits where that was too fast."""

    def __init__(
        self, limits: Limits, clock: Callable[[], datetime], sleep: Callable[[float], object]
    ) -> None:
        self._closes = limits.closes
        self._clock = clock
        self._sleep = sleep
        self._files = None if limits.files is None else Bucket(limits.files, 0, clock())
        self._octets = None if limits.octets is None else Bucket(limits.octets, 0, clock())

    @property
    def closed(self) -> bool:
        """Whether the window has closed."""
        return self._closes is not None and self._clock() >= self._closes

    def spend(self, files: int, octets: int = 0) -> float:
        """Count what was done, and wait until there is room for more, or the window closes.

        Returns how many seconds it waited.
        """
        if self._files is None and self._octets is None:
            return 0.0
        now = self._clock()
        self._files = self._files and self._files.spend(files, now)
        self._octets = self._octets and self._octets.spend(octets, now)
        wait = max(bucket.wait for bucket in (self._files, self._octets) if bucket)
        wait = min(wait, self._left(now))
        if wait:
            self._sleep(wait)
        return wait

    def _left(self, now: datetime) -> float:
        if self._closes is None:
            return math.inf
        return max(0.0, (self._closes - now).total_seconds())


class Sized(Protocol):
    """A file to be read."""

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...


S = TypeVar("S", bound=Sized)


def paced(files: Iterable[S], pace: Pace) -> Iterator[S]:
    """Hand `files` on no faster than `pace` lets them be read, and none once the window closed."""
    for file in files:
        if pace.closed:
            return
        yield file
        pace.spend(1, file.size)


def _never(*_: object) -> datetime:
    raise AssertionError("a pace without limits asks for no time")


UNHURRIED = Pace(Limits(), _never, _never)
"""no limit at all"""
