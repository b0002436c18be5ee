from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Action, Hold, HoldScope, Period, Phase, State
from retention_agent.audit.answers import TOP, Answer
from retention_agent.disposal import preflight
from retention_agent.errors import NotFound, Refused, UsageError
from retention_agent.register import batches, decisions, holds, schedules
from retention_agent.workflow import adopt
from retention_agent.workflow.expiry import release_expired


def manifest(council, name):
    with council.app.engine.begin() as connection:
        return [item.record for item in batches.items(connection, name)]


def test_the_earliest_due_come_first_and_the_rest_are_counted(council):
    late = council.add("late.txt", dates=[{"kind": "created", "on": "2017-05-01", "origin": "x"}])
    early = council.add("early.txt", dates=[{"kind": "created", "on": "2001-05-01", "origin": "x"}])
    made = council.propose(most=1)
    assert (made.size, made.left) == (1, 1)
    assert manifest(council, made.batch) == [early]
    assert council.row(late)["state"] == "classified"
    assert council.row(early)["state"] == "proposed"


def test_only_what_is_due_is_proposed(council):
    council.add("new.txt", dates=[{"kind": "created", "on": "2024-05-01", "origin": "x"}])
    council.add("undated.txt", dates=[])
    council.add("unread.txt", capture="unreadable", state="unreadable")
    council.add("cut.txt", partial=True)
    council.add("unclassified.txt", record_class=None)
    council.add("gone.txt", present=False)
    council.add("pending.txt", record_class="FIN-3", reference="CON/1")
    with pytest.raises(Refused, match="nothing is due"):
        council.propose()


def test_a_held_record_is_not_proposed(council):
    council.add("a/one.txt")
    day = council.now.date()
    with council.app.engine.begin() as connection:
        scope = HoldScope(paths=(("files", b"a"),))
        holds.place(connection, Hold("h", "t", "a", "r", day, day, scope))
    with pytest.raises(Refused, match="nothing is due"):
        council.propose()


def test_nothing_is_proposed_under_a_schedule_that_was_not_adopted(council):
    council.add("one.txt")
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE schedule SET adopted = NULL")
        assert schedules.in_force(connection).adopted == frozenset()
    with pytest.raises(Refused, match="nothing is due"):
        council.propose()


def test_a_named_record_that_is_not_due_refuses_the_whole_request(council):
    one = council.add("one.txt")
    two = council.add("two.txt", record_class=None)
    with pytest.raises(Refused, match=f"record {two}"):
        council.propose(one, two)
    assert council.row(one)["state"] == "classified"


def test_only_a_requester_may_propose(council):
    council.add("one.txt")
    council.keys["rita"] = council.keys["ann"]
    with pytest.raises(Refused, match="ann has not the role requester"):
        council.propose()


def test_a_record_is_in_one_batch_at_a_time(council):
    one = council.add("one.txt")
    council.propose(one)
    with pytest.raises(Refused, match="not due"):
        council.propose(one)


def test_an_expired_batch_gives_its_records_back(council):
    one = council.add("one.txt")
    name = council.propose(one).batch
    council.now += timedelta(days=30)
    with council.app.engine.begin() as connection:
        assert release_expired(connection, council.now) == []
        assert release_expired(connection, council.now + timedelta(seconds=1)) == [name]
        assert batches.find(connection, name)["status"] == "expired"
    assert council.row(one)["state"] == "due"
    assert council.propose(one).batch == "B2026-0002"


@pytest.mark.parametrize("state", [State.RETURNED, State.RESTORED, State.DEFERRED])
def test_what_left_a_batch_by_surprise_comes_back_only_by_name(council, state):
    one = council.add("one.txt", state=str(state))
    with pytest.raises(Refused, match="nothing is due"):
        council.propose()
    assert council.propose(one).size == 1


def test_a_key_that_is_nobodys_proposes_nothing(council):
    council.add("one.txt")
    council.keys["rita"] = Ed25519PrivateKey.generate()
    with pytest.raises(Refused, match="nobody's in the keyring"):
        council.propose()


def test_a_number_that_is_no_record_of_the_share_is_told_apart_from_one_not_due(council):
    with pytest.raises(NotFound, match="no record 99"):
        council.propose(99)


def adopt_with(council, code, **changes):
    """Put a next version of the schedule in force in which one class is changed."""
    with council.app.engine.begin() as connection:
        present = schedules.in_force(connection)
        rule = replace(present.rules[code], **changes)
        version = f"{present.version}+"
        rules = {**present.rules, code: rule}
        schedules.store_draft(
            connection, replace(present, rules=rules, version=version), council.now
        )
        adopt.adopt(connection, council.keys["ann"], council.now)
        adopt.adopt(connection, council.keys["sol"], council.now)


def test_a_review_that_ends_nothing_can_only_be_answered_by_keeping(council):
    permanent = {"action": Action.PERMANENT, "period": None, "review_every": Period(years=5)}
    adopt_with(council, "FIN-2", **permanent)
    council.add("kept.txt", record_class="FIN-2")
    on_the_way = {"action": Action.DESTROY, "period": Period(years=20)}
    adopt_with(council, "FIN-1", phases=(Phase(Action.REVIEW, Period(years=2)),), **on_the_way)
    council.add("later.txt")
    made = council.propose(action=Action.REVIEW)
    assert made.size == 2
    with pytest.raises(UsageError) as caught:
        council.answer(made.batch, dict.fromkeys((0, 1), Answer("destroy", "read")), "ann")
    assert "item 1: its rule does not let it end here" in caught.value.diagnosis[1]
    council.answer(made.batch, {TOP: Answer("reject", "looked through, stays")}, "ann")
    with pytest.raises(Refused, match="nothing is due"):
        council.propose(action=Action.REVIEW)


def test_a_batch_for_review_stops_when_its_rule_now_keeps_what_is_reviewed(council):
    number = council.add("report.txt", record_class="FIN-2")
    batch = council.propose(action=Action.REVIEW).batch
    council.answer(batch, {TOP: Answer("destroy", "read")}, "ann", "omar")
    permanent = {"action": Action.PERMANENT, "period": None, "review_every": Period(years=5)}
    adopt_with(council, "FIN-2", **permanent)
    with council.app.engine.begin() as connection:
        within = decisions.frame(connection, council.now.date(), council.app.config.zone)
        (refused,) = preflight.refusals(
            connection, batches.items(connection, batch), within
        ).values()
    assert refused == (State.DEFERRED, "its rule asks for a review that leaves it in its place")
    assert council.row(number)["present"]
