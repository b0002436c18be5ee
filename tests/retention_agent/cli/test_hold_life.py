"""A hold from its placement to its end, as an information governance officer lives with it."""

import filelock
import pytest

from retention_agent.sheets import read_rows, read_sheets

WORDS = ("--title", "Bridge", "--authority", "FOI 2026/114", "--reason", "received")
NEXT = ("--review-by", "2999-01-01")


def place(desk, name, *scope, **_):
    return desk.ask("hold", "place", name, *WORDS, *NEXT, *scope)[0]


def one_and_two(desk):
    return desk.number("fin/one.eml"), desk.number("fin/two.eml")


def listed(desk, name):
    return next(each for each in desk.ask("hold", "list") if each["hold"] == name)


def test_looking_first_shows_what_it_would_cover_and_changes_nothing(desk):
    one, _ = one_and_two(desk)
    batch = desk.propose(one)
    before = desk.only_log()
    look = ("hold", "place", "q", *WORDS, *NEXT, "--query", "invoice one", "--dry-run")
    (found,) = desk.ask(*look)
    assert (found["placed"], found["records"], found["in_doubt"], found["in_batches"]) == (
        *(False, 1, 0, 1),
    )
    assert found["by_class"] == {"FIN-003": {"records": 1, "bytes": found["bytes"]}}
    assert found["by_share"]["files"]["records"] == 1
    assert found["examples"][0]["path"] == "fin/one.eml"
    assert found["stops"] == [{"batch": batch, "item": 0, "record": one, "state": "proposed"}]
    said = desk.do(*look).out
    assert "Nothing was placed." in said
    assert "This would take out of batches: 1" in said
    assert desk.only_log() == before
    assert desk.ask("hold", "list") == []
    assert desk.state_of(one) == "proposed"


def test_a_hold_by_words_takes_what_matches_out_of_its_batch_and_leaves_the_rest(desk):
    one, two = one_and_two(desk)
    batch = desk.approved(one, two)
    (at,) = [
        e["item"]
        for e in desk.ask("review", batch, "--person", "ann")[0]["sample"]
        if e["path"] == "fin/one.eml"
    ]
    placed = place(desk, "q", "--query", "one")
    assert placed["stops"] == [{"batch": batch, "item": at, "record": one, "state": "approved"}]
    assert (desk.state_of(one), desk.state_of(two)) == ("blocked-by-hold", "approved")
    desk.do("dispose", batch)
    desk.do("purge", batch)
    assert (desk.state_of(one), desk.state_of(two)) == ("blocked-by-hold", "destroyed")
    desk.do("certificate", batch)
    desk.do("verify")


def test_a_hold_is_in_force_at_once_even_beside_another_command(desk):
    one, two = one_and_two(desk)
    batch = desk.approved(one, two)
    with filelock.FileLock(desk.state / "lock"):
        answer = desk.do("hold", "place", "q", *WORDS, *NEXT, "--query", "one")
    assert "Another retention command is at work" in answer.err
    assert "In batches, and kept by their next step: 1" in answer.out
    assert desk.state_of(one) == "approved"
    desk.do("dispose", batch)
    assert (desk.state_of(one), desk.state_of(two)) == ("blocked-by-hold", "waiting")
    desk.do("verify")


def test_what_arrives_later_is_caught_and_shown_once(desk):
    place(desk, "q", "--query", "elephant")
    desk.do("hold", "diff", "q")
    desk.mail("fin/five.eml", "Invoice for an elephant.")
    desk.mail("fin/six.eml", "Invoice for a horse.")
    desk.scan()
    desk.classify("fin/five.eml", "fin/six.eml")
    five, six = desk.number("fin/five.eml"), desk.number("fin/six.eml")
    due = {line["record"] for line in desk.ask("due")}
    assert due & {five, six} == {six}
    (shown,) = desk.ask("hold", "diff", "q", "--keep")
    assert (shown["record"], shown["in_doubt"]) == (five, False)
    assert "fin/five.eml" in desk.do("hold", "diff", "q").out
    answer = desk.do("hold", "diff", "q")
    assert answer.out == ""
    assert "0 records came under hold q" in answer.err
    assert desk.ask("hold", "report", "q")[0]["arrivals"] == 1


def test_a_record_that_was_moved_is_asked_about_again_by_the_next_scan(desk):
    one, _ = one_and_two(desk)
    place(desk, "q", "--query", "path:claims")
    assert one in {line["record"] for line in desk.ask("due")}
    (desk.share / "claims").mkdir()
    (desk.share / "fin/one.eml").rename(desk.share / "claims/one.eml")
    desk.scan()
    assert one not in {line["record"] for line in desk.ask("due")}
    (desk.share / "claims/one.eml").rename(desk.share / "fin/one.eml")
    desk.scan()
    assert one in {line["record"] for line in desk.ask("due")}


def test_a_file_that_cannot_be_read_is_held_in_doubt(desk):
    desk.file("broken.pdf", b"%PDF-1.7 and nothing more")
    desk.scan()
    placed = place(desk, "q", "--query", "elephant")
    assert (placed["records"], placed["in_doubt"]) == (1, 1)
    assert "in doubt" in desk.do("hold", "place", "r", *WORDS, *NEXT, "--query", "cow").out


