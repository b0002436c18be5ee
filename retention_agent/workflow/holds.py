"""Placing holds, and releasing them by two people with days of grace.

Anybody who may run the program may place a hold: stopping destruction needs no permission. Ending
one does. Thirty days pass before anything it covered may be due, because elsewhere records were
destroyed in the very night after a hold was lifted.
"""

import base64
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Hold
from retention_agent.audit import keyring, log, signatures, statement
from retention_agent.audit.event import JSON, Event
from retention_agent.audit.statement import Statement
from retention_agent.errors import NotFound
from retention_agent.register import holds
from retention_agent.workflow.propose import require_role

GRACE = timedelta(days=30)
OFFICERS_NEEDED = 2


def place(connection: sa.Connection, order: Hold, now: datetime) -> None:
    """Put a hold in force and log it.

    Raises:
        UsageError: a hold of that name exists.
    """
    holds.place(connection, order)
    paths: list[JSON] = [
        {"share": share, "path_b64": base64.b64encode(path).decode()}
        for share, path in order.scope.paths
    ]
    private: dict[str, JSON] = {
        "title": order.title,
        "authority": order.authority,
        "reason": order.reason,
        "paths": paths,
        "classes": list[JSON](sorted(order.scope.classes)),
        "references": list[JSON](sorted(order.scope.references)),
        "fields": dict(order.scope.fields),
    }
    log.append(connection, Event("hold placement", f"hold:{order.id}", private=private), now)


def release(
    connection: sa.Connection,
    name: str,
    reason: str,
    private_key: Ed25519PrivateKey,
    now: datetime,
) -> date | None:
    """Sign for the release of a hold; answers with the last day of grace once two have signed.

    Raises:
        NotFound: no active hold has that name.
        Refused: the key is no hold officer's, or its owner has signed already.
    """
    if not any(each.id == name and each.grace_ends is None for each in holds.load(connection)):
        raise NotFound(f"no active hold is called {name!r}", "`retention hold list` shows them.")
    person = require_role(connection, private_key, "hold-officer")
    people = keyring.active(connection)
    said = Statement("release-hold", name, person.id, {"reason": reason})
    signatures.store(connection, people, statement.sign(private_key, said, now), now)
    signers = signatures.accepted(connection, people, "release-hold", name)
    if len(signers) < OFFICERS_NEEDED:
        return None
    ends = (now + GRACE).date()
    holds.release(connection, name, ends)
    facts = {"grace_ends": ends.isoformat()}
    log.append(connection, Event("hold release", f"hold:{name}", facts=facts), now)
    return ends
