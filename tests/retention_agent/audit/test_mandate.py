"""Who may have a batch disposed of is worked out from signatures, whatever the register says."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import adoption, keyring, keys, mandate, signatures, statement
from retention_agent.audit.answers import Answer
from retention_agent.audit.people import Person
from retention_agent.errors import IntegrityError, Refused
from retention_agent.register import batches, schedules
from retention_agent.register.tables import batch, batch_item, schedule, signature
from retention_agent.workflow import adopt, review


@pytest.fixture
def council(found_council, tmp_path):
    made = found_council(tmp_path)
    yield made
    made.app.engine.dispose()


@pytest.fixture
def examine(council):
    def examine(name):
        with council.app.engine.begin() as connection:
            return mandate.examine(connection, batches.find(connection, name))

    return examine


@pytest.fixture
def require(council):
    def require(name):
        with council.app.engine.begin() as connection:
            found = batches.find(connection, name)
            mandate.require(connection, found, unexpired_at=council.now)

    return require


def enrol(council, person, *roles):
    """Put a keyring in force in which `person` has just these roles."""
    key = keys.key_text(council.keys[person].public_key())
    with council.app.engine.begin() as connection:
        keyring.enrol(connection, Person(person, person.title(), frozenset(roles), key))
        sign(council, connection)


def sign(council, connection):
    keyring.sign(connection, council.keys["rita"], council.now)
    keyring.sign(connection, council.keys["ann"], council.now)


def change(council, table, **values):
    with council.app.engine.begin() as connection:
        connection.execute(table.update().values(values))


def test_one_who_asks_and_two_who_approve_make_a_mandate(council, examine, require):
    name = council.approved(council.add("one.txt"))
    assert examine(name) == mandate.Mandate("rita", ("ann", "omar"), ())
    require(name)


def test_an_approver_whose_role_was_taken_away_does_not_count(council, examine):
    name = council.approved(council.add("one.txt"))
    enrol(council, "omar", "hold-officer")
    assert examine(name).missing[0].startswith("1 of 2 approvals")


def test_an_approver_who_was_revoked_does_not_count(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        keyring.revoke(connection, "omar")
        sign(council, connection)
    assert examine(name).missing[0].startswith("1 of 2 approvals")


def test_a_requester_who_was_revoked_asked_for_nothing(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        keyring.revoke(connection, "rita")
        sign(council, connection)
    assert examine(name).missing == ("no requester of the keyring in force has signed it",)


def test_an_approver_with_another_key_now_does_not_count(council, examine):
    name = council.approved(council.add("one.txt"))
    council.keys["omar"] = Ed25519PrivateKey.generate()
    enrol(council, "omar", "approver")
    assert examine(name).missing[0].startswith("1 of 2 approvals")


def test_a_requester_who_became_an_approver_cannot_approve_their_own_batch(council, examine):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann")
    enrol(council, "rita", "requester", "approver")
    council.look(name, "rita")
    with council.app.engine.begin() as connection, pytest.raises(Refused, match="asked for"):
        review.approve(connection, name, council.keys["rita"], council.now)
    assert examine(name).approvers == ("ann",)


def test_one_key_is_one_person_in_every_version(council):
    one_key = keys.key_text(council.keys["rita"].public_key())
    with council.app.engine.begin() as connection, pytest.raises(Exception, match="one key"):
        keyring.enrol(connection, Person("rex", "Rex", frozenset({"approver"}), one_key))


def test_the_same_person_cannot_approve_twice(council, examine):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann")
    with council.app.engine.begin() as connection:
        row = dict(connection.execute(
            sa.select(signature).where(signature.c.purpose == "approve-batch")
        ).mappings().one())  # fmt: skip
        connection.execute(signature.insert().values({**row, "id": None, "person": "omar"}))
    assert examine(name).approvers == ("ann",)


def test_an_approval_of_another_batch_does_not_count_even_for_the_same_manifest(council, examine):
    one = council.add("one.txt")
    first = council.approved(one)
    with council.app.engine.begin() as connection:
        review.reject(connection, first, council.keys["ann"], "not now", council.now)
    second = council.propose(one).batch
    assert second != first
    with council.app.engine.begin() as connection:
        rows = connection.execute(
            sa.select(signature).where(signature.c.purpose == "approve-batch")
        ).mappings().all()  # fmt: skip
        for row in rows:
            connection.execute(signature.insert().values({**row, "id": None, "subject": second}))
    assert examine(second).approvers == ()


@pytest.mark.parametrize(
    "changed",
    [{"expires": "2036-01-01T00:00:00Z"}, {"hold_epoch": 7}],
)
def test_terms_that_differ_from_what_was_signed_void_request_and_approvals(
    council, examine, changed
):
    name = council.approved(council.add("one.txt"))
    change(council, batch, **changed)
    assert len(examine(name).missing) == 2


@pytest.mark.parametrize("changed", [{"root": "00" * 32}, {"policy": "00" * 32}])
def test_a_batch_that_does_not_fit_its_manifest_is_an_integrity_error(council, examine, changed):
    name = council.approved(council.add("one.txt"))
    change(council, batch, **changed)
    with pytest.raises(IntegrityError, match="not the one it was proposed with"):
        examine(name)


def test_an_item_slipped_in_or_taken_out_is_an_integrity_error(council, examine):
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(batch_item.delete().where(batch_item.c.number == 1))
    with pytest.raises(IntegrityError):
        examine(name)


def test_an_expired_approval_is_refused_with_its_day(council, require):
    name = council.approved(council.add("one.txt"))
    council.now = council.now.replace(year=2027)
    with pytest.raises(Refused, match="expired on 2026-12-23"):
        require(name)


def test_a_rejection_after_approval_ends_it(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        review.reject(connection, name, council.keys["omar"], "second thoughts", council.now)
    assert examine(name).missing == ("rejected by omar",)


def test_the_two_who_adopted_the_schedule_cannot_be_the_two_who_approve(council, examine):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann", "sol")
    assert examine(name).missing == ("the two approvers are the two who put the schedule in force",)


def test_giving_up_the_role_of_adopter_does_not_undo_that_one_adopted(council, examine):
    enrol(council, "ann", "approver")
    enrol(council, "sol", "approver")
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann", "sol")
    assert examine(name).missing == ("the two approvers are the two who put the schedule in force",)


def test_an_adopter_who_has_left_still_adopted(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        keyring.revoke(connection, "sol")
        sign(council, connection)
    assert examine(name).missing == ()


def test_a_schedule_marked_as_adopted_without_signatures_is_none(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(signature.delete().where(signature.c.purpose == "adopt-schedule"))
    assert examine(name).missing == ("the schedule in force was not adopted by two people",)


def test_an_adoption_with_a_forged_signature_is_none(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(
            signature.update()
            .where(signature.c.purpose == "adopt-schedule", signature.c.person == "sol")
            .values(signature="AAAA")
        )
    assert examine(name).missing == ("the schedule in force was not adopted by two people",)


def test_a_schedule_edited_after_adoption_counts_for_nothing(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        document = connection.scalar(sa.select(schedule.c.document).order_by(schedule.c.id.desc()))
        document["classes"][0]["period"] = "P1Y"
        connection.execute(schedule.update().values(document=document))
    assert examine(name).missing == ("the schedule in force was not adopted by two people",)


def test_a_class_added_to_what_was_adopted_counts_for_nothing(council, examine):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(signature.delete().where(signature.c.purpose == "adopt-schedule"))
        number = schedules.number_in_force(connection)
        fewer = replace(schedules.in_force(connection), adopted=frozenset({"FIN-1"}))
        for person in ("ann", "sol"):
            said = adoption.said_of(number, fewer, person)
            signed = statement.sign(council.keys[person], said, council.now)
            signatures.store(connection, keyring.active(connection), signed, council.now)
    assert examine(name).missing == ("the schedule in force was not adopted by two people",)


def test_the_two_who_signed_a_schedule_that_one_of_them_could_not_put_in_force_do_not_approve_both(
    council, examine
):
    """The checker, which has the evidence alone, takes them for its adopters."""
    name = council.propose(council.add("one.txt")).batch
    with council.app.engine.begin() as connection:
        next_one = replace(schedules.in_force(connection), version="2")
        schedules.store_draft(connection, next_one, council.now)
        adopt.adopt(connection, council.keys["sol"], council.now)
    enrol(council, "sol", "approver")
    enrol(council, "omar", "approver", "adopter")
    with council.app.engine.begin() as connection:
        assert adopt.adopt(connection, council.keys["omar"], council.now) == (False, ["omar"])
        assert schedules.in_force(connection).version == "1"
        assert adoption.adopters(connection) == {"ann", "sol"}
        assert adoption.latest_signers(connection) == {"omar", "sol"}
    council.approve(name, "omar", "sol")
    assert examine(name).missing == ("the two approvers are the two who put the schedule in force",)


def test_an_answer_that_was_taken_out_of_the_register_is_missed(council, require):
    """It may have kept an item: what the log saw come in must be there to be judged."""
    name = council.propose(council.add("a/one.txt"), council.add("b/two.txt")).batch
    council.answer(name, {b"a": Answer("reject", "wanted")}, "sol")
    council.approve(name)
    require(name)
    with council.app.engine.begin() as connection:
        connection.execute(signature.delete().where(signature.c.purpose == "answer-batch"))
    with pytest.raises(IntegrityError, match="not those that the log saw"):
        require(name)


@pytest.mark.parametrize("damage", [{}, {"signature": "not base64"}])
def test_a_signature_that_the_log_never_saw_counts_for_nothing(council, require, damage):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann")
    with council.app.engine.begin() as connection:
        (ann,) = signatures.load(connection, "approve-batch", name)
        said = statement.Statement("approve-batch", name, "omar", statement.read(ann).content)
        slipped = statement.sign(council.keys["omar"], said, council.now)
        signatures.insert(connection, slipped, said, council.now)
        row = {"purpose": "delegate", "subject": "x", "person": "x", "signed": "x"}
        if damage:
            connection.execute(signature.insert().values(statement="x", **row, **damage))
    with pytest.raises(IntegrityError, match="not those that the log saw"):
        require(name)
