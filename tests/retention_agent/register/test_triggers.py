"""Events and facts: entered once, withdrawn but never deleted, reached by reference alone."""

from datetime import UTC, date, datetime

import pytest

from policies import Event
from retention_agent.errors import NotFound, UsageError
from retention_agent.register import records, triggers
from retention_agent.register.tables import record

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ENDED = Event("CON/1", "contract_end", date(2020, 5, 1))


def test_an_event_reaches_its_own_reference_and_no_other(council):
    with council.app.engine.begin() as connection:
        triggers.add_event(connection, ENDED, NOW)
        assert triggers.events_of(connection, {"CON/1", "CON/2"}) == [ENDED]
        assert triggers.events_of(connection, {"CON/2", "con/1", ""}) == []


def test_the_very_same_event_is_entered_once(council):
    with council.app.engine.begin() as connection:
        first = triggers.add_event(connection, ENDED, NOW)
        with pytest.raises(UsageError, match=f"event {first} says that already"):
            triggers.add_event(connection, ENDED, NOW)


def test_a_withdrawn_event_triggers_nothing_and_can_be_entered_again(council):
    with council.app.engine.begin() as connection:
        number = triggers.add_event(connection, ENDED, NOW)
        triggers.withdraw_event(connection, number, NOW)
        assert triggers.events_of(connection, {"CON/1"}) == []
        with pytest.raises(NotFound, match="no event in force"):
            triggers.withdraw_event(connection, number, NOW)
        assert triggers.add_event(connection, ENDED, NOW) != number
        assert triggers.events_of(connection, {"CON/1"}) == [ENDED]


def facts_of(council, connection, number):
    row = records.find(connection, number)
    (subject,) = records.for_policy(connection, [row], council.app.config.zone)
    return subject.facts, subject.references


def test_the_last_word_on_a_fact_counts(council):
    number = council.add("a.txt", reference="P/1")
    with council.app.engine.begin() as connection:
        for holds in (False, True):
            triggers.set_fact(connection, "P/1", "has-died", holds=holds, now=NOW)
            assert facts_of(council, connection, number)[0] == {"has-died": holds}


def test_references_that_contradict_each_other_leave_a_fact_unknown(council):
    number = council.add("a.txt", reference="P/1")
    with council.app.engine.begin() as connection:
        triggers.add_reference(connection, number, "P/2", "manual")
        triggers.set_fact(connection, "P/1", "has-died", holds=True, now=NOW)
        triggers.set_fact(connection, "P/2", "has-died", holds=False, now=NOW)
        assert facts_of(council, connection, number) == ({}, {"P/1", "P/2"})


def test_a_record_is_tied_to_a_reference_once(council):
    one, two = council.add("a.txt", reference="P/1"), council.add("b.txt")
    with council.app.engine.begin() as connection:
        triggers.add_reference(connection, one, "P/1", "manual")
        triggers.add_reference(connection, two, "p/1", "manual")
        assert triggers.records_with(connection, "P/1") == 1
        assert triggers.records_with(connection, "P/9") == 0
        assert triggers.written_otherwise(connection, "P/1") == ["p/1"]
        assert triggers.written_otherwise(connection, "P/9") == []
        assert len(next(records.stream(connection, record.c.present))) == 2
