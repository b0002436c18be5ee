"""Spreadsheets in and out: text survives, formulas do not run, what cannot be read is said."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_agent import sheets
from retention_agent.errors import UsageError

# what XML 1.0, and so a workbook, can carry
CELL = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=30
)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5)


@given(TABLE)
def test_csv_brings_every_cell_back(rows):
    assert sheets.from_csv(sheets.to_csv(rows)) == rows


@pytest.mark.parametrize("cell", ["=1+1", "+44 20", "-1", "@SUM(A1)", "'=1", "''-", "\tx", "plain"])
def test_no_cell_of_a_csv_starts_a_formula(cell, tmp_path):
    text = sheets.to_csv([[cell]])
    assert not text.lstrip('"').startswith(("=", "+", "-", "@", "\t"))
    file = tmp_path / "one.csv"
    file.write_text(text, newline="")
    assert sheets.read_rows(file) == [[cell]]


@settings(max_examples=20, deadline=None)
@given(TABLE)
def test_a_workbook_brings_every_cell_back(tmp_path_factory, rows):
    file = tmp_path_factory.mktemp("book") / "one.xlsx"
    rows = [["heading"], *rows]
    file.write_bytes(sheets.to_workbook({"classes": rows}))
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    while padded and not any(padded[-1]):
        padded.pop()
    read = [row + [""] * (width - len(row)) for row in sheets.read_sheets(file)["classes"]]
    while read and not any(read[-1]):
        read.pop()
    assert read == padded


def test_what_people_type_into_a_workbook_comes_back_as_text(tmp_path):
    file = tmp_path / "typed.xlsx"
    book = openpyxl.Workbook()
    book.active.append([7, 7.5, date(2026, 3, 31), datetime(2026, 3, 31, 9, 30), True, None, "007"])
    book.save(file)
    assert sheets.read_rows(file) == [
        ["7", "7.5", "2026-03-31", "2026-03-31T09:30:00", "true", "", "007"]
    ]


def test_formulas_stay_text_in_a_workbook(tmp_path):
    file = tmp_path / "one.xlsx"
    file.write_bytes(sheets.to_workbook({"a": [["=1+1"]]}))
    cell = openpyxl.load_workbook(file).active["A1"]
    assert (cell.data_type, cell.value) == ("s", "=1+1")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.xlsx", b"PK\x03\x04 nothing", "workbook"),
        ("latin.csv", b"caf\xe9,1\n", "UTF-8"),
        ("absent.csv", None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_names_the_file(tmp_path, name, content, said):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=said) as raised:
        sheets.read_sheets(file)
    assert name in str(raised.value)


def test_a_file_too_large_is_not_opened(tmp_path):
    file = tmp_path / "large.csv"
    with file.open("wb") as opened:
        opened.truncate(sheets.LARGEST_FILE + 1)
    with pytest.raises(UsageError, match="larger than 64 MiB"):
        sheets.read_rows(file)


def test_a_cell_too_long_for_a_workbook_is_refused_not_cut():
    with pytest.raises(UsageError, match="row 2"):
        sheets.to_workbook({"a": [["heading"], ["x" * 32_768]]})


def changed(name, change):
    """A small workbook of which one part is another."""
    made = io.BytesIO()
    content = sheets.to_workbook({"x": [["term"], ["a"]]})
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", 8) as after:
        for part in before.namelist():
            read = before.read(part)
            after.writestr(part, change(read) if part == name else read)
    return made.getvalue()


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b'"2"', b'"1048576"').replace(b'"A2"', b'"XFD1048576"'),
        ),
        (
            "xl/sharedStrings.xml",
            lambda xml: xml.replace(b"<t>a</t>", b"<t>" + b"a" * 2**30 + b"</t>"),
        ),
    ],
    ids=["a cell in the last corner", "one long text"],
)
def test_a_workbook_that_unpacks_to_any_size_ends_its_reader_alone(tmp_path, part, change):
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(changed(part, change))
    assert file.stat().st_size < 2 * 2**20
    with pytest.raises(UsageError, match="unpacked it is too large"):
        sheets.read_rows(file)
