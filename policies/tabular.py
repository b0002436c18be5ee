r"""A schedule as the rows of a spreadsheet, both ways and without loss.

Rules enforced here:

- The first row names the columns, in any order. Columns left out are blank; an unknown one is an
  error. Rows that are blank throughout are passed over; cells left off the end of a row are blank.
- Every mistake is reported at once with its row, numbered as a spreadsheet numbers them (the
  header is row 1), its column and the nearest value that would do.
- Lists share one cell: keywords as `invoice; receipt`, phases as `transfer | P6Y`, alternatives as
  `fact | trigger | cut-off | period | when in words`, several joined by `;`. A backslash takes
  the meaning from `;`, `|` and `\`.

Rows hold classes only: all the rest comes from the schedule the rows belong to. A moratorium of
that schedule must still find the classes it names.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from policies.entry import Entry, nearest
from policies.model import Alternative, Rule, Schedule
from policies.moratorium import unknown_classes
from policies.schedule import read_rule, rule_document

COLUMNS = (
    *("code", "function", "title", "scope", "trigger", "cut_off", "period", "action"),
    *("authority", "authority_kind", "alternatives", "keywords", "confidence", "source", "note"),
    *("offer_after", "effective_from", "effective_to", "version"),
    *("phases", "sample", "sample_seed", "review_every"),
)
_NEEDED = ("code", "function", "title", "trigger", "action", "authority", "authority_kind")
_COLUMN_OF = {"authority.citation": "authority", "authority.kind": "authority_kind"}
_PARTS = {
    "alternatives": ("fact", "trigger", "cut_off", "period", "when"),
    "phases": ("action", "period"),
}
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
    sheet: str = ""

    def text(self) -> str:
        """Place and message in one line."""
        sheet = f"sheet {self.sheet}, " if self.sheet else ""
        place = f"{sheet}row {self.row}" + (f", column {self.column}" if self.column else "")
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
    rules, problems = read_classes(rows, schedule.functions)
    if not problems:
        problems = [
            CellProblem(1, "code", f"moratorium {name} stops class '{code}': keep its row")
            for name, code in unknown_classes(replace(schedule, rules=rules)).items()
        ]
    if problems:
        raise TableError(problems)
    return replace(schedule, rules=rules)


def read_classes(
    rows: Sequence[Sequence[str]], functions: Collection[str]
) -> tuple[dict[str, Rule], list[CellProblem]]:
    """The classes in the rows by their codes, and every mistake."""
    header = [cell.strip() for cell in rows[0]] if rows else []
    problems = header_problems(header, COLUMNS, _NEEDED)
    if problems:
        return {}, problems
    rules: dict[str, Rule] = {}
    first_used: dict[str, int] = {}
    for number, cells in filled(rows):
        rule, found = _read(number, dict(zip(header, cells, strict=False)), functions)
        problems += excess(number, cells, header) + found
        if rule.code and first_used.setdefault(rule.code, number) != number:
            used = f"'{rule.code}' is already the code of row {first_used[rule.code]}"
            problems.append(CellProblem(number, "code", used))
        rules[rule.code] = rule
    if not rules:
        problems.append(CellProblem(1, "", "no class follows the header"))
    return rules, problems


def _row(rule: Rule) -> list[str]:
    cells = {key: str(value) for key, value in rule_document(rule).items()}
    cells["authority"], cells["authority_kind"] = rule.authority.citation, rule.authority.kind
    cells["keywords"] = list_cell(rule.keywords)
    cells["alternatives"] = "; ".join(_alternative_cell(one) for one in rule.alternatives)
    cells["phases"] = "; ".join(f"{phase.action} | {phase.period}" for phase in rule.phases)
    return [cells.get(column, "") for column in COLUMNS]


def _alternative_cell(one: Alternative) -> str:
    parts = (one.fact, one.trigger, str(one.cut_off), str(one.period), one.when)
    return " | ".join(_escape(part) for part in parts if part)


def list_cell(texts: Iterable[str]) -> str:
    """Texts as one cell; `list_of` is the inverse."""
    return "; ".join(_escape(text) for text in texts)


def list_of(cell: str) -> list[str]:
    """The texts of a cell."""
    return [_unescape(part) for part in _BETWEEN_SEMICOLONS.findall(cell)]


def header_problems(
    header: Sequence[str], columns: Sequence[str], needed: Sequence[str]
) -> list[CellProblem]:
    """What is wrong with the names of the columns."""
    problems = [
        CellProblem(1, name, f"unknown column: {nearest(name, columns)}")
        for name in header
        if name not in columns
    ]
    problems += [
        CellProblem(1, name, "this column is there twice")
        for name in columns
        if header.count(name) > 1
    ]
    problems += [
        CellProblem(1, name, "this column is missing") for name in needed if name not in header
    ]
    return problems


def filled(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row below the header that is not blank, with its number."""
    for number, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, cells


def excess(number: int, cells: Sequence[str], header: Sequence[str]) -> list[CellProblem]:
    """A mistake where cells stand outside every column."""
    if not any(cell.strip() for cell in cells[len(header) :]):
        return []
    message = f"has {len(cells)} cells but the header has {len(header)}"
    return [CellProblem(number, "", message)]


def _read(
    number: int, cells: Mapping[str, str], functions: Collection[str]
) -> tuple[Rule, list[CellProblem]]:
    problems: dict[str, str] = {}
    rule = read_rule(Entry(_document(cells), "", problems), functions)
    return rule, [
        CellProblem(number, *_column_and_message(place, message))
        for place, message in problems.items()
    ]


def _document(cells: Mapping[str, str]) -> dict[str, object]:
    document: dict[str, object] = {name: cell for name, cell in cells.items() if cell.strip()}
    kind = document.pop("authority_kind", "")
    document["authority"] = {"citation": document.get("authority", ""), "kind": kind}
    document["keywords"] = list_of(cells.get("keywords", ""))
    for column, names in _PARTS.items():
        entries = _BETWEEN_SEMICOLONS.findall(cells.get(column, ""))
        document[column] = [_named_parts(entry, names) for entry in entries]
    return document


def _named_parts(cell: str, names: Sequence[str]) -> dict[str, object]:
    parts = [_unescape(part) for part in _BETWEEN_BARS.findall(cell)]
    keys: dict[str, object] = dict(zip(names, parts, strict=False))
    return keys if len(parts) <= len(names) else {**keys, "too many parts": cell}


def _column_and_message(place: str, message: str) -> tuple[str, str]:
    column, bracket, within = place.partition("[")
    if column in _PARTS and bracket:
        return column, f"[{within} {message}"
    return _COLUMN_OF.get(place, place), message


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text).strip()
