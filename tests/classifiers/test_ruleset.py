from collections.abc import Callable, Mapping

import pytest

from classifiers import MARGIN, CueError, Organisation, Ruleset, parse_ruleset
from classifiers.cues import USUAL


def test_mistakes_of_all_files_arrive_in_one_error() -> None:
    files = {"one.toml": {"version": 9}, "two.toml": {"version": 1, "veto": 7}}
    with pytest.raises(CueError) as caught:
        parse_ruleset(files, Organisation("Wendale Council"), {})
    assert list(caught.value.problems) == ["one.toml: version", "two.toml: veto"]
    assert str(caught.value).count("\n") == 1


def test_the_lists_of_all_files_are_joined(make_ruleset: Callable[..., Ruleset]) -> None:
    found = make_ruleset(received=["A-1"], internal=["B-1", "A-1"])
    assert found.received == {"A-1"}
    assert found.internal == {"A-1", "B-1"}


def test_no_cues_and_no_classes_are_a_ruleset_too(make_ruleset: Callable[..., Ruleset]) -> None:
    assert make_ruleset({}, {}).classes == {}


def test_the_shipped_cues_parse_and_cover_most_of_the_schedule(
    shipped: Ruleset, shipped_cues: Mapping[str, Mapping[str, Mapping[str, object]]]
) -> None:
    covered = {code for file in shipped_cues.values() for code in file.get("classes", {})}
    assert len(covered & set(shipped.classes)) >= 200


def test_every_shipped_class_that_can_reach_the_margin_has_cues_of_two_kinds(
    shipped_cues: Mapping[str, Mapping[str, Mapping[str, list[Mapping[str, object]]]]],
) -> None:
    wanting = [
        code
        for name, file in shipped_cues.items()
        if name != "general.toml"
        for code, rows in file["classes"].items()
        if any(weight_of(row) >= MARGIN for row in rows)
        and len({(row["where"], row.get("kind")) for row in rows if weight_of(row) > 0}) < 2
    ]
    assert wanting == []


def weight_of(row: Mapping[str, object]) -> float:
    return float(str(row.get("weight", USUAL[str(row["where"])][1])))
