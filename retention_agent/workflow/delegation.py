"""Standing in for an approver who is away: reminders go to somebody else, rights go to nobody.

The colleague must be an approver already and answers with their own key, as themselves. So two
approvals are still two people, and a requester cannot approve through anybody's absence.
"""

from datetime import date, datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import keyring, signatures, statement
from retention_agent.audit.people import Keyring
from retention_agent.audit.statement import Statement
from retention_agent.errors import NotFound, Refused, UsageError, nearest
from retention_agent.workflow.propose import require_role

PURPOSE = "delegate"
ROLE = "approver"


def delegate(
    connection: sa.Connection,
    private_key: Ed25519PrivateKey,
    to: str,
    days: tuple[date, date],
    reason: str,
    now: datetime,
) -> str:
    """Sign that `to` is to be reminded instead, on both `days` and between; who has signed.

    Raises:
        UsageError: the last day is before the first.
        NotFound: the keyring has no such person.
        Refused: either of the two is no approver, they are one person, or it was said before.
    """
    person = require_role(connection, private_key, ROLE)
    people = keyring.active(connection)
    first, last = days
    if last < first:
        raise UsageError(f"the last day {last} is before the first day {first}")
    if to not in people.people:
        hint = nearest(to, people.people)
        raise NotFound(f"nobody in the keyring has the id {to!r}{hint}", "retention person list")
    if to == person.id:
        raise Refused("nobody stands in for themselves")
    if ROLE not in people.people[to].roles:
        raise Refused(
            f"{to} has not the role {ROLE}, and an absence gives nobody a role",
            "Name somebody who has it: retention person list",
        )
    content = {"until": last.isoformat(), "reason": reason}
    said = Statement(PURPOSE, f"{to}/{first.isoformat()}", person.id, content)
    signatures.store(connection, people, statement.sign(private_key, said, now), now)
    return person.id


def stand_ins(connection: sa.Connection, people: Keyring, today: date) -> dict[str, str]:
    """Who stands in today for whom: the colleague by the id of the person away.

    The latest statement counts; a colleague who is no approver any more stands in for nobody.
    """
    found = {}
    for subject in signatures.subjects(connection, PURPOSE):
        to, _, first = subject.partition("/")
        for said in signatures.accepted(connection, people, PURPOSE, subject):
            until = str(said.content.get("until"))
            if first <= today.isoformat() <= until and _is_approver(people, to):
                found[said.person] = to
    return found


def _is_approver(people: Keyring, person: str) -> bool:
    known = people.people.get(person)
    return known is not None and ROLE in known.roles
