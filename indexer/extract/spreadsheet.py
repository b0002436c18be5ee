"""Cells of workbooks: xlsx, xlsb and xls, by python-calamine.

A row is a line and its cells stand between tabs. The reader builds each sheet as one rectangle,
so a single value in the last cell of a sheet would ask for hundreds of gigabytes: in xlsx, a sheet
whose rectangle is larger than :data:`CELLS` is refused before it starts; in xlsb and xls the limit
on the worker's memory has to stop it. The reader also inflates the archive by itself, so every
entry is first counted here.
"""

import re
from collections.abc import Iterable
from datetime import datetime, time
from functools import reduce
from typing import BinaryIO

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

from indexer.extract import ole
from indexer.extract.base import Extraction, Unreadable
from indexer.limits import BoundedZip, LimitExceededError, TextBuffer

CELLS = 8_000_000
"""The largest rectangle of a sheet: 32 bytes a cell, twice, has to fit in a worker."""

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb"<(?:\w+:)?row [^>]*?\br=\"(\d{1,7})\"")
_COLUMN = re.compile(rb" r=\"([A-Z]{1,3})\d")
_PREFIX = 16
"""Room before the name of an element for its namespace prefix."""
_OVERLAP = 256
"""Bytes kept between two pieces, so that a tag cut in two is still seen."""


def read(source: BinaryIO) -> Extraction:
    """Read a workbook of Excel 5 to 2003."""
    text = TextBuffer()
    try:
        _add_sheets(source, text)
    except PasswordError as error:
        raise Unreadable("encrypted", "the workbook opens with a password") from error
    return ole.described(source, text)


def add_cells(source: BinaryIO, package: BoundedZip, text: TextBuffer) -> None:
    """Add the cells of a workbook of the Open XML family.

    Raises:
        LimitExceededError: the archive or a sheet is larger than any honest one.
    """
    for name in package.names:
        if name.endswith((".xml", ".bin", ".rels")):
            _require_modest(name, package.chunks(name))
    _add_sheets(source, text)


def _require_modest(name: str, chunks: Iterable[bytes]) -> None:
    columns: set[bytes] = set()
    rows, kept, is_sheet = 0, b"", _SHEET.fullmatch(name)
    for chunk in chunks:
        if is_sheet:
            window = kept + chunk
            columns.update(_COLUMN.findall(window))
            rows = max(rows, _last_row(window))
            kept = window[-_OVERLAP:]
    width = max((_number(letters) for letters in columns), default=0)
    if rows * width > CELLS:
        raise LimitExceededError(f"{name} spans {rows:,} rows by {width:,} columns")


def _last_row(window: bytes) -> int:
    at = window.rfind(b"row ")
    match = _ROW.search(window, max(0, at - _PREFIX))
    return int(match[1]) if match else 0


def _number(letters: bytes) -> int:
    return reduce(lambda number, letter: number * 26 + letter - 64, letters, 0)


def _add_sheets(source: BinaryIO, text: TextBuffer) -> None:
    source.seek(0)
    with CalamineWorkbook.from_filelike(source) as workbook:
        for sheet in workbook.sheets_metadata:
            if sheet.typ == SheetTypeEnum.WorkSheet:
                text.add(f"{sheet.name}\n")
                for row in workbook.get_sheet_by_name(sheet.name).iter_rows():
                    text.add("\t".join(map(_shown, row)).rstrip("\t") + "\n")


def _shown(value: object) -> str:
    """A cell as people read it: whole numbers without a fraction, dates in ISO 8601."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
