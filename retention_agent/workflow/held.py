"""What a hold covers: worked out record by record, in chunks, so that memory stays bounded.

An answer to the query of a hold that is not known yet is worked out from the text that was read at
capture. That is enough to say what is due and to report; before anything is moved or destroyed the
file itself is read again (`disposal.reading`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from policies import HoldScope, Record, State, covers
from retention_agent.register import batches, evaluations, records
from retention_agent.register.evaluations import Text
from retention_agent.register.tables import record

MOST_CHARACTERS = 16_000_000  # of texts in memory at once
MOST_TEXTS = 64

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Office:
    """The means of looking: register, index, and the zone of the records."""

    engine: sa.Engine
    index: SearchIndex
    zone: ZoneInfo
    on_progress: Progress = lambda _records: None


@dataclass(frozen=True, slots=True)
class Covered:
    """A record that a hold covers; `in_doubt` where only because not enough is known of it."""

    number: int
    share: str
    path: bytes
    record_class: str | None
    size: int
    state: State
    dated: date
    in_doubt: bool


def refresh(office: Office, now: datetime) -> None:
    """Answer every query of a hold in force for records whose answer is missing or out of date.

    Each chunk is kept as it is done: cut short, it goes on where it stopped.
    """
    with office.engine.begin() as connection:
        asked = evaluations.queries(connection, now.date())
    if not asked:
        return
    wanted = frozenset(asked.values())
    for connection, rows in _pages(office):
        wanting = _wanting(evaluations.known(connection, rows), rows, wanted)
        for texts in _texts(office.index, connection, wanting):
            evaluations.keep(connection, asked, texts, now)


def survey(office: Office, scope: HoldScope) -> Iterator[Covered]:
    """Every record on a share or in the disposal bin that the scope covers, by number."""
    wanted = frozenset({scope.query} - {""})
    for connection, rows in _pages(office):
        said = evaluations.known(connection, rows)
        for texts in _texts(office.index, connection, _wanting(said, rows, wanted)):
            said |= evaluations.answers(wanted, texts)
        subjects = records.for_policy(connection, rows, office.zone)
        for row, subject in zip(rows, subjects, strict=True):
            matched = said.get(row["id"], {}).get(scope.query)
            unmatched = frozenset({scope.query} if matched is False else ())
            if covers(scope, replace(subject, unmatched=unmatched)):
                yield _covered(row, subject, scope, matched)


def _pages(office: Office) -> Iterator[tuple[sa.Connection, list[sa.RowMapping]]]:
    """Records in chunks, each with a transaction of its own that ends before the next."""
    there = record.c.present | batches.IN_BIN
    last, looked = 0, 0
    while True:
        with office.engine.begin() as connection:
            rows = next(records.stream(connection, there, last), [])
            if not rows:
                return
            yield connection, rows
        last, looked = rows[-1]["id"], looked + len(rows)
        office.on_progress(looked)


def _wanting(
    known: Mapping[int, Mapping[str, bool]], rows: Sequence[sa.RowMapping], wanted: frozenset[str]
) -> list[sa.RowMapping]:
    """The rows that could be answered about and were not."""
    return [
        row
        for row in rows
        if not wanted <= known.get(row["id"], {}).keys() and evaluations.may_be_known(row)
    ]


def _texts(
    index: SearchIndex, connection: sa.Connection, rows: Sequence[sa.RowMapping]
) -> Iterator[list[Text]]:
    """Rows with the texts read at capture, in lists that are not too large."""
    texts: list[Text] = []
    characters = 0
    for row in rows:
        text = index.text(connection, row["id"]) or ""
        texts.append((row, text))
        characters += len(text)
        if len(texts) >= MOST_TEXTS or characters >= MOST_CHARACTERS:
            yield texts
            texts, characters = [], 0
    if texts:
        yield texts


def _covered(
    row: sa.RowMapping,
    subject: Record,
    scope: HoldScope,
    matched: bool | None,  # noqa: FBT001  (what is known)
) -> Covered:
    asks = scope.references or scope.fields or (scope.classes and subject.record_class is None)
    unread = not subject.readable
    return Covered(
        number=row["id"],
        share=row["share_name"],
        path=row["path"],
        record_class=row["record_class"],
        size=row["size"],
        state=State(row["state"]),
        dated=subject.dates["created"].on,
        in_doubt=bool(scope.query and (unread or matched is None)) or bool(asks and unread),
    )