def test_a_review_moves_the_next_date_and_is_kept(desk):
    desk.do("hold", "place", "late", *WORDS, "--review-by", "2020-01-01", "--share", "files")
    assert listed(desk, "late")["overdue"]
    said = ("--next-date", "2999-06-30", "--note", "appeal pending")
    assert "its next review is by 2999-06-30" in desk.do("hold", "review", "late", *said).out
    assert listed(desk, "late")["review_by"] == "2999-06-30"
    assert not listed(desk, "late")["overdue"]
    (report,) = desk.ask("hold", "report", "late")
    assert [(e["next_date"], e["note"]) for e in report["reviews"]] == [
        ("2999-06-30", "appeal pending")
    ]
    assert desk.ask("log", "list")[-1]["type"] == "hold review"
    refused = desk.do("hold", "review", "late", "--next-date", "2020-01-01", "--note", "x", code=2)
    assert "not in the future" in refused.err
    desk.do("hold", "review", "nothing", *said, code=2)


def test_a_release_needs_reason_and_key_and_shows_who_signed(desk):
    place(desk, "q", "--class", "FIN-003")
    for given in ((), ("--reason", "over"), ("--key", "ann.pem")):
        assert "--reason TEXT --key FILE" in desk.do("hold", "release", "q", *given, code=2).err
    (one,) = desk.ask("hold", "release", "q", "--reason", "over", "--key", "ann.pem")
    assert one == {"hold": "q", "grace_ends": None, "signed_by": ["ann"]}
    assert listed(desk, "q")["release_signed_by"] == ["ann"]
    assert "release signed by ann, waits for a second officer" in desk.do("hold", "list").out
    (two,) = desk.ask("hold", "release", "q", "--reason", "over", "--key", "omar.pem")
    assert two["signed_by"] == ["ann", "omar"]
    assert two["grace_ends"]
    assert not listed(desk, "q")["overdue"]


def test_before_a_release_it_shows_what_would_be_due_after_the_grace(desk):
    place(desk, "q", "--class", "FIN-003")
    place(desk, "other", "--path", "files:fin/one.eml")
    look = ("hold", "release", "q", "--dry-run")
    (found,) = desk.ask(*look)
    assert (found["due"], found["by"]) == (
        *(3, [{"action": "destroy", "class": "FIN-003", "records": 3}]),
    )
    assert {each["path"] for each in found["examples"]} == {
        *("fin/two.eml", "fin/three.eml", "fin/four.eml"),
    }
    assert "3 records would be due" in desk.do(*look).out
    assert desk.ask("due") == []
    desk.do("hold", "release", "nothing", "--dry-run", code=2)


@pytest.fixture
def reported(desk):
    """A desk with a hold that stopped something, half released."""
    desk.propose(desk.number("fin/one.eml"))
    named = ("--by", "Ines Grant, information governance")
    place(desk, "q", "--query", "one", "--share", "files", *named)
    desk.do("hold", "release", "q", "--reason", "over", "--key", "ann.pem")
    return desk


def test_the_report_tells_who_why_what_and_what_it_stopped(reported):
    (found,) = reported.ask("hold", "report")
    expected = {
        "hold": "q", "title": "Bridge", "authority": "FOI 2026/114", "reason": "received",
        "placed_by": "Ines Grant, information governance", "condition": "in force",
        "scope": ["in files:", "matching one"], "query": "one", "review_by": "2999-01-01",
        "overdue": False, "reviews": [], "release_signed_by": ["ann"], "arrivals": 0,
        "records": 1, "in_doubt": 0, "in_batches": 0, "oldest": "2014-04-02",
        "newest": "2014-04-02",
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert len(found["stopped"]) == 1
    said = reported.do("hold", "report", "q").out
    for words in ("Ines Grant", "covers what is in files:", "matching one", "signed by: ann"):
        assert words in said
    assert f"items it took out of batches: {found['stopped'][0]}" in said


def test_what_it_stopped_stays_on_the_report_whatever_becomes_of_it(desk):
    one, _ = one_and_two(desk)
    batch = desk.approved(one)
    desk.do("dispose", batch)
    place(desk, "q", "--query", "one")
    assert desk.state_of(one) == "blocked-by-hold"
    desk.do("restore", one, "--reason", "held")
    assert desk.ask("hold", "report", "q")[0]["stopped"] == [f"{batch}/0"]


def test_the_report_can_be_logged_and_written_for_a_spreadsheet(reported, tmp_path):
    csv, workbook = tmp_path / "holds.csv", tmp_path / "holds.xlsx"
    (found,) = reported.ask("hold", "report", "--log", "--csv", csv, "--xlsx", workbook)
    (event,) = [e for e in reported.ask("log", "list") if e["type"] == "hold report"]
    assert found["digest"] in str(event)
    header, row = read_rows(csv)
    assert dict(zip(header, row, strict=True))["scope"] == "in files:; matching one"
    sheets = read_sheets(workbook)
    assert list(sheets) == ["holds", "shares and classes", "reviews"]
    assert sheets["shares and classes"][1][:3] == ["q", "share", "files"]
    assert found["digest"] in reported.do("hold", "report", "--log").out
    inside = reported.share / "holds.csv"
    assert "lies on share 'files'" in reported.do("hold", "report", "--csv", inside, code=2).err


def test_without_holds_there_is_nothing_to_report(bare):
    bare.start()
    assert "no holds in force" in bare.do("hold", "report").err
    bare.do("hold", "report", "q", code=2)


def test_a_file_that_was_moved_out_of_a_held_folder_stays_held(desk):
    one, _ = one_and_two(desk)
    place(desk, "q", "--path", "files:fin/one.eml")
    desk.scan()
    (desk.share / "elsewhere").mkdir()
    (desk.share / "fin/one.eml").rename(desk.share / "elsewhere/one.eml")
    desk.scan()
    assert one not in {line["record"] for line in desk.ask("due")}
    assert desk.ask("hold", "report", "q")[0]["records"] == 1
