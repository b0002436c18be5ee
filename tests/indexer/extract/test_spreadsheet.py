"""Cells: how they are written, and what a sheet may not ask for."""

import io
from datetime import date, datetime
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from indexer.extract.base import Unreadable
from indexer.signatures import XLSX

XLS = "application/vnd.ms-excel"


def sheet(cells: dict[str, object]) -> bytes:
    book = openpyxl.Workbook()
    for place, value in cells.items():
        book.active[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_values_are_written_as_people_read_them(extract):
    cells = {
        "A1": 3.0,
        "B1": 3.5,
        "C1": True,
        "D1": date(2020, 4, 1),
        "E1": datetime(2020, 4, 1, 9, 5),
    }
    assert "3\t3.5\tTRUE\t2020-04-01\t2020-04-01 09:05:00" in extract(sheet(cells), XLSX).text


@pytest.mark.parametrize("far", ["XFD1048576", "ZZ60000"])
def test_a_sheet_whose_rectangle_would_fill_the_memory_is_refused_before_it_starts(extract, far):
    with pytest.raises(Unreadable) as caught:
        extract(sheet({"A1": "a", far: "z"}), XLSX)
    assert caught.value.reason == "too-large"
    assert "columns" in caught.value.detail


def test_a_long_narrow_sheet_is_read(extract):
    assert "last" in extract(sheet({"A1": "first", "B300000": "last"}), XLSX).text


def test_a_workbook_that_is_none_is_corrupt(extract):
    with pytest.raises(Unreadable) as caught:
        extract(b"not a workbook at all", XLS)
    assert caught.value.reason == "corrupt"


def test_an_expanding_part_no_text_is_taken_from_is_still_refused(extract, workbook):
    # The reader of cells inflates every part it meets by itself.
    out = io.BytesIO(workbook)
    with ZipFile(out, "a", ZIP_DEFLATED) as package:
        package.writestr("xl/styles2.xml", b" " * 8_000_000)
    with pytest.raises(Unreadable) as caught:
        extract(out.getvalue(), XLSX)
    assert caught.value.reason == "too-large"
