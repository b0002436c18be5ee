"""A whole schedule as the sheets of a workbook, both ways and without loss.

Rules enforced here:

- There are four sheets: `classes` as in `policies.tabular`, `functions` (code and name),
  `moratoria`, and `about` (title, version, status, jurisdiction, and any number of notes and
  sources). All four must be there, or leaving one out would lift every moratorium.
- Every mistake is reported at once with its sheet, row and column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from policies.entry import Entry, nearest
from policies.model import Moratorium, Schedule, Source
from policies.moratorium import KEYS as MORATORIUM_COLUMNS
from policies.moratorium import moratorium_document
from policies.schedule import read_moratoria
from policies.tabular import (
    CellProblem,
    TableError,
    excess,
    filled,
    header_problems,
    list_cell,
    list_of,
    read_classes,
    to_rows,
)

Sheet = Sequence[Sequence[str]]

SHEETS = ("classes", "functions", "moratoria", "about")
_FUNCTION_COLUMNS = ("code", "name")
_ABOUT_COLUMNS = ("key", "value", "url")
_LISTS = ("classes", "functions")
_ONCE = ("title", "version", "status", "jurisdiction")
_MANY = ("note", "source")

Row = tuple[int, dict[str, str]]


def to_sheets(schedule: Schedule) -> dict[str, list[list[str]]]:
    """Every sheet by its name, each with its header."""
    about = [[key, getattr(schedule, key), ""] for key in _ONCE]
    about += [["note", note, ""] for note in schedule.notes]
    about += [["source", source.title, source.url] for source in schedule.sources]
    return {
        "classes": to_rows(schedule),
        "functions": [
            list(_FUNCTION_COLUMNS),
            *([code, name] for code, name in schedule.functions.items()),
        ],
        "moratoria": [
            list(MORATORIUM_COLUMNS),
            *(_moratorium_row(each) for each in schedule.moratoria),
        ],
        "about": [list(_ABOUT_COLUMNS), *about],
    }


def from_sheets(sheets: Mapping[str, Sheet]) -> Schedule:
    """The schedule that the sheets say, with no class adopted.

    Raises:
        TableError: With every mistake in any sheet.
    """
    problems = [CellProblem(1, "", "is missing", name) for name in SHEETS if name not in sheets]
    if problems:
        raise TableError(problems)
    functions = _functions(sheets["functions"], problems)
    rules, found = read_classes(sheets["classes"], functions)
    problems += [replace(problem, sheet="classes") for problem in found]
    schedule = replace(
        _about(sheets["about"], problems),
        rules=rules,
        functions=functions,
        moratoria=_moratoria(sheets["moratoria"], (rules, functions), problems),
    )
    if problems:
        raise TableError(sorted(problems, key=lambda each: SHEETS.index(each.sheet)))
    return schedule


def _moratorium_row(moratorium: Moratorium) -> list[str]:
    cells = {key: str(value) for key, value in moratorium_document(moratorium).items()}
    cells |= {key: list_cell(getattr(moratorium, key)) for key in _LISTS}
    return [cells.get(column, "") for column in MORATORIUM_COLUMNS]


def _functions(sheet: Sheet, problems: list[CellProblem]) -> dict[str, str]:
    functions: dict[str, str] = {}
    rows = _rows("functions", sheet, _FUNCTION_COLUMNS, problems)
    for number, cells in rows:
        blank = [column for column in _FUNCTION_COLUMNS if not cells.get(column)]
        problems += [CellProblem(number, column, "is blank", "functions") for column in blank]
        code = cells.get("code", "")
        if code in functions:
            problems.append(CellProblem(number, "code", f"'{code}' is there twice", "functions"))
        functions[code] = cells.get("name", "")
    return functions


def _moratoria(
    sheet: Sheet, known: tuple[Mapping[str, object], Mapping[str, str]], problems: list[CellProblem]
) -> tuple[Moratorium, ...]:
    entries: dict[int, Entry] = {}
    mistakes: dict[int, dict[str, str]] = {}
    for number, cells in _rows("moratoria", sheet, MORATORIUM_COLUMNS, problems):
        lists = {key: list_of(cells.get(key, "")) for key in _LISTS}
        entries[number] = Entry({**cells, **lists}, "", mistakes.setdefault(number, {}))
    codes, functions = known
    found = read_moratoria(list(entries.values()), codes, functions)
    problems += [
        CellProblem(number, column, message, "moratoria")
        for number, told in mistakes.items()
        for column, message in told.items()
    ]
    return found


def _about(sheet: Sheet, problems: list[CellProblem]) -> Schedule:
    rows = _rows("about", sheet, _ABOUT_COLUMNS, problems)
    once: dict[str, str] = {}
    for number, cells in rows:
        key = cells.get("key", "")
        if key not in (*_ONCE, *_MANY):
            message = f"'{key}' is not known: {nearest(key, (*_ONCE, *_MANY))}"
            problems.append(CellProblem(number, "key", message, "about"))
        elif key in once:
            problems.append(CellProblem(number, "key", f"'{key}' is there twice", "about"))
        elif key in _ONCE:
            once[key] = cells.get("value", "")
        elif not cells.get("value"):
            problems.append(CellProblem(number, "value", "is blank", "about"))
    problems += [
        CellProblem(1, "key", f"'{key}' is missing or blank: it is needed", "about")
        for key in ("title", "version")
        if not once.get(key)
    ]
    return Schedule(
        title=once.get("title", ""),
        version=once.get("version", ""),
        rules={},
        functions={},
        status=once.get("status", ""),
        jurisdiction=once.get("jurisdiction", ""),
        notes=tuple(cells.get("value", "") for _, cells in rows if cells.get("key") == "note"),
        sources=tuple(
            Source(cells.get("value", ""), cells.get("url", ""))
            for _, cells in rows
            if cells.get("key") == "source"
        ),
    )


def _rows(
    name: str, sheet: Sheet, columns: Sequence[str], problems: list[CellProblem]
) -> list[Row]:
    header = [cell.strip() for cell in sheet[0]] if sheet else []
    found = header_problems(header, columns, columns[:1])
    rows = [] if found else list(filled(sheet))
    for number, cells in rows:
        found += excess(number, cells, header)
    problems += [replace(problem, sheet=name) for problem in found]
    return [
        (number, {key: cell.strip() for key, cell in zip(header, cells, strict=False)})
        for number, cells in rows
    ]
