"""Every answer binds: what keeps takes effect at once, what agrees needs a second person."""

from datetime import date, timedelta

import pytest

from policies import Action, State
from retention_agent.audit import mandate
from retention_agent.audit.answers import TOP, Answer
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused, UsageError
from retention_agent.register import batches
from retention_agent.workflow import answer, answer_list, review

YES = Answer("approve")
REJECT = Answer("reject", "wrong year")


@pytest.fixture
def batch(council):
    """Four files in three folders, proposed."""
    paths = ("a/one.txt", "a/b/two.txt", "a/b/three.txt", "four.txt")
    return council.propose(*[council.add(path, path.encode()) for path in paths]).batch


def states(council, name):
    with council.app.engine.begin() as connection:
        return [str(item.state) for item in batches.items(connection, name)]


def status(council, name):
    with council.app.engine.begin() as connection:
        return batches.find(connection, name)["status"]


def row(council, name, number):
    with council.app.engine.begin() as connection:
        record = batches.items(connection, name)[number].record
    return council.row(record)


def test_two_who_agree_about_a_folder_approve_what_lies_in_it(council, batch):
    effect = council.answer(batch, {b"a/b": YES}, "ann")
    assert (dict(effect.answered), effect.approved, effect.waiting) == ({"approve": 2}, 0, 4)
    assert status(council, batch) == "proposed"
    effect = council.answer(batch, {b"a": YES}, "omar")
    assert (dict(effect.answered), effect.approved, effect.waiting) == ({"approve": 3}, 2, 2)
    assert states(council, batch) == ["proposed", "approved", "approved", "proposed"]
    assert status(council, batch) == "approved"


def test_no_answer_keeps_when_the_batch_goes_to_disposal(council, batch):
    council.answer(batch, {b"a/b": YES}, "ann", "omar")
    council.answer(batch, {TOP: YES}, "sol")
    assert council.work(dispose, batch) == {State.WAITING: 2, State.DUE: 2}
    assert (council.share / "four.txt").exists()
    assert row(council, batch, 3)["state"] == "due"


def test_the_item_wins_over_its_folder_in_one_statement(council, batch):
    given = {b"a": Answer("exclude", "keep"), b"a/b": YES, 2: REJECT}
    council.answer(batch, given, "ann")
    assert states(council, batch) == ["deferred", "proposed", "due", "proposed"]


@pytest.mark.parametrize(
    ("given", "state", "column", "value"),
    [
        (REJECT, "due", "keep_until", None),
        (Answer("exclude", "museum"), "deferred", "keep_until", None),
        (Answer("extend", "appeal", "2031-03-31"), "classified", "keep_until", "2031-03-31"),
        (Answer("reclassify", "no", record_class="FIN-2"), "classified", "record_class", "FIN-2"),
        (Answer("transfer", "history"), "classified", "archive_wanted", "2026-11-23"),
    ],
)
def test_each_answer_that_keeps_does_what_it_says(council, batch, given, state, column, value):
    council.answer(batch, {1: given}, "ann")
    found = row(council, batch, 1)
    assert (found["state"], found[column], found["reviewed"]) == (state, value, "2026-11-23")
    council.approve(batch, "ann", "omar")
    assert states(council, batch)[1] == state
    assert council.work(dispose, batch)[State.WAITING] == 3


def test_a_longer_keeping_is_not_shortened(council, batch):
    council.answer(batch, {1: Answer("extend", "appeal", "2040-01-01")}, "ann")
    number = row(council, batch, 1)["id"]
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE record SET state = 'proposed' WHERE id = ?", (number,))
        connection.exec_driver_sql("UPDATE batch_item SET state = 'proposed' WHERE number = 1")
    council.answer(batch, {1: Answer("extend", "review", "2031-01-01")}, "omar")
    assert row(council, batch, 1)["keep_until"] == "2040-01-01"


