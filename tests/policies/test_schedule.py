import tomllib
from datetime import date

import pytest

from policies import (
    Action,
    Alternative,
    Authority,
    CutOff,
    Period,
    ScheduleError,
    Source,
    parse_schedule,
    to_document,
)

EXAMPLE = """
title = "Schedule of Anytown"
version = "3"
status = "Adopted"
jurisdiction = "England"
notes = ["Periods are minimums."]

[functions]
finance = "Finance"
children = "Children's services"

[[classes]]
code = "FIN-001"
function = "finance"
title = "Invoices"
trigger = "created"
cut_off = "financial-year"
period = "P6Y"
action = "destroy"
authority = { citation = "Limitation Act 1980 s.2", kind = "limitation" }
keywords = ["invoice", "purchase ledger"]
effective_from = 2024-04-01

[[classes]]
code = "CSC-001"
function = "children"
title = "Looked after child"
scope = "Case records"
trigger = "date_of_birth"
period = "P75Y"
action = "review"
authority = { citation = "Care Planning Regulations 2010 reg.50", kind = "statutory" }
confidence = "high"
source = "A page"
note = "Statutory minimum."
version = "2"

[[classes.alternatives]]
fact = "child-died-before-age-18"
when = "child died before age 18"
trigger = "date_of_death"
period = "P15Y"

[[classes]]
code = "DEM-001"
function = "children"
title = "Minutes"
trigger = "created"
action = "transfer"
offer_after = "P20Y"
authority = { citation = "Local Government Act 1972 s.228", kind = "statutory" }

[[sources]]
title = "A page"
url = "https://example.org/schedule"
"""


def document(**changes: object) -> dict[str, object]:
    """One class that is right, with changes."""
    right: dict[str, object] = {
        "code": "FIN-001",
        "function": "finance",
        "title": "Invoices",
        "trigger": "created",
        "period": "P6Y",
        "action": "destroy",
        "authority": {"citation": "Limitation Act 1980 s.2", "kind": "limitation"},
    }
    one = {key: value for key, value in {**right, **changes}.items() if value is not None}
    return {"title": "T", "version": "1", "functions": {"finance": "Finance"}, "classes": [one]}


def problems(document: dict[str, object]) -> dict[str, str]:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(document)
    return caught.value.problems


def test_a_schedule_is_read_from_its_file() -> None:
    schedule = parse_schedule(tomllib.loads(EXAMPLE), adopted=frozenset({"FIN-001"}))
    invoices, child, minutes = schedule.rules.values()
    assert schedule.functions["children"] == "Children's services"
    assert schedule.sources == (Source("A page", "https://example.org/schedule"),)
    assert schedule.adopted == {"FIN-001"}
    assert (invoices.cut_off, invoices.period) == (CutOff.FINANCIAL_YEAR, Period(years=6))
    assert invoices.authority == Authority("Limitation Act 1980 s.2", "limitation")
    assert invoices.keywords == ("invoice", "purchase ledger")
    assert (invoices.confidence, invoices.version) == ("low", "1")
    assert invoices.effective_from == date(2024, 4, 1)
    assert child.alternatives == (
        Alternative(
            "child-died-before-age-18",
            "date_of_death",
            CutOff.NONE,
            Period(years=15),
            "child died before age 18",
        ),
    )
    assert (minutes.action, minutes.period) == (Action.TRANSFER, None)
    assert minutes.offer_after == Period(years=20)


def test_a_schedule_written_back_is_the_same_schedule() -> None:
    schedule = parse_schedule(tomllib.loads(EXAMPLE))
    again = parse_schedule(to_document(schedule))
    assert again == schedule
    assert again.digest() == schedule.digest()


