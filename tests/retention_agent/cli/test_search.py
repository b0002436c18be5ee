"""Requests for information at the command line: saved searches, people, lists of terms, exports."""

import csv
import hashlib
import io
import json
import os
from pathlib import Path

import pytest

from retention_agent.sheets import from_csv, read_rows, to_workbook

ACCESS = """
[[access]]
name = "Staff cases"
share = "files"
folder = "Staff"
roles = ["hold-officer"]
counted_by = ["adopter"]
"""
LETTER = "Dear Ms Jane Smith, your case is closed."


@pytest.fixture(scope="session")
def kept(tmp_path_factory, new_desk):
    """A share with a closed folder, letters to one person and a file that cannot be read."""
    desk = new_desk(tmp_path_factory.mktemp("kept"))
    desk.start()
    desk.gather()
    desk.mail("open/letter.eml", LETTER)
    desk.mail("open/answer.eml", "Smith, J asked about the bridge.")
    desk.mail("open/other.eml", "John Smithson asked about the bridge.")
    desk.file("open/copy.txt", b"Note: jane.smith@example.org called, ref HR/2019/0042.\n")
    desk.file("open/again.txt", b"Note: jane.smith@example.org called, ref HR/2019/0042.\n")
    desk.mail("staff/case.eml", "Complaint against Jane Smith about the bridge.")
    desk.file("staff/sealed.zip", b"PK\x03\x04 damaged")
    desk.file("open/sealed.zip", b"PK\x03\x04 damaged too")
    with desk.config.open("a", encoding="utf-8") as config:
        config.write(ACCESS)
    desk.scan(code=0)
    desk.do(
        *("search", "person", "add", "sar-14", "--name", "Jane Smith"),
        *("--email", "jane.smith@example.org", "--reference", "HR/2019/0042"),
    )
    return desk


def names(lines):
    return {Path(line["path"]).name for line in lines}


def load_list(folder):
    heading, *rows = from_csv((folder / "load-list.csv").read_text(encoding="utf-8-sig"))
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_a_person_is_found_under_every_name_address_and_reference(kept):
    found = kept.ask("find", "--person", "sar-14")
    assert names(found) == {"letter.eml", "answer.eml", "copy.txt", "again.txt"}
    assert names(kept.ask("find", "bridge", "--person", "sar-14")) == {"answer.eml"}


def test_what_is_closed_is_shown_to_a_role_that_may_see_it_and_to_nobody_else(kept):
    assert "case.eml" in names(kept.ask("find", "bridge", "--as", "omar"))
    for who in ([], ["--as", "rita"]):
        answer = kept.do("find", "bridge", *who)
        assert "case.eml" not in answer.out
        assert "2 found" in answer.err
        assert "closed to this search" in answer.err
    assert "closed" not in kept.do("find", "bridge", "--as", "omar").err
    assert "not in the keyring" in kept.do("find", "bridge", "--as", "eve", code=2).err


def test_what_was_not_read_is_counted_only_where_it_may_be_known(kept):
    (mine,) = kept.ask("find", "bridge", "--facets")
    (theirs,) = kept.ask("find", "bridge", "--facets", "--as", "omar")
    assert (mine["unread"], theirs["unread"]) == (1, 2)
    assert (mine["found"], theirs["found"]) == (2, 3)


