from collections.abc import Callable
from datetime import date, timedelta

import pytest

from policies import (
    Alternative,
    CutOff,
    DatedFact,
    Event,
    Period,
    Reason,
    Record,
    Rule,
    Term,
    Trust,
)
from policies.term import governing_term, terms_of, yearly_review_day

TODAY = date(2025, 6, 1)
DEATH = Alternative("subject-has-died", "date_of_death", CutOff.NONE, Period(years=3))


@pytest.fixture
def terms(
    make_rule: Callable[..., Rule], make_record: Callable[..., Record]
) -> Callable[..., tuple[Term, ...]]:
    def build(*events: Event, alternatives: tuple[Alternative, ...] = (), **record: object):
        rule = make_rule(alternatives=alternatives)
        return terms_of(rule, Period(years=6), make_record(**record), events, TODAY)

    return build


def evidenced(day: date) -> dict[str, DatedFact]:
    return {"created": DatedFact(day, "pdf:CreationDate", Trust.EVIDENCED)}


def file_system(day: date) -> dict[str, DatedFact]:
    return {"created": DatedFact(day, "file-system:modified", Trust.FILE_SYSTEM)}


def died(day: date) -> Event:
    return Event("CON-1", "date_of_death", day)


def test_an_evidenced_period_counts_from_its_own_day(terms: Callable[..., tuple[Term]]) -> None:
    (term,) = terms(dates=evidenced(date(2018, 5, 12)), first_seen=date(2024, 1, 1))
    assert (term.due, term.reason) == (date(2024, 5, 12), Reason.DUE)


def test_a_period_that_ended_long_before_the_record_was_found_does_not_start_again(
    terms: Callable[..., tuple[Term]],
) -> None:
    (term,) = terms(dates=evidenced(date(1999, 5, 12)), first_seen=TODAY)
    assert (term.due, term.reason) == (date(2005, 5, 12), Reason.DUE)


def test_nothing_is_due_as_of_a_day_before_it_was_first_seen(
    terms: Callable[..., tuple[Term]],
) -> None:
    (term,) = terms(dates=evidenced(date(1999, 5, 12)), first_seen=TODAY + timedelta(days=1))
    assert (term.due, term.reason) == (date(2005, 5, 12), Reason.NOT_YET_DUE)


def test_a_file_system_date_counts_from_the_first_sighting_if_that_is_later(
    terms: Callable[..., tuple[Term]],
) -> None:
    (old,) = terms(dates=file_system(date(1999, 5, 12)), first_seen=date(2018, 1, 1))
    (late,) = terms(dates=file_system(date(2018, 5, 12)), first_seen=date(2018, 1, 1))
    assert old.due == date(2024, 1, 1)
    assert late.due == date(2024, 5, 12)
    assert {old.reason, late.reason} == {Reason.DATE_UNCERTAIN}


@pytest.mark.parametrize(
    ("created", "reason"),
    [
        (date(2019, 5, 31), Reason.DUE),
        (date(2019, 6, 1), Reason.NOT_YET_DUE),
        (date(2019, 6, 2), Reason.NOT_YET_DUE),
        (date(2025, 6, 1), Reason.NOT_YET_DUE),
        (date(2025, 6, 2), Reason.DATE_IN_FUTURE),
    ],
)
def test_a_record_is_due_once_the_whole_last_day_has_passed(
    terms: Callable[..., tuple[Term]], created: date, reason: Reason
) -> None:
    (term,) = terms(dates=evidenced(created), first_seen=date(2019, 1, 1))
    assert term.reason is reason


def test_a_period_waits_for_its_cut_off(
    make_rule: Callable[..., Rule], make_record: Callable[..., Record]
) -> None:
    rule = make_rule(cut_off=CutOff.FINANCIAL_YEAR)
    (term,) = terms_of(rule, Period(years=6), make_record(), (), TODAY)
    assert term.due == date(2025, 3, 31)


