"""Puts a retention schedule in force by the signatures of two adopters."""

from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import adoption, keyring, log, signatures, statement
from retention_agent.audit.event import Event, Fact
from retention_agent.errors import NotFound
from retention_agent.register import schedules
from retention_agent.workflow.propose import require_role


def adopt(
    connection: sa.Connection, private_key: Ed25519PrivateKey, now: datetime
) -> tuple[bool, list[str]]:
    """Sign the draft; answers whether it is in force now, and who has signed it.

    Raises:
        NotFound: there is no draft.
        Refused: the key is no adopter's, or its owner has signed already.
    """
    waiting = schedules.draft(connection)
    if waiting is None:
        raise NotFound("no draft waits for adoption", "retention schedule import FILE")
    number, draft = waiting
    person = require_role(connection, private_key, "adopter")
    people = keyring.active(connection)
    said = adoption.said_of(number, draft, person.id)
    signatures.store(connection, people, statement.sign(private_key, said, now), now)
    accepted = signatures.accepted(connection, people, said.purpose, said.subject)
    signers = sorted(each.person for each in accepted if each.content == said.content)
    if len(signers) < adoption.ADOPTERS_NEEDED:
        return False, signers
    schedules.adopt(connection, number, now)
    facts: dict[str, Fact] = {"digest": draft.digest(), "classes": len(draft.adopted)}
    log.append(connection, Event("schedule adoption", f"schedule:{number}", facts=facts), now)
    return True, signers
