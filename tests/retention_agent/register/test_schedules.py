"""The schedule in force and its draft."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from retention_agent.errors import NotFound, Refused
from retention_agent.register import schedules
from retention_agent.register.engine import open_register

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_before_anything_was_stored_nothing_is_in_force(tmp_path):
    with open_register(tmp_path / "register.db").begin() as connection:
        assert not schedules.is_begun(connection)
        assert schedules.in_force(connection) == schedules.EMPTY
        assert schedules.draft(connection) is None
        with pytest.raises(NotFound, match="no class 'X'"):
            schedules.require_class(connection, "X")


def test_a_draft_adopts_nothing_until_it_is_adopted(council):
    with council.app.engine.begin() as connection:
        now_in_force = schedules.in_force(connection)
        changed = replace(now_in_force, title="Another")
        number = schedules.store_draft(connection, changed, NOW)
        assert schedules.in_force(connection) == now_in_force
        assert schedules.draft(connection) == (number, changed)
        schedules.adopt(connection, number, NOW)
        assert schedules.in_force(connection) == changed
        assert schedules.draft(connection) is None


def test_the_first_draft_can_be_looked_at_with_no_class_adopted(tmp_path, council):
    with open_register(tmp_path / "other.db").begin() as connection:
        with council.app.engine.begin() as elsewhere:
            schedule = schedules.in_force(elsewhere)
        schedules.store_draft(connection, schedule, NOW)
        found = schedules.in_force(connection)
    assert found.rules == schedule.rules
    assert found.adopted == frozenset()


def test_what_is_in_force_cannot_be_drafted_again_but_fewer_classes_can(council):
    with council.app.engine.begin() as connection:
        now_in_force = schedules.in_force(connection)
        with pytest.raises(Refused, match="is in force already"):
            schedules.store_draft(connection, now_in_force, NOW)
        schedules.store_draft(connection, replace(now_in_force, adopted=frozenset({"FIN-1"})), NOW)


def test_a_class_or_fact_that_is_not_there_is_answered_with_the_nearest(council):
    with council.app.engine.begin() as connection:
        schedules.require_class(connection, "FIN-1")
        with pytest.raises(NotFound, match=r"no class 'FIN-7'; did you mean 'FIN-\d'\?"):
            schedules.require_class(connection, "FIN-7")
        with pytest.raises(NotFound, match=r"no fact 'has-died'$"):
            schedules.require_fact(connection, "has-died")
