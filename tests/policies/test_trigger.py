from collections.abc import Callable
from datetime import date

import pytest

from policies import TRIGGERS, DatedFact, Event, Record, Trust, find_trigger

BUILD = Callable[..., Record]


@pytest.mark.parametrize("trigger", ["created", "last_modified"])
def test_own_dates_are_read_from_the_record(make_record: BUILD, trigger: str) -> None:
    own = DatedFact(date(2019, 1, 1), "docx:dcterms", Trust.EVIDENCED)
    event = Event("CON-1", trigger, date(2021, 1, 1))
    assert find_trigger(trigger, make_record(dates={trigger: own}), [event]) == own
    assert find_trigger(trigger, make_record(dates={}), [event]) is None


@pytest.mark.parametrize("trigger", sorted(set(TRIGGERS) - {"created", "last_modified"}))
def test_every_other_trigger_needs_an_event_with_the_reference_of_the_record(
    make_record: BUILD, trigger: str
) -> None:
    event = Event("CON-1", trigger, date(2021, 1, 1))
    expected = DatedFact(date(2021, 1, 1), f"event:{trigger}", Trust.EVIDENCED)
    assert find_trigger(trigger, make_record(), [event]) == expected
    assert find_trigger(trigger, make_record(references=frozenset()), [event]) is None
    assert find_trigger(trigger, make_record(references=frozenset({"CON-2"})), [event]) is None


def test_an_own_date_under_the_name_of_an_event_is_not_an_event(make_record: BUILD) -> None:
    claimed = DatedFact(date(2019, 1, 1), "docx:custom", Trust.EVIDENCED)
    assert find_trigger("closed", make_record(dates={"closed": claimed}), []) is None


def test_an_event_of_another_trigger_does_not_count(make_record: BUILD) -> None:
    event = Event("CON-1", "closed", date(2021, 1, 1))
    assert find_trigger("contract_end", make_record(), [event]) is None


def test_of_several_events_the_latest_counts_whatever_their_order(make_record: BUILD) -> None:
    days = [date(2021, 1, 1), date(2023, 1, 1), date(2022, 1, 1)]
    events = [Event("CON-1", "contract_end", day) for day in days]
    for order in (events, events[::-1]):
        found = find_trigger("contract_end", make_record(), order)
        assert found is not None
        assert found.on == date(2023, 1, 1)


def test_of_the_events_of_several_references_the_latest_counts(make_record: BUILD) -> None:
    record = make_record(references=frozenset({"CON-1", "CON-2"}))
    events = [
        Event("CON-1", "contract_end", date(2021, 1, 1)),
        Event("CON-2", "contract_end", date(2024, 1, 1)),
        Event("CON-3", "contract_end", date(2030, 1, 1)),
    ]
    found = find_trigger("contract_end", record, events)
    assert found is not None
    assert found.on == date(2024, 1, 1)


def test_an_event_about_some_of_the_references_only_is_no_proof(make_record: BUILD) -> None:
    record = make_record(references=frozenset({"CON-1", "CON-2"}))
    found = find_trigger("closed", record, [Event("CON-1", "closed", date(2010, 1, 1))])
    assert found == DatedFact(date(2010, 1, 1), "event:closed", Trust.PARTIAL)


def test_a_trigger_nobody_knows_has_no_date(make_record: BUILD) -> None:
    assert find_trigger("whenever", make_record(), []) is None


def test_every_trigger_says_what_it_means() -> None:
    assert all(kind.meaning.startswith("the ") for kind in TRIGGERS.values())
    assert all(name == kind.name for name, kind in TRIGGERS.items())
