from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date

import pytest

from policies import Action, CutOff, Event, HoldScope, Period, Rule, Schedule, Source


@pytest.mark.parametrize("reference", ["", "   "])
def test_an_event_without_a_reference_cannot_be_made(reference: str) -> None:
    with pytest.raises(ValueError, match="contract_end event of 2020-01-01 has no reference"):
        Event(reference, "contract_end", date(2020, 1, 1))


def test_an_empty_scope_is_an_error_and_never_everything() -> None:
    with pytest.raises(ValueError, match="empty"):
        HoldScope()


@pytest.mark.parametrize(
    "criteria",
    [
        {"paths": (("", b"folder"),)},
        {"classes": frozenset({"FIN-001", " "})},
        {"references": frozenset({""})},
        {"fields": {"": "x"}},
        {"fields": {"Author": " "}},
    ],
)
def test_a_blank_value_in_a_scope_is_an_error(criteria: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="blank"):
        HoldScope(**criteria)


def test_values_cannot_be_changed_after_they_were_made(make_rule: Callable[..., Rule]) -> None:
    with pytest.raises(FrozenInstanceError):
        make_rule().period = None


def test_every_field_of_a_rule_changes_its_digest(make_rule: Callable[..., Rule]) -> None:
    rule = make_rule()
    other: dict[str, object] = {
        "cut_off": CutOff.TAX_YEAR,
        "period": None,
        "action": Action.REVIEW,
        "authority": replace(rule.authority, kind="guidance"),
        "alternatives": ("other",),
        "keywords": ("invoice",),
        "offer_after": Period(years=20),
        "effective_from": date(2020, 1, 1),
        "effective_to": date(2020, 1, 1),
    }
    for each in fields(rule):
        changed = replace(rule, **{each.name: other.get(each.name, "changed")})
        assert changed.digest() != rule.digest(), each.name


def test_the_digest_of_a_rule_stays_the_same_across_versions_of_the_software(
    make_rule: Callable[..., Rule],
) -> None:
    assert make_rule().digest() == (
        "7f41aeacaf9935e11d87218fed1cfa535fcc58777cbabb9be393e289efa90c9f"
    )


def test_the_digest_of_a_schedule_covers_its_content(
    make_rule: Callable[..., Rule], make_schedule: Callable[..., Schedule]
) -> None:
    schedule = make_schedule(make_rule())
    others = [
        replace(schedule, title="Another"),
        replace(schedule, sources=(Source("Page", "https://example.org"),)),
        replace(schedule, functions={"finance": "Money"}),
        make_schedule(make_rule(title="Receipts")),
    ]
    assert len({schedule.digest(), *(other.digest() for other in others)}) == 5


def test_adoption_does_not_change_the_digest_that_adopters_sign(
    make_rule: Callable[..., Rule], make_schedule: Callable[..., Schedule]
) -> None:
    adopted = make_schedule(make_rule())
    assert replace(adopted, adopted=frozenset()).digest() == adopted.digest()


def test_the_order_of_classes_does_not_change_the_digest(
    make_rule: Callable[..., Rule], make_schedule: Callable[..., Schedule]
) -> None:
    one, two = make_rule(), make_rule(code="FIN-002")
    assert make_schedule(one, two).digest() == make_schedule(two, one).digest()
