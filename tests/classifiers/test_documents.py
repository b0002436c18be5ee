"""Each made-up document of ``data`` gets the answer that is written beside it."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from classifiers import Document, Ruleset, classify

DATA = Path(__file__).parent / "data"
ENTRIES = [
    pytest.param(entry, id=f"{file.stem}-{number}-{entry['name']}")
    for file in sorted(DATA.glob("*.toml"))
    for number, entry in enumerate(tomllib.loads(file.read_text())["document"])
]
TEXT_KEYS = ("text", "name", "media_type")


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_shipped_cues_answer_as_written(
    entry: Mapping[str, str], shipped: Ruleset, make_document: Callable[..., Document]
) -> None:
    document = make_document(
        **{key: entry[key] for key in TEXT_KEYS if key in entry},
        folders=tuple(entry.get("folders", ())),
        metadata=entry.get("metadata", {}),
    )
    found = classify(document, shipped)
    assert (found.origin, found.reason) == (entry.get("expect", "automatic"), found.reason)
    if found.origin == "automatic":
        assert found.record_class == entry["class"]
    elif entry["class"]:
        assert entry["class"] in [one.record_class for one in found.suggestions], found.reason


def test_a_wrong_answer_would_be_seen() -> None:
    assert len(ENTRIES) >= 100
    assert {entry.values[0].get("expect", "automatic") for entry in ENTRIES} == {
        "automatic",
        "suggested",
        "none",
    }
