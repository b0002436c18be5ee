import dataclasses

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import keyring, keys, log, people, statement
from retention_agent.audit.event import Event
from retention_agent.audit.people import Person
from retention_agent.audit.statement import Statement
from retention_agent.errors import IntegrityError, NotFound, Refused, UsageError
from retention_agent.register import tables


@pytest.fixture
def founded(connection, council):
    council.found(connection)
    return connection


def eve() -> tuple[Person, Ed25519PrivateKey]:
    key = Ed25519PrivateKey.generate()
    roles = frozenset(people.ROLES)
    return Person("eve", "Eve", roles, keys.key_text(key.public_key())), key


def test_before_two_people_have_signed_there_is_no_keyring(connection, council):
    with pytest.raises(NotFound, match="no keyring is in force"):
        keyring.active(connection)
    keyring.draft(connection, [council.person(name) for name in council.keys])
    assert keyring.sign(connection, council.keys["rita"], council.now) is False
    with pytest.raises(NotFound):
        keyring.active(connection)
    assert keyring.sign(connection, council.keys["ada"], council.now) is True
    assert keyring.active(connection).version == 1


def test_an_activation_is_logged_with_the_version_and_digest(founded):
    assert keyring.activations(founded) == {1: keyring.active(founded).digest}


def test_a_person_cannot_sign_a_draft_twice(connection, council):
    keyring.draft(connection, [council.person(name) for name in council.keys])
    keyring.sign(connection, council.keys["rita"], council.now)
    with pytest.raises(Refused, match="rita has already signed"):
        keyring.sign(connection, council.keys["rita"], council.now)


def test_somebody_outside_the_keyring_cannot_sign(founded, council):
    newcomer, key = eve()
    keyring.enrol(founded, newcomer)
    with pytest.raises(Refused, match="nobody's in version 1"):
        keyring.sign(founded, key, council.now)


def test_a_signature_made_elsewhere_is_taken_in(founded, council):
    newcomer, _ = eve()
    draft = keyring.enrol(founded, newcomer)
    assert keyring.pending(founded) == draft
    for name, in_force in (("abe", False), ("amy", True)):
        signed = statement.sign(council.keys[name], people.assent(draft, name), council.now)
        assert keyring.take_in(founded, signed, council.now) is in_force
    assert keyring.pending(founded) is None
    assert "eve" in keyring.active(founded).people


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"purpose": "approve-batch"}, "something else"),
        ({"subject": "keyring:1"}, "something else"),
        ({"content": {"digest": "00"}}, "something else"),
        ({"person": "eve"}, "refused: eve is not in version 1"),
    ],
)
def test_a_signature_over_anything_but_the_draft_is_refused(founded, council, change, why):
    newcomer, _ = eve()
    said = dataclasses.replace(people.assent(keyring.enrol(founded, newcomer), "abe"), **change)
    signed = statement.sign(council.keys["abe"], said, council.now)
    with pytest.raises(Refused, match=why):
        keyring.take_in(founded, signed, council.now)


def test_signing_without_a_draft_is_refused(founded, council):
    with pytest.raises(NotFound, match="no draft"):
        keyring.sign(founded, council.keys["abe"], council.now)
    signed = statement.sign(
        council.keys["abe"], Statement("keyring", "keyring:2", "abe", {}), council.now
    )
    with pytest.raises(NotFound, match="no draft"):
        keyring.take_in(founded, signed, council.now)


def test_signing_before_anything_was_drafted_is_refused(connection, council):
    with pytest.raises(NotFound, match="no draft"):
        keyring.sign(connection, council.keys["abe"], council.now)


def test_a_new_draft_replaces_the_one_before_and_its_signatures(founded, council):
    newcomer, _ = eve()
    keyring.enrol(founded, newcomer)
    keyring.sign(founded, council.keys["abe"], council.now)
    draft = keyring.revoke(founded, "ada")
    assert "eve" in draft.people, "the draft builds on the one before"
    assert keyring.sign(founded, council.keys["abe"], council.now) is False
    assert keyring.sign(founded, council.keys["amy"], council.now) is True
    assert set(keyring.active(founded).people) == {"rita", "abe", "amy", "olga", "eve"}


def test_enrolling_somebody_again_changes_their_key(founded):
    newcomer, _ = eve()
    changed = dataclasses.replace(newcomer, id="ada")
    draft = keyring.enrol(founded, changed)
    assert draft.people["ada"].key == newcomer.key


def test_a_person_who_is_not_there_cannot_be_revoked(founded):
    with pytest.raises(NotFound, match=r"eve is not in the keyring; it has abe, ada"):
        keyring.revoke(founded, "eve")


