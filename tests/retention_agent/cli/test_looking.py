"""What people read: status, due, find, show, explain, doctor; and of an empty desk, what next."""

import os
import sqlite3
import subprocess

import pytest


@pytest.fixture(scope="module")
def fresh(new_desk, tmp_path_factory):
    """A desk where `init` was run, and nothing else."""
    desk = new_desk(tmp_path_factory.mktemp("fresh"))
    desk.start()
    return desk


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("status", "No share was scanned yet. Next: retention scan"),
        ("status", "retention schedule adopt --key FILE"),
        ("due", "Nothing can be before the schedule is in force: retention schedule adopt"),
        ("find anything", "Nothing was read yet. Next: retention scan"),
        ("hold list", "There are no holds."),
        ("event list", "retention event add"),
        ("person list", "retention key new"),
        ("log list --object batch:B1", "No event of that object."),
        ("schedule diff", "No class differs."),
        ("verify", "EVERYTHING ADDS UP."),
    ],
)
def test_an_empty_desk_names_the_next_command(fresh, command, said):
    assert said in fresh.do(*command.split()).text


@pytest.mark.parametrize("command", ["person sign", "schedule adopt", "propose files"])
def test_signing_in_the_wrong_order_says_what_comes_first(fresh, command):
    if not (fresh.folder / "eve.pem").exists():
        fresh.do("key", "new", "eve", "--out", "eve.pem")
    answer = fresh.do(*command.split(), "--key", "eve.pem", code=fresh.run(*command.split(),
                      "--key", "eve.pem").code)  # fmt: skip
    assert answer.code in {2, 4}
    assert "keyring" in answer.err


def test_status_shows_shares_with_what_is_due_and_batches_with_their_state(case):
    batch = case.desk.propose(case.one)
    shown = case.desk.do("status").out
    assert "classes adopted" in shown
    assert batch in shown
    assert "destroy" in shown
    earlier = case.desk.ask("status", "--as-of", "1999-01-01")[0]
    assert (earlier["as_of"], earlier["shares"][0]["due"]) == ("1999-01-01", {})


def test_status_counts_the_due_as_the_list_of_them_does(office):
    found = office.ask("status")[0]
    (share,) = found["shares"]
    due = office.ask("due")
    assert share["due"] == found["total"]["due"] == {"destroy": len(due)} == {"destroy": 4}
    assert f"Due as of {found['as_of']}." in office.do("status").out


def test_status_tells_of_each_share_what_stands_on_it(office):
    shown = office.do("status").out
    for said in (
        "4 dated by the document, 1 by the file system only",
        "by a person 4, suggested 1",
        "under 100 kB 5",
        "5 (0 in part), 0 wait",
        "completely 20",
        "enabled",
    ):
        assert said in shown, said
    (share,) = office.ask("status")[0]["shares"]
    assert (share["ages"]["7 to 15 years"], share["own_dates"]) == (4, 4)
    assert (share["folders"], share["unfinished"], share["configured"]) == ([], False, True)


def test_status_of_several_shares_has_a_total_and_tells_what_each_lacks(bare):
    bare.start()
    for name in ("one", "two"):
        (bare.folder / name).mkdir()
        bare.do("share", "add", f"{name}={name}")
    (bare.folder / "one/copy.eml").write_bytes((bare.share / "fin/one.eml").read_bytes())
    (bare.folder / "two/x.docx").write_bytes(b"PK\x03\x04 this is no archive")
    bare.do("scan")
    found = bare.ask("status")[0]
    assert [share["files"] for share in found["shares"]] == [1, 1, 1]
    assert (found["total"]["files"], found["total"]["copies"]) == (3, 1)
    assert [share["disposal"] for share in found["shares"]] == [True, False, False]
    shown = bare.do("status").out
    for said in ("total", "1 further copies take", "not enabled: read-only", "no-extractor 1"):
        assert said in shown, said


