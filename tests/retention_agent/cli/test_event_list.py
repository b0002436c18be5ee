"""`retention event import`, `lists`, `undo`, `references` at the command line."""

from datetime import date

import openpyxl


def leavers(folder, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = folder / "leavers.xlsx"
    book.save(file)
    return file


def tie(case):
    case.desk.do("classify", case.one, "FIN-003", "--reference", f"C/{case.name}")


def test_a_workbook_is_tried_entered_listed_and_taken_back(case, tmp_path):
    tie(case)
    file = leavers(tmp_path, ["Case", "Closed"], [f"C/{case.name}", date(2015, 1, 31)])
    how = ("--trigger", "closed", "--column", "reference=Case", "--column", "on=closed")
    tried = case.desk.do("event", "import", file, *how, "--dry-run")
    assert "1 events and 0 facts would be entered." in tried.out
    assert "1 records have these references" in tried.out
    assert not [e for e in case.desk.ask("event", "list") if e["reference"] == f"C/{case.name}"]
    done = case.desk.do("event", "import", file, *how)
    assert "1 events and 0 facts entered." in done.out
    (listed,) = [row for row in case.desk.ask("event", "lists") if not row["withdrawn"]]
    assert (listed["name"], listed["events"]) == ("leavers.xlsx", 1)
    assert "leavers.xlsx" in case.desk.do("event", "lists").out
    case.desk.do("event", "import", file, *how, code=4)
    back = case.desk.do("event", "undo", listed["id"])
    assert "1 events withdrawn, 0 facts as they were before" in back.out
    assert "retain, \n" not in back.out
    case.desk.do("event", "undo", listed["id"], code=2)


def test_what_a_list_changes_is_shown_by_class_and_reason(case, tmp_path):
    rule = next(
        line
        for line in case.desk.ask("schedule", "export")
        if (line["function"], line["trigger"]) == ("finance-procurement", "contract_end")
    )
    case.desk.do("classify", case.one, rule["code"], "--reference", f"C/{case.name}")
    file = tmp_path / "ended.csv"
    file.write_text(
        f"reference,trigger,on\nC/{case.name},contract_end,1990-01-31\nNOBODY/1,closed,1/2/2003\n"
    )
    (said,) = case.desk.ask("event", "import", file, "--dry-run")
    assert said["unused"] == ["NOBODY/1"]
    assert [change["record"] for change in said["changes"]] == [case.one]
    shown = case.desk.do("event", "import", file, "--dry-run")
    assert "trigger-pending" in shown.out
    assert "No record has 1 of the references: NOBODY/1" in shown.err


def test_a_list_with_mistakes_enters_nothing(case, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text(f"reference,trigger,on\nC/{case.name},closed,2015-01-31\n,closed,2015-01-31\n")
    answer = case.desk.do("event", "import", file, code=2)
    assert "row 3, column reference: is blank" in answer.err
    assert not [e for e in case.desk.ask("event", "list") if e["reference"] == f"C/{case.name}"]


def test_a_column_that_is_none_of_ours_is_refused(case, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("reference,on\n")
    for option in ("payroll=No", "reference", "reference="):
        answer = case.desk.do("event", "import", file, "--column", option, code=2)
        assert "write OURS=THEIRS" in answer.err


def test_without_any_list_the_next_step_is_named(bare):
    bare.start()
    assert "retention event import --help" in bare.do("event", "lists").out


def test_changed_patterns_reach_records_that_were_read_before(desk):
    desk.do("classify", "files:fin/one.eml", "--reference", "BY/HAND")
    before = desk.ask("show", "files:fin/one.eml")[0]["references"]
    text = desk.config.read_text()
    pattern = r"reference_patterns = ['CON/([0-9]{4})/([0-9]{3}) => C-\1-\2', '(one|two)\.eml']"
    lines = [
        pattern if line.startswith("reference_patterns") else line for line in text.split("\n")
    ]
    desk.config.write_text("\n".join(lines))
    (said,) = desk.ask("event", "references")
    assert said == {"patterns": 2, "changed": 4}
    after = desk.ask("show", "files:fin/one.eml")[0]["references"]
    assert "CON/2012/007" in str(before)
    assert all(word in str(after) for word in ("BY/HAND", "C-2012-007", "one"))
    assert "CON/2012/007" not in str(after)
    assert "0 records have other references now" in desk.do("event", "references").out
