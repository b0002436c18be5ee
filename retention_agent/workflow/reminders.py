"""What hold officers should be told of without asking; values only, nothing is sent here."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from policies import Hold, in_force
from retention_agent.register import holds
from retention_agent.workflow.holds import signed_release

AHEAD = timedelta(days=14)
GRACE_AHEAD = timedelta(days=7)
ROLE = "hold-officer"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to tell the people of one role.

    The same matter always has the same `key`, so that nobody need be told twice.
    """

    key: str
    who: str
    subject: str
    lines: tuple[str, ...]


def reminders(connection: sa.Connection, today: date) -> list[Reminder]:
    """Reviews that are due soon or overdue, releases half signed, and grace that ends soon."""
    found = [_of_hold(connection, each, today) for each in holds.load(connection)]
    return [reminder for each in found for reminder in each]


def _of_hold(connection: sa.Connection, hold: Hold, today: date) -> list[Reminder]:
    if not in_force(hold, today):
        return []
    if hold.grace_ends is not None:
        return _grace(hold, hold.grace_ends, today)
    return _review(hold, today) + _release(connection, hold)


def _review(hold: Hold, today: date) -> list[Reminder]:
    if hold.review_by > today + AHEAD:
        return []
    late = hold.review_by < today
    when = f"was to be reviewed by {hold.review_by}" if late else f"is reviewed by {hold.review_by}"
    kind = "overdue" if late else "soon"
    return [
        _reminder(
            hold,
            f"review/{hold.review_by}/{kind}",
            f"Hold {hold.id}: review {'overdue' if late else 'due'}",
            f"It {when}. It stays in force until two officers release it.",
            f"If it still stands: retention hold review {hold.id} --next-date DATE --note TEXT",
        )
    ]


def _release(connection: sa.Connection, hold: Hold) -> list[Reminder]:
    signed = sorted(signed_release(connection, hold.id))
    return [
        _reminder(
            hold,
            f"release/{'+'.join(signed)}",
            f"Hold {hold.id}: its release waits for a second signature",
            f"Signed by {', '.join(signed)}.",
            f"retention hold release {hold.id} --reason TEXT --key FILE",
        )
        for _ in signed[:1]
    ]


def _grace(hold: Hold, ends: date, today: date) -> list[Reminder]:
    if ends > today + GRACE_AHEAD:
        return []
    return [
        _reminder(
            hold,
            f"grace/{ends}",
            f"Hold {hold.id}: its grace ends soon",
            f"What it covered is protected until {ends} has passed.",
            f"What would be due then: retention hold release {hold.id} --dry-run",
        )
    ]


def _reminder(hold: Hold, matter: str, subject: str, *lines: str) -> Reminder:
    about = f"{hold.title} ({hold.authority})"
    return Reminder(f"hold/{hold.id}/{matter}", ROLE, subject, (about, *lines))
