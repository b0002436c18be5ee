from collections.abc import Callable
from datetime import date

import pytest

from policies import (
    Action,
    Alternative,
    CutOff,
    DatedFact,
    Decision,
    Event,
    Hold,
    HoldScope,
    Period,
    Reason,
    Record,
    Rule,
    Schedule,
    Trust,
    decide,
)

TODAY = date(2025, 6, 1)
EVERYTHING = HoldScope(paths=(("finance", b""),))


@pytest.fixture
def decision(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
) -> Callable[..., Decision]:
    """Decide about the usual record with changes to the rule and to the record."""

    def build(
        *events: Event,
        rule: dict[str, object] | None = None,
        schedule: dict[str, object] | None = None,
        holds: tuple[Hold, ...] = (),
        today: date = TODAY,
        **record: object,
    ) -> Decision:
        whole = make_schedule(make_rule(**(rule or {})), **(schedule or {}))
        return decide(make_record(**record), whole, events, holds, today)

    return build


def test_a_record_whose_period_has_ended_may_go(decision: Callable[..., Decision]) -> None:
    found = decision()
    assert found.action is Action.DESTROY
    assert found.reason is Reason.DUE
    assert found.due == date(2024, 5, 12)
    assert found.trigger == "created"
    assert found.triggered == DatedFact(date(2018, 5, 12), "pdf:CreationDate", Trust.EVIDENCED)
    assert found.authority is not None
    assert found.authority.citation == "Limitation Act 1980 s.2"
    assert (found.record, found.rule, found.holds) == ("17", "FIN-001", ())


@pytest.mark.parametrize(
    ("today", "action"),
    [(date(2024, 5, 12), Action.RETAIN), (date(2024, 5, 13), Action.DESTROY)],
)
def test_the_due_day_itself_still_belongs_to_the_record(
    decision: Callable[..., Decision], today: date, action: Action
) -> None:
    assert decision(today=today).action is action


@pytest.mark.parametrize("action", [Action.DESTROY, Action.REVIEW, Action.TRANSFER])
def test_what_is_due_gets_what_the_rule_requires(
    decision: Callable[..., Decision], action: Action
) -> None:
    found = decision(rule={"action": action})
    assert (found.action, found.disposition) == (action, action)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"record_class": None}, Reason.UNCLASSIFIED),
        ({"record_class": "XYZ-999"}, Reason.UNSCHEDULED),
        ({"dates": {}}, Reason.DATE_MISSING),
        ({"first_seen": date(2025, 6, 2)}, Reason.NOT_YET_DUE),
        ({"readable": False}, Reason.UNREADABLE),
        ({"readable": False, "record_class": None}, Reason.UNREADABLE),
    ],
)
def test_every_doubt_about_the_record_keeps_it(
    decision: Callable[..., Decision], record: dict[str, object], reason: Reason
) -> None:
    found = decision(**record)
    assert (found.action, found.reason) == (Action.RETAIN, reason)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"period": None}, Reason.NO_PERIOD),
        ({"period": None, "action": Action.REVIEW}, Reason.NO_PERIOD),
        ({"period": None, "action": Action.PERMANENT}, Reason.PERMANENT),
        ({"action": Action.PERMANENT}, Reason.PERMANENT),
        ({"trigger": "contract_end"}, Reason.TRIGGER_PENDING),
        ({"trigger": "last_modified"}, Reason.DATE_MISSING),
        ({"effective_from": date(2025, 6, 2)}, Reason.NOT_IN_EFFECT),
        ({"effective_to": date(2025, 5, 31)}, Reason.NOT_IN_EFFECT),
    ],
)
def test_every_doubt_about_the_rule_keeps_the_record(
    decision: Callable[..., Decision], rule: dict[str, object], reason: Reason
) -> None:
    found = decision(rule=rule)
    assert (found.action, found.reason) == (Action.RETAIN, reason)


def test_a_rule_is_in_effect_on_its_first_and_on_its_last_day(
    decision: Callable[..., Decision],
) -> None:
    found = decision(rule={"effective_from": TODAY, "effective_to": TODAY})
    assert found.action is Action.DESTROY


