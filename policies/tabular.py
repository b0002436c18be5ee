r"""A schedule as the rows of a spreadsheet, both ways and without loss.

Rules enforced here:

- The first row names the columns, in any order. Columns left out are blank; an unknown one is an
  error. Rows that are blank throughout are passed over; cells left off the end of a row are blank.
- Every mistake is reported at once with its row, numbered as a spreadsheet numbers them (the
  header is row 1), its column and the nearest value that would do.
- Keywords and alternatives share one cell: keywords as `invoice; receipt`, alternatives as
  `fact | trigger | cut-off | period | when in words`, several joined by `;`. A backslash takes
  the meaning from `;`, `|` and `\`.

Rows hold classes only: title, functions and sources come from the schedule the rows belong to.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policies.entry import Entry, nearest
from policies.model import Alternative, Rule, Schedule
from policies.schedule import read_rule, rule_document

COLUMNS = (
    *("code", "function", "title", "scope", "trigger", "cut_off", "period", "action"),
    *("authority", "authority_kind", "alternatives", "keywords", "confidence", "source", "note"),
    *("offer_after", "effective_from", "effective_to", "version"),
)
_NEEDED = ("code", "function", "title", "trigger", "action", "authority", "authority_kind")
_COLUMN_OF = {"authority.citation": "authority", "authority.kind": "authority_kind"}
_ALTERNATIVE = ("fact", "trigger", "cut_off", "period", "when")
_SPECIAL = re.compile(r"([\\;|])")
_ESCAPED = re.compile(r"\\([\\;|])")
_BETWEEN_SEMICOLONS = re.compile(r"(?:\\[\\;|]|[^;])+")
_BETWEEN_BARS = re.compile(r"(?:\\[\\;|]|[^|])+")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One mistake; `column` is empty where it concerns the row as a whole."""

    row: int
    column: str
    message: str

    def text(self) -> str:
        """Place and message in one line."""
        place = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.message}"


class TableError(ValueError):
    """The rows have mistakes; `problems` has every one, in order."""

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        heading = f"the table has {count} mistake{'' if count == 1 else 's'}"
        super().__init__("\n".join([heading, *(problem.text() for problem in self.problems)]))


def to_rows(schedule: Schedule) -> list[list[str]]:
    """The header and one row for each class."""
    return [list(COLUMNS), *(_row(rule) for rule in schedule.rules.values())]


def from_rows(rows: Sequence[Sequence[str]], schedule: Schedule) -> Schedule:
    """The schedule with its classes replaced by those of the rows.

    Raises:
        TableError: With every mistake in the rows.
    """
    header = [cell.strip() for cell in rows[0]] if rows else []
    problems = _header_problems(header)
    if problems:
        raise TableError(problems)
    rules: dict[str, Rule] = {}
    first_used: dict[str, int] = {}
    for number, cells in _filled(rows):
        rule, found = _read(number, dict(zip(header, cells, strict=False)), schedule)
        problems += _excess(number, cells, header) + found
        if rule.code and first_used.setdefault(rule.code, number) != number:
            used = f"'{rule.code}' is already the code of row {first_used[rule.code]}"
            problems.append(CellProblem(number, "code", used))
        rules[rule.code] = rule
    if not rules:
        problems.append(CellProblem(1, "", "no class follows the header"))
    if problems:
        raise TableError(problems)
    return replace(schedule, rules=rules)


def _row(rule: Rule) -> list[str]:
    cells = {key: str(value) for key, value in rule_document(rule).items()}
    cells["authority"], cells["authority_kind"] = rule.authority.citation, rule.authority.kind
    cells["keywords"] = "; ".join(_escape(keyword) for keyword in rule.keywords)
    cells["alternatives"] = "; ".join(_alternative_cell(one) for one in rule.alternatives)
    return [cells.get(column, "") for column in COLUMNS]


def _alternative_cell(one: Alternative) -> str:
    parts = (one.fact, one.trigger, str(one.cut_off), str(one.period), one.when)
    return " | ".join(_escape(part) for part in parts if part)


def _header_problems(header: Sequence[str]) -> list[CellProblem]:
    problems = [
        CellProblem(1, name, f"unknown column: {nearest(name, COLUMNS)}")
        for name in header
        if name not in COLUMNS
    ]
    problems += [
        CellProblem(1, name, "this column is there twice")
        for name in COLUMNS
        if header.count(name) > 1
    ]
    problems += [
        CellProblem(1, name, "this column is missing") for name in _NEEDED if name not in header
    ]
    return problems


def _filled(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _excess(number: int, cells: Sequence[str], header: Sequence[str]) -> list[CellProblem]:
    if not any(cell.strip() for cell in cells[len(header) :]):
        return []
    message = f"has {len(cells)} cells but the header has {len(header)}"
    return [CellProblem(number, "", message)]


def _read(
    number: int, cells: Mapping[str, str], schedule: Schedule
) -> tuple[Rule, list[CellProblem]]:
    problems: dict[str, str] = {}
    rule = read_rule(Entry(_document(cells), "", problems), schedule.functions)
    return rule, [
        CellProblem(number, *_column_and_message(place, message))
        for place, message in problems.items()
    ]


def _document(cells: Mapping[str, str]) -> dict[str, object]:
    document: dict[str, object] = {name: cell for name, cell in cells.items() if cell.strip()}
    kind = document.pop("authority_kind", "")
    document["authority"] = {"citation": document.get("authority", ""), "kind": kind}
    document["keywords"] = [
        _unescape(part) for part in _BETWEEN_SEMICOLONS.findall(cells.get("keywords", ""))
    ]
    document["alternatives"] = [
        _alternative_keys(part)
        for part in _BETWEEN_SEMICOLONS.findall(cells.get("alternatives", ""))
    ]
    return document


def _alternative_keys(cell: str) -> dict[str, object]:
    parts = [_unescape(part) for part in _BETWEEN_BARS.findall(cell)]
    keys: dict[str, object] = dict(zip(_ALTERNATIVE, parts, strict=False))
    return keys if len(parts) <= len(_ALTERNATIVE) else {**keys, "too many parts": cell}


def _column_and_message(place: str, message: str) -> tuple[str, str]:
    if place.startswith("alternatives["):
        return "alternatives", f"{place.removeprefix('alternatives')} {message}"
    return _COLUMN_OF.get(place, place), message


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text).strip()
