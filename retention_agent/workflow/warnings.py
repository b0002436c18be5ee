"""What waits for whom, as values: each matter has a key, so that nobody is told twice.

A warning goes by mail, so it names batches and shares and no file, title, hold or other person.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from policies import State
from retention_agent.audit import keyring, mandate
from retention_agent.audit.people import Keyring
from retention_agent.register import batches, schedules
from retention_agent.register.records import instant, moment
from retention_agent.register.tables import batch, batch_item, record, share
from retention_agent.workflow import delegation, reminders
from retention_agent.workflow.review import OPEN

AHEAD = timedelta(days=7)
_STEWARD = "requester"


@dataclass(frozen=True, slots=True)
class Warned:
    """One thing for one person to know."""

    key: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """Whom and when the warnings are for; `undo` is how long a file waits in the bin."""

    people: Keyring
    now: datetime
    zone: ZoneInfo
    undo: timedelta

    def holders(self, role: str) -> list[str]:
        """Everybody who has a role."""
        return [each.id for each in self.people.people.values() if role in each.roles]

    def day(self, at: datetime) -> str:
        """The day of an instant where the records are."""
        return at.astimezone(self.zone).date().isoformat()


def warnings(
    connection: sa.Connection, now: datetime, zone: ZoneInfo, undo: timedelta
) -> list[Warned]:
    """Everything that waits for anybody now, by person.

    Raises:
        NotFound: no keyring is in force.
        IntegrityError: a batch or the keyring is not what was signed.
    """
    frame = Frame(keyring.active(connection), now, zone, undo)
    kinds: tuple[Callable[[sa.Connection, Frame], Iterable[Warned]], ...] = (
        _to_answer,
        _undo_ending,
        _holds,
        _moratoria,
        _frozen,
        _failed,
        _unreadable,
    )
    found = [warned for kind in kinds for warned in kind(connection, frame)]
    return sorted(found, key=lambda each: (each.person, each.key))


def _to_answer(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    away = delegation.stand_ins(connection, frame.people, frame.now.astimezone(frame.zone).date())
    query = sa.select(batch.c.id, batch.c.expires).where(
        batch.c.status.in_(OPEN), batch.c.expires >= instant(frame.now)
    )
    for name, expires in connection.execute(query.order_by(batch.c.id)).all():
        requester, waiting = _waiting(connection, name, frame)
        day = frame.day(moment(expires))
        soon = moment(expires) - frame.now <= AHEAD
        for person, count in waiting.items():
            if away.get(person) in waiting:
                continue  # the colleague is told
            told = f"Batch {name}: {count} files wait for your answer until {day}."
            if person in away.values():
                told += " A colleague who is away counts on you."
            how = f" retention review {name} --person {person}"
            yield Warned(f"batch/{name}/answer", person, told + how)
            if soon:
                yield Warned(f"batch/{name}/expires", person, f"Batch {name} expires on {day}.")
        if soon and waiting and requester:
            text = f"Batch {name}, which you asked for, expires on {day}; not all is answered."
            yield Warned(f"batch/{name}/expires", requester, text)


def _waiting(
    connection: sa.Connection, name: str, frame: Frame
) -> tuple[str | None, dict[str, int]]:
    """Who asked for the batch, and how many open items each approver has not answered."""
    found = mandate.examine(connection, batches.find(connection, name))
    open_items = [item.number for item in batches.items(connection, name, State.PROPOSED)]
    counts = {
        person: sum(person not in found.verdicts[number].agreed for number in open_items)
        for person in frame.holders("approver")
        if person != found.requester
    }
    return found.requester, {person: count for person, count in counts.items() if count}


def _undo_ending(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    binned = sa.func.min(batch_item.c.binned).label("binned")
    query = (
        sa.select(batch.c.id, batch.c.requester, binned, sa.func.count())
        .select_from(batch_item.join(batch))
        .where(batch_item.c.state == str(State.WAITING))
        .group_by(batch.c.id)
    )
    for name, requester, first, count in connection.execute(query).all():
        ends = moment(first) + frame.undo
        if ends - frame.now <= AHEAD and requester in frame.people.people:
            text = f"Batch {name}: {count} files can be restored until {frame.day(ends)}."
            yield Warned(f"batch/{name}/undo/{first}", requester, f"{text} Then: retention purge")


def _holds(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    today = frame.now.astimezone(frame.zone).date()
    for each in reminders.reminders(connection, today):
        what = each.subject.rpartition(": ")[2]
        for person in frame.holders(each.who):
            yield Warned(each.key, person, f"A hold: {what}. retention hold list")


def _moratoria(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    today = frame.now.astimezone(frame.zone).date()
    for each in schedules.in_force(connection).moratoria:
        if each.ended is None and each.review_by <= today + AHEAD:
            text = f"Moratorium {each.id}: review by {each.review_by}. retention schedule moratoria"
            for person in frame.holders("adopter"):
                yield Warned(f"moratorium/{each.id}/{each.review_by}", person, text)


def _frozen(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    query = sa.select(share.c.id, share.c.name).where(share.c.frozen.is_not(None))
    for number, name in connection.execute(query).all():
        text = f"Disposal from share {name} is stopped. retention status says why."
        for person in frame.holders(_STEWARD):
            yield Warned(f"share/{number}/frozen", person, text)


def _failed(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    query = (
        sa.select(batch_item.c.batch, sa.func.count())
        .join(record, record.c.id == batch_item.c.record)
        .where(batch_item.c.state == str(State.FAILED), record.c.state == str(State.FAILED))
        .group_by(batch_item.c.batch)
    )
    for name, count in connection.execute(query).all():
        text = f"Batch {name}: {count} files failed and need a person to look."
        for person in frame.holders(_STEWARD):
            yield Warned(f"batch/{name}/failed/{count}", person, text)


def _unreadable(connection: sa.Connection, frame: Frame) -> Iterator[Warned]:
    """Told again only when their number has doubled."""
    query = (
        sa.select(share.c.id, share.c.name, sa.func.count())
        .select_from(record.join(share))
        .where(record.c.capture == "unreadable", record.c.present)
        .group_by(share.c.id)
    )
    for number, name, count in connection.execute(query).all():
        text = f"Share {name}: {count} files could not be read. retention unreadable"
        for person in frame.holders(_STEWARD):
            yield Warned(f"share/{number}/unreadable/{count.bit_length()}", person, text)
