"""The values behind one document's placeholders.

A template says `$person1`, `$person1_formal` or `$line3`; the story answers, and gives the same
answer whenever the same thing is asked again. A name that a pool carries (`$goods2`) is drawn from
that pool without repetition and may hold placeholders itself.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from string import Template

from demo import people
from demo.calendars import financial_year, weekday_on_or_before, written
from demo.cases import Case

KEY = re.compile(r"(?P<kind>[a-z]+)(?P<number>\d*)(?:_(?P<form>[a-z]+))?")
REPEAT = re.compile(r"@(\d+)-(\d+) (.*)")
DATED = ("date", "before", "after", "opened", "ended", "dob")
VAT_ROSE = date(2011, 1, 4)

Pools = Mapping[str, Sequence[str]]
MAKERS: dict[str, Callable[[random.Random], str]] = {
    "street": people.a_street,
    "address": people.an_address,
    "phone": people.a_phone,
    "mobile": people.a_mobile,
    "plate": people.a_plate,
    "nino": people.a_national_insurance_number,
    "place": lambda rng: rng.choice(people.PLACES),
    "count": lambda rng: str(rng.randint(2, 60)),
    "few": lambda rng: str(rng.randint(1, 6)),
    "score": lambda rng: str(rng.randint(31, 96)),
    "serial": lambda rng: f"{rng.randint(100, 9999):04d}",
    "long": lambda rng: f"{rng.randint(10**6, 10**8 - 1)}",
    "pounds": lambda rng: f"{rng.randint(900, 98_000) / 100:,.2f}",
    "thousands": lambda rng: f"{rng.randint(1_050, 98_900):,}",
    "millions": lambda rng: f"{rng.randint(1_010_000, 38_000_000):,}",
    "hours": lambda rng: f"{rng.randint(12, 150) / 4:.2f}",
    "reading": lambda rng: f"{rng.randint(60, 240) / 10:.1f}",
    "wage": lambda rng: f"{rng.randint(140_000, 340_000) / 100:,.2f}",
    "levy": lambda rng: f"{rng.randint(2_000, 19_000) / 100:,.2f}",
    "takehome": lambda rng: f"{rng.randint(101_000, 139_000) / 100:,.2f}",
    "clock": lambda rng: (
        f"{rng.randint(8, 17):02d}:{rng.choice((0, 5, 10, 15, 20, 30, 40, 45)):02d}"
    ),
}


class Story(dict[str, str]):
    """The answers given so far; one asked for the first time is made up on the spot."""

    def __init__(self, rng: random.Random, pools: Pools, on: date, case: Case | None) -> None:
        super().__init__()
        self.on = on
        self.case = case
        self._rng = rng
        self._pools = pools
        self._people = {kind: people.several(rng, 40) for kind in ("person", "resident")}
        self._orders: dict[str, list[str]] = {}
        self._dates: dict[str, date] = {}
        self._pence: list[int] = []

    def tell(self, template: str) -> str:
        """The template with optional lines chosen, repeats unrolled and placeholders filled."""
        lines = [kept for line in template.strip("\n").split("\n") for kept in self._lines(line)]
        return Template("\n".join(lines)).substitute(self)

    def _lines(self, line: str) -> list[str]:
        if repeat := REPEAT.fullmatch(line):
            times = self._rng.randint(int(repeat[1]), int(repeat[2]))
            return [repeat[3].replace("#", str(index)) for index in range(1, times + 1)]
        if line.startswith("? "):
            return [line[2:]] if self._rng.random() < 0.6 else []
        return [line]

    def __missing__(self, key: str) -> str:
        answer = self[key] = self._resolve(key)
        return answer

    def _resolve(self, key: str) -> str:
        match = KEY.fullmatch(key)
        if match is None:
            raise KeyError(key)
        kind, number, form = match["kind"], int(match["number"] or 1), match["form"] or ""
        if kind in self._pools:
            return self._drawn(kind, number)
        if kind in MAKERS:
            return MAKERS[kind](self._rng)
        if kind in ("person", "resident", "subject"):
            return self._person(kind, number).form(form)
        if kind in DATED:
            return written(self.date_of(kind, number), form)
        return self._single(kind)

    def _drawn(self, kind: str, number: int) -> str:
        if kind not in self._orders:
            pool = list(self._pools[kind])
            self._orders[kind] = self._rng.sample(pool, len(pool))
        order = self._orders[kind]
        return Template(order[(number - 1) % len(order)]).substitute(self)

    def _person(self, kind: str, number: int) -> people.Person:
        if kind == "subject":
            return self.case.subject if self.case else self._people["person"][10]
        return self._people[kind][(number - 1) % len(self._people[kind])]

    def date_of(self, kind: str, number: int = 1) -> date:
        """One of the story's dates; `before2` lies before `before1`, `after2` after `after1`."""
        key = f"{kind}{number}"
        if key not in self._dates:
            self._dates[key] = self._made_date(kind, number)
        return self._dates[key]

    def _made_date(self, kind: str, number: int) -> date:
        nearer = self.date_of(kind, number - 1) if number > 1 else self.on
        if kind == "before":
            earlier = weekday_on_or_before(nearer - timedelta(days=self._rng.randint(2, 16)))
            return max(earlier, self.case.opened) if self.case else earlier
        if kind == "after":
            return weekday_on_or_before(nearer + timedelta(days=self._rng.randint(7, 30)))
        if kind == "date":
            return self.on
        return self._life()[kind]

    def _life(self) -> dict[str, date]:
        if self.case:
            return {
                "opened": self.case.opened,
                "ended": self.case.planned_end,
                "dob": self.case.born,
            }
        born = self.on - timedelta(days=self._rng.randint(7_000, 29_000))
        return {"opened": self.on, "ended": self.on, "dob": born}

    def _single(self, kind: str) -> str:
        if kind == "line":
            self._pence.append(self._rng.randint(850, 64_000))
            return f"{self._pence[-1] / 100:,.2f}"
        if kind in ("net", "vat", "gross"):
            return f"{self._sums()[kind]:,.2f}"
        return {
            "ref": self.case.reference
            if self.case
            else f"TDC/{self.on:%y}/{self._rng.randint(100, 9_999):04d}",
            "home": self.case.address if self.case else people.an_address(self._rng),
            "year": str(self.on.year),
            "yy": f"{self.on:%y}",
            "fy": financial_year(self.on),
            "pastyear": str(self.on.year - self._rng.randint(2, 7)),
        }[kind]

    def _sums(self) -> dict[str, float]:
        net = sum(self._pence) / 100
        vat = round(net * (0.20 if self.on >= VAT_ROSE else 0.175), 2)
        return {"net": net, "vat": vat, "gross": net + vat}