def test_a_rule_nobody_adopted_disposes_of_nothing_but_shows_what_it_would(
    decision: Callable[..., Decision],
) -> None:
    found = decision(schedule={"adopted": frozenset({"FIN-002"})})
    assert (found.action, found.reason) == (Action.RETAIN, Reason.NOT_ADOPTED)
    assert (found.disposition, found.due) == (Action.DESTROY, date(2024, 5, 12))
    assert found.considered.reason is Reason.DUE


def test_a_hold_keeps_the_record_and_the_due_day_is_still_shown(
    decision: Callable[..., Decision], make_hold: Callable[..., Hold]
) -> None:
    holds = (make_hold(EVERYTHING, id="H2"), make_hold(EVERYTHING, id="H1"))
    found = decision(holds=holds)
    assert (found.action, found.reason) == (Action.RETAIN, Reason.HELD)
    assert found.holds == found.considered.holds == ("H1", "H2")
    assert found.due == date(2024, 5, 12)


@pytest.mark.parametrize(
    "record", [{"record_class": None}, {"readable": False}, {"record_class": "XYZ-999"}]
)
def test_a_hold_applies_at_first_sight_before_any_class(
    decision: Callable[..., Decision], make_hold: Callable[..., Hold], record: dict[str, object]
) -> None:
    found = decision(holds=(make_hold(EVERYTHING),), **record)
    assert (found.reason, found.holds) == (Reason.HELD, ("H1",))


def test_a_released_hold_holds_to_the_last_day_of_its_grace(
    decision: Callable[..., Decision], make_hold: Callable[..., Hold]
) -> None:
    released = make_hold(EVERYTHING, grace_ends=date(2025, 6, 1))
    assert decision(holds=(released,)).reason is Reason.HELD
    assert decision(holds=(released,), today=date(2025, 6, 2)).action is Action.DESTROY


@pytest.mark.parametrize("action", [Action.DESTROY, Action.REVIEW, Action.TRANSFER])
def test_a_file_system_date_leads_to_review_and_never_to_disposal(
    decision: Callable[..., Decision], action: Action
) -> None:
    modified = DatedFact(date(2001, 1, 1), "file-system:modified", Trust.FILE_SYSTEM)
    dates = {"created": modified}
    early = decision(rule={"action": action}, dates=dates)
    late = decision(rule={"action": action}, dates=dates, today=date(2026, 1, 2))
    assert (early.action, early.due) == (Action.RETAIN, date(2026, 1, 1))
    assert (late.action, late.reason) == (Action.REVIEW, Reason.DATE_UNCERTAIN)
    assert late.disposition is action


def test_an_event_of_another_reference_starts_nothing(decision: Callable[..., Decision]) -> None:
    event = Event("CON-2", "contract_end", date(2001, 1, 1))
    found = decision(event, rule={"trigger": "contract_end"})
    assert found.reason is Reason.TRIGGER_PENDING
    assert found.trigger == "contract_end"


def test_an_extended_contract_counts_from_its_later_end(decision: Callable[..., Decision]) -> None:
    ends = [Event("CON-1", "contract_end", date(year, 1, 1)) for year in (2001, 2030)]
    found = decision(*ends, rule={"trigger": "contract_end"})
    assert (found.action, found.reason) == (Action.RETAIN, Reason.DATE_IN_FUTURE)
    assert found.due == date(2036, 1, 1)


def test_an_unknown_fact_whose_period_cannot_be_computed_keeps_the_record(
    decision: Callable[..., Decision],
) -> None:
    death = Alternative("subject-has-died", "date_of_death", CutOff.NONE, Period(years=3))
    found = decision(rule={"alternatives": (death,)})
    assert (found.action, found.reason, found.due) == (Action.RETAIN, Reason.FACT_UNKNOWN, None)
    assert found.trigger == "date_of_death"
    assert [term.due for term in found.considered.terms] == [date(2024, 5, 12), None]


def test_settling_the_fact_frees_the_record(decision: Callable[..., Decision]) -> None:
    death = Alternative("subject-has-died", "date_of_death", CutOff.NONE, Period(years=3))
    found = decision(rule={"alternatives": (death,)}, facts={"subject-has-died": False})
    assert found.action is Action.DESTROY


