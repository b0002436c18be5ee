"""Moratoria: what they cover, how long they stand, and what is wrong with one."""

from collections.abc import Callable
from datetime import date

import pytest

from policies import Moratorium, Rule, Schedule, classes_of, moratoria_on, stands
from policies.entry import Entry
from policies.moratorium import moratorium_document, read_moratorium

WRITTEN: dict[str, object] = {
    "id": "INQ-1",
    "title": "An inquiry",
    "authority": "Its chair",
    "citation": "Inquiries Act 2005 s.35",
    "classes": ["FIN-001"],
    "begins": date(2020, 3, 1),
    "review_by": "2026-01-01",
}


def read(**changes: object) -> tuple[Moratorium | None, dict[str, str]]:
    problems: dict[str, str] = {}
    keys = {key: value for key, value in {**WRITTEN, **changes}.items() if value is not None}
    found = read_moratorium(Entry(keys, "", problems), ["FIN-001"], ["finance", "housing"])
    return found, problems


@pytest.mark.parametrize(
    ("today", "ended", "standing"),
    [
        (date(2019, 12, 31), None, False),
        (date(2020, 1, 1), None, True),
        (date(2090, 1, 1), None, True),
        (date(2023, 1, 20), date(2023, 1, 20), True),
        (date(2023, 1, 21), date(2023, 1, 20), False),
    ],
)
def test_it_stands_until_the_day_it_is_ended_has_passed_whatever_its_review_date(
    make_moratorium: Callable[..., Moratorium], today: date, ended: date | None, standing: bool
) -> None:
    assert stands(make_moratorium(ended=ended), today) is standing


def test_it_covers_the_classes_and_functions_it_names_and_no_others(
    make_moratorium: Callable[..., Moratorium],
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
) -> None:
    schedule = make_schedule(
        make_rule(), make_rule(code="HSG-001", function="housing"), make_rule(code="FIN-002")
    )
    by_class = make_moratorium(id="B")
    by_function = make_moratorium(id="A", classes=(), functions=("housing",))
    assert classes_of(by_class, schedule) == ["FIN-001"]
    assert classes_of(by_function, schedule) == ["HSG-001"]
    both = make_moratorium(id="A", classes=("FIN-001",), functions=("finance",))
    on = moratoria_on(schedule.rules["FIN-001"], (by_class, both, by_function), date(2025, 1, 1))
    assert on == ("A", "B")


def test_an_empty_scope_cannot_be_made(make_moratorium: Callable[..., Moratorium]) -> None:
    with pytest.raises(ValueError, match="INQ-1 is empty: name a class or a function"):
        make_moratorium(classes=())


def test_it_is_read_and_written_without_loss() -> None:
    found, problems = read(functions=["housing"], ended="2024-01-31", note="Ask the solicitor.")
    assert problems == {}
    assert found is not None
    again, _ = read(**moratorium_document(found))
    assert again == found


@pytest.mark.parametrize(
    ("changes", "key", "message"),
    [
        ({"classes": None}, "classes", "the scope is empty"),
        ({"classes": ["FIN-01"]}, "classes", "did you mean 'FIN-001'?"),
        ({"functions": ["finnance"]}, "functions", "did you mean 'finance'?"),
        ({"begins": None}, "begins", "is missing or blank"),
        ({"review_by": "soon"}, "review_by", "is not a date"),
        ({"review_by": "2019-01-01"}, "review_by", "is before begins"),
        ({"ended": "2020-02-29"}, "ended", "is before begins, 2020-03-01"),
        ({"title": " "}, "title", "is missing or blank"),
        ({"until": "2030-01-01"}, "until", "unknown key"),
    ],
)
def test_every_mistake_is_told_with_its_place(
    changes: dict[str, object], key: str, message: str
) -> None:
    _, problems = read(**changes)
    assert list(problems) == [key]
    assert message in problems[key]
