"""What the shipped schedule decides about the cases that councils' schedules are known for."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from policies import (
    Action,
    DatedFact,
    Decision,
    Event,
    Reason,
    Record,
    Schedule,
    Trust,
    decide,
    parse_schedule,
)

SHIPPED = files("policies").joinpath("schedules/uk-local-government.toml").read_text("utf-8")
BORN = Event("CASE-1", "date_of_birth", date(2001, 8, 15))
DIED_AT_16 = Event("CASE-1", "date_of_death", date(2018, 1, 20))
DIED = "child-died-before-age-18"


@pytest.fixture(scope="module")
def schedule() -> Schedule:
    """In force for every class, without its moratoria, which have tests of their own."""
    draft = parse_schedule(tomllib.loads(SHIPPED))
    return replace(draft, adopted=frozenset(draft.rules), moratoria=())


@pytest.fixture
def decided(schedule: Schedule, make_record: Callable[..., Record]) -> Callable[..., Decision]:
    def build(code: str, today: date, *events: Event, **about: object) -> Decision:
        known = {"record_class": code, "references": frozenset({"CASE-1"}), **about}
        return decide(make_record(**known), schedule, events, (), today)

    return build


@pytest.mark.parametrize(
    ("code", "events", "facts", "due"),
    [
        # seventy-five years from birth, or fifteen from death where a child died before 18
        ("CSC-001", (BORN,), {DIED: False}, date(2076, 8, 15)),
        ("CSC-001", (BORN, DIED_AT_16), {DIED: True}, date(2033, 1, 20)),
        # not yet said: the longer of the two
        ("CSC-001", (BORN, DIED_AT_16), {}, date(2076, 8, 15)),
        # eighteen and three
        ("HSA-002", (BORN,), {}, date(2022, 8, 15)),
        # a hundred years from an adoption order
        ("CSC-002", (Event("CASE-1", "order_made", date(1990, 2, 28)),), {}, date(2090, 2, 28)),
    ],
)
def test_person_triggers_count_as_the_law_for_councils_counts_them(
    decided: Callable[..., Decision],
    code: str,
    events: tuple[Event, ...],
    facts: Mapping[str, bool],
    due: date,
) -> None:
    found = decided(code, due, *events, facts=facts)
    assert (found.due, found.action) == (due, Action.RETAIN)


def test_an_unknown_death_without_its_date_keeps_the_file(
    decided: Callable[..., Decision],
) -> None:
    found = decided("CSC-001", date(2090, 1, 1), BORN)
    assert (found.action, found.reason) == (Action.RETAIN, Reason.FACT_UNKNOWN)


@pytest.mark.parametrize(
    ("created", "due"),
    [(date(2018, 3, 31), date(2024, 3, 31)), (date(2018, 4, 1), date(2025, 3, 31))],
)
def test_current_year_plus_six_counts_from_the_end_of_the_financial_year(
    decided: Callable[..., Decision], created: date, due: date
) -> None:
    dates = {"created": DatedFact(created, "pdf:CreationDate", Trust.EVIDENCED)}
    assert decided("FIN-003", due, dates=dates).action is Action.RETAIN
    assert decided("FIN-003", date(due.year, 4, 1), dates=dates).action is Action.DESTROY


@pytest.mark.parametrize(("code", "action"), [("HSA-002", "destroy"), ("INS-005", "review")])
def test_a_class_says_whether_its_end_is_automatic_or_a_persons(
    decided: Callable[..., Decision], code: str, action: str
) -> None:
    assert decided(code, date(2090, 1, 1), BORN).action == action


def test_a_person_nobody_named_triggers_nothing(decided: Callable[..., Decision]) -> None:
    found = decided("HSA-002", date(2090, 1, 1), replace(BORN, reference="CASE-2"))
    assert (found.action, found.reason) == (Action.RETAIN, Reason.TRIGGER_PENDING)
