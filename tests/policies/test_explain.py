import json
from collections.abc import Callable
from datetime import date

import pytest

from policies import (
    REASON_MEANING,
    Action,
    Alternative,
    CutOff,
    DatedFact,
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
    document,
    sentence,
)

TODAY = date(2025, 6, 1)
DEATH = Alternative("subject-has-died", "date_of_death", CutOff.NONE, Period(years=3))
DIED = Event("CON-1", "date_of_death", date(2019, 1, 1))


@pytest.fixture
def said(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
) -> Callable[..., str]:
    def build(
        *events: Event,
        rule: dict[str, object] | None = None,
        schedule: dict[str, object] | None = None,
        holds: tuple[Hold, ...] = (),
        **record: object,
    ) -> str:
        whole = make_schedule(make_rule(**(rule or {})), **(schedule or {}))
        return sentence(decide(make_record(**record), whole, events, holds, TODAY))

    return build


def test_a_due_record_is_explained_by_its_dates_and_authority(said: Callable[..., str]) -> None:
    assert said(rule={"cut_off": CutOff.FINANCIAL_YEAR}) == (
        "Record 17 (class FIN-001) may be destroyed because its period has ended and nothing "
        "keeps it; its day for destruction was 31 March 2025, 6 years after the end of the "
        "financial year of 12 May 2018 (created, according to pdf:CreationDate); "
        "authority: Limitation Act 1980 s.2."
    )


def test_a_held_record_names_its_holds_and_the_day_it_would_have_gone(
    said: Callable[..., str], make_hold: Callable[..., Hold]
) -> None:
    scope = HoldScope(classes=frozenset({"FIN-001"}))
    text = said(holds=(make_hold(scope, id="H1"), make_hold(scope, id="H2")))
    assert text.startswith("Record 17 (class FIN-001) is kept because a hold covers it")
    assert "(H1, H2)" in text
    assert "its day for destruction is 12 May 2024, 6 years after 12 May 2018 (created," in text


def test_a_record_without_a_class_gets_one_short_reason(said: Callable[..., str]) -> None:
    assert said(record_class=None) == "Record 17 is kept because it has no record class."


def test_a_pending_trigger_is_named(said: Callable[..., str]) -> None:
    text = said(rule={"trigger": "contract_end"})
    assert "has started the period yet (contract_end); authority" in text
    assert "is missing (created)" in said(dates={})


def test_an_unknown_fact_is_named(said: Callable[..., str]) -> None:
    text = said(rule={"alternatives": (DEATH,)})
    assert "no date to start from (subject-has-died); authority" in text


def test_the_longer_of_two_possible_periods_is_said_to_be_that(said: Callable[..., str]) -> None:
    text = said(DIED, rule={"alternatives": (DEATH,)})
    assert "; the longest possible period, subject-has-died being unknown;" in text


def test_an_event_is_named_with_its_day(said: Callable[..., str]) -> None:
    text = said(DIED, rule={"alternatives": (DEATH,)}, facts={"subject-has-died": True})
    assert "3 years after 1 January 2019 (date of death, according to event:date_of_death)" in text


def test_a_file_system_date_says_why_a_person_must_look(said: Callable[..., str]) -> None:
    modified = DatedFact(date(2010, 2, 3), "file-system:modified", Trust.FILE_SYSTEM)
    text = said(dates={"created": modified}, first_seen=date(2018, 1, 1))
    assert "is for review by a person because its period has ended only by a date that" in text
    assert (
        "its day for destruction was 1 January 2024, 6 years after 3 February 2010 (created" in text
    )
    assert "counted from the day it was first seen" in text


def test_an_old_record_found_late_shows_the_day_its_period_ended(said: Callable[..., str]) -> None:
    assert said(first_seen=date(2025, 1, 1)) == said()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"action": Action.REVIEW}, "is for review by a person because its period has ended"),
        ({"action": Action.TRANSFER}, "may be offered to the archive because its period"),
        ({"action": Action.PERMANENT}, "is kept because its class is kept for ever; auth"),
        (
            {"action": Action.TRANSFER, "period": None},
            "its next day for review is 1 January 2025",
        ),
        ({"period": None}, "names no period, which means never; authority"),
        ({"period": Period(years=10)}, "it is not due yet; its day for destruction is 12 May 2028"),
        ({"effective_to": date(2024, 1, 1)}, "outside its effective dates; its day for destr"),
    ],
)
def test_each_outcome_has_its_own_words(
    said: Callable[..., str], rule: dict[str, object], words: str
) -> None:
    assert words in said(rule=rule)


def test_a_rule_not_adopted_shows_what_it_would_be(said: Callable[..., str]) -> None:
    text = said(schedule={"adopted": frozenset()})
    assert "is kept because the council has not adopted the rule" in text
    assert "its day for destruction is 12 May 2024" in text


def test_every_reason_has_a_meaning_in_plain_words() -> None:
    assert set(REASON_MEANING) == set(Reason)
    assert all(meaning and not meaning.endswith(".") for meaning in REASON_MEANING.values())


def test_the_document_carries_the_whole_decision_as_json(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
) -> None:
    schedule = make_schedule(make_rule(alternatives=(DEATH,)))
    found = json.loads(json.dumps(document(decide(make_record(), schedule, [DIED], [], TODAY))))
    assert found == {
        "record": "17",
        "action": "destroy",
        "disposition": "destroy",
        "due": "2024-05-12",
        "reason": "due",
        "meaning": "its period has ended and nothing keeps it",
        "rule": "FIN-001",
        "authority": {"citation": "Limitation Act 1980 s.2", "kind": "limitation"},
        "trigger": "created",
        "trigger_date": "2018-05-12",
        "trigger_origin": "pdf:CreationDate",
        "trigger_trust": "evidenced",
        "holds": [],
        "phase": 0,
        "final": True,
        "considered": {
            "rule": "FIN-001",
            "reason": "due",
            "terms": [
                {
                    "fact": None,
                    "proven": True,
                    "trigger": "created",
                    "cut_off": "none",
                    "period": "P6Y",
                    "trigger_date": "2018-05-12",
                    "trigger_origin": "pdf:CreationDate",
                    "trigger_trust": "evidenced",
                    "due": "2024-05-12",
                    "reason": "due",
                    "governs": True,
                },
                {
                    "fact": "subject-has-died",
                    "proven": None,
                    "trigger": "date_of_death",
                    "cut_off": "none",
                    "period": "P3Y",
                    "trigger_date": "2019-01-01",
                    "trigger_origin": "event:date_of_death",
                    "trigger_trust": "evidenced",
                    "due": "2022-01-01",
                    "reason": "due",
                    "governs": False,
                },
            ],
            "holds": [],
            "keep_until": None,
            "moratoria": [],
        },
    }


def test_the_document_of_an_unclassified_record_is_full_of_nothing(
    make_schedule: Callable[..., Schedule], make_record: Callable[..., Record]
) -> None:
    found = document(decide(make_record(record_class=None), make_schedule(), [], [], TODAY))
    nothing = {name for name, value in found.items() if value is None}
    assert nothing == {
        *("disposition", "due", "rule", "authority", "trigger", "trigger_date"),
        *("trigger_origin", "trigger_trust"),
    }
    assert json.dumps(found)


def test_a_longer_keeping_names_its_last_day(said: Callable[..., str]) -> None:
    text = said(keep_until=date(2031, 1, 31))
    assert "is kept because a reviewer decided to keep it longer" in text
    assert "(until 31 January 2031)" in text
