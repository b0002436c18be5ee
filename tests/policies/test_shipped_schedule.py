"""The schedule that is shipped: whole, readable, and the facts it was drawn from."""

import os
import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from policies import (
    Action,
    CutOff,
    Schedule,
    classes_of,
    from_rows,
    parse_schedule,
    stands,
    to_document,
    to_rows,
)

SHIPPED = files("policies").joinpath("schedules/uk-local-government.toml").read_text("utf-8")
SHARED = os.environ.get("RETENTION_SHARED")
YEAR_ENDS = {
    "end_of_financial_year": CutOff.FINANCIAL_YEAR,
    "end_of_tax_year": CutOff.TAX_YEAR,
    "end_of_calendar_year": CutOff.CALENDAR_YEAR,
    "end_of_academic_year": CutOff.ACADEMIC_YEAR,
}


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    return parse_schedule(tomllib.loads(SHIPPED))


def test_it_is_read_without_a_problem_and_is_whole(schedule: Schedule) -> None:
    assert len(schedule.rules) == 557
    assert len(schedule.functions) == 33
    assert len(schedule.sources) == 129
    assert {rule.function for rule in schedule.rules.values()} == set(schedule.functions)


def test_what_later_versions_added_leaves_the_digest_of_a_class_as_it_was(
    schedule: Schedule,
) -> None:
    pinned = "8a1a23e6747df7b81326b35a99ae1cf64f2e5b0c184ad54ef8bfd601cfd93639"
    assert schedule.rules["FIN-003"].digest() == pinned


def test_its_moratoria_say_what_they_rest_on_and_what_to_check(schedule: Schedule) -> None:
    assert [each.id for each in schedule.moratoria] == [
        "COVID-19-INQUIRY",
        "INFECTED-BLOOD",
        "IICSA",
    ]
    for each in schedule.moratoria:
        assert "Check" in each.note
        assert classes_of(each, schedule)
    standing = {each.id: stands(each, date(2023, 1, 21)) for each in schedule.moratoria}
    assert standing == {"COVID-19-INQUIRY": True, "INFECTED-BLOOD": True, "IICSA": False}


def test_every_class_says_how_sure_it_is_and_where_it_comes_from() -> None:
    for entry in tomllib.loads(SHIPPED)["classes"]:
        assert {"confidence", "source", "scope", "keywords", "authority"} <= set(entry), entry


def test_every_source_named_by_a_class_is_listed(schedule: Schedule) -> None:
    listed = {source.title for source in schedule.sources}
    named = {
        title for rule in schedule.rules.values() for title in rule.source.split("; ") if title
    }
    assert named <= listed


def test_it_is_a_draft_nobody_has_adopted(schedule: Schedule) -> None:
    assert schedule.adopted == frozenset()
    assert "draft" in schedule.version
    assert "Not legal advice" in schedule.status
    assert "This is not legal advice" in SHIPPED.split("\n\n")[0]


def test_it_survives_documents_and_rows_without_loss(schedule: Schedule) -> None:
    assert parse_schedule(to_document(schedule)) == schedule
    assert from_rows(to_rows(schedule), schedule) == schedule


def test_only_what_is_kept_for_ever_or_reviewed_has_no_period(schedule: Schedule) -> None:
    without = [rule for rule in schedule.rules.values() if rule.period is None]
    assert len(without) == 63
    assert Action.DESTROY not in {rule.action for rule in without}


def as_listed(entry: dict[str, object]) -> tuple[object, ...]:
    """An entry of the collected facts in the terms of a rule."""
    trigger, cut_off = in_terms(str(entry["trigger"]))
    action = "transfer" if entry["action"] == "transfer_to_archive" else entry["action"]
    period = None if entry["period"] == "PERMANENT" else entry["period"]
    others = [
        (as_fact(one["when"]), one["when"], *in_terms(one["trigger"]), one["period"])
        for one in entry.get("alternatives", [])
    ]
    return (
        *(entry["id"], entry["function"], entry["title"], entry["description"]),
        *(trigger, cut_off, period, action, entry["basis"], entry["basis_type"]),
        *(tuple(entry["keywords"]), entry["confidence"], entry["source"], entry.get("note") or ""),
        others,
    )


def as_fact(when: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", when.replace("'", "").lower())


def in_terms(trigger: str) -> tuple[str, CutOff]:
    return ("created", YEAR_ENDS[trigger]) if trigger in YEAR_ENDS else (trigger, CutOff.NONE)


if SHARED:

    @pytest.mark.corpora
    def test_it_holds_the_collected_facts_one_for_one(schedule: Schedule) -> None:
        text = (Path(SHARED) / "schedule" / "uk-local-government.yaml").read_text("utf-8")
        collected = yaml.safe_load(text)
        assert schedule.functions == {one["id"]: one["title"] for one in collected["functions"]}
        assert [(one.title, one.url) for one in schedule.sources] == [
            (one["title"], one["url"]) for one in collected["sources"]
        ]
        rules = [
            (
                *(rule.code, rule.function, rule.title, rule.scope, rule.trigger, rule.cut_off),
                *(None if rule.period is None else str(rule.period), rule.action),
                *(rule.authority.citation, rule.authority.kind, rule.keywords, rule.confidence),
                *(rule.source, rule.note),
                [
                    (one.fact, one.when, one.trigger, one.cut_off, str(one.period))
                    for one in rule.alternatives
                ],
            )
            for rule in schedule.rules.values()
        ]
        assert rules == [as_listed(entry) for entry in collected["entries"]]
