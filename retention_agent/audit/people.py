"""Who may sign what: the keyring as a document, and the chain of its versions.

* A version lists people with their roles and public keys; one person has one key, one key one
  person. A version can be judged by its text alone.
* Version 1 is in force when two of its own people have signed it; every later version when two
  people of the version before have (the threshold rule of The Update Framework, section 5.3).
* Whether a statement counts is asked of one version: the signer must be in it, in the role that
  the purpose demands, and the signature must be by that key.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from retention_agent.audit import canonical, statement
from retention_agent.audit.statement import PURPOSES, BadStatement, Signed, Statement

ROLES: Mapping[str, str] = {
    "requester": "Proposes batches of records for disposal.",
    "approver": "Approves or rejects batches, and takes items out of them.",
    "adopter": "Puts a retention schedule in force.",
    "hold-officer": "Releases holds.",
    "information-officer": "Answers information requests; may be shown what others are not.",
    "auditor": "Reads all evidence; signs nothing.",
}
SIGNATURES_NEEDED = 2
KEY_BYTES = 32
PERSON_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class KeyringBroken(ValueError):
    """A version is malformed, or the chain of signatures does not hold."""


class NotAccepted(ValueError):
    """A statement that does not count under this version of the keyring."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign."""

    id: str
    name: str
    roles: frozenset[str]
    key: str
    """base64 of the 32-byte Ed25519 public key"""


@dataclass(frozen=True, slots=True)
class Keyring:
    """One version of the list of people."""

    version: int
    people: Mapping[str, Person]

    @property
    def document(self) -> str:
        """The canonical text, which is what people sign the digest of."""
        people = [
            {"id": one.id, "name": one.name, "roles": sorted(one.roles), "key": one.key}
            for _, one in sorted(self.people.items())
        ]
        return canonical.dumps({"version": self.version, "people": people}).decode()

    @property
    def digest(self) -> str:
        """SHA-256 of the document, in hex."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def accept(self, signed: Signed) -> Statement:
        """The statement, if its signer may make it under this version.

        Raises:
            NotAccepted: unknown person, wrong role, wrong key, or not a statement.
        """
        try:
            claimed = statement.read(signed)
            person = self._signer(claimed)
            return statement.verify(public_key(person.key), signed)
        except BadStatement as error:
            raise NotAccepted(str(error)) from error

    def holder_of(self, key: Ed25519PublicKey) -> Person | None:
        """The person whose key this is."""
        text = base64.b64encode(key.public_bytes_raw()).decode()
        return next((one for one in self.people.values() if one.key == text), None)

    def _signer(self, claimed: Statement) -> Person:
        person = self.people.get(claimed.person)
        if person is None:
            raise NotAccepted(f"{claimed.person} is not in version {self.version} of the keyring")
        role = PURPOSES[claimed.purpose].role
        if role is not None and role not in person.roles:
            raise NotAccepted(f"{claimed.person} is not {role}, which {claimed.purpose} needs")
        return person


@dataclass(frozen=True, slots=True)
class Entry:
    """A version as stored: its text and the signatures under it."""

    document: str
    signatures: tuple[Signed, ...]


def make_keyring(version: int, people: Iterable[Person]) -> Keyring:
    """A version from its people.

    Raises:
        KeyringBroken: nobody, two people with one id or one key, unknown role, bad key.
    """
    listed = list(people)
    for person in listed:
        _check(person)
    for what, values in (
        ("id", [one.id for one in listed]),
        ("key", [one.key for one in listed]),
    ):
        if twice := {value for value in values if values.count(value) > 1}:
            raise KeyringBroken(f"two people with one {what}: {', '.join(sorted(twice))}")
    if not listed:
        raise KeyringBroken("a keyring without people: nobody could ever sign anything")
    return Keyring(version, {one.id: one for one in listed})


def read_keyring(document: str) -> Keyring:
    """The version in a stored document.

    Raises:
        KeyringBroken: not the canonical text of a keyring.
    """
    try:
        value = canonical.loads(document)
    except canonical.NotCanonical as error:
        raise KeyringBroken(f"the keyring is {error}") from error
    match value:
        case {"version": int(version), "people": list(people)}:
            keyring = make_keyring(int(version), [_person(one) for one in people])
        case _:
            raise KeyringBroken("a keyring has a version and people")
    if keyring.document != document:
        raise KeyringBroken("the keyring's people, their roles or fields are out of order")
    return keyring


def chain(entries: Sequence[Entry]) -> list[Keyring]:
    """The versions in force, oldest first; a last one still short of signatures is left out.

    Raises:
        KeyringBroken: a gap in the numbers, a signature that does not fit, too few signatures.
    """
    in_force: list[Keyring] = []
    for number, entry in enumerate(entries, 1):
        keyring = read_keyring(entry.document)
        if keyring.version != number:
            raise KeyringBroken(f"version {number} of the keyring is numbered {keyring.version}")
        judge = in_force[-1] if in_force else keyring
        signers = {_signer_of(keyring, judge, signed) for signed in entry.signatures}
        if len(signers) >= SIGNATURES_NEEDED and len(keyring.people) >= SIGNATURES_NEEDED:
            in_force.append(keyring)
        elif number < len(entries):
            raise KeyringBroken(
                f"version {number} of the keyring has {len(signers)} of {SIGNATURES_NEEDED} "
                "signatures, yet a later version follows"
            )
    return in_force


def assent(keyring: Keyring, person: str) -> Statement:
    """What a person signs to put a version in force."""
    return Statement("keyring", subject_of(keyring), person, {"digest": keyring.digest})


def subject_of(keyring: Keyring) -> str:
    """How statements and events name a version."""
    return f"keyring:{keyring.version}"


def public_key(text: str) -> Ed25519PublicKey:
    """The key in a keyring's base64."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text))


def _signer_of(keyring: Keyring, judge: Keyring, signed: Signed) -> str:
    try:
        accepted = judge.accept(signed)
    except NotAccepted as error:
        raise KeyringBroken(f"version {keyring.version} of the keyring: {error}") from error
    expected = assent(keyring, accepted.person)
    if (accepted.purpose, accepted.subject, accepted.content) != (
        expected.purpose,
        expected.subject,
        expected.content,
    ):
        raise KeyringBroken(
            f"{accepted.person} signed something else than version {keyring.version} of the keyring"
        )
    return accepted.person


def _person(value: object) -> Person:
    match value:
        case {"id": str(one), "name": str(name), "roles": list(roles), "key": str(key)}:
            return Person(one, name, frozenset(map(str, roles)), key)
        case _:
            raise KeyringBroken("each person of a keyring has an id, a name, roles and a key")


def _check(person: Person) -> None:
    if not PERSON_ID.fullmatch(person.id):
        raise KeyringBroken(
            f"{person.id!r} cannot be a person's id: lower-case letters, digits, `.`, `_`, `-`"
        )
    if not person.name.strip():
        raise KeyringBroken(f"{person.id} has no name")
    if unknown := person.roles - ROLES.keys():
        raise KeyringBroken(
            f"{person.id}: unknown role {', '.join(sorted(unknown))}; roles are {', '.join(ROLES)}"
        )
    try:
        raw = base64.b64decode(person.key.encode(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES or base64.b64encode(raw).decode() != person.key:
        raise KeyringBroken(f"{person.id}: the key is not base64 of 32 bytes")