def test_a_list_that_cannot_be_a_keyring_is_refused_with_the_reason(founded, council):
    twin = dataclasses.replace(council.person("ada"), id="twin")
    with pytest.raises(UsageError, match="two people with one key"):
        keyring.enrol(founded, twin)


def test_marking_a_draft_active_in_the_database_changes_nothing(founded):
    newcomer, _ = eve()
    keyring.enrol(founded, newcomer)
    founded.execute(sa.update(tables.keyring).values(active=True))
    assert "eve" not in keyring.active(founded).people


def test_a_changed_document_breaks_the_keyring(founded):
    founded.execute(
        sa.update(tables.keyring).values(
            document=sa.func.replace(tables.keyring.c.document, "Amy", "Eve")
        )
    )
    with pytest.raises(IntegrityError, match="does not add up"):
        keyring.active(founded)


def test_a_forged_signature_breaks_the_keyring(founded, council):
    newcomer, key = eve()
    draft = keyring.enrol(founded, newcomer)
    forged = statement.sign(key, people.assent(draft, "abe"), council.now)
    founded.execute(
        sa.insert(tables.signature).values(
            purpose="keyring",
            subject="keyring:2",
            person="abe",
            statement=forged.text,
            signature=forged.signature,
            signed="",
        )
    )
    with pytest.raises(IntegrityError, match="is not abe's"):
        keyring.active(founded)


def test_a_version_signed_by_nobody_and_put_between_breaks_the_keyring(founded, council):
    newcomer, _ = eve()
    for version in (2, 3):
        forged = people.make_keyring(version, [newcomer, council.person("ada")])
        founded.execute(
            sa.insert(tables.keyring).values(version=version, document=forged.document, active=True)
        )
    with pytest.raises(IntegrityError, match="has 0 of 2 signatures"):
        keyring.active(founded)


def test_undoing_a_revocation_by_deleting_the_newest_version_is_found(founded, council):
    council.revise(founded)
    founded.execute(sa.delete(tables.signature).where(tables.signature.c.subject == "keyring:2"))
    with pytest.raises(IntegrityError, match="the log saw other versions come into force"):
        keyring.active(founded)
    founded.execute(sa.delete(tables.keyring).where(tables.keyring.c.version == 2))
    with pytest.raises(IntegrityError, match="the log saw other versions come into force"):
        keyring.active(founded)


def test_a_whole_new_keyring_signed_by_its_own_people_is_found(founded, council):
    (first, one), (second, other) = eve(), eve()
    forged = people.make_keyring(1, [first, dataclasses.replace(second, id="mallory")])
    founded.execute(sa.delete(tables.keyring))
    founded.execute(sa.delete(tables.signature))
    founded.execute(
        sa.insert(tables.keyring).values(version=1, document=forged.document, active=True)
    )
    for key, name in ((one, "eve"), (other, "mallory")):
        signed = statement.sign(key, people.assent(forged, name), council.now)
        founded.execute(
            sa.insert(tables.signature).values(
                purpose="keyring",
                subject="keyring:1",
                person=name,
                statement=signed.text,
                signature=signed.signature,
                signed="",
            )
        )
    with pytest.raises(IntegrityError, match="the log saw other versions come into force"):
        keyring.active(founded)


def test_a_log_entry_about_the_keyring_that_cannot_be_read_is_found(founded):
    founded.execute(sa.update(tables.log_leaf).values(leaf='{"type":"keyring activation"}'))
    with pytest.raises(IntegrityError, match="a log entry about it cannot be read"):
        keyring.active(founded)


def test_a_field_that_only_looks_like_an_activation_is_none(founded, council):
    event = Event("scan", "scan:1", facts={"type": "keyring activation"})
    log.append(founded, event, council.now)
    assert list(keyring.activations(founded)) == [1]


def test_finding_the_activations_does_not_read_the_whole_log(founded):
    query = sa.select(tables.log_leaf.c.leaf).where(tables.keyring_leaves)
    plan = founded.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "log_leaf_of_keyring" in str(plan)


def test_a_draft_of_one_person_can_be_added_to_but_not_signed(connection, council):
    keyring.draft(connection, [council.person("ada")])
    with pytest.raises(Refused, match="a keyring needs two people"):
        keyring.sign(connection, council.keys["ada"], council.now)
    keyring.enrol(connection, council.person("abe"))
    keyring.sign(connection, council.keys["ada"], council.now)
    assert keyring.sign(connection, council.keys["abe"], council.now)
