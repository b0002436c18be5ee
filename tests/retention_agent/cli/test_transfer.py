"""Handing records over to the archive, as somebody at the command line does it."""

import csv
import json

import bagit
import pytest

CODE = "COM-004"  # press campaigns: offered to the archive after six years


@pytest.fixture
def desk(tmp_path, new_desk):
    """Two due messages of a class for the archive, in an approved batch."""
    desk = new_desk(tmp_path)
    desk.open()
    for name in ("one", "two"):
        desk.mail(f"press/{name}.eml", f"Campaign {name}.")
    desk.scan()
    desk.numbers = desk.classify("press/one.eml", "press/two.eml", code=CODE)
    named = [part for number in desk.numbers for part in ("--record", number)]
    (made,) = desk.ask("propose", "files", "--action", "transfer", "--key", "rita.pem", *named)
    desk.batch = made["batch"]
    desk.approve(desk.batch)
    return desk


def answer(desk, **changes):
    """A receipt made from the bag's own table, as an archive would make one."""
    with (desk.folder / "bag/metadata/records.csv").open(newline="") as file:
        sent = list(csv.DictReader(file))
    rows = [
        {
            "record": each["record"],
            "sha256": each["sha256"],
            "outcome": "accepted",
            "accession": f"2026/{each['item']}",
            "date": "2020-01-02",
            "reason": "",
            **changes.get(f"item{each['item']}", {}),
        }
        for each in sent
    ]
    (desk.folder / "answer.json").write_text(json.dumps(rows))
    return "answer.json"


def test_from_the_batch_to_the_certificate_each_step_tells_the_next(desk):
    do, batch = desk.do, desk.batch
    early = do("dispose", batch, code=4)
    assert "has not confirmed any of it yet" in early.err
    copied = do("transfer", "export", batch, "--to", "bag", "--description", "Press campaigns")
    assert f"Batch {batch}: 2 files copied to {desk.folder}/bag, and read again." in copied.out
    assert f"retention transfer receipt {batch} FILE" in copied.err
    assert bagit.Bag(str(desk.folder / "bag")).validate()
    assert bagit.Bag(str(desk.folder / "bag")).info["External-Description"] == "Press campaigns"
    assert "has not confirmed any of it yet" in do("dispose", batch, code=4).err
    (listed,) = desk.ask("transfer", "list")
    assert (listed["status"], listed["unanswered"], listed["waits_for"]) == (
        "offered", 2, "the archive",
    )  # fmt: skip
    received = do("transfer", "receipt", batch, answer(desk), "--verify-at", "bag")
    assert f"Batch {batch}: 2 accepted, 0 declined, 0 without an answer." in received.out
    assert f"retention dispose {batch}" in received.err
    assert desk.ask("transfer", "list")[0]["waits_for"] == "the bin or the purge"
    do("dispose", batch)
    do("purge", batch)
    assert [desk.state_of(number) for number in desk.numbers] == ["transferred"] * 2
    assert "Outcome: 2 transferred" in do("certificate", batch).out
    assert desk.ask("verify")[0]["ok"]
    (listed,) = desk.ask("transfer", "list")
    assert (listed["status"], listed["transferred"], listed["waits_for"]) == ("closed", 2, None)
    assert "closed" in do("transfer", "list").out


def test_what_was_declined_is_listed_for_review_with_the_archives_reason(desk):
    desk.do("transfer", "export", desk.batch, "--to", "bag")
    declined = {"outcome": "declined", "reason": "held by another\x1b[31m body"}
    received = desk.do("transfer", "receipt", desk.batch, answer(desk, item1=declined))
    assert "1 accepted, 1 declined" in received.out
    assert "retention due --action review" in received.err
    (due,) = desk.ask("due", "--action", "review")
    assert (due["record"], due["reason"]) == (desk.numbers[1], "declined")
    explained = desk.do("explain", desk.numbers[1])
    assert "declined" in explained.out
    assert "The archive's reason: held by another" in explained.out
    assert "\x1b" not in explained.out
    waiting = desk.ask("due", "--action", "transfer")
    assert [each["record"] for each in waiting] == desk.numbers[:1]


def test_json_says_what_the_text_says(desk):
    (copied,) = desk.ask("transfer", "export", desk.batch, "--to", "bag")
    assert copied["files"] == 2
    assert copied["left"] is None
    assert copied["kept"] == []
    (received,) = desk.ask("transfer", "receipt", desk.batch, answer(desk), "--partial")
    assert (received["accepted"], received["declined"], received["unanswered"]) == (2, 0, 0)


def test_a_receipt_with_mistakes_changes_nothing_and_says_all_of_them(desk):
    desk.do("transfer", "export", desk.batch, "--to", "bag")
    before = desk.only_log()
    wrong = {"sha256": "0" * 64, "date": "yesterday"}
    refused = desk.do("transfer", "receipt", desk.batch, answer(desk, item0=wrong), code=2)
    assert "2 mistakes; nothing of it was taken in" in refused.err
    assert "row 2: sha256 is not that of what was sent" in refused.err
    assert "row 2: date 'yesterday' is not a date" in refused.err
    assert desk.only_log() == before


def test_what_was_left_out_and_what_was_cut_short_is_told(desk, monkeypatch):
    (desk.share / "press/one.eml").write_bytes(b"changed")
    with monkeypatch.context() as patch:
        patch.setattr("retention_agent.disposal.bag.faults", lambda _: ["data: is missing"])
        assert (
            "not what was read"
            in desk.do("transfer", "export", desk.batch, "--to", "bag", code=5).err
        )
    (listed,) = desk.ask("transfer", "list")
    assert listed["waits_for"] == "the copy"
    assert "bag.incomplete-" in listed["unfinished"]
    assert "bag.incomplete-" in desk.do("transfer", "list").err
    copied = desk.do("transfer", "export", desk.batch, "--to", "bag")
    assert "1 files copied" in copied.out
    assert f"record {desk.numbers[0]} was left out: its content has changed" in copied.out
    assert "remove it by hand" in copied.err


def test_nothing_is_listed_where_nothing_was_copied(office):
    assert office.ask("transfer", "list") == []


def test_a_trace_of_what_was_transferred_gives_the_archives_number(desk):
    desk.do("transfer", "export", desk.batch, "--to", "bag")
    desk.do("transfer", "receipt", desk.batch, answer(desk))
    for step in ("dispose", "purge", "certificate"):
        desk.do(step, desk.batch)
    found = desk.do("trace", desk.numbers[0])
    assert "2026/0" in found.out
    assert "TRANSFERRED to the archive" in found.out
