"""What a bag is made of: the copies, and the context in which the archive has to read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from policies import Rule, Schedule
from retention_agent.audit import keyring, log, signatures, statement
from retention_agent.audit.people import Person
from retention_agent.audit.statement import Signed
from retention_agent.disposal.bag import Written
from retention_agent.register import batches, records, schedules
from retention_agent.register.batches import Item
from retention_agent.register.tables import log_leaf, record, record_reference

_WITHOUT_VALUE = ("digests", "cut", "others", "unread")


@dataclass(frozen=True, slots=True)
class Source:
    """Who hands the records over, and what they say of them."""

    organisation: str
    description: str
    software: str
    """name and version of this program"""


@dataclass(frozen=True, slots=True)
class Copy:
    """One file of the batch as it lies in the bag."""

    item: Item
    entry: Mapping[str, Any]
    """what was signed for"""
    row: Mapping[str, Any]
    references: tuple[str, ...]
    written: Written
    attributes: Mapping[str, Any]
    """mode, access lists and named attributes as found: `shares.attributes`"""

    @property
    def lost(self) -> str | None:
        """The attributes whose values are kept nowhere, by name, or nothing."""
        names = {name for key in _WITHOUT_VALUE for name in self.attributes.get(key, ())}
        return ", ".join(sorted(names)) or None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that the files of a bag are written from."""

    source: Source
    batch: Mapping[str, Any]
    copies: Sequence[Copy]
    schedule: Schedule
    people: Mapping[str, Person]
    statements: Sequence[Signed]
    manifest: Sequence[str]
    """every entry of the batch's manifest, so that its root can be worked out again"""
    log: Mapping[str, Any]
    """the log entries of the approved items, each with its proof under a signed checkpoint"""
    made: str
    """instant"""

    @property
    def rules(self) -> list[Rule]:
        """The classes of the copies, in order of their codes."""
        codes = {copy.entry["class"] for copy in self.copies}
        return [self.schedule.rules[code] for code in sorted(codes)]

    @property
    def signers(self) -> list[tuple[str, Person]]:
        """Each purpose that was signed for, with the person who did and is still in the keyring."""
        said = [statement.read(signed) for signed in self.statements]
        return [
            (each.purpose, self.people[each.person]) for each in said if each.person in self.people
        ]


def gather(
    connection: sa.Connection,
    name: str,
    source: Source,
    copies: Sequence[Copy],
    at: tuple[str, str],
) -> Dossier:
    """The dossier of a batch; `at` is the present instant and the log's checkpoint as it stands."""
    made, note = at
    items = batches.items(connection, name)
    return Dossier(
        source=source,
        batch=batches.find(connection, name),
        copies=copies,
        schedule=schedules.in_force(connection),
        people=keyring.active(connection).people,
        statements=_statements(connection, name),
        manifest=[item.manifest for item in items],
        log=_log(connection, [copy.item for copy in copies], note),
        made=made,
    )


def rows_of(
    connection: sa.Connection, items: Sequence[Item]
) -> dict[int, tuple[Mapping[str, Any], tuple[str, ...]]]:
    """By record: its row, and the references it is tied to."""
    numbers = [item.record for item in items]
    query = sa.select(record_reference.c.record, record_reference.c.reference).where(
        record_reference.c.record.in_(numbers)
    )
    tied: dict[int, list[str]] = {number: [] for number in numbers}
    for number, reference in connection.execute(query.order_by(record_reference.c.reference)):
        tied[number].append(reference)
    rows = (row for chunk in records.stream(connection, record.c.id.in_(numbers)) for row in chunk)
    return {row["id"]: (dict(row), tuple(tied[row["id"]])) for row in rows}


def _statements(connection: sa.Connection, name: str) -> list[Signed]:
    """Who asked, what each reviewer was shown, and every answer about the batch or its items."""
    shown = [
        signed
        for purpose in ("request-batch", "review-sample")
        for signed in signatures.load(connection, purpose, name)
    ]
    return [*shown, *(signed for _, _, signed in signatures.load_answers(connection, name))]


def _log(connection: sa.Connection, items: Sequence[Item], note: str) -> dict[str, Any]:
    leaves = [item.leaf for item in items if item.leaf is not None]
    query = sa.select(log_leaf.c.leaf).where(log_leaf.c.number.in_(leaves))
    texts = connection.scalars(query.order_by(log_leaf.c.number)).all()
    leaves.sort()
    proofs = log.inclusions(connection, leaves, log.size(connection))
    return {
        "checkpoint": note,
        "entries": [
            {"number": leaf, "entry": text, "proof": [step.hex() for step in proof]}
            for leaf, text, proof in zip(leaves, texts, proofs, strict=True)
        ],
    }
