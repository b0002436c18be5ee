import pytest
import sqlalchemy as sa

from retention_agent.audit import keyring, log, signatures, statement
from retention_agent.audit.people import assent
from retention_agent.audit.statement import Statement
from retention_agent.errors import Refused
from retention_agent.register.tables import log_leaf, signature


@pytest.fixture
def founded(connection, council):
    council.found(connection)
    return connection


def approvals(connection):
    return signatures.accepted(connection, keyring.active(connection), "approve-batch", "B1")


def signed_by(council, name, said):
    return statement.sign(council.keys[name], said, council.now)


def insert(connection, signed, **row):
    said = statement.read(signed)
    values = {"purpose": said.purpose, "subject": said.subject, "person": said.person, **row}
    connection.execute(
        sa.insert(signature).values(
            statement=signed.text, signature=signed.signature, signed="", **values
        )
    )


def test_a_stored_statement_counts_and_is_found_again(founded, council):
    signed = council.say(founded, "ada", "approve-batch", "B1", {"root": "ab"})
    council.say(founded, "ada", "approve-batch", "B2")
    assert [said.person for said in approvals(founded)] == ["ada"]
    assert signatures.load(founded, "approve-batch", "B1") == [signed]


def test_its_coming_in_is_logged_without_a_name(founded, council):
    council.say(founded, "ada", "approve-batch", "B1")
    last = founded.execute(sa.select(log_leaf.c.leaf).order_by(sa.desc("number")).limit(1)).scalar()
    assert '"type":"digital signature generation"' in last
    assert "ada" not in last
    assert log.size(founded) == 2


def test_a_statement_that_does_not_count_is_not_stored(founded, council):
    with pytest.raises(Refused, match="rita is not approver"):
        council.say(founded, "rita", "approve-batch", "B1")
    assert founded.execute(sa.select(signature).where(signature.c.purpose != "keyring")).all() == []


def test_nobody_states_the_same_twice(founded, council):
    council.say(founded, "ada", "approve-batch", "B1")
    with pytest.raises(Refused, match="ada has already signed approve-batch of B1"):
        council.say(founded, "ada", "approve-batch", "B1")


def test_a_row_written_with_sql_proves_nothing(founded, council):
    said = Statement("approve-batch", "B1", "ada", {})
    insert(founded, signed_by(council, "amy", said))
    assert approvals(founded) == []
    (examined,) = signatures.examine(founded, keyring.active(founded), "approve-batch", "B1")
    assert "is not ada's" in examined.problem


def test_a_genuine_statement_filed_under_another_batch_or_person_does_not_count(founded, council):
    for name, row in (("ada", {"subject": "B1"}), ("amy", {"subject": "B1", "person": "abe"})):
        said = Statement("approve-batch", "B7", name, {})
        insert(founded, signed_by(council, name, said), **row)
    assert approvals(founded) == []


def test_a_genuine_rejection_filed_as_an_approval_does_not_count(founded, council):
    said = Statement("reject-batch", "B1", "ada", {})
    insert(founded, signed_by(council, "ada", said), purpose="approve-batch")
    assert approvals(founded) == []


def test_a_row_that_is_no_statement_does_not_count(founded):
    founded.execute(
        sa.insert(signature).values(
            purpose="approve-batch",
            subject="B1",
            person="ada",
            statement="yes",
            signature="yes",
            signed="",
        )
    )
    assert approvals(founded) == []


def test_revoking_a_person_makes_what_they_signed_count_no_more(founded, council):
    council.say(founded, "ada", "approve-batch", "B1")
    council.say(founded, "amy", "approve-batch", "B1")
    council.revise(founded)
    assert [said.person for said in approvals(founded)] == ["amy"]


def test_assent_to_a_keyring_is_not_taken_for_anything_else(founded, council):
    said = assent(keyring.active(founded), "ada")
    insert(founded, signed_by(council, "ada", said), purpose="approve-batch", subject="B1")
    assert approvals(founded) == []
