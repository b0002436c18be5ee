"""Reads records out of the register in the shape that decisions need."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from policies import DatedFact, Record, Trust
from retention_agent.errors import NotFound
from retention_agent.register import evaluations
from retention_agent.register.tables import fact, former_path, record, record_reference, share

CHUNK = 500

_shown = sa.select(record, share.c.name.label("share_name")).join(share)


def find(connection: sa.Connection, number: int) -> sa.RowMapping:
    """The record numbered `number`, with its share's name.

    Raises:
        NotFound: no record has that number.
    """
    row = connection.execute(_shown.where(record.c.id == number)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no record is numbered {number}", "`retention find` prints the numbers.")
    return row


def stream(
    connection: sa.Connection, condition: sa.ColumnElement[bool], after: int = 0
) -> Iterator[list[sa.RowMapping]]:
    """Records that meet `condition`, in order of number, in lists of at most 500."""
    while True:
        rows = connection.execute(
            _shown.where(condition, record.c.id > after).order_by(record.c.id).limit(CHUNK)
        ).mappings()
        chunk = list(rows)
        if not chunk:
            return
        yield chunk
        after = chunk[-1]["id"]


def for_policy(
    connection: sa.Connection, rows: Iterable[sa.RowMapping], zone: ZoneInfo
) -> list[Record]:
    """The rows as the policy core knows them, with their references and proven facts."""
    rows = list(rows)
    references, facts = _about(connection, [row["id"] for row in rows])
    former = _former_paths(connection, [row["id"] for row in rows])
    unmatched = evaluations.unmatched(connection, rows)
    return [
        replace(
            _policy_record(row, references[row["id"]], facts[row["id"]], zone),
            unmatched=unmatched.get(row["id"], frozenset()),
            former=former[row["id"]],
        )
        for row in rows
    ]


def _former_paths(
    connection: sa.Connection, numbers: list[int]
) -> defaultdict[int, frozenset[bytes]]:
    found: defaultdict[int, frozenset[bytes]] = defaultdict(frozenset)
    for number, path in connection.execute(
        sa.select(former_path).where(former_path.c.record.in_(numbers))
    ):
        found[number] |= {path}
    return found


def _policy_record(
    row: sa.RowMapping, references: frozenset[str], facts: dict[str, bool], zone: ZoneInfo
) -> Record:
    return Record(
        id=str(row["id"]),
        share=row["share_name"],
        path=row["path"],
        record_class=row["record_class"],
        references=references,
        dates=dates(row, zone),
        facts=facts,
        fields=_fields(row),
        first_seen=_day(row["first_seen"], zone),
        readable=row["capture"] == "captured" and not row["partial"],
        keep_until=row["keep_until"] and date.fromisoformat(row["keep_until"]),
        reviewed=row["reviewed"] and date.fromisoformat(row["reviewed"]),
        phase=_phase(row),
        digest=row["sha256"] or "",
        declined=declined(row) is not None,
        archive_wanted=row["archive_wanted"] is not None,
    )


def declined(row: sa.RowMapping) -> str | None:
    """Why the archive does not want the record; it never saw the content of one that changed."""
    return row["declined"] if row["declined_of"] == row["sha256"] else None


def phase_of(record_class: str | None, sha256: str | None) -> str:
    """For which class and content phases were done.

    The archive has a copy of that content, given to it under that class. A record that changes in
    either begins its phases anew, whoever changed it.
    """
    return f"{record_class}:{sha256}"


def _phase(row: sa.RowMapping) -> int:
    done: int = row["phase"]
    return done if row["phase_of"] == phase_of(row["record_class"], row["sha256"]) else 0


def _fields(row: sa.RowMapping) -> dict[str, str]:
    found = {name: row[name] for name in ("title", "owner", "media_type") if row[name]}
    return found | (row["metadata"] or {})


def dates(row: sa.RowMapping, zone: ZoneInfo) -> dict[str, DatedFact]:
    """When the record was made and last changed, by the best evidence at hand.

    A document made from an old template carries the template's creation date, so a record counts
    as created when its content was last saved: the later of the dates it carries. Without any, the
    file system's date stands in, marked as such; the policy core never disposes on it.
    """
    carried = [
        DatedFact(_day(each["on"], zone), each["origin"], Trust.EVIDENCED)
        for each in row["dates"] or ()
    ]
    if carried:
        latest = max(carried, key=lambda each: each.on)
        return {"created": latest, "last_modified": latest}
    stand_in = DatedFact(modified(row, zone), "file-system:modified", Trust.FILE_SYSTEM)
    return {"created": stand_in, "last_modified": stand_in}


def modified(row: sa.RowMapping, zone: ZoneInfo) -> date:
    """The day on which the file system says that the file was last changed."""
    return datetime.fromtimestamp(row["mtime_ns"] / 1e9, zone).date()


def _day(text: str, zone: ZoneInfo) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    # a document's time without an offset is the wall clock of its writer
    return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()


def _about(
    connection: sa.Connection, numbers: list[int]
) -> tuple[dict[int, frozenset[str]], dict[int, dict[str, bool]]]:
    """References of the records, and what is proven about those references.

    Where the references of one record contradict each other, or nothing is known of one of them,
    the fact stays unknown.
    """
    references: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    said: defaultdict[int, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    query = (
        sa.select(
            record_reference.c.record, record_reference.c.reference, fact.c.fact, fact.c.holds
        )
        .outerjoin_from(record_reference, fact, fact.c.reference == record_reference.c.reference)
        .where(record_reference.c.record.in_(numbers))
    )
    for number, reference, name, holds in connection.execute(query):
        references[number] |= {reference}
        if name is not None:
            said[number][name].append(holds)
    facts: defaultdict[int, dict[str, bool]] = defaultdict(dict)
    for number, claims in said.items():
        facts[number] = {
            name: told[0]
            for name, told in claims.items()
            if len(told) == len(references[number]) and len(set(told)) == 1
        }
    return references, facts


def instant(now: datetime) -> str:
    """`now` as the register writes it: RFC 3339 in UTC, to the second."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """An instant of the register as an aware datetime."""
    return datetime.fromisoformat(text)


def listed(numbers: Iterable[int]) -> sa.Select[int]:
    """Record numbers as a subquery of one parameter, however many they are."""
    each = sa.func.json_each(json.dumps(sorted(numbers))).table_valued("value")
    return sa.select(each.c.value)
