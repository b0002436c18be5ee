"""People whose records are looked for: every name, address and reference they go by.

Personal data that stays in the register alone. A name entered by mistake is withdrawn, so that an
earlier search can still be explained; a person who is no longer needed is erased as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from retention_agent.errors import NotFound, UsageError, nearest
from retention_agent.register.records import instant
from retention_agent.register.tables import data_subject, record_reference, subject_name

KINDS = ("name", "alias", "email", "reference")


@dataclass(frozen=True, slots=True)
class SubjectName:
    """One way in which records name a person."""

    kind: str
    """one of `KINDS`"""
    value: str
    withdrawn: str | None = None
    """the instant since which it is no longer searched for"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as searches know them."""

    number: int
    name: str
    """what the office calls the person: a short word, or the reference of the request"""
    names: tuple[SubjectName, ...]

    @property
    def current(self) -> tuple[SubjectName, ...]:
        """The names that are searched for."""
        return tuple(each for each in self.names if each.withdrawn is None)


def add(connection: sa.Connection, name: str, names: Sequence[SubjectName], now: datetime) -> int:
    """Add names to a person, who is entered where new; returns the person's number.

    Raises:
        UsageError: no name is given, or all of them are searched for already.
    """
    number = connection.scalar(sa.select(data_subject.c.id).where(data_subject.c.name == name))
    known = {(each.kind, each.value) for each in find(connection, name).current} if number else ()
    fresh = [each for each in dict.fromkeys(names) if (each.kind, each.value) not in known]
    if not fresh:
        raise UsageError(f"no new name of {name!r} was given; nothing was changed")
    if number is None:
        entered = data_subject.insert().values(name=name).returning(data_subject.c.id)
        number = connection.execute(entered).scalar_one()
    values = [
        {"subject": number, "kind": each.kind, "value": each.value, "added": instant(now)}
        for each in fresh
    ]
    connection.execute(subject_name.insert(), values)
    return int(number)


def find(connection: sa.Connection, name: str) -> Subject:
    """The person called `name`.

    Raises:
        NotFound: there is none.
    """
    known = {each.name: each for each in load(connection)}
    if name not in known:
        raise NotFound(
            f"no person is called {name!r}{nearest(name, known)}",
            "`retention search person list` shows them.",
        )
    return known[name]


def load(connection: sa.Connection) -> list[Subject]:
    """Every person, by name, with withdrawn names too."""
    query = (
        sa.select(data_subject.c.id, data_subject.c.name.label("person"), subject_name)
        .join_from(data_subject, subject_name)
        .order_by(data_subject.c.name, subject_name.c.id)
    )
    names: dict[tuple[int, str], list[SubjectName]] = {}
    for row in connection.execute(query):
        each = SubjectName(row.kind, row.value, row.withdrawn)
        names.setdefault((row.subject, row.person), []).append(each)
    return [Subject(*person, tuple(each)) for person, each in names.items()]


def withdraw(connection: sa.Connection, name: str, value: str, now: datetime) -> Subject:
    """Search no longer for one of a person's names.

    Raises:
        NotFound: there is no such person, or no such name of theirs.
    """
    subject = find(connection, name)
    done = connection.execute(
        subject_name.update()
        .where(
            subject_name.c.subject == subject.number,
            subject_name.c.value == value,
            subject_name.c.withdrawn.is_(None),
        )
        .values(withdrawn=instant(now))
    )
    if not done.rowcount:
        raise NotFound(f"{name!r} has no name {value!r} that is searched for; nothing was changed")
    return subject


def erase(connection: sa.Connection, name: str) -> Subject:
    """Erase a person with all names, withdrawn ones too; raises as `find`."""
    subject = find(connection, name)
    connection.execute(subject_name.delete().where(subject_name.c.subject == subject.number))
    connection.execute(data_subject.delete().where(data_subject.c.id == subject.number))
    return subject


def tied(connection: sa.Connection, references: Sequence[str]) -> frozenset[int]:
    """The records that the register ties to any of these references, in whatever case."""
    wanted = [reference.casefold() for reference in references]
    reference = record_reference.c.reference
    query = sa.select(record_reference.c.record).where(sa.func.lower(reference).in_(wanted))
    return frozenset(connection.scalars(query))
