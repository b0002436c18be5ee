"""Signed statements in the register: taken in once verified, verified again at every use.

* A row proves nothing by being there: whoever can write to the database can write rows. Each is
  checked against the active keyring whenever it is read.
* Taking one in is logged with the SHA-256 of the signature, which shows nobody's name, so that a
  statement which later goes missing, or was slipped in, can be told from the log.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from retention_agent.audit import canonical, log, statement
from retention_agent.audit.answers import PURPOSES
from retention_agent.audit.event import Event
from retention_agent.audit.people import Keyring, NotAccepted
from retention_agent.audit.statement import BadStatement, Signed, Statement
from retention_agent.errors import IntegrityError, Refused
from retention_agent.register.tables import log_leaf, signature, signature_leaves

LOGGED_AS = "digital signature generation"


@dataclass(frozen=True, slots=True)
class Examined:
    """One stored statement and what became of checking it."""

    person: str
    statement: Statement | None
    """the statement, if it counts"""
    problem: str
    """why it does not count; empty if it does"""


def store(connection: sa.Connection, keyring: Keyring, signed: Signed, now: datetime) -> Statement:
    """Verify a signed statement, store it and log its coming in; in the caller's transaction.

    Raises:
        Refused: not a statement, its signer may not make it, or has made it before.
    """
    try:
        accepted = keyring.accept(signed)
    except NotAccepted as error:
        raise Refused(f"the statement is refused: {error}") from error
    insert(connection, signed, accepted, now)
    digest = statement.fingerprint(signed)
    event = Event(
        LOGGED_AS,
        f"statement:{digest[:16]}",
        facts={"purpose": accepted.purpose, "digest": digest},
        private={"person": accepted.person, "subject": accepted.subject},
    )
    log.append(connection, event, now)
    return accepted


def insert(connection: sa.Connection, signed: Signed, accepted: Statement, now: datetime) -> None:
    """Write the row of a statement that was verified, without logging it.

    Raises:
        Refused: this person has already made this statement.
    """
    same = sa.select(signature.c.id).where(
        signature.c.purpose == accepted.purpose,
        signature.c.subject == accepted.subject,
        signature.c.person == accepted.person,
    )
    if connection.execute(same).first():
        raise Refused(
            f"{accepted.person} has already signed {accepted.purpose} of {accepted.subject}"
        )
    connection.execute(
        sa.insert(signature).values(
            purpose=accepted.purpose,
            subject=accepted.subject,
            person=accepted.person,
            statement=signed.text,
            signature=signed.signature,
            signed=canonical.instant(now),
        )
    )


def require_as_logged(connection: sa.Connection) -> None:
    """Let the stored statements pass if they are just those that the log saw come in.

    Raises:
        IntegrityError: one was taken away, which may have been an answer that keeps, or slipped in.
    """
    leaves = connection.scalars(sa.select(log_leaf.c.leaf).where(signature_leaves))
    logged = {canonical.loads(leaf)["facts"]["digest"] for leaf in leaves}  # type: ignore[index]
    stored = connection.execute(
        sa.select(signature.c.statement, signature.c.signature)
        # a keyring's own are logged with the keyring
        .where(signature.c.purpose != "keyring")
    )
    try:
        there = {statement.fingerprint(Signed(*row)) for row in stored}
    except BadStatement:
        there = set()
    if there != logged:
        raise IntegrityError(
            "the signatures in the register are not those that the log saw come in",
            "Nothing was moved. Have the log verified: retention verify",
        )


def load(connection: sa.Connection, purpose: str, subject: str) -> list[Signed]:
    """The stored statements of one purpose about one subject, unverified, in order of arrival."""
    return [signed for _, signed in _rows(connection, purpose, subject)]


def load_all(connection: sa.Connection, purpose: str) -> list[Signed]:
    """The stored statements of one purpose about any subject, unverified, in order of arrival."""
    query = sa.select(signature).where(signature.c.purpose == purpose).order_by(signature.c.id)
    return [Signed(row.statement, row.signature) for row in connection.execute(query)]


def examine(
    connection: sa.Connection, keyring: Keyring, purpose: str, subject: str
) -> list[Examined]:
    """Every stored statement of one purpose about one subject, each verified here and now."""
    return [
        _examined(keyring, person, signed, (purpose, subject))
        for person, signed in _rows(connection, purpose, subject)
    ]


def accepted(
    connection: sa.Connection, keyring: Keyring, purpose: str, subject: str
) -> list[Statement]:
    """Those stored statements that count under the keyring: at most one for each person."""
    found = {
        one.statement.person: one.statement
        for one in examine(connection, keyring, purpose, subject)
        if one.statement
    }
    return list(found.values())


def subjects(connection: sa.Connection, purpose: str) -> list[str]:
    """What statements of one purpose are about, in order of arrival."""
    rows = connection.scalars(
        sa.select(signature.c.subject)
        .where(signature.c.purpose == purpose)
        .order_by(signature.c.id)
    )
    return list(dict.fromkeys(rows))


def load_answers(connection: sa.Connection, batch: str) -> list[tuple[str, str, Signed]]:
    """Purpose, subject and text of every stored answer about a batch, unverified, in order."""
    rows = connection.execute(
        sa.select(signature)
        .where(
            signature.c.purpose.in_(PURPOSES),
            # what follows the batch's name is "/" and a number; "0" comes right after "/"
            (signature.c.subject == batch)
            | ((signature.c.subject > f"{batch}/") & (signature.c.subject < f"{batch}0")),
        )
        .order_by(signature.c.id)
    )
    return [(row.purpose, row.subject, Signed(row.statement, row.signature)) for row in rows]


def _rows(connection: sa.Connection, purpose: str, subject: str) -> list[tuple[str, Signed]]:
    rows = connection.execute(
        sa.select(signature)
        .where(signature.c.purpose == purpose, signature.c.subject == subject)
        .order_by(signature.c.id)
    )
    return [(row.person, Signed(row.statement, row.signature)) for row in rows]


def _examined(keyring: Keyring, person: str, signed: Signed, filed_as: tuple[str, str]) -> Examined:
    try:
        checked = keyring.accept(signed)
    except NotAccepted as error:
        return Examined(person, None, str(error))
    if (checked.purpose, checked.subject, checked.person) != (*filed_as, person):
        return Examined(person, None, "the row files the statement under something else")
    return Examined(person, checked, "")
