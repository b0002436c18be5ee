"""Officers are told of what needs them, once for each matter, and of nothing else."""

from datetime import timedelta

import pytest

from policies import Hold, HoldScope
from retention_agent.workflow import holds
from retention_agent.workflow.reminders import reminders

SCOPE = HoldScope(classes=frozenset({"FIN-1"}))


@pytest.fixture
def told(council):
    """A function: what is to be told so many days from now."""

    def told(days=0):
        with council.app.engine.begin() as connection:
            return reminders(connection, council.now.date() + timedelta(days=days))

    return told


@pytest.fixture
def hold(council):
    """A hold that is to be reviewed in 100 days."""
    today = council.now.date()
    order = Hold("foi-1", "Bridge", "FOI 1", "r", today + timedelta(days=100), today, SCOPE)
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
    return order


def release(council, person):
    with council.app.engine.begin() as connection:
        key = council.keys[person]
        return holds.release(connection, "foi-1", "answered", key, council.now)


@pytest.mark.parametrize(
    ("days", "keys"),
    [(85, []), (86, ["soon"]), (100, ["soon"]), (101, ["overdue"]), (400, ["overdue"])],
)
def test_a_review_is_announced_and_then_overdue(hold, told, days, keys):
    found = told(days)
    day = hold.review_by
    assert [each.key for each in found] == [f"hold/foi-1/review/{day}/{key}" for key in keys]
    assert {each.who for each in found} <= {"hold-officer"}
    assert all("Bridge (FOI 1)" in each.lines for each in found)


def test_a_review_that_was_done_is_announced_under_another_key(council, hold, told):
    (before,) = told(100)
    with council.app.engine.begin() as connection:
        later = hold.review_by + timedelta(days=1)
        holds.review(connection, "foi-1", later, "stands", council.now)
    (after,) = told(100)
    assert before.key != after.key


@pytest.mark.usefixtures("hold")
def test_a_release_that_one_officer_signed_waits_for_the_second(council, told):
    release(council, "ann")
    (found,) = told()
    assert found.key == "hold/foi-1/release/ann"
    assert "Signed by ann." in found.lines


@pytest.mark.usefixtures("hold")
def test_the_end_of_the_grace_is_announced_a_week_ahead_and_then_nothing(council, told):
    release(council, "ann")
    release(council, "omar")
    assert told(22) == []
    (found,) = told(23)
    assert "grace ends soon" in found.subject
    assert [each.key for each in told(30)] == [found.key]
    assert told(31) == []


def test_without_holds_there_is_nothing_to_tell(told):
    assert told() == []
