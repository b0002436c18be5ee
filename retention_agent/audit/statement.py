"""What people sign: canonical statements, each for one purpose, each bound to its subject.

* The signature covers `retention-agent/statement/v1`, a newline and the canonical JSON of
  `{"content","person","purpose","signed","subject","v"}`, so a signature made here can stand for
  nothing else, and one purpose cannot be passed off as another.
* The private key stays with the person; only the text and the signature travel.
* A good signature shows that this key signed this text. Whose key it is, and what that person
  may do, is for the keyring to say (`people`).

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from retention_agent.audit import canonical

DOMAIN = b"retention-agent/statement/v1\n"
STATEMENT_VERSION = 1
_FIELDS = {
    "content": dict,
    "person": str,
    "purpose": str,
    "signed": str,
    "subject": str,
    "v": int,
}


class BadStatement(ValueError):
    """Not a statement, or the signature does not fit it."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a statement is for, and the role its signer must have (None: any person)."""

    meaning: str
    role: str | None


PURPOSES: Mapping[str, Purpose] = {
    "keyring": Purpose(
        "Puts a version of the keyring in force. Subject `keyring:<version>`, content `digest`.",
        None,
    ),
    "adopt-schedule": Purpose(
        "Puts a retention schedule in force. Subject `schedule:<number>`, content `digest`, "
        "`version`, `codes`.",
        "adopter",
    ),
    "request-batch": Purpose(
        "Asks for the disposal of a batch. Subject: the batch; content `root`, `policy`, "
        "`hold_epoch`, `expires`, `size`.",
        "requester",
    ),
    "approve-batch": Purpose(
        "Approves exactly what was requested: same subject, same content.", "approver"
    ),
    "reject-batch": Purpose("Rejects a batch; nothing of it may be destroyed.", "approver"),
    "exclude-item": Purpose(
        "Keeps one item out of a batch. Subject `<batch>/<number>`.", "approver"
    ),
    "answer-batch": Purpose(
        "Answers for items, folders or all of a batch. Subject `<batch>/answer-<n>`; content "
        "`terms` as requested, and `answers`.",
        "approver",
    ),
    "review-sample": Purpose(
        "Confirms that the sample drawn from a batch was looked at.", "approver"
    ),
    "delegate": Purpose(
        "Has a colleague with the same role reminded instead while away; gives no right. "
        "Subject `<colleague>/<first day>`, content `until`, `reason`.",
        "approver",
    ),
    "release-hold": Purpose("Releases a hold; two people must sign.", "hold-officer"),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What one person says about one subject."""

    purpose: str
    subject: str
    person: str
    content: Mapping[str, object]
    signed: str = ""
    """when, as the signer says; filled in by signing"""


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement as signed: its canonical text, and the signature in base64."""

    text: str
    signature: str

    def document(self) -> dict[str, object]:
        """For a certificate: the statement as an object, beside its signature."""
        return {"statement": canonical.loads(self.text), "signature": self.signature}


def sign(private_key: Ed25519PrivateKey, statement: Statement, now: datetime) -> Signed:
    """Sign a statement; the time of signing is part of what is signed.

    Raises:
        BadStatement: the purpose is not one of `PURPOSES`.
    """
    if statement.purpose not in PURPOSES:
        raise BadStatement(f"{statement.purpose!r} is not a purpose: {', '.join(PURPOSES)}")
    text = canonical.dumps(
        {
            "v": STATEMENT_VERSION,
            "purpose": statement.purpose,
            "subject": statement.subject,
            "person": statement.person,
            "content": dict(statement.content),
            "signed": canonical.instant(now),
        }
    )
    return Signed(text.decode(), base64.b64encode(private_key.sign(DOMAIN + text)).decode())


def from_document(document: object) -> Signed:
    """The signed statement in a certificate's `{"statement","signature"}`.

    Raises:
        BadStatement: it is not of that shape.
    """
    match document:
        case {"statement": dict(statement), "signature": str(signature), **rest} if not rest:
            return Signed(canonical.dumps(statement).decode(), signature)
        case _:
            raise BadStatement("expected an object with just `statement` and `signature`")


def read(signed: Signed) -> Statement:
    """The statement in a signed text, without looking at the signature.

    Raises:
        BadStatement: the text is not a canonical statement of a known purpose.
    """
    try:
        fields = canonical.loads(signed.text)
    except canonical.NotCanonical as error:
        raise BadStatement(f"the statement is {error}") from error
    if not isinstance(fields, dict) or {key: type(fields[key]) for key in fields} != _FIELDS:
        raise BadStatement("the text does not have the fields of a statement")
    if fields.pop("v") != STATEMENT_VERSION or fields["purpose"] not in PURPOSES:
        raise BadStatement(f"not a statement of this version for a known purpose: {signed.text}")
    return Statement(**fields)


def verify(public_key: Ed25519PublicKey, signed: Signed) -> Statement:
    """The statement, once the signature was found to be this key's.

    Raises:
        BadStatement: not a statement, or the signature does not fit.
    """
    statement = read(signed)
    try:
        public_key.verify(signature_bytes(signed), DOMAIN + signed.text.encode())
    except InvalidSignature as error:
        raise BadStatement(
            f"the signature on {statement.purpose} of {statement.subject} "
            f"is not {statement.person}'s"
        ) from error
    return statement


def signature_bytes(signed: Signed) -> bytes:
    """The signature as bytes.

    Raises:
        BadStatement: it is not base64 in its usual spelling.
    """
    try:
        raw = base64.b64decode(signed.signature.encode(), validate=True)
    except ValueError as error:
        raise BadStatement("the signature is not base64") from error
    if base64.b64encode(raw).decode() != signed.signature:
        raise BadStatement("the signature is not base64 in its usual spelling")
    return raw


def fingerprint(signed: Signed) -> str:
    """How the log names a signature: SHA-256 of its bytes, in hex.

    Raises:
        BadStatement: the signature is not base64.
    """
    return hashlib.sha256(signature_bytes(signed)).hexdigest()
