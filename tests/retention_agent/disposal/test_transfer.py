"""A batch for the archive: copied as a bag that others can check, with the source left alone."""

import base64
import csv
import json
import os
import unicodedata
from pathlib import Path
from urllib.parse import unquote_to_bytes

import bagit
import pytest
import sqlalchemy as sa

from policies import Action
from retention_agent.audit import canonical, merkle, statement
from retention_agent.audit.answers import Answer
from retention_agent.disposal import bag as bags
from retention_agent.disposal import transfer as exporting
from retention_agent.disposal.transfer import export
from retention_agent.errors import IntegrityError, Refused, RetentionError
from retention_agent.register.tables import log_leaf, signature
from retention_agent.shares import attributes


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_bag_holds_every_file_of_the_batch_and_others_find_it_valid(council, site, minutes, bag):
    name = minutes("a/one.txt", "a/two.txt", "three.txt")
    before = site.files()
    made = council.work(export, name, bag, minutes.source)
    assert (made.files, made.folder, made.left) == (3, bag, None)
    assert bagit.Bag(str(bag)).validate()
    assert (bag / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")
    assert (bag / "data/a/two.txt").read_bytes() == b"minutes of 1"
    assert site.files() == before
    assert site.states(name) == ["approved"] * 3
    assert site.status(name)["status"] == "offered"
    assert site.problems() == []


def test_a_bag_says_who_sends_what(council, minutes, bag):
    name = minutes("one.txt", "two.txt")
    council.work(export, name, bag, minutes.source)
    info = bagit.Bag(str(bag)).info
    assert info["Source-Organization"] == "Thornbridge District Council"
    assert info["Contact-Name"] == "Rita"
    assert info["Payload-Oxum"] == "24.2"
    assert info["External-Identifier"] == name
    assert info["External-Description"] == "2 records of FIN-4 Minutes"


def test_a_copy_keeps_its_time_and_its_extended_attributes_are_listed(council, minutes, bag):
    name = minutes("one.txt")
    place = council.share / "one.txt"
    os.utime(place, ns=(1_500_000_000_123_456_789, 1_400_000_000_123_456_789))
    os.setxattr(place, "user.origin", b"scanned")
    council.work(export, name, bag, minutes.source)
    assert (bag / "data/one.txt").stat().st_mtime_ns == 1_400_000_000_123_456_789
    (row,) = table(bag / "metadata/records.csv")
    kept = json.loads(row["attributes"])
    assert kept["user"] == {"user.origin": {"text": "scanned"}}
    assert kept["mode"] == "0644"


def test_what_is_not_kept_even_in_a_table_is_listed(council, minutes, bag, monkeypatch):
    name = minutes("one.txt", "two.txt")
    monkeypatch.setattr(attributes, "LONGEST_VALUE", 100)  # not every file system takes much more
    os.setxattr(council.share / "two.txt", "user.preview", b"x" * 101)
    made = council.work(export, name, bag, minutes.source)
    (record,) = made.lost
    assert council.row(record)["path"] == b"two.txt"
    assert made.lost[record] == "user.preview"


def test_a_hold_by_words_is_asked_of_the_file_itself(council, site, minutes, bag):
    name = minutes("one.txt", "two.txt")
    site.hold(query='"minutes of 1"')
    made = council.work(export, name, bag, minutes.source)
    assert made.files == 1
    assert site.states(name) == ["approved", "blocked-by-hold"]


def test_records_come_with_their_context(council, minutes, bag):
    name = minutes("one.txt", reference="CASE/1", owner="sam (1001)")
    council.work(export, name, bag, minutes.source)
    (row,) = table(bag / "metadata/records.csv")
    assert (row["class"], row["references"], row["owner"]) == ("FIN-4", "CASE/1", "sam (1001)")
    assert row["dates"] == "created 2015-05-01 (pdf:CreationDate)"
    (rule,) = table(bag / "metadata/schedule.csv")
    assert (rule["code"], rule["title"], rule["version"]) == ("FIN-4", "Minutes", "1")
    assert rule["authority"] == "Limitation Act 1980 s.2"


def test_who_asked_and_who_agreed_can_be_checked_from_the_bag_alone(council, minutes, bag):
    name = minutes("one.txt", "two.txt")
    council.work(export, name, bag, minutes.source)
    folder = bag / "metadata/approval"
    said = [
        statement.read(statement.from_document(json.loads(path.read_text())))
        for path in sorted(folder.glob("[0-9]*.json"))
    ]
    assert [each.person for each in said if each.purpose == "approve-batch"] == ["ann", "omar"]
    leaves = (folder / "manifest.jsonl").read_text().splitlines()
    root = merkle.root([merkle.leaf_hash(leaf.encode()) for leaf in leaves]).hex()
    assert {each.content["root"] for each in said if "root" in each.content} == {root}
    shown = json.loads((folder / "log.json").read_text())
    size = int(shown["checkpoint"].splitlines()[1])
    top = base64.b64decode(shown["checkpoint"].splitlines()[2])
    for each in shown["entries"]:
        hashed = merkle.leaf_hash(each["entry"].encode())
        steps = [bytes.fromhex(step) for step in each["proof"]]
        assert merkle.verify_inclusion(hashed, each["number"], size, steps, top)
        assert canonical.loads(each["entry"])["facts"]["to"] == "approved"
    assert len(shown["entries"]) == 2


def test_agreement_given_item_by_item_is_in_the_bag_too(council, minutes, bag):
    name = minutes.proposed("one.txt", "two.txt")
    council.answer(name, {1: Answer("exclude", reason="wanted here")}, "ann")
    council.answer(name, {0: Answer("approve")}, "ann", "omar")
    council.work(export, name, bag, minutes.source)
    said = [
        statement.read(statement.from_document(json.loads(path.read_text())))
        for path in sorted((bag / "metadata/approval").glob("[0-9]*.json"))
    ]
    assert [each.person for each in said if each.purpose == "answer-batch"] == [
        "ann",
        "ann",
        "omar",
    ]


HOSTILE = [
    b"a\nb.txt", b"a\rb.txt", b"50% off.txt", b"caf\xe9.doc", b"\x1b[31mred", b"con.txt", b"end.",
    b"tail ", "\u202eexe.txt".encode(), b"Case.txt", b"case.txt", b"cAse.txt", b"a=b", b"q*?.txt",
    "\u00e9".encode(), "e\u0301".encode(), b"x" * 255, b"\xff" * 200, b"=41", b"A",
    "\u3000".encode(),
    b"Dir/one", b"dir/one", b"dir/two", b"~", b" lead", b"back\\slash", b"#",
]  # fmt: skip


def test_any_name_is_stored_where_every_system_can_read_it_and_its_bytes_are_kept(
    council, minutes, bag
):
    name = minutes(*HOSTILE)
    council.work(export, name, bag, minutes.source)
    assert bagit.Bag(str(bag)).validate()
    changed = {row["bag_path"]: row for row in table(bag / "metadata/names.csv")}
    for row in table(bag / "metadata/records.csv"):
        path = row["bag_path"]
        raw = base64.b64decode(row["path_b64"])
        assert (bag / path).read_bytes() == (council.share / os.fsdecode(raw)).read_bytes()
        assert path.isprintable()
        assert not set(path) & set('<>:"\\|?*%')
        assert unicodedata.is_normalized("NFC", path)
        if path.encode() != b"data/" + raw:
            assert unquote_to_bytes(changed[path]["path_percent_encoded"]) == raw
            assert base64.b64decode(changed[path]["path_b64"]) == raw
    paths = [row["bag_path"] for row in table(bag / "metadata/records.csv")]
    assert len({path.casefold() for path in paths}) == len(HOSTILE)


def test_a_file_that_changed_since_approval_leaves_the_batch_and_is_listed(
    council, site, minutes, bag
):
    name = minutes("one.txt", "two.txt", "three.txt", "four.txt")
    before = (council.share / "one.txt").stat()
    (council.share / "one.txt").write_bytes(b"minutes of X")
    os.utime(council.share / "one.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    (council.share / "two.txt").unlink()
    (council.share / "two.txt").symlink_to("/etc/passwd")
    (council.share / "three.txt").rename(council.share / "gone.txt")
    (council.share / "three.txt").write_bytes(b"minutes of 2")
    made = council.work(export, name, bag, minutes.source)
    assert made.files == 1
    assert site.states(name) == ["deferred", "deferred", "deferred", "approved"]
    assert "content has changed" in site.outcomes(name)[0]
    assert "could not be read" in site.outcomes(name)[1]
    assert "another file" in site.outcomes(name)[2]
    assert bagit.Bag(str(bag)).validate()
    assert {path.name for path in (bag / "data").iterdir()} == {"four.txt"}


def test_a_batch_of_which_nothing_is_left_is_closed(council, site, minutes, bag):
    name = minutes("one.txt")
    site.hold(paths=(("files", b"one.txt"),))
    with pytest.raises(Refused, match="nothing is left"):
        council.work(export, name, bag, minutes.source)
    assert site.states(name) == ["blocked-by-hold"]
    assert site.status(name)["status"] == "closed"
    assert not bag.exists()


def test_a_file_that_changes_while_it_is_copied_stops_the_export(
    council, site, minutes, bag, monkeypatch
):
    name = minutes("one.txt")
    sound = exporting._sound

    def edited_after(context, batch):
        items = sound(context, batch)
        (council.share / "one.txt").write_bytes(b"minutes of X")
        return items

    monkeypatch.setattr(exporting, "_sound", edited_after)
    with pytest.raises(RetentionError, match="content has changed"):
        council.work(export, name, bag, minutes.source)
    assert not bag.exists()
    assert site.status(name)["status"] == "approved"


@pytest.mark.parametrize("place", ["share/bag", "share/a/bag", "state/bag"])
def test_a_copy_may_not_lie_on_a_share_or_in_the_state_folder(council, minutes, tmp_path, place):
    name = minutes("a/one.txt")
    with pytest.raises(Refused, match="lies on a share"):
        council.work(export, name, tmp_path / place, minutes.source)
    assert not (tmp_path / place).exists()


def test_a_copy_may_not_reach_a_share_through_a_link(council, minutes, tmp_path):
    name = minutes("a/one.txt")
    (tmp_path / "link").symlink_to(council.share)
    with pytest.raises(Refused, match="lies on a share"):
        council.work(export, name, tmp_path / "link/bag", minutes.source)


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_that_is_there_is_written_over(council, minutes, bag, there):
    name = minutes("one.txt")
    match there:
        case "file":
            bag.write_text("mine")
        case "folder":
            bag.mkdir()
            (bag / "mine").write_text("mine")
        case _:
            bag.symlink_to("elsewhere")
    with pytest.raises(Refused, match="is there already"):
        council.work(export, name, bag, minutes.source)


def test_an_empty_folder_may_be_named_and_a_missing_one_above_it_may_not(council, minutes, bag):
    name = minutes("one.txt")
    with pytest.raises(Refused, match="there is no folder"):
        council.work(export, name, bag / "deeper", minutes.source)
    bag.mkdir()
    assert council.work(export, name, bag, minutes.source).files == 1


def test_only_a_batch_approved_for_transfer_is_copied(council, minutes, bag):
    other = council.approved(council.add("other.txt"))
    with pytest.raises(Refused, match="not proposed for transfer"):
        council.work(export, other, bag, minutes.source)
    waiting = council.add("one.txt", record_class="FIN-4")
    name = council.propose(waiting, action=Action.TRANSFER).batch
    with pytest.raises(Refused, match="not approved"):
        council.work(export, name, bag, minutes.source)
    council.approve(name, "ann")
    with pytest.raises(Refused, match="not approved"):
        council.work(export, name, bag, minutes.source)


def test_a_mark_in_the_register_approves_no_transfer(council, minutes, bag):
    name = minutes("one.txt")
    with council.app.engine.begin() as connection:
        connection.execute(signature.delete().where(signature.c.purpose == "approve-batch"))
    with pytest.raises(Refused, match="not approved"):
        council.work(export, name, bag, minutes.source)


def test_a_batch_is_copied_once(council, minutes, bag, tmp_path):
    name = minutes("one.txt")
    council.work(export, name, bag, minutes.source)
    with pytest.raises(Refused, match="is offered"):
        council.work(export, name, tmp_path / "again", minutes.source)


def test_what_was_written_wrongly_is_never_handed_over(council, site, minutes, bag, monkeypatch):
    name = minutes("one.txt")
    seal = bags.seal

    def harmed(folder, *rest):
        answer = seal(folder, *rest)
        (folder / "data/one.txt").write_bytes(b"minutes of 1")
        return answer

    monkeypatch.setattr(bags, "seal", harmed)
    with pytest.raises(IntegrityError, match="not what was read"):
        council.work(export, name, bag, minutes.source)
    assert not bag.exists()
    assert site.status(name)["status"] == "approved"
    monkeypatch.undo()
    again = council.work(export, name, bag, minutes.source)
    assert again.left is not None
    assert again.left.name.startswith("bag.incomplete-")
    assert again.files == 1


def test_a_bag_that_only_the_register_was_not_told_of_is_taken_up(
    council, site, minutes, bag, monkeypatch
):
    name = minutes("one.txt")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "_finish", killed)
    with pytest.raises(KeyboardInterrupt):
        council.work(export, name, bag, minutes.source)
    monkeypatch.undo()
    assert site.status(name)["status"] == "approved"
    assert council.work(export, name, bag, minutes.source).files == 1
    assert site.status(name)["status"] == "offered"
    with council.app.engine.begin() as connection:
        leaves = list(connection.scalars(sa.select(log_leaf.c.leaf)))
    assert sum('"type":"transfer export"' in leaf for leaf in leaves) == 1


def test_a_full_disk_is_told_and_the_batch_can_be_exported_again(
    council, minutes, bag, monkeypatch
):
    name = minutes("one.txt")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bags, "seal", full)
    with pytest.raises(RetentionError, match="No space left"):
        council.work(export, name, bag, minutes.source)
    monkeypatch.undo()
    assert council.work(export, name, bag, minutes.source).files == 1


def test_an_approval_that_was_used_in_time_does_not_expire_while_the_archive_works(
    council, site, minutes, bag
):
    name = minutes("one.txt")
    council.work(export, name, bag, minutes.source)
    site.expire()
    assert site.states(name) == ["approved"]
    assert Path(bag).is_dir()


def test_what_was_not_agreed_to_leaves_the_batch_when_the_rest_is_copied(
    council, site, minutes, bag
):
    """The batch cannot be answered any more, nor expire: it would wait in it for ever."""
    numbers = [council.add(f"{at}/m.txt", at.encode(), record_class="FIN-4") for at in "ab"]
    name = council.propose(*numbers, action=Action.TRANSFER).batch
    council.answer(name, {b"a": Answer("approve")}, "ann", "omar")
    council.answer(name, {b"b": Answer("approve")}, "ann")
    council.work(export, name, bag, minutes.source)
    assert site.states(name) == ["approved", "due"]
    assert council.propose(action=Action.TRANSFER).size == 1
