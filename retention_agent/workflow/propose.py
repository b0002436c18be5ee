"""Puts due records into a batch and has its requester sign for exactly those."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import Action, Decision, State
from retention_agent.audit import keyring, log, mandate, signatures, statement
from retention_agent.audit.event import Event
from retention_agent.audit.people import Person
from retention_agent.audit.statement import Statement
from retention_agent.audit.transition import move_records
from retention_agent.errors import NotFound, Refused
from retention_agent.register import decisions, holds, records
from retention_agent.register.records import instant
from retention_agent.register.tables import batch, batch_item, record
from retention_agent.workflow import manifest

# From the share, on the way: taken up by itself when due.
OPEN = (State.SEEN, State.CLASSIFIED, State.DUE, State.BLOCKED_BY_HOLD)
# A person or a surprise took it out of a batch before: only when it is named again.
NAMED_ONLY = (State.DEFERRED, State.RETURNED, State.RESTORED, State.FAILED)

_TO_DUE = {
    State.SEEN: (State.CLASSIFIED, State.DUE),
    State.CLASSIFIED: (State.DUE,),
    State.DUE: (),
    State.BLOCKED_BY_HOLD: (State.CLASSIFIED, State.DUE),
    State.DEFERRED: (State.DUE,),
    State.FAILED: (State.RETURNED, State.SEEN, State.CLASSIFIED, State.DUE),
    State.RETURNED: (State.SEEN, State.CLASSIFIED, State.DUE),
    State.RESTORED: (State.SEEN, State.CLASSIFIED, State.DUE),
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a requester asks for: the due records of a share, or the ones named."""

    share: int
    action: Action
    most: int
    records: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A batch as proposed, and how many due records did not fit into it."""

    batch: str
    size: int
    left: int


Due = tuple[sa.RowMapping, Decision]


def propose(
    connection: sa.Connection,
    request: Request,
    private_key: Ed25519PrivateKey,
    now: datetime,
    terms: tuple[ZoneInfo, timedelta],
) -> Proposal:
    """Make a batch of the earliest due records, at most `request.most`, and sign for it.

    Args:
        connection: the register; everything happens in its transaction.
        request: what is asked for.
        private_key: the requester's own key.
        now: the present instant.
        terms: the records' time zone, and how long an approval may take.

    Raises:
        Refused: nothing is due, a named record is not, or the key is no requester's.
        NotFound: the share has no such record.
    """
    zone, lifetime = terms
    requester = require_role(connection, private_key, "requester")
    within = decisions.frame(connection, now.astimezone(zone).date(), zone)
    due = _due(connection, request, within)
    chosen = sorted(due, key=lambda each: (str(each[1].due), each[0]["id"]))[: request.most]
    if not chosen:
        raise Refused(
            "nothing is due for that",
            "`retention due` shows what is due, and why. What a person restored, or took out of a"
            " batch, is proposed by its number only: --record N",
        )
    name = _next_name(connection, now)
    entries = [
        manifest.entry(row, decision, within.schedule.rules[row["record_class"]])
        for row, decision in chosen
    ]
    content = {
        "id": name,
        "share": request.share,
        "requester": requester.id,
        "proposed": instant(now),
        "expires": instant(now + lifetime),
        "root": manifest.root(entries),
        "policy": mandate.policy_digest(_rules_used(chosen, within)),
        "hold_epoch": holds.epoch(connection),
        "status": "proposed",
    }
    connection.execute(batch.insert().values(content))
    _enter(connection, name, chosen, entries)
    asked = Statement("request-batch", name, requester.id, mandate.terms(content, len(entries)))
    signed = statement.sign(private_key, asked, now)
    signatures.store(connection, keyring.active(connection), signed, now)
    log.append(connection, _event(name, content, len(entries)), now)
    return Proposal(name, len(entries), len(due) - len(entries))


def require_role(connection: sa.Connection, private_key: Ed25519PrivateKey, role: str) -> Person:
    """The person whose key this is, if they have the role.

    Raises:
        Refused: the key is nobody's in the keyring in force, or the role is not theirs.
    """
    person = keyring.active(connection).holder_of(private_key.public_key())
    if person is None:
        raise Refused("this key is nobody's in the keyring in force")
    if role not in person.roles:
        raise Refused(
            f"{person.id} has not the role {role}", "`retention person list` shows roles."
        )
    return person


def _due(connection: sa.Connection, request: Request, within: decisions.Frame) -> list[Due]:
    states = OPEN + (NAMED_ONLY if request.records else ())
    condition = sa.and_(
        record.c.share == request.share,
        record.c.present,
        record.c.state.in_([str(state) for state in states]),
        record.c.id.in_(request.records) if request.records else sa.true(),
    )
    found = [
        (row, decision)
        for chunk in records.stream(connection, condition)
        for row, decision in decisions.decide_rows(connection, chunk, within)
        if decision.action is request.action and _may_go(decision)
    ]
    missing = set(request.records) - {row["id"] for row, _ in found}
    if missing:
        _require_known(connection, request)
        raise Refused(
            f"not due for {request.action}: record {', '.join(map(str, sorted(missing)))}",
            "`retention explain RECORD` tells why; nothing was proposed.",
        )
    return found


def _may_go(decision: Decision) -> bool:
    """Whether people may answer about it; of a review on the way no answer destroys anything."""
    return decision.final or decision.action in {Action.TRANSFER, Action.REVIEW}


def _rules_used(chosen: Iterable[Due], within: decisions.Frame) -> dict[str, str]:
    codes = {row["record_class"] for row, _ in chosen}
    return {code: within.schedule.rules[code].digest() for code in codes}


def _require_known(connection: sa.Connection, request: Request) -> None:
    here = sa.select(record.c.id).where(
        record.c.share == request.share, record.c.id.in_(request.records)
    )
    unknown = set(request.records) - set(connection.scalars(here))
    if unknown:
        raise NotFound(f"the share has no record {', '.join(map(str, sorted(unknown)))}")


def _enter(
    connection: sa.Connection, name: str, chosen: Sequence[Due], entries: Iterable[str]
) -> None:
    rows = [
        {
            "batch": name,
            "number": number,
            "record": row["id"],
            "manifest": entry,
            "state": str(State.PROPOSED),
        }
        for number, ((row, _), entry) in enumerate(zip(chosen, entries, strict=True))
    ]
    by_state: dict[State, list[int]] = {}
    for row, _ in chosen:
        by_state.setdefault(State(row["state"]), []).append(row["id"])
    for state, numbers in by_state.items():
        before = state
        for following in (*_TO_DUE[state], State.PROPOSED):
            move_records(connection, [(number, before) for number in numbers], following)
            before = following
    connection.execute(batch_item.insert(), rows)


def _next_name(connection: sa.Connection, now: datetime) -> str:
    count = connection.scalar(sa.select(sa.func.count()).select_from(batch)) or 0
    return f"B{now.year}-{count + 1:04}"


def _event(name: str, content: dict[str, object], size: int) -> Event:
    return Event(
        "disposal request",
        f"batch:{name}",
        facts={"root": str(content["root"]), "policy": str(content["policy"]), "size": size},
        private={"requester": str(content["requester"])},
    )
