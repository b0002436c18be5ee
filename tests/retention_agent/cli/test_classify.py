"""`retention classify`: a person's word, and the rules run again."""

import contextlib
import sqlite3


def test_a_class_given_by_a_person_survives_the_rules(case):
    said = case.desk.do("classify", case.one, "FIN-012").out
    assert said == f"Record {case.one}: class FIN-012.\n"
    assert "records have another class now" in case.desk.do("classify", "--all").out
    shown = case.desk.ask("show", case.one)[0]
    assert (shown["record_class"], shown["class_origin"]) == ("FIN-012", "manual")


def test_a_reference_ties_a_record_to_a_case_and_stays(case):
    said = case.desk.do("classify", case.one, "--reference", "HR/1", "--reference", "HR/2").out
    assert said.endswith("It is tied to HR/1. It is tied to HR/2.\n")
    case.desk.do("classify", case.one, "--reference", "HR/1")
    references = case.desk.ask("show", case.one)[0]["references"]
    assert [each["reference"] for each in references] == ["HR/1", "HR/2"]


def test_a_file_that_was_never_read_can_still_be_given_a_class(bare):
    bare.start()
    bare.file("broken.docx", b"PK\x03\x04 no archive")
    bare.do("scan")
    bare.do("classify", "files:broken.docx", "FIN-003")
    assert bare.ask("explain", "files:broken.docx")[0]["reason"] == "unreadable"


def test_a_file_that_waits_to_be_read_can_be_given_a_class_already(bare):
    bare.start()
    bare.do("scan")
    with contextlib.closing(sqlite3.connect(bare.state / "register.db")) as connection, connection:
        connection.execute("UPDATE record SET state = 'seen', capture = 'pending'")
    bare.do("classify", "files:fin/one.eml", "FIN-003")
    assert bare.ask("show", "files:fin/one.eml")[0]["state"] == "classified"
    assert bare.ask("explain", "files:fin/one.eml")[0]["action"] == "retain"


def test_what_lies_in_the_bin_keeps_its_class(case):
    batch = case.desk.approved(case.one)
    case.desk.do("dispose", batch)
    answer = case.desk.do("classify", case.one, "FIN-012", code=4)
    assert f"retention restore {case.one}" in answer.err


def test_two_references_that_contradict_each_other_prove_nothing(case):
    for reference, value in (("P/1", "--true"), ("P/2", "--false")):
        case.desk.do("classify", case.one, "--reference", reference)
        said = case.desk.do("event", "fact", "--reference", reference, "--fact", fact(case), value)
        assert f"{reference}; 1 records have it." in said.out


def fact(case):
    cells = (line["alternatives"] for line in case.desk.ask("schedule", "export"))
    return next(cell for cell in cells if cell).partition(" ")[0]


def test_a_folder_is_classified_at_once_except_what_a_person_decided_before(bare):
    bare.start()
    bare.file("fin/two.txt", b"two")
    bare.file("fin/deep/three.txt", b"three")
    bare.file("final.txt", b"beside it")
    bare.do("scan")
    bare.do("classify", "files:fin/one.eml", "FIN-003")
    said = bare.do("classify", "files:fin/", "FIN-012", "--reference", "CON/1").out
    assert said == ("2 records: class FIN-012. 1 left as they were. They are tied to CON/1.\n")
    paths = ("fin/one.eml", "fin/two.txt", "fin/deep/three.txt", "final.txt")
    shown = [bare.ask("show", f"files:{path}")[0] for path in paths]
    assert [each["record_class"] for each in shown] == ["FIN-003", "FIN-012", "FIN-012", None]
    assert [len(each["references"]) for each in shown] == [0, 1, 1, 0]


def test_a_folder_that_holds_nothing_is_told(case):
    answer = case.desk.do("classify", "files:nowhere/", "FIN-012", code=2)
    assert "no record stands below 'files:nowhere/'" in answer.err


def test_what_lies_in_the_bin_is_left_alone_when_its_folder_is_classified(case):
    batch = case.desk.approved(case.one)
    case.desk.do("dispose", batch)
    shown = case.desk.ask("show", case.one)[0]
    folder = shown["path"].rpartition("/")[0]
    said = case.desk.do("classify", f"files:{folder}/", "FIN-012").out
    assert said == "0 records: class FIN-012. 1 left as they were.\n"
    after = case.desk.ask("show", case.one)[0]
    assert after["record_class"] == shown["record_class"] != "FIN-012"


def test_a_folder_that_several_shares_have_is_not_guessed(bare):
    bare.start()
    other = bare.folder / "other"
    (other / "fin").mkdir(parents=True)
    (other / "fin/two.txt").write_text("two", encoding="utf-8")
    bare.do("share", "add", f"other={other}")
    bare.do("scan")
    refused = bare.do("classify", "fin/", "FIN-003", code=2)
    assert "several shares have a folder 'fin/': files, other" in refused.err
    assert bare.do("classify", "other:fin/", "FIN-003").out == "1 records: class FIN-003.\n"
