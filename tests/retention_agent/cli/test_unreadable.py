"""The list of what could not be read, and reading it again."""

import csv
import os

import pytest

LOST = "The rent \ufffd\ufffd is \ufffd\ufffd due. "


@pytest.fixture(scope="module")
def amiss(new_desk, tmp_path_factory):
    """A desk whose share holds files that cannot be read for several reasons."""
    desk = new_desk(tmp_path_factory.mktemp("amiss"))
    desk.start()
    desk.file("plans/torn.pdf", b"%PDF-1.7 and no more")
    desk.file("plans/=cmd.pdf", b"%PDF-1.7 and no more of it")
    desk.file("pictures/hall.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    desk.file("garbled.txt", (LOST * 9).encode())
    desk.file("fine.txt", b"An agenda like any other, with enough words to be read.")
    desk.file("inbox.mbox", b"From a@b.example Thu Mar  4 10:00:00 2021\nFrom: a@b.example\n\nx\n")
    desk.scan()
    return desk


def listed(desk, *options):
    return {line["path"]: line for line in desk.ask("unreadable", *options)}


def test_what_could_not_be_read_is_counted_by_reason_with_examples(amiss):
    answer = amiss.do("unreadable")
    assert "corrupt" in answer.out
    assert "the bytes do not follow the format" in " ".join(answer.out.split())
    assert "files:plans/torn.pdf" in answer.out
    assert "4 files could not be read; none of them is ever eligible by itself." in answer.err
    assert "fine.txt" not in answer.out


def test_every_file_is_told_apart_with_share_size_and_owner(amiss):
    found = listed(amiss)
    assert {path: line["reason"] for path, line in found.items()} == {
        "plans/torn.pdf": "corrupt",
        "plans/=cmd.pdf": "corrupt",
        "pictures/hall.png": "no-extractor",
        "garbled.txt": "garbled-text",
    }
    line = found["pictures/hall.png"]
    assert (line["share"], line["size"], line["tries"]) == ("files", 72, 1)
    assert str(os.getuid()) in line["owner"]


def test_a_reason_or_a_share_narrows_the_list(amiss):
    assert set(listed(amiss, "--reason", "no-extractor")) == {"pictures/hall.png"}
    assert len(listed(amiss, "--share", "files")) == 4
    refused = amiss.do("unreadable", "--reason", "corupt", code=2)
    assert "is no reason" in refused.err
    amiss.do("unreadable", "--share", "elsewhere", code=2)


def test_what_was_read_in_part_is_listed_on_request(amiss):
    assert "inbox.mbox" not in listed(amiss)
    assert listed(amiss, "--partial")["inbox.mbox"]["reason"] == "many-documents"


def test_the_list_is_written_for_a_spreadsheet_and_nothing_in_it_is_a_formula(amiss):
    amiss.do("unreadable", "--csv", "list.csv")
    with open(amiss.folder / "list.csv", newline="", encoding="utf-8-sig") as file:
        heading, *rows = csv.reader(file)
    assert heading[:5] == ["record", "share", "folder", "name", "reason"]
    assert {row[3] for row in rows} == {"torn.pdf", "'=cmd.pdf", "hall.png", "garbled.txt"}
    refused = amiss.do("unreadable", "--csv", amiss.share / "list.csv", code=2)
    assert "lies on share" in refused.err


def test_status_shows_the_same_list(amiss):
    assert amiss.ask("status", "--unreadable") == amiss.ask("unreadable")


def test_a_file_that_was_mended_is_read_when_asked_for(amiss):
    number = amiss.number("plans/torn.pdf")
    answer = amiss.ask("unreadable", "retry", number)[0]
    assert answer == {"tried": 1, "captured": 0, "unreadable": {"corrupt": 1}, "pending": {}}
    said = amiss.do("unreadable", "retry", "--reason", "corrupt", "--share", "files").out
    assert "2 files tried again: 0 read, 2 still unreadable." in said
    assert "corrupt: 2" in said
    assert listed(amiss)["plans/torn.pdf"]["tries"] == 3


def test_what_changed_meanwhile_waits_for_a_scan(amiss):
    amiss.file("pictures/new.png", b"\x89PNG\r\n\x1a\n" + bytes(80))
    amiss.scan()
    amiss.file("pictures/new.png", b"now a note, quite another thing")
    answer = amiss.do("unreadable", "retry", amiss.number("pictures/new.png"))
    assert "1 are pending until the next scan" in answer.err
    amiss.scan()
    assert "pictures/new.png" not in listed(amiss)


def test_records_that_were_read_are_not_read_again(amiss):
    answer = amiss.do("unreadable", "retry", amiss.number("fine.txt"))
    assert "0 files tried again" in answer.out
    assert "1 of the records named are not among the unreadable" in answer.err
    amiss.do("unreadable", "retry", 4711, code=2)


def test_one_record_tells_who_read_it_and_what_is_missing(amiss):
    (shown,) = amiss.ask("show", "files:inbox.mbox")
    assert (shown["reader"], shown["partial"]) == ("tika", True)
    assert shown["warnings"][-1] == "many-documents: application/mbox"
    assert "many-documents" in amiss.do("show", "files:inbox.mbox").out
    (shown,) = amiss.ask("show", "files:pictures/hall.png")
    assert (shown["capture"], shown["partial"]) == ("unreadable", False)
