"""The kinds of document the council keeps, read from the template files beside this module.

Every templates/*.toml except those in APART holds `[[document]]` tables: the schedule's class and
trigger (both empty for papers of other bodies), how many to make, the years they were written in,
the folders and names people gave them, word pools, and one or more texts with the formats each is
found in. A text may bring names of its own.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

APART = ("cases.toml", "names.toml", "pools.toml")


@dataclass(frozen=True, slots=True)
class Text:
    """One wording of a genre, with its own file names where the genre's do not fit it."""

    formats: tuple[str, ...]
    names: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Genre:
    """One kind of document of one class of the schedule.

    `moment` says when in its case a document is written (opened, during, ended); `happens` which
    date of the story is the event it is about, where that is not the date it was written.
    """

    key: str
    record_class: str
    trigger: str
    count: int
    years: tuple[int, int]
    case: str
    moment: str
    happens: str
    folders: tuple[str, ...]
    texts: tuple[Text, ...]
    pools: Mapping[str, list[str]] = field(default_factory=dict)


def load_genres() -> list[Genre]:
    """All genres, in the order of file names and of tables within a file."""
    shared = tomllib.loads((files("demo") / "templates" / "pools.toml").read_text("utf-8"))
    return [
        _genre(f"{source.name}:{index}", table, shared)
        for source in sorted((files("demo") / "templates").iterdir(), key=lambda item: item.name)
        if source.name.endswith(".toml") and source.name not in APART
        for index, table in enumerate(tomllib.loads(source.read_text("utf-8"))["document"])
    ]


def _genre(key: str, table: dict[str, Any], shared: dict[str, list[str]]) -> Genre:
    first, last = table.get("years", (2000, 2025))
    return Genre(
        key=key,
        record_class=table["class"],
        trigger=table["trigger"],
        count=table["count"],
        years=(first, last),
        case=table.get("case", ""),
        moment=table.get("moment", "during"),
        happens=table.get("happens", "date"),
        folders=tuple(table["folders"]),
        texts=tuple(_text(text, table["names"]) for text in table["text"]),
        pools={**shared, **table.get("pools", {})},
    )


def _text(table: dict[str, Any], names: list[str]) -> Text:
    return Text(tuple(table["formats"]), tuple(table.get("names", names)), table["body"])
