"""A row answers for the folder it was written for, whatever folders are called."""

import pytest

from retention_agent.audit.answers import TOP, Answer
from retention_agent.workflow import answer_list, answer_sheet

FOLDERS = [b"a", b"a ", b" a", b"1", b"01", b"(the whole batch)", b"=1", b"x/y", b"\xe9", b"\\xe9"]


@pytest.fixture
def sheet(council):
    numbers = [council.add(folder + b"/i.txt", folder) for folder in FOLDERS]
    batch = council.propose(*numbers).batch
    with council.app.engine.begin() as connection:
        lines = answer_list.lines(connection, batch)
        items = answer_list.batches.items(connection, batch)
    return batch, answer_sheet.to_rows(batch, lines), items


def as_an_office_saves_it(cell):
    text = "" if cell is None else str(cell).strip()
    return str(int(text)) if text.isdigit() else text


def test_every_row_of_a_folder_is_read_as_that_folder(sheet):
    batch, (heading, *rows), items = sheet
    found = []
    for number, row in enumerate(rows):
        if row[heading.index("item")] is None:
            cells = [as_an_office_saves_it(cell) for cell in row]
            cells[heading.index("answer")] = "approve"
            given = answer_sheet.from_rows(batch, [heading, cells], items)
            assert set(given.values()) == {Answer("approve")}, number
            found += given
    assert found == sorted([TOP, *FOLDERS, b"x"])
