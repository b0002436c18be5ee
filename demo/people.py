"""Invented people and places, drawn from short lists with the caller's random source."""

import random
import tomllib
from dataclasses import dataclass
from importlib.resources import files

DOMAIN = "thornbridge-dc.example"

WORDS = tomllib.loads((files("demo") / "templates" / "names.toml").read_text("utf-8"))
FIRST_NAMES: dict[str, list[str]] = WORDS["first_names"]
SURNAMES: list[str] = WORDS["surnames"]
STREETS: list[str] = WORDS["streets"]
PLACES: list[str] = WORDS["places"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented, in the forms that letters and lists need."""

    title: str
    first: str
    last: str

    def form(self, name: str) -> str:
        """The person as `name` asks: whole name, formal, surname, initials, first name, e-mail."""
        return {
            "": f"{self.first} {self.last}",
            "formal": f"{self.title} {self.last}",
            "full": f"{self.title} {self.first} {self.last}",
            "last": self.last,
            "first": self.first,
            "initials": f"{self.first[0]}{self.last[0]}",
            "short": f"{self.first[0]} {self.last}",
            "sorted": f"{self.last}, {self.first}",
            "email": f"{self.first}.{self.last}@{DOMAIN}".lower(),
            "home": f"{self.first}.{self.last}@mail.example".lower(),
        }[name]


def a_person(rng: random.Random) -> Person:
    """A new person; the same two names may meet again, as in life."""
    title = rng.choice(sorted(FIRST_NAMES))
    return Person(title, rng.choice(FIRST_NAMES[title]), rng.choice(SURNAMES))


def several(rng: random.Random, count: int) -> list[Person]:
    """So many people with different surnames."""
    return [
        Person(title, rng.choice(FIRST_NAMES[title]), last)
        for last in rng.sample(SURNAMES, count)
        for title in [rng.choice(sorted(FIRST_NAMES))]
    ]


def a_street(rng: random.Random) -> str:
    """A house number and a street."""
    return f"{rng.randint(1, 148)} {rng.choice(STREETS)}"


def an_address(rng: random.Random) -> str:
    """A whole address in one line; no postcode area TX exists."""
    code = f"TX{rng.randint(1, 19)} {rng.randint(1, 9)}{rng.choice('ABDEFG')}{rng.choice('HJLNPQ')}"
    return f"{a_street(rng)}, {rng.choice(PLACES)}, {code}"


def a_phone(rng: random.Random) -> str:
    """A fixed line that Ofcom keeps free for drama."""
    return f"01632 960{rng.randint(0, 999):03d}"


def a_mobile(rng: random.Random) -> str:
    """A mobile number that Ofcom keeps free for drama."""
    return f"07700 900{rng.randint(0, 999):03d}"


def a_plate(rng: random.Random) -> str:
    """A vehicle mark; Q is never issued in this place."""
    tail = "".join(rng.choice("ABDEFGHJKLMNPRSTVXY") for _ in range(3))
    return f"TQ{rng.choice('0156')}{rng.randint(1, 9)} {tail}"


def a_national_insurance_number(rng: random.Random) -> str:
    """The right shape with a prefix that is never issued."""
    pairs = " ".join(f"{rng.randint(0, 99):02d}" for _ in range(3))
    return f"QQ {pairs} {rng.choice('ABCD')}"
