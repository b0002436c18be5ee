"""The keyring in the register: drafts, signatures, and which version is in force.

* A new version begins as a draft. It comes into force when two people of the version before (for
  version 1: of itself) have signed it, and that is logged with its digest.
* Which version is in force is worked out from the signatures, along the whole chain, every time:
  the `active` column is for display. If the log has seen a version come into force that the
  chain no longer shows, somebody has undone it, and nothing may rely on the keyring.
* Leaving a person out of the next version revokes their key: nothing they signed counts under it.
"""

import json
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import log, people, signatures, statement
from retention_agent.audit.event import Event
from retention_agent.audit.people import (
    Entry,
    Keyring,
    KeyringBroken,
    NotAccepted,
    Person,
    assent,
    subject_of,
)
from retention_agent.audit.statement import Signed
from retention_agent.errors import IntegrityError, NotFound, Refused, UsageError
from retention_agent.register.tables import keyring as keyring_table
from retention_agent.register.tables import keyring_leaves, log_leaf
from retention_agent.register.tables import signature as signature_table

ACTIVATION = "keyring activation"


def active(connection: sa.Connection) -> Keyring:
    """The version in force, every signature of the chain verified.

    Raises:
        IntegrityError: the chain is broken, or a version that was in force is no longer shown so.
        NotFound: no version is in force yet.
    """
    in_force = _in_force(connection)
    if not in_force:
        raise NotFound(
            "no keyring is in force: nobody can request or approve anything",
            "Have two people sign version 1: retention person sign --key FILE.",
        )
    return in_force[-1]


def pending(connection: sa.Connection) -> Keyring | None:
    """The draft that waits for signatures, if there is one."""
    versions = entries(connection)
    if len(versions) == len(_in_force(connection)):
        return None
    return people.read_keyring(versions[-1].document)


def draft(connection: sa.Connection, members: Iterable[Person]) -> Keyring:
    """Begin the next version with just these people; replaces a draft begun before.

    Raises:
        UsageError: the list cannot be a keyring; the message says why.
        IntegrityError: the chain so far is broken.
    """
    in_force = _in_force(connection)
    try:
        made = people.make_keyring(len(in_force) + 1, members)
    except KeyringBroken as error:
        raise UsageError(str(error)) from error
    connection.execute(
        sa.delete(signature_table).where(signature_table.c.subject == subject_of(made))
    )
    connection.execute(sa.delete(keyring_table).where(keyring_table.c.version >= made.version))
    connection.execute(
        sa.insert(keyring_table).values(version=made.version, document=made.document, active=False)
    )
    return made


def enrol(connection: sa.Connection, person: Person) -> Keyring:
    """Begin the next version with one more person, or with another key or role of theirs."""
    others = [one for one in _latest(connection) if one.id != person.id]
    return draft(connection, [*others, person])


def revoke(connection: sa.Connection, person: str) -> Keyring:
    """Begin the next version without one person.

    Raises:
        NotFound: the keyring has no such person.
    """
    members = _latest(connection)
    if person not in {one.id for one in members}:
        known = ", ".join(one.id for one in members)
        raise NotFound(f"{person} is not in the keyring; it has {known}")
    return draft(connection, [one for one in members if one.id != person])


def sign(connection: sa.Connection, private_key: Ed25519PrivateKey, now: datetime) -> bool:
    """Sign the draft with a key held here; is it now in force?

    Raises:
        Refused: the key is nobody's who may sign this version, or has signed it already.
        NotFound: there is no draft.
    """
    judge = _judge(connection)
    person = judge.holder_of(private_key.public_key())
    if person is None:
        raise Refused(f"this key is nobody's in version {judge.version} of the keyring")
    assented = assent(_draft(connection), person.id)
    return take_in(connection, statement.sign(private_key, assented, now), now)


def take_in(connection: sa.Connection, signed: Signed, now: datetime) -> bool:
    """Take in a signature on the draft that was made elsewhere; is the draft now in force?

    Raises:
        Refused: it does not fit the draft, or its signer may not sign this version.
        NotFound: there is no draft.
    """
    waiting = _draft(connection)
    if len(waiting.people) < people.SIGNATURES_NEEDED:
        raise Refused("a keyring needs two people: nobody could ever sign the version after it")
    try:
        accepted = _judge(connection).accept(signed)
    except NotAccepted as error:
        raise Refused(f"the signature is refused: {error}") from error
    if (accepted.purpose, accepted.subject, accepted.content) != (
        "keyring",
        subject_of(waiting),
        {"digest": waiting.digest},
    ):
        raise Refused(f"{accepted.person} signed something else than the present draft")
    signatures.insert(connection, signed, accepted, now)
    in_force = people.chain(entries(connection))
    if len(in_force) < waiting.version:
        return False
    _activate(connection, waiting, now)
    return True


def entries(connection: sa.Connection) -> list[Entry]:
    """Every stored version with the signatures under it, unverified."""
    rows = connection.execute(sa.select(keyring_table).order_by(keyring_table.c.version)).all()
    return [
        Entry(
            row.document,
            tuple(signatures.load(connection, "keyring", f"keyring:{row.version}")),
        )
        for row in rows
    ]


def activations(connection: sa.Connection) -> dict[int, str]:
    """What the log says came into force: the digest of each version.

    Raises:
        IntegrityError: an entry of the log is not in the form it was written in.
    """
    rows = connection.execute(
        sa.select(log_leaf.c.leaf).where(keyring_leaves).order_by(log_leaf.c.number)
    )
    try:
        leaves = [json.loads(leaf) for (leaf,) in rows]
        return {
            leaf["facts"]["version"]: leaf["facts"]["digest"]
            for leaf in leaves
            if leaf["type"] == ACTIVATION
        }
    except (ValueError, KeyError, TypeError) as error:
        raise _broken("a log entry about it cannot be read") from error


def _in_force(connection: sa.Connection) -> list[Keyring]:
    try:
        in_force = people.chain(entries(connection))
    except KeyringBroken as error:
        raise _broken(str(error)) from error
    shown = {one.version: one.digest for one in in_force}
    if shown != activations(connection):
        raise _broken("the log saw other versions come into force than the keyring shows")
    return in_force


def _broken(why: str) -> IntegrityError:
    return IntegrityError(
        f"the keyring does not add up: {why}",
        "Nothing signed can be relied on. Restore the state folder from a backup and have the "
        "log verified.",
    )


def _latest(connection: sa.Connection) -> list[Person]:
    """The people of the draft, else of the version in force; nobody before the first draft."""
    waiting = pending(connection)
    versions = [waiting] if waiting else _in_force(connection)[-1:]
    return [person for version in versions for person in version.people.values()]


def _draft(connection: sa.Connection) -> Keyring:
    waiting = pending(connection)
    if waiting is None:
        raise NotFound("no draft of the keyring waits for signatures")
    return waiting


def _judge(connection: sa.Connection) -> Keyring:
    """The version whose people must sign the draft."""
    in_force = _in_force(connection)
    return in_force[-1] if in_force else _draft(connection)


def _activate(connection: sa.Connection, keyring: Keyring, now: datetime) -> None:
    connection.execute(
        sa.update(keyring_table)
        .where(keyring_table.c.version == keyring.version)
        .values(active=True)
    )
    event = Event(
        ACTIVATION,
        subject_of(keyring),
        facts={"version": keyring.version, "digest": keyring.digest},
    )
    log.append(connection, event, now)
