"""`retention person`: who may ask, approve, adopt and release; the keyring."""

from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import keyring, keys
from retention_agent.audit.people import ROLES, Keyring, Person
from retention_agent.cli.names import PERSON
from retention_agent.cli.output import emit, say, table
from retention_agent.cli.parameters import FILE, WORDS, OneOf
from retention_agent.cli.session import Session, key_option, with_session
from retention_agent.errors import NotFound, UsageError


@click.group("person")
def command() -> None:
    """The keyring: people, roles and public keys. Every change needs two signatures.

    Roles: requester, approver, adopter, hold-officer, information-officer, auditor.
    """


@command.command("add")
@click.argument("public", type=FILE)
@click.option("--name", required=True, type=WORDS, help="The person's full name.")
@click.option("--role", "roles", required=True, multiple=True, type=OneOf(list(ROLES)))
@with_session
def add(session: Session, public: Path, name: str, roles: tuple[str, ...]) -> None:
    """Add the person of the public key file PUBLIC, or change them, in the next keyring."""
    app = session.open()
    person, key = keys.read_public_line(_public_text(public))
    member = Person(person, name, frozenset(roles), keys.key_text(key))
    with app.alone(), app.engine.begin() as connection:
        made = keyring.enrol(connection, member)
    _drafted(session, made)


@command.command("remove")
@click.argument("person", type=PERSON)
@with_session
def remove(session: Session, person: str) -> None:
    """Leave PERSON out of the next keyring; once in force, their signatures do not count."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        made = keyring.revoke(connection, person)
    _drafted(session, made)


@command.command("sign")
@key_option
@with_session
def sign(session: Session, private_key: Ed25519PrivateKey) -> None:
    """Sign the next keyring; two people of the one in force must (of the first: two of its own)."""
    app = session.open()
    with app.alone(), app.engine.begin() as connection:
        in_force = keyring.sign(connection, private_key, app.now())
    if session.as_json:
        emit({"in_force": in_force})
    else:
        say("The keyring is in force." if in_force else "Signed. One more person must sign.")


@command.command("list")
@with_session
def list_people(session: Session) -> None:
    """List the people of the keyring in force, and of the draft that waits for signatures."""
    app = session.open()
    with app.engine.begin() as connection:
        rings = [("in force", _active(connection)), ("draft", keyring.pending(connection))]
    rows: list[dict[str, Any]] = [
        {
            "keyring": label,
            "version": ring.version,
            "person": each.id,
            "name": each.name,
            "roles": sorted(each.roles),
        }
        for label, ring in rings
        if ring is not None
        for each in ring.people.values()
    ]
    if session.as_json:
        for row in rows:
            emit(row)
    elif rows:
        table(list(rows[0]), [[*list(row.values())[:-1], ", ".join(row["roles"])] for row in rows])
    else:
        say("Nobody is in the keyring yet. Begin with: retention key new")


def _public_text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    if "PRIVATE KEY" in text:  # never to be printed, not even in a message
        raise UsageError(
            f"{file} is a private key, which stays with its owner",
            f"Give the public one, which `retention key new` put beside it: {file}.pub",
        )
    return text


def _active(connection: sa.Connection) -> Keyring | None:
    try:
        return keyring.active(connection)
    except NotFound:
        return None


def _drafted(session: Session, made: Keyring) -> None:
    if session.as_json:
        emit({"version": made.version, "people": sorted(made.people)})
    else:
        people = "1 person" if len(made.people) == 1 else f"{len(made.people)} people"
        say(
            f"Keyring {made.version} is drafted with {people}.",
            "Next, two people: retention person sign --key FILE",
        )
