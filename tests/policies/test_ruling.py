"""Phases, review cycles and samples: what the rule alone makes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from policies import (
    Action,
    DatedFact,
    Decision,
    Event,
    Period,
    Phase,
    Reason,
    Record,
    Rule,
    Sample,
    Schedule,
    Trust,
    decide,
    sentence,
)

TRANSFER_AT_6 = Phase(Action.TRANSFER, Period(years=6))
REVIEW_AT_10 = Phase(Action.REVIEW, Period(years=10))
PHASED = {"phases": (TRANSFER_AT_6, REVIEW_AT_10), "period": Period(years=20)}
ALL_BUT_ONE = Sample(percent=99, seed="seed")


@pytest.fixture
def decision(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
) -> Callable[..., Decision]:
    """Decide about a record created on 12 May 2018, with changes to rule and record."""

    def build(today: date, rule: dict[str, object], *events: Event, **record: object) -> Decision:
        return decide(make_record(**record), make_schedule(make_rule(**rule)), events, (), today)

    return build


@pytest.mark.parametrize(
    ("today", "done", "action", "due", "phase", "final"),
    [
        (date(2024, 5, 12), 0, Action.RETAIN, date(2024, 5, 12), 0, False),
        (date(2024, 5, 13), 0, Action.TRANSFER, date(2024, 5, 12), 0, False),
        (date(2050, 1, 1), 0, Action.TRANSFER, date(2024, 5, 12), 0, False),
        (date(2024, 5, 13), 1, Action.RETAIN, date(2028, 5, 12), 1, False),
        (date(2028, 5, 13), 1, Action.REVIEW, date(2028, 5, 12), 1, False),
        (date(2038, 5, 12), 2, Action.RETAIN, date(2038, 5, 12), 2, True),
        (date(2038, 5, 13), 2, Action.DESTROY, date(2038, 5, 12), 2, True),
        (date(2050, 1, 1), 3, Action.RETAIN, None, 3, True),
    ],
)
def test_phases_come_in_their_order_and_each_waits_for_those_before_it(
    decision: Callable[..., Decision],
    today: date,
    done: int,
    action: Action,
    due: date | None,
    phase: int,
    final: bool,
) -> None:
    found = decision(today, PHASED, phase=done)
    assert (found.action, found.due, found.phase, found.final) == (action, due, phase, final)
    assert found.reason is (Reason.PHASES_DONE if done == 3 else found.reason)


@pytest.mark.parametrize(
    ("reviewed", "phase"), [(None, 1), (date(2028, 5, 12), 1), (date(2028, 5, 13), 2)]
)
def test_a_review_on_the_way_is_done_once_somebody_reviewed_it_after_its_day(
    decision: Callable[..., Decision], reviewed: date | None, phase: int
) -> None:
    found = decision(date(2030, 1, 1), PHASED, phase=1, reviewed=reviewed)
    assert found.phase == phase
    assert found.action is (Action.REVIEW if phase == 1 else Action.RETAIN)


@pytest.mark.parametrize(("reviewed", "phase"), [(None, 0), (date(2025, 1, 1), 1)])
def test_a_copy_that_was_declined_is_done_once_a_person_has_looked(
    decision: Callable[..., Decision], reviewed: date | None, phase: int
) -> None:
    found = decision(date(2025, 1, 2), PHASED, declined=True, reviewed=reviewed)
    assert found.phase == phase
    assert found.action is (Action.RETAIN if phase else Action.REVIEW)
    assert not found.final


def test_an_early_review_does_not_stand_for_the_one_on_the_way(
    decision: Callable[..., Decision],
) -> None:
    found = decision(date(2025, 1, 1), PHASED, phase=1, reviewed=date(2024, 12, 1))
    assert (found.phase, found.reason) == (1, Reason.NOT_YET_DUE)


def test_a_phase_by_a_file_system_date_is_for_review_and_ends_nothing(
    decision: Callable[..., Decision],
) -> None:
    copied = DatedFact(date(2010, 1, 1), "file-system:modified", Trust.FILE_SYSTEM)
    found = decision(date(2050, 1, 1), PHASED, dates={"created": copied})
    assert (found.action, found.disposition, found.final) == (
        Action.REVIEW,
        Action.TRANSFER,
        False,
    )


def test_phases_done_count_nothing_for_a_class_without_phases(
    decision: Callable[..., Decision],
) -> None:
    assert decision(date(2025, 1, 1), {}, phase=4) == decision(date(2025, 1, 1), {})


def test_the_sentence_says_which_phase_it_is(decision: Callable[..., Decision]) -> None:
    assert "this is phase 1 of its rule, and more follows" in sentence(
        decision(date(2024, 5, 13), PHASED)
    )
    assert "this is phase 3 of its rule, the last" in sentence(
        decision(date(2038, 5, 13), PHASED, phase=2)
    )


FIVE = {"review_every": Period(years=5)}


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"action": Action.PERMANENT, "period": None}, Reason.PERMANENT),
        ({"action": Action.REVIEW, "period": None}, Reason.NO_PERIOD),
        ({"action": Action.DESTROY, "period": None}, Reason.NO_PERIOD),
        ({"action": Action.TRANSFER, "period": None}, Reason.NOT_YET_DUE),
    ],
)
def test_what_is_kept_for_ever_is_reviewed_by_its_cycle_and_stays(
    decision: Callable[..., Decision], rule: dict[str, object], reason: Reason
) -> None:
    rule = {**rule, **FIVE}
    before = decision(date(2023, 5, 12), rule)
    assert (before.action, before.reason, before.due) == (
        Action.RETAIN,
        reason,
        date(2023, 5, 12),
    )
    after = decision(date(2023, 5, 13), rule)
    assert (after.action, after.reason, after.final) == (
        Action.REVIEW,
        Reason.REVIEW_CYCLE,
        False,
    )
    again = decision(date(2023, 5, 14), rule, reviewed=date(2023, 5, 13))
    assert (again.action, again.due) == (Action.RETAIN, date(2028, 5, 13))


def test_a_cycle_without_a_trigger_date_counts_from_the_first_sighting(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.PERMANENT, "period": None, **FIVE}
    assert decision(date(2024, 1, 1), rule, dates={}).due == date(2025, 1, 1)


def test_nothing_is_for_review_as_of_a_day_before_it_was_seen(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.PERMANENT, "period": None, **FIVE}
    found = decision(date(2024, 1, 1), rule, first_seen=date(2025, 1, 1))
    assert found.action is Action.RETAIN


def test_a_class_kept_for_ever_without_a_cycle_is_never_for_review(
    decision: Callable[..., Decision],
) -> None:
    found = decision(date(2090, 1, 1), {"action": Action.PERMANENT, "period": None})
    assert (found.action, found.reason, found.due) == (Action.RETAIN, Reason.PERMANENT, None)


@pytest.mark.parametrize(
    ("reviewed", "today", "action", "due"),
    [
        (None, date(2025, 1, 1), Action.REVIEW, date(2024, 5, 12)),
        (date(2024, 6, 1), date(2025, 1, 1), Action.RETAIN, date(2029, 6, 1)),
        (date(2024, 6, 1), date(2029, 6, 2), Action.REVIEW, date(2029, 6, 1)),
        (date(2016, 1, 1), date(2024, 5, 13), Action.REVIEW, date(2024, 5, 12)),
    ],
)
def test_a_reviewed_record_comes_back_after_its_cycle(
    decision: Callable[..., Decision],
    reviewed: date | None,
    today: date,
    action: Action,
    due: date,
) -> None:
    found = decision(today, {"action": Action.REVIEW, **FIVE}, reviewed=reviewed)
    assert (found.action, found.due, found.final) == (action, due, True)
    if due == date(2029, 6, 1):
        assert "by its review cycle" in sentence(found)


def test_a_transfer_without_a_day_is_listed_once_a_year_and_a_review_rests_it(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.TRANSFER, "period": None}
    listed = decision(date(2025, 6, 1), rule)
    assert (listed.reason, listed.action, listed.final) == (
        Reason.YEARLY_REVIEW,
        Action.REVIEW,
        False,
    )
    rested = decision(date(2025, 6, 1), rule, reviewed=date(2025, 5, 1))
    assert (rested.reason, rested.due) == (Reason.NOT_YET_DUE, date(2026, 5, 1))


def test_an_offer_after_a_period_is_an_offer_and_no_review(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.TRANSFER, "period": None, "offer_after": Period(years=5)}
    found = decision(date(2023, 5, 13), rule)
    assert (found.action, found.reason, found.final) == (Action.TRANSFER, Reason.DUE, True)


def test_what_is_sampled_is_offered_when_due_and_never_destroyed(
    decision: Callable[..., Decision],
) -> None:
    rule = {"sample": ALL_BUT_ONE}
    before = decision(date(2024, 5, 12), rule)
    assert (before.reason, before.disposition) == (Reason.NOT_YET_DUE, Action.TRANSFER)
    found = decision(date(2024, 5, 13), rule)
    assert (found.action, found.reason) == (Action.TRANSFER, Reason.SAMPLED)
    assert "may be offered to the archive because it belongs to the sample" in sentence(found)


def test_what_is_sampled_stays_while_its_date_is_no_proof(
    decision: Callable[..., Decision],
) -> None:
    copied = DatedFact(date(2010, 1, 1), "file-system:modified", Trust.FILE_SYSTEM)
    found = decision(date(2050, 1, 1), {"sample": ALL_BUT_ONE}, dates={"created": copied})
    assert (found.action, found.reason) == (Action.RETAIN, Reason.SAMPLED)


def test_what_is_not_sampled_goes_as_the_rule_says(decision: Callable[..., Decision]) -> None:
    found = decision(date(2025, 1, 1), {"sample": Sample(endings=("5",))})
    assert (found.action, found.reason) == (Action.DESTROY, Reason.DUE)


def test_where_nobody_can_say_whether_it_is_sampled_it_is_kept(
    decision: Callable[..., Decision],
) -> None:
    rule = {"sample": Sample(percent=1, seed="s")}
    unknown = {"references": frozenset(), "digest": ""}
    found = decision(date(2025, 1, 1), rule, **unknown)
    assert (found.action, found.reason) == (Action.RETAIN, Reason.SAMPLE_UNKNOWN)
    assert "nobody can say" in sentence(found)
    early = decision(date(2020, 1, 1), rule, **unknown)
    assert (early.reason, early.disposition) == (Reason.NOT_YET_DUE, Action.DESTROY)


def test_a_sample_is_drawn_at_the_end_and_not_on_the_way(
    decision: Callable[..., Decision],
) -> None:
    rule = {**PHASED, "sample": ALL_BUT_ONE}
    assert decision(date(2024, 5, 13), rule).reason is Reason.DUE
    last = decision(date(2040, 1, 1), rule, phase=2)
    assert (last.action, last.reason) == (Action.TRANSFER, Reason.SAMPLED)


def test_a_moratorium_stops_what_is_due_until_it_has_ended(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
    make_moratorium: Callable[..., object],
) -> None:
    stopped = make_schedule(make_rule(), moratoria=(make_moratorium(),))
    found = decide(make_record(), stopped, (), (), date(2025, 6, 1))
    assert (found.action, found.reason) == (Action.RETAIN, Reason.MORATORIUM)
    assert found.considered.reason is Reason.DUE
    assert "(INQ-1); its day for destruction is 12 May 2024" in sentence(found)
    lifted = replace(stopped, moratoria=(make_moratorium(ended=date(2025, 5, 31)),))
    assert decide(make_record(), lifted, (), (), date(2025, 6, 1)).action is Action.DESTROY
