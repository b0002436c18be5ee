"""`retention schedule`: every mistake at once, and a round trip through a spreadsheet."""

import csv
import io
from dataclasses import replace

import pytest

from policies import to_sheets
from retention_agent import sheets
from retention_agent.bootstrap import shipped_schedule
from retention_agent.cli import schedule_file as command
from retention_agent.errors import ScheduleRejected, UsageError
from retention_agent.register.schedules import EMPTY

CLASS = """
[[classes]]
code = "FIN-1"
function = "finance"
title = "Invoices"
scope = "x"
trigger = "created"
cut_off = "financial-year"
period = "P6Y"
action = "destroy"
confidence = "high"
source = "test"
authority = { citation = "Limitation Act 1980 s.5", kind = "limitation" }
"""
TOML = 'title = "T"\nversion = "1"\n[functions]\nfinance = "Finance"\n' + CLASS


@pytest.fixture
def file(tmp_path):
    def write(text, name="schedule.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def exported(desk, *options):
    return desk.do("schedule", "export", *options).out


def test_the_shipped_schedule_survives_a_spreadsheet_unchanged(office, file):
    text = exported(office)
    again = command.read_schedule(file(text.encode(), "s.csv"), shipped_schedule())
    assert again.digest() == shipped_schedule().digest()
    assert office.do("schedule", "diff", file(text, "t.csv")).out == "No class differs.\n"


def test_the_shipped_schedule_exports_to_the_same_bytes_after_an_import(bare, file):
    bare.start()
    first = exported(bare, "--draft")
    bare.do("schedule", "import", file(first.replace("Invoices", "Invoices"), "s.csv"))
    assert exported(bare, "--draft") == first


def test_no_exported_cell_is_a_formula(office):
    for row in csv.reader(io.StringIO(exported(office))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_cells_with_line_ends_of_any_kind_come_back_as_they_were(bare, file):
    bare.start()
    note = 'note = "one\\ntwo\\r\\nthree\\rfour = £5 \\u202e"\n'
    source = file(TOML.replace("[[classes]]\n", f"[[classes]]\n{note}"))
    bare.do("schedule", "import", source)
    again = file(exported(bare, "--draft").encode(), "s.CSV")
    assert bare.ask("schedule", "check", again) == bare.ask("schedule", "check", source)
    bare.do("schedule", "import", again)
    assert bare.do("schedule", "diff", source).out == "No class differs.\n"


def test_every_mistake_of_a_toml_file_is_told_at_once(office, file):
    broken = TOML.replace("destroy", "destory").replace('"P6Y"', '"six"').replace("created", "made")
    answer = office.do("schedule", "check", file(broken), code=2)
    assert "3 mistakes" in answer.err
    for part in ("FIN-1", "action", "period", "trigger", "destroy", "schedule.toml"):
        assert part in answer.err


def test_every_mistake_of_a_csv_file_is_told_at_once_by_row_and_column(office, file):
    rows = list(csv.reader(io.StringIO(exported(office))))[:4]
    header = rows[0]
    rows[1][header.index("action")] = "destory"
    rows[2][header.index("period")] = "six years"
    rows[3][header.index("code")] = rows[1][header.index("code")]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    answer = office.do("schedule", "check", file(text.getvalue(), "s.csv"), code=2)
    for place in ("row 2, column action", "row 3, column period", "row 4, column code", "destroy"):
        assert place in answer.err
    assert "3 mistakes" in answer.err


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (TOML + CLASS, "s.toml", "FIN-1"),
        ("title = ", "s.toml", "cannot be read"),
        (b"\xff\xfe", "s.toml", "cannot be read"),
        ("code,titel\n", "s.csv", "titel"),
        ("", "s.csv", "mistake"),
        (b"code\n\xff\n", "s.csv", "cannot be read"),
        (TOML.replace("title", "titel", 1), "s.toml", "title"),
    ],
)
def test_a_file_that_is_no_schedule_is_refused(office, file, text, name, message):
    answer = office.do("schedule", "check", file(text, name), code=2)
    assert message in answer.err
    assert name in answer.err


def test_an_import_that_is_refused_leaves_the_draft_as_it_was(bare, file):
    bare.start()
    before = exported(bare, "--draft")
    bare.do("schedule", "import", file(TOML + CLASS), code=2)
    bare.do("schedule", "import", file(TOML), "--only", "FIN-2", code=2)
    assert exported(bare, "--draft") == before


def test_a_wrong_class_to_adopt_is_answered_with_the_nearest(bare, file):
    bare.start()
    answer = bare.do("schedule", "import", file(TOML), "--only", "FIN-2", code=2)
    assert "did you mean 'FIN-1'?" in answer.err