def test_a_saved_search_tells_what_is_new_and_each_searcher_sees_the_own(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.start()
    desk.gather()
    desk.mail("one.eml", "About the bridge.")
    desk.scan()
    saved = desk.ask("search", "save", "foi-1", "bridge", "--share", "files")[0]
    assert saved["understood"] == '(bridge OR bridges) AND share:"files"'
    (first,) = desk.ask("search", "run", "foi-1")
    assert (first["found"], first["new"], first["last_run"]) == (1, [1], None)
    assert desk.ask("search", "run", "foi-1")[0]["new"] == []
    desk.mail("two.eml", "More about the bridge.")
    desk.scan()
    later = desk.do("search", "run", "foi-1")
    assert "two.eml" in later.out
    assert "one.eml" not in later.out
    assert "2 found, 1 of them new since" in later.err
    assert "one.eml" in desk.do("search", "run", "foi-1", "--all").out
    assert desk.ask("search", "run", "foi-1", "--as", "rita")[0]["new"] == [1, 2]
    (line,) = desk.ask("search", "list")
    assert (line["search"], line["words"], line["shares"]) == ("foi-1", "bridge", ["files"])
    assert "foi-1" in desk.do("search", "list").out
    assert "bridges" in desk.do("search", "show", "foi-1").out
    assert desk.ask("search", "show", "foi-1")[0]["words"] == "bridge"
    assert "another name" in desk.do("search", "save", "foi-1", "x", code=2).err
    assert desk.ask("search", "forget", "foi-1") == [{"search": "foi-1", "forgotten": True}]
    assert "no search" in desk.do("search", "run", "foi-1", code=2).err
    assert "No search is kept" in desk.do("search", "list").out


def test_people_are_added_to_withdrawn_and_erased_and_never_logged_in_clear(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.start()
    person = ("search", "person")
    desk.do(*person, "add", "sar-1", "--name", "Zebedee Quilt", "--alias", "Zeb Quilt")
    (shown,) = desk.ask(*person, "add", "sar-1", "--email", "zq@example.org")
    assert [each["kind"] for each in shown["names"]] == ["name", "alias", "email"]
    assert "Quilt Zebedee" in shown["names"][0]["searched_as"]
    assert "Z Quilt" in desk.do(*person, "list").out
    assert "nothing was changed" in desk.do(*person, "add", "sar-1", code=2).err
    again = desk.do(*person, "add", "sar-1", "--alias", "Zeb Quilt", code=2)
    assert "nothing was changed" in again.err
    (left,) = desk.ask(*person, "remove", "sar-1", "Zeb Quilt")
    assert left["names"][1]["withdrawn"]
    assert left["names"][1]["searched_as"] == []
    assert "has no name" in desk.do(*person, "remove", "sar-1", "Zeb Quilt", code=2).err
    desk.do("search", "save", "s", "--person", "sar-1")
    assert "retention search forget s" in desk.do(*person, "erase", "sar-1", code=4).err
    desk.do("search", "forget", "s")
    log = desk.only_log()
    assert desk.ask(*person, "erase", "sar-1") == [{"person": "sar-1", "erased": 3}]
    assert "Nobody is entered" in desk.do(*person, "list").out
    assert "no person" in desk.do("find", "--person", "sar-1", code=2).err
    assert log.count("data subject change") == 3
    assert "Quilt" not in log
    held = b"".join(file.read_bytes() for file in sorted(desk.state.glob("register.db*")))
    assert b"Quilt" not in held
    assert b"zq@" not in held


def test_a_list_of_terms_becomes_a_table_and_bad_rows_are_named(kept, tmp_path):
    terms = tmp_path / "terms.csv"
    terms.write_text('Term,Name\nbridge,\n,"Smith, Jane"\n"(bridge",\n,...\n,\n', encoding="utf-8")
    output = tmp_path / "hits.csv"
    answer = kept.do("search", "batch", terms, "--output", output, code=3)
    assert "row 4: " in answer.err
    heading, *rows = from_csv(output.read_text(encoding="utf-8-sig"))
    table = [dict(zip(heading, row, strict=True)) for row in rows]
    assert [(row["row"], row["hits"], row["hits in files"]) for row in table] == [
        *(("2", "2", "2"), ("3", "4", "4"), ("4", "", ""), ("5", "", "")),
    ]
    assert table[1]["understood"].startswith('"Jane Smith" OR "Smith Jane"')
    assert "never closed" in table[2]["error"]
    assert {row["unread"] for row in table} == {"1"}
    lines = kept.ask("search", "batch", terms, "--as", "omar", code=3)
    assert lines[0]["by_share"] == {"files": 3}


def test_a_list_of_terms_may_be_a_workbook_both_ways(kept, tmp_path):
    terms, output = tmp_path / "terms.xlsx", tmp_path / "hits.xlsx"
    terms.write_bytes(to_workbook({"x": [["note", "term"], ["a", "bridge"], ["b", ""]]}))
    kept.do("search", "batch", terms, "--share", "files", "--output", output)
    heading, row = read_rows(output)
    assert row[heading.index("hits")] == "2"
    assert "bridge" in kept.do("search", "batch", terms).out
    assert "new file" in kept.do("search", "batch", terms, "--output", output, code=2).err
    slip = kept.do("search", "batch", terms, "--class", "FIN-03", code=2)
    assert "no class is called 'FIN-03'; did you mean 'FIN-0" in slip.err


@pytest.mark.parametrize("content", ["", "bridge\nriver\n", "term\n\n"])
def test_a_list_without_a_heading_or_rows_is_refused(kept, tmp_path, content):
    terms = tmp_path / "terms.csv"
    terms.write_text(content, encoding="utf-8")
    assert kept.do("search", "batch", terms, code=2).err


def test_an_export_has_a_load_list_proven_copies_and_the_record_of_the_search(kept, tmp_path):
    folder = tmp_path / "out"
    answer = kept.ask(
        *("search", "export", "--person", "sar-14", "--copies", "--as", "sol"),
        *("--request", "SAR 2026/14", "--output", folder),
    )[0]
    rows = load_list(folder)
    assert {Path(row["path"]).name for row in rows} == {
        *("letter.eml", "answer.eml", "copy.txt", "again.txt"),
    }
    for row in rows:
        content = (folder / "files" / row["copy"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert content == (kept.share / row["path"]).read_bytes()
        assert row["copy"].startswith(f"{int(row['record']):08}_")
    assert sum(bool(row["duplicate_of"]) for row in rows) == 1
    document = json.loads((folder / "search-record.json").read_bytes())
    listed = (folder / "load-list.csv").read_bytes()
    assert document["load_list"]["sha256"] == hashlib.sha256(listed).hexdigest()
    assert document["request"] == "SAR 2026/14"
    assert document["searcher"]["person"] == "sol"
    assert (document["found"], document["different_files"]) == (4, 3)
    assert document["shares"][0]["found"] == 4
    assert document["shares"][0]["last_complete_scan"]
    assert document["withheld"] == {"closed_parts": True, "records": 1}
    assert "J Smith" in document["person"]["names"][0]["searched_as"]
    assert "sealed.zip" in (folder / "unread.csv").read_text(encoding="utf-8")
    text = (folder / "search-record.txt").read_text(encoding="utf-8")
    for words in (
        "SAR 2026/14",
        "Sol (sol)",
        "Jane Smith; Smith Jane",
        "1 more records were found",
    ):
        assert words in text
    (entry,) = [e for e in kept.ask("log", "list") if e["type"] == "search record"][-1:]
    record = (folder / "search-record.json").read_bytes()
    assert entry["facts"]["sha256"] == hashlib.sha256(record).hexdigest() == answer["sha256"]
    assert "Smith" not in json.dumps(entry)
    modes = {oct(path.stat().st_mode & 0o077) for path in [folder, *folder.rglob("*")]}
    assert modes == {"0o0"}


def test_whoever_may_not_count_what_is_closed_is_not_told_that_anything_was_met(kept, tmp_path):
    found = []
    for number, words in enumerate(("bridge", "letterless")):
        folder = tmp_path / f"{number}"
        kept.do("search", "export", words, "--as", "rita", "--output", folder)
        found.append(json.loads((folder / "search-record.json").read_bytes())["withheld"])
    assert found == [{"closed_parts": True, "records": None}] * 2
    kept.do("search", "export", "bridge", "--as", "omar", "--output", tmp_path / "all")
    record = json.loads((tmp_path / "all" / "search-record.json").read_bytes())
    assert record["withheld"] == {"closed_parts": False, "records": None}
    assert "Nothing is closed" in (tmp_path / "all" / "search-record.txt").read_text()
    assert "asked" not in (tmp_path / "all" / "load-list.csv").read_text()


def test_a_saved_search_is_exported_by_name(kept, tmp_path):
    kept.do("search", "save", "bridge", "bridge NOT smithson", "--to", "2020-01-01")
    kept.do("search", "export", "--saved", "bridge", "--output", tmp_path / "out")
    assert [Path(row["path"]).name for row in load_list(tmp_path / "out")] == ["answer.eml"]
    both = kept.do("search", "export", "x", "--saved", "bridge", "--output", tmp_path / "b", code=2)
    assert "NAME alone" in both.err
    kept.do("search", "forget", "bridge")


def test_an_export_goes_to_no_share_no_state_folder_and_nothing_that_is_there(kept, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    (tmp_path / "file").touch()
    os.symlink(kept.share, tmp_path / "link")
    before = sorted(kept.share.rglob("*"))
    for place, why in (
        (kept.share / "out", "lies on share 'files'"),
        (tmp_path / "link" / "out", "lies on share 'files'"),
        (kept.state / "out", "the state folder"),
        (tmp_path / "full", "not empty"),
        (tmp_path / "file", "file"),
    ):
        assert why in kept.do("search", "export", "bridge", "--output", place, code=2).err
    assert sorted(kept.share.rglob("*")) == before


def test_what_changed_or_went_or_was_swapped_for_a_link_is_listed_and_not_copied(
    tmp_path, new_desk
):
    desk = new_desk(tmp_path)
    desk.start()
    for name in ("same", "changed", "gone", "linked"):
        desk.file(f"{name}.txt", f"the bridge, {name}\n".encode())
    desk.file("=cmd|'x'!A1\x1b[31m.txt", b"the bridge, hostile name\n")
    desk.scan()
    desk.file("changed.txt", b"the bridge, changeD\n")
    (desk.share / "gone.txt").unlink()
    (desk.share / "linked.txt").unlink()
    (tmp_path / "outside.txt").write_bytes(b"the bridge, linked\n")
    os.symlink(tmp_path / "outside.txt", desk.share / "linked.txt")
    folder = tmp_path / "out"
    answer = desk.do("search", "export", "bridge", "--copies", "--output", folder, code=3)
    assert "3 files were not copied" in answer.err
    rows = {Path(row["path"]).stem: row for row in load_list(folder)}
    assert "changed since" in rows["changed"]["copy_note"]
    assert "cannot be opened" in rows["gone"]["copy_note"]
    assert "cannot be opened" in rows["linked"]["copy_note"]
    copied = {path.name for path in (folder / "files").iterdir()}
    assert copied == {row["copy"] for row in rows.values() if row["copy"]}
    assert len(copied) == 2
    assert all(name.isprintable() and name[0] == "0" for name in copied)
    raw = csv.reader(io.StringIO((folder / "load-list.csv").read_text(encoding="utf-8-sig")))
    assert not [cell for row in raw for cell in row if cell.startswith(("=", "@", "\x1b"))]
    assert "\x1b" not in (folder / "search-record.txt").read_text(encoding="utf-8")


def test_a_share_that_is_not_mounted_is_a_reason_for_each_of_its_files(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.start()
    desk.file("one.txt", b"the bridge\n")
    desk.scan()
    desk.share.rename(tmp_path / "away")
    desk.share.mkdir()
    folder = tmp_path / "out"
    answer = desk.do("search", "export", "bridge", "--copies", "--output", folder, code=3)
    assert "another folder stands" in answer.err
    assert load_list(folder)[0]["copy"] == ""


def test_a_role_that_does_not_exist_closes_nothing_in_silence(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.start()
    with desk.config.open("a", encoding="utf-8") as config:
        config.write(ACCESS.replace("hold-officer", "holder"))
    assert "no role 'holder'" in desk.do("find", "x", code=2).err
