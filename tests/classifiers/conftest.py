import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files

import pytest

from classifiers import ClassHint, Document, Organisation, Ruleset, parse_ruleset

COUNCIL = Organisation(
    "Wendale District Council", ("Wendale Council", "Cyngor Wendale", "Cyngor Dosbarth Wendale")
)
DAYS = {"Y": 365, "M": 30, "W": 7, "D": 1}


@pytest.fixture(scope="session")
def hints() -> Mapping[str, ClassHint]:
    """The classes of the shipped schedule, as the application hands them over."""
    text = files("policies").joinpath("schedules/uk-local-government.toml").read_text()
    return {
        entry["code"]: ClassHint(
            entry["title"], tuple(entry.get("keywords", ())), rank_of(entry.get("period"))
        )
        for entry in tomllib.loads(text)["classes"]
    }


def rank_of(period: str | None) -> float | None:
    if period is None:
        return None
    return sum(int(number) * DAYS[unit] for number, unit in re.findall(r"(\d+)([YMWD])", period))


@pytest.fixture(scope="session")
def shipped_cues() -> Mapping[str, object]:
    folder = files("classifiers").joinpath("cues")
    return {
        file.name: tomllib.loads(file.read_text())
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
    }


@pytest.fixture(scope="session")
def shipped(shipped_cues: Mapping[str, object], hints: Mapping[str, ClassHint]) -> Ruleset:
    return parse_ruleset(shipped_cues, COUNCIL, hints)


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """A document of no special kind, with changes."""

    def build(text: str = "", name: str = "0001.docx", **changes: object) -> Document:
        values: dict[str, object] = {
            "path": name.encode(),
            "name": name,
            "folders": (),
            "media_type": "text/plain",
            "metadata": {},
            "text": text,
        }
        return Document(**{**values, **changes})  # type: ignore[arg-type]

    return build


@pytest.fixture
def make_ruleset() -> Callable[..., Ruleset]:
    """A ruleset of one cue file for a schedule of three classes."""

    def build(
        classes: Mapping[str, object] | None = None,
        hints: Mapping[str, ClassHint] | None = None,
        council: Organisation = COUNCIL,
        **keys: object,
    ) -> Ruleset:
        cues = {"own.toml": {"version": 1, "classes": classes or {}, **keys}}
        usual = {
            "A-1": ClassHint("Allotment letters", ("plot", "tenancy"), 6.0),
            "B-1": ClassHint("Bridge surveys", ("bridge", "span"), 12.0),
            "C-1": ClassHint("Canal passes", ("boat",), 0.0),
        }
        return parse_ruleset(cues, council, usual if hints is None else hints)

    return build
