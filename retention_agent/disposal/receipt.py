"""Reads the archive's receipt, and holds every line of it against what was sent.

A receipt is a table (CSV or a workbook) or JSON, with these columns or keys:

    record, path   which file: its record's number here, or its path in the bag, or both
    sha256         of what the archive has; needed where it was accepted
    outcome        accepted or declined
    accession      the archive's own number for it; needed where it was accepted
    date           the day of the answer
    reason         why; needed where it was declined

All mistakes are told at once, and none of a receipt with a mistake is believed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from retention_agent.disposal.archived import ACCEPTED, DECLINED
from retention_agent.disposal.bag_names import PAYLOAD
from retention_agent.errors import UsageError, nearest
from retention_agent.register.transfers import Sent
from retention_agent.sheets import LARGEST_FILE, read_rows

COLUMNS = ("record", "path", "sha256", "outcome", "accession", "date", "reason")
NEEDED = ("sha256", "outcome", "date")
OUTCOMES = (ACCEPTED, DECLINED)

Line = tuple[int, Mapping[str, str]]
"""the number of a row, counted as the file's reader would, and its cells by column"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the archive says about one item of the batch."""

    number: int
    answer: str
    accession: str | None
    on: str
    reason: str | None

    def differs(self, sent: Sent) -> bool:
        """Whether the archive said something else about the item before."""
        before = (sent.answer, sent.accession, sent.on, sent.reason)
        return before != (self.answer, self.accession, self.on, self.reason)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it came."""

    name: str
    content: bytes
    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.content).hexdigest()


def read(file: Path) -> Receipt:
    """Read a receipt, whatever it may say.

    Raises:
        UsageError: it cannot be read as what its name says, or has not the columns of one.
    """
    rows = _json_rows(file) if file.suffix.lower() == ".json" else read_rows(file)
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    problems = [f"there is no column {name!r}" for name in NEEDED if name not in header]
    if not {"record", "path"} & set(header):
        problems.append("there is no column 'record' or 'path'")
    problems += [
        f"unknown column {name!r}{nearest(name, COLUMNS)}" for name in header if name not in COLUMNS
    ]
    if problems:
        raise UsageError(f"{file}: this is no receipt", *problems)
    lines = [
        (number, dict(zip(header, (cell.strip() for cell in row), strict=False)))
        for number, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    return Receipt(file.name, file.read_bytes(), tuple(lines))


def check(
    receipt: Receipt,
    sent: Mapping[int, Sent],
    digests: Mapping[int, str],
    today: date,
    *,
    partial: bool,
) -> list[Answer]:
    """The answers of a receipt in which nothing is wrong.

    Args:
        receipt: as `read` gave it.
        sent: by item number, what lies in the bag.
        digests: by item number, the SHA-256 that was approved.
        today: the present day.
        partial: whether files that it does not mention are no mistake.

    Raises:
        UsageError: with every mistake in it.
    """
    problems: list[str] = []
    answers: dict[int, Answer] = {}
    for line, cells in receipt.lines:
        number, faults = _item(cells, sent)
        if number is not None:
            faults += _faults(cells, digests[number], today)
            if number in answers:
                faults.append(f"record {sent[number].record} is answered twice")
            answer = _answer(number, cells)
            if sent[number].answer is not None and answer.differs(sent[number]):
                faults.append(
                    f"the archive said {sent[number].answer} on {sent[number].on} already"
                )
            answers[number] = answer
        problems += [f"row {line}: {fault}" for fault in faults]
    missing = [] if partial else [each for n, each in sent.items() if n not in answers]
    problems += [f"no row for record {each.record}, {each.path}" for each in missing]
    if problems:
        advice = ["Has it answered only for some? Then say --partial."] if missing else []
        raise UsageError(
            f"{receipt.name}: {len(problems)} mistakes; nothing of it was taken in",
            *problems,
            *advice,
        )
    return list(answers.values())


def _item(cells: Mapping[str, str], sent: Mapping[int, Sent]) -> tuple[int | None, list[str]]:
    """The item that a row speaks of, or what is wrong with how it names one."""
    by_record = {str(each.record): number for number, each in sent.items()}
    by_path = {each.path: number for number, each in sent.items()}
    record, path = cells.get("record", ""), cells.get("path", "")
    named = {
        "record": by_record.get(record) if record else None,
        "path": by_path.get(path, by_path.get(f"{PAYLOAD}/{path}")) if path else None,
    }
    if not record and not path:
        return None, ["it names neither a record nor a path"]
    unknown = [
        f"{key} {cells[key]!r} is not in the bag"
        for key, number in named.items()
        if cells.get(key) and number is None
    ]
    found = {number for number in named.values() if number is not None}
    if unknown or len(found) > 1:
        return None, unknown or [f"record {record} is not the one at {path!r}"]
    return found.pop(), []


def _faults(cells: Mapping[str, str], sha256: str, today: date) -> list[str]:
    outcome = cells["outcome"].lower()
    found = []
    if outcome not in OUTCOMES:
        hint = nearest(outcome, OUTCOMES)
        found.append(f"outcome {outcome!r} is neither accepted nor declined{hint}")
    given = cells["sha256"].lower()
    if given != sha256 and (given or outcome == ACCEPTED):
        found.append("sha256 is missing" if not given else "sha256 is not that of what was sent")
    if outcome == ACCEPTED and not cells.get("accession"):
        found.append("accession is missing: the archive's own number for it")
    if outcome == DECLINED and not cells.get("reason"):
        found.append("reason is missing: why the archive declined it")
    return [*found, *_date_faults(cells["date"], today)]


def _date_faults(text: str, today: date) -> Iterator[str]:
    try:
        if date.fromisoformat(text) > today:
            yield f"date {text} lies in the future"
    except ValueError:
        yield f"date {text!r} is not a date; write it as 2026-11-23"


def _answer(number: int, cells: Mapping[str, str]) -> Answer:
    return Answer(
        number=number,
        answer=cells["outcome"].lower(),
        accession=cells.get("accession") or None,
        on=cells["date"],
        reason=cells.get("reason") or None,
    )


def _json_rows(file: Path) -> Sequence[Sequence[str]]:
    """The objects of a JSON list, alone or under `items`, as rows below a heading."""
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{file}: is larger than {LARGEST_FILE // 2**20} MiB")
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{file}: cannot be read as JSON: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    listed = document.get("items") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UsageError(f"{file}: is neither a list of objects nor one under `items`")
    header = sorted({key for each in listed for key in each} | set(NEEDED))
    rows = [["" if each.get(key) is None else str(each[key]) for key in header] for each in listed]
    return [header, *rows]
