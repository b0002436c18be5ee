import base64
import dataclasses
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import canonical, people, statement
from retention_agent.audit.statement import BadStatement, Signed, Statement

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
SAID = Statement("approve-batch", "B1", "ada", {"root": "ab", "size": 3})
SIGNED = statement.sign(KEY, SAID, NOW)


def resigned(text: str) -> Signed:
    signature = KEY.sign(b"retention-agent/statement/v1\n" + text.encode())
    return Signed(text, base64.b64encode(signature).decode())


def test_a_signed_statement_verifies_and_says_what_was_signed_and_when():
    expected = dataclasses.replace(SAID, signed="2026-05-01T09:00:00Z")
    assert statement.verify(PUBLIC, SIGNED) == expected


def test_each_purpose_has_a_meaning_and_a_role_that_exists():
    for purpose in statement.PURPOSES.values():
        assert purpose.meaning.endswith(".")
        assert purpose.role is None or purpose.role in people.ROLES


def test_an_unknown_purpose_cannot_be_signed():
    with pytest.raises(BadStatement, match="'destroy-all' is not a purpose"):
        statement.sign(KEY, dataclasses.replace(SAID, purpose="destroy-all"), NOW)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("approve-batch", "request-batch"),
        ('"B1"', '"B2"'),
        ('"ada"', '"abe"'),
        ('"ab"', '"ac"'),
        ("3}", "4}"),
        ("2026-05-01", "2026-05-02"),
    ],
)
def test_no_field_can_be_changed_after_signing(old, new):
    changed = Signed(SIGNED.text.replace(old, new), SIGNED.signature)
    assert changed != SIGNED
    with pytest.raises(BadStatement, match="is not"):
        statement.verify(PUBLIC, changed)


def test_a_signature_by_another_key_is_refused():
    with pytest.raises(BadStatement, match="the signature on approve-batch of B1 is not ada's"):
        statement.verify(Ed25519PrivateKey.generate().public_key(), SIGNED)


def test_a_signature_over_the_bare_text_is_no_statement():
    bare = Signed(SIGNED.text, base64.b64encode(KEY.sign(SIGNED.text.encode())).decode())
    with pytest.raises(BadStatement):
        statement.verify(PUBLIC, bare)


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "not base64", "ü", SIGNED.signature[:-1], SIGNED.signature + "\n"]
)
def test_a_malformed_signature_is_refused(signature):
    with pytest.raises(BadStatement):
        statement.verify(PUBLIC, Signed(SIGNED.text, signature))


def test_a_signature_in_another_spelling_of_base64_is_refused():
    # 64 bytes leave four unused bits in the last character but one
    last = SIGNED.signature[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(last) | 1]
    assert other != last
    with pytest.raises(BadStatement, match="usual spelling"):
        statement.verify(PUBLIC, Signed(SIGNED.text, SIGNED.signature[:-3] + other + "=="))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        SIGNED.text + " ",
        SIGNED.text.replace('"v":1', '"v":2'),
        SIGNED.text.replace('"v":1', '"v":true'),
        SIGNED.text.replace('"v":1', '"v":1,"w":1'),
        SIGNED.text.replace('"ada"', "7"),
        SIGNED.text.replace("approve-batch", "destroy-all"),
    ],
)
def test_what_is_not_a_statement_is_refused_though_signed(text):
    with pytest.raises(BadStatement):
        statement.verify(PUBLIC, resigned(text))


def test_a_statement_in_a_certificate_is_the_statement_that_was_signed():
    document = SIGNED.document()
    assert canonical.dumps(document["statement"]).decode() == SIGNED.text
    assert statement.from_document(document) == SIGNED


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {"statement": {}},
        {"statement": "x", "signature": "y"},
        SIGNED.document() | {"x": 1},
    ],
)
def test_a_malformed_statement_in_a_certificate_is_refused(document):
    with pytest.raises(BadStatement, match="expected an object"):
        statement.from_document(document)
