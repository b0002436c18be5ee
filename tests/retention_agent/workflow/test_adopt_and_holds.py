from dataclasses import replace
from datetime import date

import pytest

from policies import Hold, HoldScope
from retention_agent.errors import NotFound, Refused, UsageError
from retention_agent.register import holds, schedules
from retention_agent.register.tables import schedule
from retention_agent.workflow import adopt
from retention_agent.workflow import holds as hold_workflow


def draft(council, version="2"):
    with council.app.engine.begin() as connection:
        current = schedules.in_force(connection)
        schedules.store_draft(connection, replace(current, version=version), council.now)


def adopting(council, person):
    with council.app.engine.begin() as connection:
        return adopt.adopt(connection, council.keys[person], council.now)


def hold(council, name="foi-1"):
    day = council.now.date()
    order = Hold(name, "t", "FOI 1", "r", day, day, HoldScope(classes=frozenset({"FIN-1"})))
    with council.app.engine.begin() as connection:
        hold_workflow.place(connection, order, council.now)


def release(council, person, name="foi-1"):
    with council.app.engine.begin() as connection:
        return hold_workflow.release(connection, name, "over", council.keys[person], council.now)


def test_a_schedule_is_in_force_when_two_adopters_have_signed(council):
    draft(council)
    assert adopting(council, "ann") == (False, ["ann"])
    with council.app.engine.begin() as connection:
        assert schedules.in_force(connection).version == "1"
    assert adopting(council, "sol") == (True, ["ann", "sol"])
    with council.app.engine.begin() as connection:
        assert schedules.in_force(connection).version == "2"


def test_one_adopter_cannot_sign_twice_nor_anybody_else(council):
    draft(council)
    adopting(council, "ann")
    with pytest.raises(Refused, match="already signed"):
        adopting(council, "ann")
    with pytest.raises(Refused, match="omar has not the role adopter"):
        adopting(council, "omar")


def test_the_same_schedule_can_be_signed_again_with_other_classes(council):
    with council.app.engine.begin() as connection:
        current = schedules.in_force(connection)
        fewer = replace(current, adopted=frozenset({"FIN-1"}))
        schedules.store_draft(connection, fewer, council.now)
    assert adopting(council, "ann") == (False, ["ann"])
    assert adopting(council, "sol") == (True, ["ann", "sol"])
    with council.app.engine.begin() as connection:
        assert schedules.in_force(connection).adopted == {"FIN-1"}
        schedules.store_draft(connection, current, council.now)
    adopting(council, "ann")
    assert adopting(council, "sol")[0]


def test_an_old_schedule_does_not_come_back_by_the_signatures_it_once_had(council):
    with council.app.engine.begin() as connection:
        first = schedules.in_force(connection)
    draft(council)
    adopting(council, "ann")
    adopting(council, "sol")
    with council.app.engine.begin() as connection:
        schedules.store_draft(connection, first, council.now)
    assert adopting(council, "ann") == (False, ["ann"])


def test_two_signatures_for_different_classes_adopt_nothing(council):
    with council.app.engine.begin() as connection:
        current = schedules.in_force(connection)
        one = replace(current, version="2", adopted=frozenset({"FIN-1"}))
        number = schedules.store_draft(connection, one, council.now)
    adopting(council, "ann")
    with council.app.engine.begin() as connection:
        connection.execute(
            schedule.update().where(schedule.c.id == number).values(codes=["FIN-1", "FIN-2"])
        )
    assert adopting(council, "sol") == (False, ["sol"])


def test_without_a_draft_there_is_nothing_to_adopt(council):
    with pytest.raises(NotFound, match="no draft"):
        adopting(council, "ann")


def test_the_schedule_in_force_cannot_be_drafted_again(council):
    with pytest.raises(Refused, match="in force already"):
        draft(council, version="1")


def test_a_hold_is_released_by_two_officers_after_thirty_days_of_grace(council):
    hold(council)
    one = council.add("one.txt")
    assert release(council, "ann") is None
    with pytest.raises(Refused, match="already signed"):
        release(council, "ann")
    assert release(council, "omar") == date(2026, 12, 23)
    with pytest.raises(Refused, match="not due"):
        council.propose(one)
    council.now = council.now.replace(month=12, day=24)
    assert council.propose(one).size == 1


def test_a_hold_officer_is_needed_to_release(council):
    hold(council)
    with pytest.raises(Refused, match="rita has not the role hold-officer"):
        release(council, "rita")


def test_a_hold_that_is_not_there_cannot_be_released(council):
    with pytest.raises(NotFound):
        release(council, "ann")


def test_the_name_of_a_hold_is_never_used_twice(council):
    hold(council)
    with pytest.raises(UsageError, match="never used twice"):
        hold(council)
    with council.app.engine.begin() as connection:
        assert holds.epoch(connection) == 1