def test_a_file_system_date_goes_to_the_first_sighting_before_the_cut_off(
    make_rule: Callable[..., Rule], make_record: Callable[..., Record]
) -> None:
    record = make_record(dates=file_system(date(2010, 1, 1)), first_seen=date(2018, 4, 1))
    rule = make_rule(cut_off=CutOff.FINANCIAL_YEAR)
    (term,) = terms_of(rule, Period(years=6), record, (), TODAY)
    assert term.due == date(2025, 3, 31)


def test_a_proven_alternative_replaces_the_period_of_the_rule(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    found = terms(died(date(2021, 1, 1)), alternatives=(DEATH,), facts={"subject-has-died": True})
    term, reason = governing_term(found)
    assert (term.fact, term.due, reason) == ("subject-has-died", date(2024, 1, 1), Reason.DUE)


def test_a_proven_alternative_without_its_event_waits(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    found = terms(alternatives=(DEATH,), facts={"subject-has-died": True})
    assert governing_term(found)[1] is Reason.TRIGGER_PENDING


def test_an_alternative_proven_false_falls_away(terms: Callable[..., tuple[Term, ...]]) -> None:
    found = terms(alternatives=(DEATH,), facts={"subject-has-died": False})
    term, reason = governing_term(found)
    assert (term.fact, term.due, reason) == ("", date(2024, 5, 12), Reason.DUE)


@pytest.mark.parametrize(
    ("death", "due"),
    [(date(2020, 1, 1), date(2024, 5, 12)), (date(2023, 1, 1), date(2026, 1, 1))],
)
def test_while_a_fact_is_unknown_the_longer_period_applies(
    terms: Callable[..., tuple[Term, ...]], death: date, due: date
) -> None:
    assert governing_term(terms(died(death), alternatives=(DEATH,)))[0].due == due


def test_while_a_fact_is_unknown_and_its_period_has_no_date_the_record_waits(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    term, reason = governing_term(terms(alternatives=(DEATH,)))
    assert (term.fact, term.due, reason) == ("subject-has-died", None, Reason.FACT_UNKNOWN)


def test_a_missing_date_of_the_rule_is_named_before_an_unknown_fact(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    term, reason = governing_term(terms(alternatives=(DEATH,), dates={}))
    assert (term.fact, reason) == ("", Reason.DATE_MISSING)


def test_of_several_proven_alternatives_the_longest_applies(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    short = Alternative("opt-out-notice", "created", CutOff.NONE, Period(years=1))
    longer = Alternative("appealed", "created", CutOff.NONE, Period(years=4))
    facts = {"opt-out-notice": True, "appealed": True}
    term, _ = governing_term(terms(alternatives=(short, longer), facts=facts))
    assert term.fact == "appealed"


def test_an_unknown_alternative_can_still_lengthen_a_proven_one(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    short = Alternative("opt-out-notice", "created", CutOff.NONE, Period(years=1))
    longer = Alternative("appealed", "created", CutOff.NONE, Period(years=40))
    found = terms(alternatives=(short, longer), facts={"opt-out-notice": True})
    term, reason = governing_term(found)
    assert (term.fact, reason) == ("appealed", Reason.NOT_YET_DUE)


def test_a_file_system_date_in_any_possible_term_asks_for_a_person(
    terms: Callable[..., tuple[Term, ...]],
) -> None:
    found = terms(
        died(date(2022, 1, 1)),
        alternatives=(DEATH,),
        dates=file_system(date(2010, 1, 1)),
        first_seen=date(2012, 1, 1),
    )
    term, reason = governing_term(found)
    assert (term.reason, term.due, reason) == (
        Reason.DUE,
        date(2025, 1, 1),
        Reason.DATE_UNCERTAIN,
    )


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2020, 2, 29), date(2021, 3, 1)),
        (date(2021, 3, 1), date(2021, 3, 1)),
        (date(2021, 3, 2), date(2021, 3, 1)),
        (date(2022, 3, 1), date(2021, 3, 1)),
        (date(2022, 3, 2), date(2022, 3, 1)),
        (date(2024, 12, 31), date(2024, 2, 29)),
        (date(2019, 1, 1), date(2021, 3, 1)),
    ],
)
def test_the_yearly_day_is_the_latest_anniversary_that_has_passed(today: date, day: date) -> None:
    assert yearly_review_day(date(2020, 2, 29), today) == day