def test_duplicates_are_listed_with_the_record_copy_first_across_shares(bare):
    bare.start()
    (bare.folder / "other").mkdir()
    bare.do("share", "add", "other=other")
    content = (bare.share / "fin/one.eml").read_bytes()
    (bare.folder / "other/copy.eml").write_bytes(content)
    os.link(bare.share / "fin/one.eml", bare.share / "second name.eml")
    assert "0 contents stand more than once" in bare.do("status", "--duplicates").err
    bare.do("scan")
    bare.do("classify", "other:copy.eml", "FIN-003")
    (group,) = bare.ask("status", "--duplicates")
    assert (group["record_copy"]["share"], group["record_copy"]["path"]) == ("other", "copy.eml")
    assert (group["copies"], group["copy_bytes"], group["size"]) == (1, len(content), len(content))
    assert [each["share"] for each in group["further"]] == ["files"]
    answer = bare.do("status", "--duplicates")
    assert "record copy" in answer.out
    assert "1 contents stand more than once: 1 further copies take" in answer.err
    assert bare.run("status", "--duplicates", "--unreadable").code == 2


def test_of_many_duplicates_the_largest_waste_is_shown(bare):
    bare.start()
    for number in range(25):
        for copy in range(2):
            bare.file(f"{copy}/{number}.txt", b"x" * (number + 1))
    bare.do("scan")
    answer = bare.do("status", "--duplicates")
    assert len(answer.out.splitlines()) == 1 + 2 * 20
    assert "/24.txt" in answer.out.splitlines()[1]
    assert "the 20 that waste most" in answer.err
    assert len(bare.ask("status", "--duplicates")) == 25


def test_folders_not_entered_and_shares_left_out_of_the_configuration_are_told(bare):
    bare.start()
    bare.do("scan")
    connection = sqlite3.connect(bare.state / "register.db")
    connection.execute("UPDATE directory SET error = 'Permission denied' WHERE path = X'66696E'")
    connection.execute("INSERT INTO unfinished_scan VALUES (1, 1, X'', 'x', 'x', 0, 0)")
    connection.commit()
    connection.close()
    config = bare.config.read_text(encoding="utf-8")
    bare.config.write_text(config.replace('name = "files"', 'name = "renamed"'), encoding="utf-8")
    shown = bare.do("status").out
    assert "fin: Permission denied" in shown
    assert "1 folders" in shown
    assert "the last scan was cut short, the next goes on" in shown
    assert "config.toml names it no more" in shown
    (share,) = bare.ask("status")[0]["shares"]
    assert share["folders"] == [{"path": "fin", "reason": "Permission denied"}]


@pytest.mark.parametrize("command", ["status", "due", "share list", "person list", "doctor"])
def test_tables_fit_a_terminal_of_eighty_columns_with_their_headings_whole(at_terminal, command):
    shown = at_terminal.run(*command.split()).out
    assert max(map(len, shown.splitlines())) <= 80
    headings = {"status": "condition", "due": "reason", "share list": "condition"}
    assert headings.get(command, "") in shown


def test_due_lists_the_earliest_reason_and_how_much_was_read(office):
    answer = office.do("due", "--action", "destroy", "--share", "files")
    assert "files:fin/one.eml" in answer.out
    assert "4 due. All 5 files in scope were read." in answer.err
    assert office.do("due", "--action", "transfer").out == ""
    nothing = office.do("due", "--as-of", "1999-01-01")
    assert "Nothing is due." in nothing.err
    assert "retention explain RECORD" in nothing.err


def test_find_shows_where_and_what_and_how_much_was_not_read(office):
    answer = office.do("find", "invoice", "two")
    assert "files:fin/two.eml  FIN-003" in answer.out
    assert "1 found, 1 shown. All 5 files in scope were read." in answer.err
    assert office.ask("find", "nothing-of-the-kind") == []


def test_a_class_given_by_a_person_is_found_at_once(case):
    case.desk.do("classify", case.one, "FIN-012")
    found = case.desk.ask("find", f"class:FIN-012 AND path:{case.name}")
    assert [line["record"] for line in found] == [case.one]


def test_more_hits_than_a_page_are_all_shown(cases):
    desk, _ = cases
    for number in range(210):
        desk.file(f"page/{number}.txt", b"pageful %d" % number)
    desk.scan()
    assert len(desk.ask("find", "pageful", "--limit", 1_000)) == 210
    assert len(desk.ask("find", "pageful")) == 50


