"""Tells people by mail what waits for them, each matter once.

* A warning is written into the outbox before it is sent. Once it was sent it stays there as long as
  it stands, so that it is not sent again; what no longer stands leaves, sent or not.
* One message to each person holds all that is new; a day with nothing new sends nothing.
* A message that the server did not take is tried again the next time. After a crash it may go out
  once more, with the same message id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.mail import Letter
from retention_agent.register.outbox_table import outbox
from retention_agent.register.records import instant
from retention_agent.workflow.warnings import Warned

NO_ADDRESS = "no address in [mail.addresses]"


@dataclass(frozen=True, slots=True)
class Unsent:
    """What is to be sent to one person, by the numbers of its rows."""

    person: str
    rows: tuple[int, ...]
    letter: Letter | None
    """None where the person has no address"""


def refresh(connection: sa.Connection, standing: Sequence[Warned], now: datetime) -> None:
    """Bring the outbox in step with what stands now."""
    wanted = {(each.key, each.person): each.text for each in standing}
    known = {
        (row.key, row.person): row
        for row in connection.execute(sa.select(outbox.c.id, outbox.c.key, outbox.c.person))
    }
    gone = [{"number": known[about].id} for about in known.keys() - wanted.keys()]
    if gone:
        there = outbox.c.id == sa.bindparam("number")
        connection.execute(outbox.delete().where(there), gone)
    for (key, person), text in wanted.items():
        if (key, person) in known:  # the newest count is what is sent
            same = (outbox.c.key == key) & (outbox.c.person == person) & outbox.c.sent.is_(None)
            connection.execute(outbox.update().where(same).values(text=text))
        else:
            connection.execute(
                outbox.insert().values(key=key, person=person, text=text, created=instant(now))
            )


def unsent(
    connection: sa.Connection, addresses: Mapping[str, str], organisation: str
) -> list[Unsent]:
    """One message for each person to whom something was not sent yet."""
    query = sa.select(outbox).where(outbox.c.sent.is_(None))
    by_person: dict[str, list[sa.Row[tuple[object, ...]]]] = {}
    for row in connection.execute(query.order_by(outbox.c.person, outbox.c.id)):
        by_person.setdefault(row.person, []).append(row)
    return [
        Unsent(
            person,
            tuple(row.id for row in rows),
            _letter(addresses[person], organisation, rows) if person in addresses else None,
        )
        for person, rows in by_person.items()
    ]


def settle(connection: sa.Connection, one: Unsent, failure: str | None, now: datetime) -> None:
    """Write down that a message was sent, or why not, and log what was."""
    values: dict[str, object] = {"tried": instant(now), "attempts": outbox.c.attempts + 1}
    values |= {"failure": failure, "sent": None if failure else instant(now)}
    connection.execute(outbox.update().where(outbox.c.id.in_(one.rows)).values(values))
    if failure is None:
        facts = {"warnings": len(one.rows)}
        private = {"person": one.person}
        event = Event("notification", "outbox:mail", facts=facts, private=private)
        log.append(connection, event, now)


def failed(connection: sa.Connection) -> list[dict[str, object]]:
    """The warnings that were not sent when that was last tried, with what the server said."""
    query = sa.select(outbox).where(outbox.c.failure.is_not(None)).order_by(outbox.c.id)
    return [
        {
            "person": row.person,
            "text": row.text,
            "tried": row.tried,
            "attempts": row.attempts,
            "failure": row.failure,
        }
        for row in connection.execute(query)
    ]


def _letter(address: str, organisation: str, rows: Sequence[sa.Row[tuple[object, ...]]]) -> Letter:
    texts = [f"* {row.text}" for row in rows]
    body = [f"Retention of records, {organisation}: new for you.", "", *texts, ""]
    footer = "Each matter is written once. `retention notify` shows all that waits."
    return Letter(
        address=address,
        subject=f"Retention: {len(rows)} new",
        text="\n".join([*body, footer, ""]),
        matters=tuple(str(row.key) for row in rows),
    )