def test_only_some_classes_can_be_put_in_force(desk, file):
    source = file(TOML + CLASS.replace("FIN-1", "FIN-2"))
    assert desk.ask("schedule", "import", source, "--only", "FIN-2") == [
        {"draft": 2, "classes": 2, "adopting": 1}
    ]
    changes = desk.do("schedule", "diff", code=3).out
    assert "removed" in changes
    assert desk.ask("schedule", "diff", source, code=3)
    desk.adopt()
    assert desk.ask("status")[0]["adopted"] == 1
    assert desk.ask("due") == []
    assert (
        "is in force already"
        in desk.do("schedule", "import", source, "--only", "FIN-2", code=4).err
    )


def test_check_says_how_many_classes_and_which_digest(office, file):
    assert "1 classes, no mistake. Digest" in office.do("schedule", "check", file(TOML)).out
    assert office.ask("schedule", "check", file(TOML))[0]["classes"] == 1


def test_adopting_says_what_is_missing_and_takes_nobody_twice(bare):
    bare.start()
    bare.gather()
    assert "A second adopter must sign" in bare.do("schedule", "adopt", "--key", "ann.pem").out
    bare.do("schedule", "adopt", "--key", "ann.pem", code=4)
    bare.do("schedule", "adopt", "--key", "omar.pem", code=4)
    (second,) = bare.ask("schedule", "adopt", "--key", "sol.pem")
    assert second == {"in_force": True, "signers": ["ann", "sol"]}


def test_a_missing_file_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="No such file"):
        command.read_schedule(tmp_path / "none.csv", shipped_schedule())
    (tmp_path / "nul.csv").write_bytes(b'"unclosed')
    with pytest.raises(ScheduleRejected):
        command.read_schedule(tmp_path / "nul.csv", shipped_schedule())


def test_a_workbook_carries_all_of_the_schedule(bare, tmp_path):
    bare.start()
    book = tmp_path / "schedule.xlsx"
    said = bare.ask("schedule", "export", "--draft", "--format", "xlsx", "--output", book)
    assert said == [
        {"file": str(book), "classes": 557, "digest": shipped_schedule().digest()},
    ]
    assert command.read_schedule(book, EMPTY) == replace(shipped_schedule(), adopted=frozenset())
    bare.do("schedule", "import", book)
    assert bare.do("schedule", "diff", book).out == "No class differs.\n"


def test_mistakes_in_a_workbook_are_told_with_sheet_row_and_column(bare, tmp_path):
    bare.start()
    found = to_sheets(shipped_schedule())
    found["classes"][1][found["classes"][0].index("action")] = "destory"
    found["moratoria"][1][found["moratoria"][0].index("review_by")] = "soon"
    book = tmp_path / "schedule.xlsx"
    book.write_bytes(sheets.to_workbook(found))
    answer = bare.do("schedule", "check", book, code=2)
    assert "sheet classes, row 2, column action: 'destory' is not known" in answer.err
    assert "sheet moratoria, row 2, column review_by: 'soon' is not a date" in answer.err


def test_a_csv_can_be_written_to_a_file_and_renamed_as_it_is_read(bare, tmp_path):
    bare.start()
    table = tmp_path / "schedule.csv"
    said = bare.do("schedule", "export", "--draft", "--output", table)
    assert "schedule.csv: 557 classes, version 0.1-draft." in said.out
    named = ("schedule", "check", table, "--title", "Ours", "--version", "2027-1")
    assert bare.ask(*named)[0]["version"] == "2027-1"
    assert bare.ask(*named)[0]["digest"] != shipped_schedule().digest()
    bare.do("schedule", "import", table, "--version", "2027-1")
    assert bare.ask("schedule", "check", table)[0]["version"] == "2027-1"


def test_a_workbook_needs_a_file_to_go_to(bare, tmp_path):
    bare.start()
    assert "--output FILE" in bare.do("schedule", "export", "--format", "xlsx", code=2).err
    nowhere = tmp_path / "none" / "s.xlsx"
    assert "there is no folder" in bare.do("schedule", "export", "--output", nowhere, code=2).err


def test_what_is_no_workbook_is_refused(office, file):
    answer = office.do("schedule", "check", file(b"PK\x03\x04", "s.xlsx"), code=2)
    assert "cannot be read as a workbook" in answer.err


def test_what_comes_into_force_is_said_at_the_import_and_by_diff(bare, file):
    bare.start()
    source = file(exported(bare, "--draft"), "s.csv")
    imported = bare.do("schedule", "import", source, "--only", "FIN-003", "--only", "FIN-004")
    assert "classes, 2 of them to be in force." in imported.out
    told = bare.do("schedule", "diff")
    assert told.out == "No class differs.\n"
    assert "2 would come into force, and 0 go out of it." in told.err