def test_show_prints_what_the_register_has(office):
    shown = office.do("show", "files:fin/one.eml", "--text").out
    assert "message/rfc822" in shown
    assert "2014-04-02" in shown
    assert "subject: Invoice" in shown
    assert "reference" not in shown or "CON/2012/007" in shown
    assert "Invoice one, contract CON/2012/007." in shown.splitlines()
    assert "title  \n" not in shown
    assert "Invoice one" in office.ask("show", "files:fin/one.eml", "--text")[0]["text"]


@pytest.mark.parametrize(
    "given",
    ["files:fin/one.eml", "share/fin/one.eml", "fin/one.eml", "./share/../share/fin/one.eml"],
)
def test_a_record_is_named_by_share_and_path_or_by_the_path_of_its_file(office, given):
    assert office.ask("show", given)[0]["path"] == "fin/one.eml"
    absolute = os.fspath(office.share / "fin/one.eml")
    assert office.ask("show", absolute)[0]["path"] == "fin/one.eml"


def test_a_path_that_two_shares_have_must_be_told_apart(bare):
    bare.start()
    (bare.folder / "other/fin").mkdir(parents=True)
    (bare.folder / "other/fin/one.eml").write_text("From: a\n\nx")
    bare.do("share", "add", "other=other")
    bare.do("scan")
    answer = bare.do("explain", "fin/one.eml", code=2)
    assert "several shares have a file at 'fin/one.eml': files, other" in answer.err
    assert bare.ask("explain", "other:fin/one.eml")[0]["share"] == "other"


def test_explain_tells_the_rule_the_date_and_who_gave_the_class(office):
    said = office.do("explain", "files:fin/one.eml").out
    assert "may be destroyed because its period has ended" in said
    assert "Class FIN-003 was given by a person." in said
    kept = office.do("explain", "files:note.txt").out
    assert "is kept because it has no record class" in kept
    assert office.ask("explain", "note.txt", "--as-of", "2999-01-01")[0]["action"] == "retain"


def test_explain_suggests_classes_where_the_rules_were_not_sure(case):
    case.desk.file(
        f"{case.name}/i.txt", b"Thornbridge District Council\nINVOICE\nInvoice 12\nVAT 20\n"
    )
    case.desk.scan()
    said = case.desk.do("explain", f"files:{case.name}/i.txt").out
    assert "Perhaps: " in said or "was found, confidence" in said
    assert "What the rules found:" in said


def test_files_that_could_not_be_read_are_listed_with_the_reason(case):
    case.desk.file(f"{case.name}/torn.docx", b"PK\x03\x04 no archive")
    case.desk.scan()
    answer = case.desk.do("status", "--unreadable")
    assert f"files:{case.name}/torn.docx" in answer.out
    assert "none of them is ever eligible by itself" in answer.err
    found = {line["path"]: line for line in case.desk.ask("status", "--unreadable")}
    assert found[f"{case.name}/torn.docx"]["reason"]


def test_where_everything_was_read_nothing_is_listed(office):
    answer = office.do("status", "--unreadable")
    assert answer.out == ""
    assert "0 files could not be read" in answer.err


def test_a_search_of_one_share_says_how_much_of_that_share_was_read(office):
    answer = office.do("find", "invoice", "--share", "files")
    assert "4 found, 4 shown. All 5 files in scope were read." in answer.err


def test_explain_tells_why_a_file_could_not_be_read(case):
    case.desk.file(f"{case.name}/broken.docx", b"PK\x03\x04 no archive")
    case.desk.scan()
    assert "It could not be read: " in case.desk.do("explain", f"files:{case.name}/broken.docx").out


def test_explain_says_how_far_a_record_is_and_never_that_the_gone_may_be_destroyed(case):
    batch = case.desk.approved(case.one)
    assert "is approved: in a batch approved" in case.desk.do("explain", case.one).out
    case.desk.do("dispose", batch)
    assert "is waiting: in the disposal bin" in case.desk.do("explain", case.one).out
    case.desk.do("purge", batch)
    said = case.desk.do("explain", case.one).out
    assert "is destroyed: destroyed, with evidence" in said
    assert "may be destroyed" not in said