@pytest.mark.parametrize(
    ("change", "place", "message"),
    [
        ({"code": ""}, "classes[1].code", "needed"),
        ({"title": None}, "classes.FIN-001.title", "needed"),
        ({"function": "finanse"}, "classes.FIN-001.function", "did you mean 'finance'"),
        ({"trigger": "creatd"}, "classes.FIN-001.trigger", "did you mean 'created'"),
        ({"trigger": None}, "classes.FIN-001.trigger", "needed"),
        ({"cut_off": "fiscal"}, "classes.FIN-001.cut_off", "use one of: none, financial-year"),
        ({"period": "PERMANENT"}, "classes.FIN-001.period", "'transfer'"),
        ({"period": "6"}, "classes.FIN-001.period", "P6Y"),
        ({"action": "delete"}, "classes.FIN-001.action", "use one of: destroy, review"),
        ({"action": "retain"}, "classes.FIN-001.action", "not known"),
        ({"authority": {"kind": "limitation"}}, "classes.FIN-001.authority.citation", "needed"),
        ({"authority": None}, "classes.FIN-001.authority.citation", "needed"),
        ({"authority": "the law"}, "classes.FIN-001.authority", "a table"),
        (
            {"authority": {"citation": "x", "kind": "statute"}},
            "classes.FIN-001.authority.kind",
            "did you mean 'statutory'",
        ),
        ({"confidence": "hihg"}, "classes.FIN-001.confidence", "did you mean 'high'"),
        ({"keywords": "invoice"}, "classes.FIN-001.keywords", "list"),
        ({"perid": "P6Y"}, "classes.FIN-001.perid", "did you mean 'period'"),
        ({"effective_to": "soon"}, "classes.FIN-001.effective_to", "2026-03-31"),
        ({"action": "permanent"}, "classes.FIN-001.period", "leave it blank"),
        ({"offer_after": "P20Y"}, "classes.FIN-001.offer_after", "'transfer'"),
        (
            {"offer_after": "P20Y", "action": "transfer"},
            "classes.FIN-001.offer_after",
            "blank period",
        ),
        (
            {"period": None, "alternatives": [{"fact": "a", "trigger": "closed", "period": "P1Y"}]},
            "classes.FIN-001.alternatives",
            "to replace",
        ),
        (
            {"alternatives": [{"fact": "Has Died", "trigger": "closed", "period": "P1Y"}]},
            "classes.FIN-001.alternatives[1].fact",
            "subject-has-died",
        ),
        (
            {"alternatives": [{"fact": "died", "trigger": "closed"}]},
            "classes.FIN-001.alternatives[1].period",
            "needed",
        ),
        (
            {"effective_from": "2026-01-01", "effective_to": "2025-01-01"},
            "classes.FIN-001.effective_to",
            "before effective_from",
        ),
    ],
)
def test_each_mistake_is_named_at_its_place(
    change: dict[str, object], place: str, message: str
) -> None:
    found = problems(document(**change))
    assert message in found[place]


def test_every_mistake_is_reported_at_once() -> None:
    broken = document(trigger="nothing", period="6 years", action="delete")
    found = problems({**broken, "titel": "x", "title": ""})
    assert set(found) == {
        *("titel", "title", "classes.FIN-001.trigger"),
        *("classes.FIN-001.period", "classes.FIN-001.action"),
    }


def test_the_message_counts_and_lists_the_mistakes() -> None:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(document(title=None, code=None))
    assert str(caught.value).splitlines() == [
        "the schedule has 2 mistakes",
        "classes[1].code: is missing or blank: it is needed",
        "classes[1].title: is missing or blank: it is needed",
    ]
    with pytest.raises(ScheduleError, match="has 1 mistake\n"):
        parse_schedule(document(title=None))


def test_a_code_used_twice_is_a_mistake() -> None:
    whole = document()
    whole["classes"] = [*whole["classes"], *whole["classes"]]
    assert "two classes" in problems(whole)["classes.FIN-001.code"]


def test_a_schedule_without_classes_is_a_mistake() -> None:
    assert "at least one" in problems({**document(), "classes": []})["classes"]


