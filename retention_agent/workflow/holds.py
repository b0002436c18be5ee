"""Placing and reviewing holds, and releasing them by two people with days of grace.

Anybody who may run the program may place a hold: stopping destruction needs no permission. Ending
one does. Thirty days pass before anything it covered may be due, because elsewhere records were
destroyed in the very night after a hold was lifted.
"""

import base64
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from indexer.search.query import QueryError
from policies import Hold, HoldScope, State
from retention_agent.audit import keyring, log, signatures, statement
from retention_agent.audit.event import JSON, Event
from retention_agent.audit.statement import Statement
from retention_agent.audit.transition import move_items
from retention_agent.errors import NotFound, UsageError, nearest
from retention_agent.register import evaluations, holds
from retention_agent.register.batches import Item
from retention_agent.workflow.extent import Extent, extent
from retention_agent.workflow.held import Office, refresh
from retention_agent.workflow.propose import require_role

GRACE = timedelta(days=30)
OFFICERS_NEEDED = 2
# Where no step is under way; an item in the middle of one is stopped by the checks of the next.
AT_REST = (State.PROPOSED, State.APPROVED, State.WAITING)


def place(connection: sa.Connection, order: Hold, now: datetime, by: str = "") -> None:
    """Put a hold in force and log it; `by` says who asked for it.

    Raises:
        UsageError: a hold of that name exists, or its query will not do.
    """
    require_usable(order.scope)
    holds.place(connection, order, by)
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
        "query": order.scope.query,
        "by": by,
    }
    log.append(connection, Event("hold placement", f"hold:{order.id}", private=private), now)


def require_usable(scope: HoldScope) -> None:
    """Let a scope pass whose query, if it has one, can be read and asks for something.

    Raises:
        UsageError: with what is wrong with it, and what to do instead.
    """
    if not scope.query:
        return
    try:
        selective = evaluations.selective(scope.query)
    except QueryError as error:
        raise UsageError(f"the query of the hold cannot be read: {error}") from error
    if not selective:
        raise UsageError(
            "the query of the hold also fits what has no text at all, so it would hold everything",
            "Say what the records have in common, not only what they lack.",
            "To hold a whole share, name it: --share NAME",
        )


def enforce(office: Office, order: Hold, now: datetime) -> Extent:
    """See what a hold just placed covers, and take that out of the batches it is in.

    The hold is in force already: whatever is not looked at yet counts as covered.
    """
    refresh(office, now)
    found, numbers = extent(office, order.scope)
    with office.engine.begin() as connection:
        holds.tell(connection, order.id, numbers, None)
        _take_out(connection, order.id, found.in_batches, now)
    return found


def _take_out(connection: sa.Connection, name: str, items: Sequence[Item], now: datetime) -> None:
    for item in items:
        why = holds.held_by([name])
        if item.state is State.WAITING:
            why += f"; it stays in the disposal bin: retention restore {item.record}"
        if item.state in AT_REST:
            move_items(connection, [item], State.BLOCKED_BY_HOLD, now, why)


def review(connection: sa.Connection, name: str, next_date: date, note: str, now: datetime) -> None:
    """Record that a hold still stands, and when to ask again.

    Raises:
        NotFound: no active hold has that name.
        UsageError: the next date is not in the future.
    """
    _require_active(connection, name)
    if next_date <= now.date():
        raise UsageError(f"the next review date {next_date} is not in the future")
    holds.review(connection, name, next_date, note, now)
    private: dict[str, JSON] = {"note": note}
    facts = {"next_date": next_date.isoformat()}
    log.append(connection, Event("hold review", f"hold:{name}", facts=facts, private=private), now)


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
    _require_active(connection, name)
    person = require_role(connection, private_key, "hold-officer")
    people = keyring.active(connection)
    said = Statement("release-hold", name, person.id, {"reason": reason})
    signatures.store(connection, people, statement.sign(private_key, said, now), now)
    if len(signed_release(connection, name)) < OFFICERS_NEEDED:
        return None
    ends = (now + GRACE).date()
    holds.release(connection, name, ends)
    facts = {"grace_ends": ends.isoformat()}
    log.append(connection, Event("hold release", f"hold:{name}", facts=facts), now)
    return ends


def signed_release(connection: sa.Connection, name: str) -> dict[str, str]:
    """Who has signed for the release of the hold, each with the reason given."""
    people = keyring.active(connection)
    found = signatures.accepted(connection, people, "release-hold", name)
    return {each.person: str(each.content.get("reason", "")) for each in found}


def _require_active(connection: sa.Connection, name: str) -> None:
    active = [each.id for each in holds.load(connection) if each.grace_ends is None]
    if name not in active:
        hint = nearest(name, active)
        raise NotFound(
            f"no active hold is called {name!r}{hint}", "`retention hold list` shows them."
        )