def test_an_extended_record_is_not_due_before_its_day(council, batch):
    council.answer(batch, {TOP: Answer("extend", "appeal", "2027-03-31")}, "ann")
    assert status(council, batch) == "rejected"
    with pytest.raises(Refused, match="nothing is due"):
        council.propose()
    council.now = council.now.replace(year=2027, month=4)
    assert council.propose().size == 4


def test_what_a_reviewer_wants_the_archive_to_have_is_proposed_for_transfer(council, batch):
    council.answer(batch, {1: Answer("transfer", "history")}, "ann")
    council.answer(batch, {TOP: REJECT}, "ann")
    wanted = row(council, batch, 1)["id"]
    with pytest.raises(Refused, match="not due for destroy"):
        council.propose(wanted)
    offered = council.propose(action=Action.TRANSFER)
    assert offered.size == 1
    with council.app.engine.begin() as connection:
        assert batches.items(connection, offered.batch)[0].record == wanted


def test_a_class_given_in_an_answer_is_a_manual_one(council, batch):
    council.answer(batch, {1: Answer("reclassify", "no", record_class="FIN-3")}, "ann")
    found = row(council, batch, 1)
    assert (found["class_origin"], found["confidence"]) == ("manual", 1.0)


def test_an_approved_item_is_taken_out_by_a_third_person(council, batch):
    council.answer(batch, {TOP: YES}, "ann", "omar")
    council.answer(batch, {3: Answer("extend", "appeal", "2031-01-01")}, "sol")
    assert states(council, batch) == ["approved"] * 3 + ["classified"]


def test_a_state_written_by_hand_brings_nothing_back(council, batch):
    """The answer is in the signature, whatever the register says of the item."""
    council.answer(batch, {3: REJECT}, "ann")
    council.approve(batch, "omar", "sol")
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE batch_item SET state = 'approved' WHERE number = 3")
        connection.exec_driver_sql(
            "UPDATE record SET state = 'approved' WHERE path = CAST('four.txt' AS BLOB)"
        )
    assert council.work(dispose, batch) == {State.WAITING: 3, State.DUE: 1}
    assert (council.share / "four.txt").exists()


MISTAKES = [
    ({9: REJECT}, "item 9: is not open"),
    ({b"nowhere": YES}, "folder nowhere: no open item"),
    ({TOP: Answer("reject")}, "the whole batch: reject needs a reason"),
    ({0: Answer("extend", "x")}, "item 0: a day is given with extend"),
    ({0: Answer("extend", "x", "2026-11-23")}, "item 0: 2026-11-23 has passed"),
    ({0: Answer("extend", "x", "next year")}, "item 0: 'next year' is not a date"),
    ({0: Answer("extend", "x", "20310101")}, "item 0: '20310101' is not a date"),
    ({0: Answer("reject", "x", "2031-01-01")}, "item 0: a day is given with extend"),
    ({0: Answer("reclassify", "x")}, "item 0: a class is given with reclassify"),
    ({0: Answer("reclassify", "x", record_class="FIN-9")}, "item 0: the schedule has no class"),
]


@pytest.mark.parametrize(("given", "mistake"), MISTAKES)
def test_a_mistake_is_named_and_nothing_is_done(council, batch, given, mistake):
    with pytest.raises(UsageError, match="nothing was done") as caught:
        council.answer(batch, given, "ann")
    assert caught.value.diagnosis[0].startswith(mistake)
    assert states(council, batch) == ["proposed"] * 4


def test_all_mistakes_are_told_at_once(council, batch):
    given = {target: one for each, _ in MISTAKES[:3] for target, one in each.items()}
    with pytest.raises(UsageError, match="3 mistake") as caught:
        council.answer(batch, given, "ann")
    assert len(caught.value.diagnosis) == 3


def test_an_item_that_is_out_cannot_be_answered_again(council, batch):
    council.answer(batch, {3: REJECT}, "ann")
    with pytest.raises(UsageError):
        council.answer(batch, {3: YES}, "ann")