def test_a_schedule_without_functions_says_so_at_each_class() -> None:
    assert "classes.FIN-001.function" in problems({**document(), "functions": {}})


def test_a_function_needs_a_title_and_a_source_too() -> None:
    whole = {**document(), "functions": {"finance": ""}, "sources": [{"url": "x", "page": "1"}]}
    assert set(problems(whole)) == {"functions.finance", "sources[1].title", "sources[1].page"}


@pytest.mark.parametrize("key", ["code", "function", "title", "trigger", "action", "authority"])
def test_no_needed_key_can_be_left_out(key: str) -> None:
    assert problems(document(**{key: None}))


STATED = {
    "code": "FIN-001",
    "function": "finance",
    "title": "Invoices",
    "trigger": "created",
    "period": "P6Y",
    "action": "destroy",
    "authority": {"citation": "Limitation Act 1980 s.2", "kind": "limitation"},
}
DEATH = {"fact": "subject-has-died", "trigger": "date_of_death", "period": "P3Y"}


def one_class(**changes: object) -> dict[str, object]:
    functions = {"finance": "Finance"}
    return {
        "title": "T",
        "version": "1",
        "functions": functions,
        "classes": [{**STATED, **changes}],
    }


STEPS = [{"action": "transfer", "period": "P2Y"}, {"action": "review", "period": "P4Y"}]


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"phases": STEPS[::-1]}, "phases", "each must be longer than the one before"),
        ({"phases": STEPS, "period": "P4Y"}, "phases", "each must be longer"),
        ({"phases": STEPS, "period": ""}, "phases", "need a period of the class itself"),
        (
            {"phases": STEPS, "alternatives": [DEATH]},
            "phases",
            "cannot stand beside alternatives",
        ),
        ({"phases": [{"action": "destroy", "period": "P1Y"}]}, "phases[1].action", "destroy"),
        ({"phases": [{"action": "review"}]}, "phases[1].period", "is missing"),
        ({"phases": [{**STEPS[0], "when": "x"}]}, "phases[1].when", "unknown key"),
        ({"sample": "10 %"}, "sample", "needs a sample_seed"),
        ({"sample_seed": "s"}, "sample_seed", "has no sample to choose for"),
        (
            {"sample": "years ending 5", "action": "review"},
            "sample",
            "belongs to the action 'destroy'",
        ),
        ({"review_every": "P1Y"}, "review_every", "reviewed or kept for ever only"),
        ({"review_every": "P0D", "action": "review"}, "review_every", "is no time at all"),
    ],
)
def test_what_is_done_on_the_way_is_checked(
    changes: dict[str, object], place: str, message: str
) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(one_class(**changes))
    (told,) = caught.value.problems.items()
    assert told[0] == f"classes.FIN-001.{place}"
    assert message in told[1]


def test_moratoria_are_read_with_the_classes_they_stop() -> None:
    written = {
        "id": "INQ-1",
        "title": "An inquiry",
        "authority": "Its chair",
        "citation": "Inquiries Act 2005 s.35",
        "classes": ["FIN-001"],
        "begins": "2020-01-01",
        "review_by": "2027-01-01",
    }
    found = parse_schedule({**one_class(), "moratoria": [written]})
    assert [each.id for each in found.moratoria] == ["INQ-1"]
    assert found.digest() != parse_schedule(one_class()).digest()
    undated = {**written, "id": "INQ-2", "begins": ""}
    wrong = {**one_class(), "moratoria": [written, {**written, "classes": ["FIN-01"]}, undated]}
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(wrong)
    assert caught.value.problems == {
        "moratoria[2].classes": "'FIN-01' is not in the schedule: did you mean 'FIN-001'?",
        "moratoria[2].id": "'INQ-1' is used twice: give each moratorium its own",
        "moratoria[3].begins": "is missing or blank: it is needed",
    }
