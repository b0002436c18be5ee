"""Tables that people keep in spreadsheets: CSV and workbooks in and out, as rows of text.

* What is read comes back as text: a whole number without a decimal point, a date as 2026-11-23.
* What is written is text too, so that a code such as `007` or a date survives its way through a
  spreadsheet. In CSV a cell that a spreadsheet would run as a formula (CWE-1236) gets a quote in
  front; reading takes it away again.
"""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from retention_agent import workbook_reader
from retention_agent.errors import UsageError
from retention_agent.workbook_reader import text_of

Rows = list[list[str]]

LARGEST_FILE = 64 * 2**20
"""bytes; a list of events or names is far smaller, and a workbook unpacks to many times its size"""
WORKBOOKS = (".xlsx", ".xls", ".ods")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_WIDEST = 60
_LONGEST_CELL = 32_767  # of the format


def read_rows(file: Path) -> Rows:
    """The rows of a CSV file, or of the first sheet of a workbook; raises as `read_sheets`."""
    return next(iter(read_sheets(file).values()), [])


def read_sheets(file: Path) -> dict[str, Rows]:
    """Every sheet of a workbook (.xlsx, .xls, .ods) by name; a CSV file is one sheet named ''.

    Raises:
        UsageError: the file cannot be read as what its name says, or is too large.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{file}: is larger than {LARGEST_FILE // 2**20} MiB")
        if file.suffix.lower() in WORKBOOKS:
            return _workbook(file)
        text = file.read_bytes().decode("utf-8-sig")
        return {"": from_csv(text)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{file}: cannot be read as CSV in UTF-8: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error


def from_csv(text: str) -> Rows:
    """The rows of a CSV text as `to_csv` writes it; raises csv.Error."""
    return [[_restored(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]


def to_csv(rows: Iterable[Sequence[object]]) -> str:
    """The rows as CSV (RFC 4180); None is an empty cell."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_harmless(text_of(cell)) for cell in row] for row in rows)
    return written.getvalue()


def to_workbook(sheets: Mapping[str, Iterable[Sequence[object]]]) -> bytes:
    """A workbook (.xlsx) with these sheets, the first row of each being its heading.

    Raises:
        UsageError: a cell is longer than a workbook can hold; nothing is shortened silently.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        heading = book.add_format({"bold": True, "text_wrap": True})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            widths: dict[int, int] = {}
            for line, row in enumerate(rows):
                for column, cell in enumerate(map(text_of, row)):
                    _require_short(name, line, cell)
                    sheet.write_string(line, column, cell, None if line else heading)
                    widths[column] = max(widths.get(column, 8), min(len(cell) + 1, _WIDEST))
            for column, width in widths.items():
                sheet.set_column(column, column, width)
    return content.getvalue()


def _require_short(sheet: str, line: int, cell: str) -> None:
    if len(cell) > _LONGEST_CELL:
        raise UsageError(
            f"sheet {sheet!r}, row {line + 1}: a cell has {len(cell)} characters,"
            f" a workbook holds {_LONGEST_CELL}",
            "Write CSV instead; it has no such limit.",
        )


def _workbook(file: Path) -> dict[str, Rows]:
    read = subprocess.run(  # noqa: S603  (our own interpreter and file)
        [sys.executable, "-I", workbook_reader.__file__],
        input=file.read_bytes(),
        capture_output=True,
        check=False,
    )
    if read.returncode == workbook_reader.NOT_A_WORKBOOK:
        why = read.stderr.decode(errors="replace")
        raise UsageError(f"{file}: cannot be read as a workbook: {why}")
    if read.returncode:
        raise UsageError(
            f"{file}: cannot be read as a workbook: unpacked it is too large, or it is damaged",
            "Save it as CSV, with the rows that are wanted alone.",
        )
    sheets: dict[str, Rows] = json.loads(read.stdout)
    return sheets


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _restored(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
