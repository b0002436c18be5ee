"""Cases: the employee, contract, application or tenancy that several documents belong to."""

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

from demo.calendars import weekday_on_or_before, years_after
from demo.people import Person, a_person, an_address

UNKNOWN_EVERY = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its true dates; `known` says whether the council's event list has them."""

    reference: str
    subject: Person
    address: str
    born: date
    opened: date
    planned_end: date
    ended: date | None
    triggers: Mapping[str, str]
    known: bool

    def event(self, trigger: str) -> date | None:
        """The true date of that event, if the case has such an event and it has happened."""
        moments = {"opened": self.opened, "ended": self.ended, "born": self.born}
        return moments.get(self.triggers.get(trigger, ""))


def make_cases(rng: random.Random, as_of: date) -> dict[str, list[Case]]:
    """Every case of every kind in cases.toml."""
    kinds = tomllib.loads((files("demo") / "templates" / "cases.toml").read_text("utf-8"))
    return {
        kind: [_make(rng, spec, index, as_of) for index in range(spec["count"])]
        for kind, spec in kinds.items()
    }


def _make(rng: random.Random, spec: dict[str, Any], index: int, as_of: date) -> Case:
    (first, last), (shortest, longest) = spec["years"], spec["lasts"]
    latest = min(date(last, 12, 31), as_of - timedelta(days=60))
    earliest = min(date(first, 1, 1), latest - timedelta(days=365))
    opened = weekday_on_or_before(
        earliest + timedelta(days=rng.randint(7, (latest - earliest).days))
    )
    planned_end = weekday_on_or_before(years_after(opened, rng.uniform(shortest, longest)))
    ages = spec.get("ages", (19, 58))
    return Case(
        reference=spec["reference"].format(
            year=opened.year, yy=f"{opened:%y}", serial=11 + index * 13 + rng.randint(0, 12)
        ),
        subject=a_person(rng),
        address=an_address(rng),
        born=years_after(opened, -rng.uniform(*ages)),
        opened=opened,
        planned_end=planned_end,
        ended=planned_end if planned_end <= as_of else None,
        triggers=spec["triggers"],
        known=index % UNKNOWN_EVERY != UNKNOWN_EVERY - 1,
    )