def test_agreeing_needs_a_look_and_keeping_does_not(council, batch):
    def say(given):
        today = date(2026, 11, 23)
        with council.app.engine.begin() as connection:
            answer.give(connection, batch, council.keys["ann"], given, council.now, today)

    with pytest.raises(Refused, match="has not looked"):
        say({0: YES})
    say({0: REJECT})
    assert states(council, batch)[0] == "due"


def test_only_approvers_answer_and_only_in_time(council, batch):
    with pytest.raises(Refused, match="has not the role approver"):
        council.answer(batch, {0: YES}, "rita")
    council.now += timedelta(days=31)
    with pytest.raises(Refused, match="expired"):
        council.answer(batch, {0: YES}, "ann")


def test_a_final_batch_takes_no_answers(council, batch):
    council.answer(batch, {TOP: YES}, "ann", "omar")
    council.work(dispose, batch)
    with pytest.raises(Refused, match="its answers are final"):
        council.answer(batch, {0: REJECT}, "ann")


def test_what_is_listed_for_review_is_agreed_to_by_destroy_alone(council):
    due = council.add("due.txt")
    listed = council.add("listed.txt", b"x", record_class="FIN-2")
    name = council.propose(listed, action=Action.REVIEW).batch
    with pytest.raises(UsageError) as caught:
        council.answer(name, {0: YES}, "ann")
    assert caught.value.diagnosis == ("item 0: is agreed to by destroy, not approve",)
    with pytest.raises(UsageError) as caught:
        council.answer(name, {TOP: YES}, "ann")
    assert "listed for review" in caught.value.diagnosis[0]
    council.answer(name, {TOP: Answer("destroy", "read")}, "ann")
    assert states(council, name) == ["proposed"]
    council.answer(name, {0: Answer("destroy", "read")}, "omar")
    assert states(council, name) == ["approved"]
    assert council.row(due)["state"] == "classified"


def test_a_sample_of_a_final_batch_is_shown_and_not_recorded(council, batch):
    council.approve(batch)
    council.work(dispose, batch)
    with council.app.engine.begin() as connection:
        seen = review.draw(connection, batch, "sol", "00ff", council.now)
        assert seen.total == 4
        assert review.sample_shown(connection, batch, "sol") is None


def test_the_sample_is_signed_for_once(council, batch):
    council.answer(batch, {0: YES}, "ann")
    council.answer(batch, {1: YES}, "ann")
    council.approve(batch, "ann")
    with council.app.engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT purpose, count(*) FROM signature WHERE person = 'ann' GROUP BY purpose"
        )
        counts = dict(rows.all())
    assert (counts["review-sample"], counts["answer-batch"], counts["approve-batch"]) == (1, 2, 1)


def test_the_list_shows_each_answer_and_the_result(council, batch):
    council.answer(batch, {b"a": YES}, "ann")
    council.answer(batch, {b"a/b": YES, 3: Answer("extend", "appeal", "2031-01-01")}, "omar")
    with council.app.engine.begin() as connection:
        lines = answer_list.lines(connection, batch)
        below = answer_list.lines(connection, batch, b"a/b")
    assert [line.result for line in lines] == ["waiting", "approved", "approved", "kept"]
    assert lines[0].answers == {"ann": "approve"}
    assert lines[0].why == "1 of 2 approvals by people other than the requester"
    assert lines[3].answers == {"omar": "extend 2031-01-01"}
    assert lines[3].why == "extend by a reviewer: appeal"
    assert [line.number for line in below] == [1, 2]
    assert {folder: dict(counts) for folder, counts in answer_list.tree(lines).items()} == {
        b"": {"waiting": 1, "approved": 2, "kept": 1},
        b"a": {"waiting": 1, "approved": 2},
        b"a/b": {"approved": 2},
    }


def test_a_mandate_tells_what_each_item_lacks(council, batch):
    council.answer(batch, {1: REJECT}, "ann")
    council.answer(batch, {0: YES}, "ann", "omar")
    with council.app.engine.begin() as connection:
        found = mandate.examine(connection, batches.find(connection, batch))
    assert found.missing == ()
    assert found.lacking[1] == "rejected by ann"
    assert set(found.lacking) == {1, 2, 3}
