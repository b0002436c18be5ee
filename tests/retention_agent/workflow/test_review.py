from collections import Counter
from datetime import timedelta

import pytest

from policies import State
from retention_agent.audit import mandate
from retention_agent.disposal.run import dispose
from retention_agent.errors import IntegrityError, NotFound, Refused
from retention_agent.register import batches
from retention_agent.register.tables import batch_item
from retention_agent.workflow import review


def approve(council, name, person):
    with council.app.engine.begin() as connection:
        return review.approve(connection, name, council.keys[person], council.now)


def reject(council, name, person, reason="still needed"):
    with council.app.engine.begin() as connection:
        review.reject(connection, name, council.keys[person], reason, council.now)


def exclude(council, name, number, person="ann"):
    with council.app.engine.begin() as connection:
        item = batches.items(connection, name)[number]
        review.exclude(connection, item, council.keys[person], "for the museum", council.now)


def test_the_sample_has_twenty_items_or_all():
    assert review.choose("seed", 3) == [0, 1, 2]
    drawn = review.choose("seed", 500)
    assert len(set(drawn)) == 20
    assert drawn == review.choose("seed", 500)
    assert drawn != review.choose("another", 500)


def test_a_reviewer_is_shown_the_same_sample_again(council):
    for number in range(30):
        council.add(f"{number}.txt", b"x" * number)
    name = council.propose().batch
    first = council.look(name, "ann")
    assert len(first.entries) == 20
    assert first.total == 30
    assert first.largest[1]["size"] == 29
    with council.app.engine.begin() as connection:
        assert review.draw(connection, name, "ann", "another seed", council.now) == first


def test_nobody_approves_what_they_have_not_looked_at(council):
    name = council.propose(council.add("one.txt")).batch
    with pytest.raises(Refused, match="has not looked"):
        approve(council, name, "ann")


def test_only_people_of_the_keyring_are_shown_a_sample(council):
    name = council.propose(council.add("one.txt")).batch
    with pytest.raises(NotFound, match="nobody in the keyring"):
        council.look(name, "mallory")


def test_two_different_approvers_are_needed(council):
    name = council.propose(council.add("one.txt")).batch
    council.look(name, "ann")
    assert approve(council, name, "ann").missing == (
        "1 of 2 approvals by people other than the requester",
    )
    with pytest.raises(Refused, match="already signed"):
        approve(council, name, "ann")
    council.look(name, "omar")
    assert approve(council, name, "omar").missing == ()


def test_the_requester_cannot_approve(council):
    name = council.propose(council.add("one.txt")).batch
    with council.app.engine.begin() as connection:
        found = mandate.examine(connection, batches.find(connection, name))
    assert found.requester == "rita"
    with pytest.raises(Refused, match="rita has not the role approver"):
        approve(council, name, "rita")


def test_the_two_adopters_of_the_schedule_are_not_enough(council):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann", "sol")
    with pytest.raises(Refused) as caught:
        council.work(dispose, name)
    assert caught.value.diagnosis == (
        "the two approvers are the two who put the schedule in force",
    )
    council.approve(name, "omar")
    assert council.work(dispose, name) == Counter({State.WAITING: 1})


def test_an_expired_batch_cannot_be_approved(council):
    name = council.propose(council.add("one.txt")).batch
    council.look(name, "ann")
    council.now += timedelta(days=31)
    with pytest.raises(Refused, match="expired"):
        approve(council, name, "ann")


def test_a_rejection_is_binding_and_gives_the_records_back(council):
    one = council.add("one.txt")
    name = council.approved(one)
    reject(council, name, "ann")
    assert council.row(one)["state"] == "due"
    with pytest.raises(Refused, match="not approved"):
        council.work(dispose, name)
    with pytest.raises(Refused, match="rejected; its answers are final"):
        reject(council, name, "omar")


def test_an_excluded_item_is_kept_although_its_batch_is_approved(council):
    one, two = council.add("one.txt"), council.add("two.txt")
    name = council.propose(one, two).batch
    exclude(council, name, 0)
    council.approve(name)
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1, State.WAITING: 1})
    assert (council.share / "one.txt").exists()
    with council.app.engine.begin() as connection:
        kept = batches.items(connection, name)[0]
    assert (kept.excluded_by, kept.outcome) == ("ann", "excluded: for the museum")


def test_an_item_can_be_excluded_after_approval(council):
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    exclude(council, name, 1, "omar")
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1, State.WAITING: 1})


def test_only_approvers_answer(council):
    name = council.propose(council.add("one.txt")).batch
    with pytest.raises(Refused, match="role approver"):
        reject(council, name, "rita")
    with pytest.raises(Refused, match="role approver"):
        exclude(council, name, 0, "rita")


def test_an_answer_over_a_tampered_manifest_is_refused(council):
    name = council.propose(council.add("one.txt")).batch
    council.look(name, "ann")
    with council.app.engine.begin() as connection:
        text = batches.items(connection, name)[0].manifest
        connection.execute(batch_item.update().values(manifest=text.replace("one", "two")))
    with pytest.raises(IntegrityError):
        approve(council, name, "ann")