def test_explain_says_when_a_file_is_not_on_its_share_any_more(case):
    (case.desk.share / case.name / "one.eml").unlink()
    case.desk.scan()
    assert (
        "was not on the share when that was last scanned" in case.desk.do("explain", case.one).out
    )


def test_doctor_finds_nothing_amiss_at_a_desk_in_order(safe_office):
    said = safe_office.do("doctor").out
    assert "!!" not in said
    assert "share files" in said
    subjects = {line["subject"] for line in safe_office.ask("doctor")}
    assert {"openat2", "Landlock", "seccomp", "iscc_tika", "typst"} <= subjects


def test_doctor_tells_on_what_file_system_a_share_lies(safe_office):
    (share,) = [line for line in safe_office.ask("doctor") if line["subject"] == "share files"]
    kind = subprocess.run(
        ["stat", "-f", "-c", "%T", safe_office.share], capture_output=True, check=True, text=True
    ).stdout
    assert share["found"].split(", ")[1] in {"ext4" if "ext" in kind else kind.strip(), "overlay"}
    assert share["found"].endswith("disposal enabled")


def test_doctor_does_not_keep_quiet_about_a_safeguard_that_is_off(office):
    (found,) = [line for line in office.ask("doctor", code=3) if line["subject"] == "undo window"]
    assert found["ok"] is False
    assert "nothing can be brought back" in found["cost"]


def test_doctor_tells_what_is_amiss_and_what_it_costs(bare):
    assert "to be looked at: configuration" in bare.do("doctor", code=3).err
    assert "there is no such file" in bare.ask("doctor", code=3)[-1]["found"]
    bare.start()
    bare.share.rename(bare.folder / "gone")
    assert "it cannot be scanned" in bare.do("doctor", code=3).out
    assert bare.ask("doctor", code=3)[-1]["ok"] is False


def test_a_title_cannot_add_lines_of_its_own(case):
    path = f"{case.name}/forged.html"
    case.desk.file(path, b"<title>Minutes\nEVERYTHING ADDS UP.\x1b[2J</title><p>text</p>")
    case.desk.scan()
    for command in (("show", f"files:{path}"), ("find", "minutes"), ("explain", f"files:{path}")):
        said = case.desk.do(*command).out
        assert "\x1b" not in said
        assert "EVERYTHING ADDS UP." not in said.splitlines()


def test_facets_count_what_was_found_instead_of_listing_it(office):
    (line,) = office.ask("find", "invoice", "--facets")
    assert line["found"] == 4
    assert line["folder"] == [{"value": "files:fin", "hits": 4}]
    assert line["year"] == [{"value": "2014", "hits": 4}]
    assert (line["unread"], line["pending"], line["partial"]) == (0, 0, 0)
    shown = office.do("find", "invoice", "--facets")
    assert "files:fin" in shown.out
    assert "4 found. All " in shown.err


def test_a_search_is_limited_to_classes_and_days(office):
    assert len(office.ask("find", "invoice", "--class", "fin-003", "--to", "2014-04-02")) == 4
    assert office.ask("find", "invoice", "--from", "2014-04-03") == []
    assert office.ask("find", "invoice", "--class", "HRP-001") == []
    wrong = office.do("find", "a", "--from", "2015-01-01", "--to", "2014-01-01", code=2)
    assert "nothing could be found" in wrong.err
    assert "nothing to search for" in office.do("find", code=2).err


def test_show_tells_what_the_file_system_keeps_beside_a_file(bare, request):
    bare.start()
    path = bare.file("noted.txt", b"a note")
    os.chmod(path, 0o600)
    try:
        os.setxattr(path, "user.comment", b"agreed")
    except OSError as error:
        pytest.skip(f"NOT RUN: {request.node.nodeid}: {error.strerror}")
    bare.do("scan")
    (found,) = bare.ask("show", "files:noted.txt")
    assert found["attributes"]["user"] == {"user.comment": {"text": "agreed"}}
    assert found["owner_group"].endswith(f"({os.stat(path).st_gid})")
    shown = bare.do("show", "files:noted.txt").out
    assert "attributes  mode 0600" in shown
    assert "attributes  user user.comment agreed" in shown
