"""What the queries of holds say of records, as far as each was read.

* An answer is about content and fields as they were: `subject` is a digest over both. Where the
  record has another one now, nothing is known, and then the hold applies.
* Only a text that was read whole and is a text can show that a query does not match; from any
  other no answer is kept.
* A query that cannot be read any more, by this version or because its row was damaged, has no
  answers.
* Answers never come from the search index, which is a cache: each text is put into an index of its
  own in memory. Before anything is moved or destroyed the text is read from the file once more.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date, datetime

import sqlalchemy as sa

from indexer.search.base import Entry
from indexer.search.matching import is_selective, matching
from indexer.search.query import Query, QueryError, parse
from retention_agent.register.engine import driver
from retention_agent.register.entry import Row, entry_of
from retention_agent.register.tables import hold, hold_evaluation

Text = tuple[Row, str]
"""a record's row, with its share's name, and its whole text"""


def queries(connection: sa.Connection, today: date) -> dict[str, str]:
    """The query of each hold that has one and has not ended, by name of the hold."""
    rows = connection.execute(sa.select(hold.c.id, hold.c.scope, hold.c.grace_ends))
    return {
        row.id: row.scope["query"]
        for row in rows
        if row.scope.get("query") and (row.grace_ends or "9999") >= today.isoformat()
    }


def selective(text: str) -> bool:
    """Whether a query asks for something; raises QueryError where it cannot be read."""
    with _memory() as connection:
        return is_selective(connection, parse(text))


def answers(asked: Iterable[str], texts: Sequence[Text]) -> dict[int, dict[str, bool]]:
    """By record: whether it matches each query; a record whose text says nothing is left out."""
    entries = [entry_of(row, text) for row, text in texts if is_known(row, text)]
    wanted = dict(_readable(asked))
    if not entries or not wanted:
        return {}
    found = dict(zip(wanted, _matching(entries, list(wanted.values())), strict=True))
    return {
        entry.record: {text: entry.record in matched for text, matched in found.items()}
        for entry in entries
    }


def is_known(row: Row, text: str) -> bool:
    """Whether the record was read whole, and what was read is text."""
    return may_be_known(row) and bool(text.strip())


def may_be_known(row: Row) -> bool:
    """Whether, as far as the register tells, the text of the record may be relied on."""
    quality = (row["classification"] or {}).get("text_quality")
    return row["capture"] == "captured" and not row["partial"] and quality != "garbled"


def keep(
    connection: sa.Connection, asked: Mapping[str, str], texts: Sequence[Text], now: datetime
) -> dict[int, dict[str, bool]]:
    """Write down what the queries of holds, by name of the hold, say of records; as `answers`."""
    found = answers(set(asked.values()), texts)
    unknown = [row["id"] for row, _ in texts if row["id"] not in found]
    forgotten = hold_evaluation.c.record.in_(unknown) & hold_evaluation.c.hold.in_(asked)
    connection.execute(hold_evaluation.delete().where(forgotten))
    rows = [
        {
            "hold": name,
            "record": row["id"],
            "subject": subject(row),
            "matched": found[row["id"]][text],
            "evaluated": now.isoformat(),
        }
        for row, _ in texts
        if row["id"] in found
        for name, text in asked.items()
        if text in found[row["id"]]
    ]
    if rows:
        connection.execute(hold_evaluation.insert().prefix_with("OR REPLACE"), rows)
    return found


def remember(connection: sa.Connection, texts: Sequence[Text], now: datetime) -> None:
    """Write down what the query of every hold in force says of these records."""
    asked = queries(connection, now.date())
    if asked:
        keep(connection, asked, texts, now)


def unmatched(
    connection: sa.Connection, rows: Sequence[sa.RowMapping]
) -> dict[int, frozenset[str]]:
    """By record: the queries of holds that it was read for as it is now, and does not match."""
    return {
        number: frozenset(text for text, matched in found.items() if not matched)
        for number, found in known(connection, rows).items()
    }


def known(connection: sa.Connection, rows: Sequence[sa.RowMapping]) -> dict[int, dict[str, bool]]:
    """By record: what is remembered about it as it is now, for each query of a hold."""
    by_number = {row["id"]: row for row in rows}
    query = (
        sa.select(hold_evaluation, hold.c.scope)
        .join(hold)
        .where(hold_evaluation.c.record.in_(by_number))
    )
    found: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for each in connection.execute(query):
        if each.subject == subject(by_number[each.record]):
            found[each.record][each.scope["query"]] = each.matched
    return dict(found)


def subject(row: Row) -> str:
    """What an answer is about: a digest over the content's digest and all that can be asked for."""
    content = {**asdict(entry_of(row, "")), "sha256": row["sha256"]}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _readable(asked: Iterable[str]) -> Iterator[tuple[str, Query]]:
    for text in asked:
        with suppress(QueryError):
            yield text, parse(text)


def _matching(entries: Sequence[Entry], asked: Sequence[Query]) -> list[frozenset[int]]:
    with _memory() as connection:
        return matching(connection, entries, asked)


@contextmanager
def _memory() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://", module=driver(), hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
