"""One hold on a page: what was ordered, by whom, what it covers, and what it has stopped."""

import hashlib
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from policies import Hold, HoldScope, in_force
from retention_agent.audit import canonical, log
from retention_agent.audit.event import Event
from retention_agent.register import holds
from retention_agent.shares.paths import display
from retention_agent.workflow.extent import Extent, extent
from retention_agent.workflow.held import Office
from retention_agent.workflow.holds import signed_release


def condition(hold: Hold, today: date) -> str:
    """Whether the hold is in force, in words."""
    if not in_force(hold, today):
        return "ended"
    if hold.grace_ends is not None:
        return f"released, protects until {hold.grace_ends}"
    return "in force"


def is_overdue(hold: Hold, today: date) -> bool:
    """Whether it should have been reviewed by now; one that is released needs no review."""
    return hold.grace_ends is None and hold.review_by < today


def scope_words(scope: HoldScope) -> list[str]:
    """What a hold covers, one line for each criterion; all of them must fit."""
    places = [f"{share}:{display(path)}" for share, path in scope.paths]
    lines = [
        ("in", places),
        ("of class", sorted(scope.classes)),
        ("with reference", sorted(scope.references)),
        *(("with", [f"{name} like {pattern}"]) for name, pattern in scope.fields.items()),
        ("matching", [scope.query] if scope.query else []),
    ]
    return [f"{word} {' or '.join(values)}" for word, values in lines if values]


def report(office: Office, hold: Hold, today: date) -> tuple[dict[str, Any], Extent]:
    """What is known of the hold, and how much it covers now; only JSON values in the first."""
    found, numbers = extent(office, hold.scope)
    with office.engine.begin() as connection:
        told = holds.covered(connection, hold.id)
        new = len(set(numbers) - told)
        document: dict[str, Any] = {
            "hold": hold.id,
            "title": hold.title,
            "authority": hold.authority,
            "reason": hold.reason,
            "placed": hold.placed.isoformat(),
            "placed_by": holds.placed_by(connection, hold.id),
            "condition": condition(hold, today),
            "scope": scope_words(hold.scope),
            "query": hold.scope.query,
            "review_by": hold.review_by.isoformat(),
            "overdue": is_overdue(hold, today),
            "reviews": holds.reviews(connection, hold.id),
            "release_signed_by": sorted(signed_release(connection, hold.id)),
            "arrivals": holds.arrived(connection, hold.id) + new,
            "stopped": holds.stopped(connection, hold.id),
        }
    return document, found


def keep_digest(
    connection: sa.Connection, document: dict[str, Any], covered: Extent, now: datetime
) -> str:
    """Log the digest of a report, so that it can be shown later what was reported."""
    figures = {"records": covered.records, "bytes": covered.bytes, "in_doubt": covered.in_doubt}
    content = canonical.dumps({**document, **figures})
    digest = hashlib.sha256(content).hexdigest()
    event = Event("hold report", f"hold:{document['hold']}", facts={"digest": digest})
    log.append(connection, event, now)
    return digest
