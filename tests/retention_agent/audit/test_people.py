import base64
import dataclasses
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import canonical, people, statement
from retention_agent.audit.people import Entry, KeyringBroken, NotAccepted, Person
from retention_agent.audit.statement import Signed, Statement

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
KEYS = {
    name: Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32))
    for name in ("ada", "abe", "amy", "eve")
}


def text_of(key) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def person(name: str, *roles: str) -> Person:
    return Person(name, name.title(), frozenset(roles or ("approver",)), text_of(KEYS[name]))


ADA, ABE, AMY, EVE = (person(name) for name in KEYS)
ONE = people.make_keyring(1, [ADA, ABE, AMY])
TWO = people.make_keyring(2, [ABE, AMY])
THREE = people.make_keyring(3, [ABE, AMY, EVE])


def assent(name: str, keyring) -> Signed:
    return statement.sign(KEYS[name], people.assent(keyring, name), NOW)


def entry(keyring, *names: str) -> Entry:
    return Entry(keyring.document, tuple(assent(name, keyring) for name in names))


def test_a_version_is_read_back_from_its_document():
    assert people.read_keyring(ONE.document) == ONE
    assert list(people.read_keyring(ONE.document).people) == ["abe", "ada", "amy"]


def test_a_chain_in_which_two_people_of_the_version_before_sign_is_in_force():
    entries = [entry(ONE, "ada", "abe"), entry(TWO, "ada", "amy"), entry(THREE, "abe", "amy")]
    assert [each.version for each in people.chain(entries)] == [1, 2, 3]
    assert people.chain([]) == []


def test_a_last_version_short_of_signatures_is_not_in_force():
    assert people.chain([entry(ONE, "ada")]) == []
    assert people.chain([entry(ONE, "ada", "abe"), entry(TWO, "ada")]) == [ONE]


def test_a_version_short_of_signatures_cannot_be_followed():
    with pytest.raises(KeyringBroken, match="has 1 of 2 signatures, yet a later version follows"):
        people.chain([entry(ONE, "ada"), entry(TWO, "ada", "abe")])


def test_one_person_signing_twice_counts_once():
    later = statement.sign(KEYS["ada"], people.assent(ONE, "ada"), NOW.replace(hour=10))
    assert people.chain([Entry(ONE.document, (assent("ada", ONE), later))]) == []


def test_people_of_the_new_version_cannot_bring_themselves_in():
    with pytest.raises(KeyringBroken, match="eve is not in version 2"):
        people.chain(
            [entry(ONE, "ada", "abe"), entry(TWO, "ada", "abe"), entry(THREE, "abe", "eve")]
        )


def test_a_person_left_out_cannot_sign_the_version_after():
    entries = [entry(ONE, "ada", "abe"), entry(TWO, "ada", "abe"), entry(THREE, "ada", "abe")]
    with pytest.raises(KeyringBroken, match="ada is not in version 2"):
        people.chain(entries)


def test_assent_to_one_version_is_no_assent_to_another():
    other = people.make_keyring(2, [ABE, AMY, EVE])
    moved = Entry(other.document, (assent("ada", TWO), assent("abe", TWO)))
    with pytest.raises(KeyringBroken, match="ada signed something else than version 2"):
        people.chain([entry(ONE, "ada", "abe"), moved])


def test_a_statement_of_another_purpose_is_no_assent():
    said = dataclasses.replace(people.assent(ONE, "ada"), purpose="approve-batch")
    with pytest.raises(KeyringBroken, match="something else"):
        people.chain([Entry(ONE.document, (statement.sign(KEYS["ada"], said, NOW),))])


def test_versions_are_numbered_from_1_without_a_gap():
    with pytest.raises(KeyringBroken, match="version 1 of the keyring is numbered 2"):
        people.chain([entry(TWO, "abe", "amy")])


def test_one_key_belongs_to_one_person():
    twin = dataclasses.replace(ABE, key=ADA.key)
    with pytest.raises(KeyringBroken, match="two people with one key"):
        people.make_keyring(1, [ADA, twin])


def test_one_person_has_one_key():
    twice = dataclasses.replace(EVE, id="ada")
    with pytest.raises(KeyringBroken, match="two people with one id: ada"):
        people.make_keyring(1, [ADA, twice])


def test_a_keyring_of_one_can_be_begun_but_never_comes_into_force():
    alone = people.make_keyring(1, [ADA])
    assert people.chain([people.Entry(alone.document, ())]) == []
    with pytest.raises(KeyringBroken, match="nobody could ever sign anything"):
        people.make_keyring(1, [])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "Ada Lovelace"}, "cannot be a person's id"),
        ({"id": ""}, "cannot be a person's id"),
        ({"name": " "}, "has no name"),
        ({"roles": frozenset({"approver", "king"})}, "unknown role king"),
        ({"key": "AAAA"}, "not base64 of 32 bytes"),
        ({"key": "ü"}, "not base64 of 32 bytes"),
        ({"key": ADA.key[:-2] + "B="}, "not base64 of 32 bytes"),
    ],
)
def test_a_person_who_is_not_fully_described_is_refused(change, why):
    with pytest.raises(KeyringBroken, match=why):
        people.make_keyring(1, [dataclasses.replace(ADA, **change), ABE])


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        '{"people":[],"version":1}',
        '{"people":[7],"version":1}',
        ONE.document + " ",
        ONE.document.replace('"version":1', '"version":1,"x":1'),
        ONE.document.replace('"version":1', '"version":true'),
        ONE.document.replace('"version":1', '"version":"1"'),
        canonical.dumps(
            {"version": 1, "people": list(reversed(canonical.loads(ONE.document)["people"]))}
        ).decode(),
    ],
)
def test_a_document_that_is_not_a_canonical_keyring_is_refused(document):
    with pytest.raises(KeyringBroken):
        people.read_keyring(document)


def said(name: str, purpose: str) -> Signed:
    return statement.sign(KEYS[name], Statement(purpose, "B1", name, {}), NOW)


def test_a_statement_counts_if_its_signer_has_the_role():
    assert ONE.accept(said("ada", "approve-batch")).person == "ada"


def test_a_statement_by_somebody_in_another_role_does_not_count():
    with pytest.raises(NotAccepted, match="ada is not requester, which request-batch needs"):
        ONE.accept(said("ada", "request-batch"))


def test_a_statement_by_a_stranger_does_not_count():
    with pytest.raises(NotAccepted, match="eve is not in version 1"):
        ONE.accept(said("eve", "approve-batch"))


def test_a_statement_in_anothers_name_does_not_count():
    forged = statement.sign(KEYS["eve"], Statement("approve-batch", "B1", "ada", {}), NOW)
    with pytest.raises(NotAccepted, match="is not ada's"):
        ONE.accept(forged)


def test_what_is_no_statement_does_not_count():
    with pytest.raises(NotAccepted, match="not JSON"):
        ONE.accept(Signed("x", "y"))


def test_the_holder_of_a_key_is_found_by_the_key():
    assert ONE.holder_of(KEYS["amy"].public_key()) == AMY
    assert ONE.holder_of(KEYS["eve"].public_key()) is None


def test_every_role_says_what_it_may_do():
    assert all(meaning.endswith(".") for meaning in people.ROLES.values())