def test_a_class_kept_for_ever_is_offered_to_the_archive_on_the_day_the_council_set(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.TRANSFER, "period": None, "offer_after": Period(years=5)}
    assert decision(rule=rule).action is Action.TRANSFER
    assert decision(rule=rule).due == date(2023, 5, 12)
    before = decision(rule=rule, today=date(2023, 5, 12))
    assert (before.action, before.reason) == (Action.RETAIN, Reason.NOT_YET_DUE)


def test_a_class_kept_for_ever_without_a_day_to_offer_is_reviewed_each_year(
    decision: Callable[..., Decision],
) -> None:
    rule = {"action": Action.TRANSFER, "period": None, "trigger": "closed"}
    first = decision(rule=rule, today=date(2021, 1, 1))
    assert (first.action, first.reason) == (Action.RETAIN, Reason.NOT_YET_DUE)
    later = decision(rule=rule)
    assert (later.action, later.reason) == (Action.REVIEW, Reason.YEARLY_REVIEW)
    assert (later.due, later.disposition) == (date(2025, 1, 1), Action.TRANSFER)


def test_an_alternative_may_be_longer_than_the_rule_and_still_be_in_the_future(
    decision: Callable[..., Decision],
) -> None:
    hundred = Alternative("hundredth-birthday-is-later", "date_of_birth", CutOff.NONE, Period(100))
    born = Event("CON-1", "date_of_birth", date(1960, 4, 1))
    found = decision(born, rule={"alternatives": (hundred,)})
    assert (found.reason, found.due) == (Reason.NOT_YET_DUE, date(2060, 4, 1))


@pytest.mark.parametrize(
    ("keep_until", "reason", "action"),
    [
        (date(2025, 6, 2), Reason.EXTENDED, Action.RETAIN),
        (TODAY, Reason.EXTENDED, Action.RETAIN),
        (date(2025, 5, 31), Reason.DUE, Action.DESTROY),
    ],
)
def test_what_a_reviewer_keeps_longer_stays_until_that_whole_day_has_passed(
    decision: Callable[..., Decision], keep_until: date, reason: Reason, action: Action
) -> None:
    found = decision(keep_until=keep_until)
    assert (found.reason, found.action) == (reason, action)
    assert found.considered.reason is Reason.DUE
    assert found.considered.keep_until == keep_until


def test_what_the_archive_declined_is_for_a_person_and_never_offered_again(
    decision: Callable[..., Decision],
) -> None:
    found = decision(rule={"action": Action.TRANSFER}, declined=True)
    assert (found.action, found.reason) == (Action.REVIEW, Reason.DECLINED)
    assert decision(rule={"action": Action.TRANSFER}).action is Action.TRANSFER


def test_what_the_archive_declined_follows_another_rule_once_it_has_another_class(
    decision: Callable[..., Decision],
) -> None:
    assert decision(rule={"action": Action.DESTROY}, declined=True).action is Action.DESTROY


def test_what_the_archive_declined_is_held_like_anything(
    decision: Callable[..., Decision],
) -> None:
    found = decision(rule={"action": Action.TRANSFER}, declined=True, readable=False)
    assert found.action is Action.RETAIN


@pytest.mark.parametrize("action", [Action.DESTROY, Action.REVIEW])
def test_what_a_reviewer_wants_the_archive_to_have_is_offered_when_it_is_due(
    action: Action, decision: Callable[..., Decision]
) -> None:
    found = decision(rule={"action": action}, archive_wanted=True)
    assert (found.action, found.disposition) == (Action.TRANSFER, Action.TRANSFER)
    assert found.reason is Reason.ARCHIVE_WANTED
    declined = decision(rule={"action": action}, archive_wanted=True, declined=True)
    assert (declined.action, declined.reason) == (Action.REVIEW, Reason.DECLINED)


def test_what_is_not_due_is_not_offered_because_somebody_wants_it(
    decision: Callable[..., Decision],
) -> None:
    found = decision(rule={"action": Action.PERMANENT, "period": None}, archive_wanted=True)
    assert found.action is Action.RETAIN
