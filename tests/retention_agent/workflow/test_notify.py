"""What waits for whom, and that everybody is told of each matter once."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from policies import Hold, HoldScope
from retention_agent.audit import keyring
from retention_agent.audit.answers import TOP, Answer
from retention_agent.disposal.run import dispose
from retention_agent.errors import NotFound, Refused, UsageError
from retention_agent.register.outbox_table import outbox
from retention_agent.register.tables import batch_item, record, share
from retention_agent.workflow import delegation, holds, notify
from retention_agent.workflow.warnings import warnings

ADDRESSES = {person: f"{person}@council.example" for person in ("ann", "omar", "sol", "rita")}


@pytest.fixture
def waits(council):
    """A function: what waits now, as (person, key)."""

    def waits():
        return [(each.person, each.key) for each in standing(council)]

    return waits


def standing(council):
    with council.app.engine.begin() as connection:
        return warnings(connection, council.now, council.app.config.zone, council.undo)


def digest(council, failing=()):
    """Refresh the outbox and send; answers with the texts by person."""
    found = standing(council)
    with council.app.engine.begin() as connection:
        notify.refresh(connection, found, council.now)
        waiting = notify.unsent(connection, ADDRESSES, "Thornbridge")
        for one in waiting:
            failure = "550 no" if one.person in failing else None
            notify.settle(connection, one, failure, council.now)
    return {one.person: one.letter.text for one in waiting}


def delegate(council, person="ann", to="omar", first=date(2026, 11, 20), last=date(2026, 11, 30)):
    with council.app.engine.begin() as connection:
        delegation.delegate(
            connection, council.keys[person], to, (first, last), "leave", council.now
        )


def test_a_batch_waits_for_approvers_who_have_not_answered(council, waits):
    name = council.propose(council.add("one.txt"), council.add("two.txt", b"2")).batch
    key = f"batch/{name}/answer"
    assert waits() == [("ann", key), ("omar", key), ("sol", key)]
    council.answer(name, {TOP: Answer("approve")}, "ann")
    assert waits() == [("omar", key), ("sol", key)]
    council.answer(name, {0: Answer("approve")}, "omar")
    texts = {each.person: each.text for each in standing(council)}
    assert texts["omar"].startswith(f"Batch {name}: 1 files wait for your answer until 2026-12-23.")
    council.answer(name, {TOP: Answer("approve")}, "omar")
    assert waits() == []


def test_an_expiry_within_a_week_is_told_to_those_who_can_prevent_it(council, waits):
    name = council.propose(council.add("one.txt")).batch
    council.now += timedelta(days=24)
    expires = f"batch/{name}/expires"
    assert [person for person, key in waits() if key == expires] == ["ann", "omar", "rita", "sol"]
    council.now += timedelta(days=7)
    assert waits() == []


def test_an_undo_window_that_ends_is_told_to_the_requester(council, waits):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    assert waits() == []
    council.now += timedelta(days=24)
    assert waits() == [("rita", f"batch/{name}/undo/2026-11-23T09:00:00Z")]


def test_holds_frozen_shares_failures_and_unreadable_files_are_told(council, waits):
    one = council.add("one.txt")
    name = council.approved(one)
    council.add("two.txt", b"2", capture="unreadable")
    order = Hold(
        id="smith-claim",
        title="Claim by J. Smith",
        authority="Claim 7",
        reason="r",
        review_by=date(2026, 11, 1),
        placed=date(2026, 1, 1),
        scope=HoldScope(classes=frozenset({"FIN-3"})),
    )
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
        connection.execute(share.update().values(frozen="too many vanished"))
        connection.execute(batch_item.update().values(state="failed"))
        connection.execute(record.update().where(record.c.id == one).values(state="failed"))
    found = standing(council)
    texts = "\n".join(each.text for each in found)
    assert "smith" not in texts.lower()
    assert "one.txt" not in texts
    assert {key for person, key in waits() if person == "rita"} == {
        f"batch/{name}/failed/1",
        "share/1/frozen",
        "share/1/unreadable/1",
    }
    reviews = [each for each in found if each.key.startswith("hold/")]
    assert [each.person for each in reviews] == ["ann", "omar"]
    assert reviews[0].text == "A hold: review overdue. retention hold list"


def test_nobody_is_told_the_same_twice_and_new_things_once(council):
    first = council.propose(council.add("one.txt")).batch
    assert set(digest(council)) == {"ann", "omar", "sol"}
    for _ in range(3):
        council.now += timedelta(days=1)
        assert digest(council) == {}
    second = council.propose(council.add("two.txt", b"2")).batch
    told = digest(council)
    assert second in told["ann"]
    assert first not in told["ann"]


def test_what_failed_is_tried_again_and_listed_with_the_servers_words(council):
    name = council.propose(council.add("one.txt")).batch
    digest(council, failing=("ann",))
    with council.app.engine.begin() as connection:
        (lost,) = notify.failed(connection)
    assert (lost["person"], lost["failure"], lost["attempts"]) == ("ann", "550 no", 1)
    assert set(digest(council)) == {"ann"}
    with council.app.engine.begin() as connection:
        assert notify.failed(connection) == []
    assert digest(council) == {}
    assert name


def test_a_warning_that_does_not_hold_any_more_is_not_sent_late(council):
    name = council.propose(council.add("one.txt")).batch
    digest(council, failing=("ann", "omar", "sol"))
    council.answer(name, {TOP: Answer("reject", "no")}, "ann")
    assert digest(council) == {}
    with council.app.engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 0


def test_who_has_no_address_is_listed(council):
    council.propose(council.add("one.txt"))
    found = standing(council)
    with council.app.engine.begin() as connection:
        notify.refresh(connection, found, council.now)
        without = notify.unsent(connection, {}, "Thornbridge")
    assert [one.letter for one in without] == [None, None, None]


def test_the_unsent_text_has_the_newest_count(council):
    name = council.propose(council.add("one.txt"), council.add("two.txt", b"2")).batch
    digest(council, failing=("omar",))
    council.answer(name, {0: Answer("reject", "no")}, "ann")
    assert f"Batch {name}: 1 files" in digest(council)["omar"]


def test_the_log_sees_that_somebody_was_told_and_not_who(council):
    council.propose(council.add("one.txt"))
    digest(council)
    with council.app.engine.begin() as connection:
        rows = connection.exec_driver_sql(
            "SELECT leaf FROM log_leaf WHERE leaf LIKE '%notification%'"
        )
        leaves = rows.scalars().all()
    assert len(leaves) == 3
    assert not any("ann" in leaf.split('"private"')[0] for leaf in leaves)


def test_a_colleague_is_reminded_while_somebody_is_away(council, waits):
    delegate(council)
    name = council.propose(council.add("one.txt")).batch
    key = f"batch/{name}/answer"
    assert waits() == [("omar", key), ("sol", key)]
    assert "A colleague who is away counts on you." in standing(council)[0].text
    council.now += timedelta(days=10)
    assert ("ann", key) in waits()


def test_standing_in_gives_no_second_voice(council, waits):
    delegate(council)
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "omar")
    with pytest.raises(Refused, match="already signed"):
        council.approve(name, "omar")
    assert ("ann", f"batch/{name}/answer") in waits()
    with pytest.raises(Refused, match="not approved"):
        council.work(dispose, name)


def test_only_approvers_stand_in_for_approvers(council):
    with pytest.raises(Refused, match="rita has not the role approver"):
        delegate(council, to="rita")
    with pytest.raises(Refused, match="rita has not the role approver"):
        delegate(council, person="rita")
    with pytest.raises(Refused, match="nobody stands in for themselves"):
        delegate(council, to="ann")
    with pytest.raises(NotFound):
        delegate(council, to="nobody")
    with pytest.raises(UsageError, match="before the first"):
        delegate(council, last=date(2026, 11, 1))


def test_who_is_no_approver_any_more_stands_in_for_nobody(council):
    delegate(council)
    with council.app.engine.begin() as connection:
        keyring.revoke(connection, "omar")
        for person in ("rita", "ann"):
            keyring.sign(connection, council.keys[person], council.now)
        people = keyring.active(connection)
        assert delegation.stand_ins(connection, people, date(2026, 11, 23)) == {}
