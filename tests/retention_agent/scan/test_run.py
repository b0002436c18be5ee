"""Files that appear, change, move and come back, and what the register says of them."""

import os
import unicodedata

import pytest
import sqlalchemy as sa

from policies.lifecycle import State
from retention_agent.errors import NotFound, Refused
from retention_agent.register.tables import former_path, record, share
from retention_agent.scan import intake, walk
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root


def test_a_first_scan_enters_every_file(watched):
    watched.write("a/b.txt", b"hello")
    watched.write("c.txt")
    result = watched.scan()
    assert (result.complete, result.new, result.seen, result.bytes) == (True, 2, 2, 9)
    assert result.directories == 2
    watched.require_equal_to_tree()
    row = watched.row(b"a/b.txt")
    assert (row["state"], row["capture"], row["owner"]) == ("seen", "pending", "root (0)")
    assert row["first_seen"] == row["last_changed"] == "2026-11-23T10:00:00Z"
    assert (row["links"], row["class_origin"], row["sha256"]) == (1, "none", None)


def test_a_second_scan_of_an_unchanged_share_changes_no_record(watched):
    watched.write("a/b.txt")
    watched.write("c.txt")
    watched.scan()
    before = watched.rows()
    result = watched.scan()
    assert (result.unchanged, result.new, result.changed) == (2, 0, 0)
    assert watched.rows() == before


def test_the_share_row_tells_when_it_was_scanned(watched):
    watched.write("a")
    watched.scan()
    row = watched.share_row()
    assert (row["scans"], row["last_scan"]) == (1, "2026-11-23T10:00:00Z")
    assert row["last_complete_scan"] == row["last_scan"]
    found = watched.path.stat()
    assert (row["device"], row["inode"]) == (found.st_dev, found.st_ino)


def test_a_changed_file_is_to_be_read_again_and_keeps_what_was_known(watched):
    watched.write("a", b"old")
    watched.scan()
    watched.captured()
    watched.set(record.c.id == 1, sha256="of the old text", record_class="FIN-1")
    watched.write("a", b"new text")
    result = watched.scan()
    assert (result.changed, result.unchanged, result.new) == (1, 0, 0)
    row = watched.row(b"a")
    assert (row["id"], row["capture"], row["size"]) == (1, "pending", 8)
    assert (row["sha256"], row["record_class"]) == ("of the old text", "FIN-1")
    assert row["state"] == "classified"
    assert row["first_seen"] == "2026-11-23T10:00:00Z"
    assert row["last_changed"] == "2026-11-23T11:00:00Z"
    watched.require_equal_to_tree()


def test_an_edit_that_puts_size_and_time_back_is_noticed(watched):
    file = watched.write("a", b"old")
    watched.scan()
    watched.captured()
    before = file.stat()
    with file.open("r+b") as opened:
        opened.write(b"new")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watched.scan().changed == 1
    assert watched.row(b"a")["capture"] == "pending"


def test_a_document_saved_by_replacing_its_file_stays_the_same_record(watched):
    watched.write("report.docx", b"draft")
    watched.scan()
    watched.captured()
    watched.write("report.tmp", b"final version")
    os.rename(watched.path / "report.tmp", watched.path / "report.docx")
    result = watched.scan()
    assert (result.changed, result.new, result.vanished, result.moved) == (1, 0, 0, 0)
    row = watched.row(b"report.docx")
    assert (row["id"], row["capture"], row["size"]) == (1, "pending", 13)
    assert row["last_changed"] == "2026-11-23T11:00:00Z"
    watched.require_equal_to_tree()


@pytest.mark.parametrize("new", ["moved file", "deep/er/b", "inner/a"])
def test_a_moved_file_keeps_its_record_and_is_not_read_again(watched, new):
    watched.write("inner/x")
    file = watched.write("a", b"text", at=1_000_000)
    watched.scan()
    watched.captured()
    number = watched.row(b"a")["id"]
    before = watched.row(b"a")
    (watched.path / new).parent.mkdir(parents=True, exist_ok=True)
    os.rename(file, watched.path / new)
    result = watched.scan()
    assert (result.moved, result.new, result.changed, result.vanished) == (1, 0, 0, 0)
    row = watched.row(new.encode())
    assert row["id"] == number
    kept = ("capture", "state", "first_seen", "last_changed", "mtime_ns", "sha256")
    assert all(row[name] == before[name] for name in kept)
    watched.require_equal_to_tree()
    (event,) = watched.events("filename change")
    assert f'"object":"record:{number}"' in event
    assert new not in event
    assert new in watched.openings()
    with watched.engine.begin() as connection:
        assert connection.execute(sa.select(former_path)).all() == [(number, b"a")]


def test_a_renamed_folder_of_a_thousand_files_keeps_every_record(watched):
    for number in range(1_000):
        watched.write(f"Case {number % 10}/old/letter {number}", b"%d" % number)
    watched.scan()
    watched.captured()
    before = watched.ids()
    for case in range(10):
        folder = watched.path / f"Case {case}"
        os.rename(folder / "old", folder / "closed")
    os.rename(watched.path / "Case 3", watched.path / "Case three")
    result = watched.scan()
    assert (result.moved, result.new, result.vanished, result.frozen) == (1_000, 0, 0, None)
    moved = {
        path.replace(b"/old/", b"/closed/").replace(b"Case 3/", b"Case three/"): number
        for path, number in before.items()
    }
    assert watched.ids() == moved
    assert {row["capture"] for row in watched.rows()} == {"captured"}
    assert len(watched.events("filename change")) == 1_000
    watched.require_equal_to_tree()


def test_two_files_that_swap_names_swap_their_records_names(watched):
    watched.write("a", b"aaa", at=1)
    watched.write("b", b"b", at=2)
    watched.scan()
    watched.captured()
    before = watched.ids()
    for old, new in (("a", "c"), ("b", "a"), ("c", "b")):
        os.rename(watched.path / old, watched.path / new)
    result = watched.scan()
    assert (result.moved, result.changed) == (2, 0)
    assert watched.ids() == {b"a": before[b"b"], b"b": before[b"a"]}
    watched.require_equal_to_tree()


def test_a_circle_of_renamed_files_is_followed(watched):
    for name in "abcd":
        watched.write(name, name.encode() * 3)
    watched.scan()
    before = watched.ids()
    for old, new in (("a", "x"), ("d", "a"), ("c", "d"), ("b", "c"), ("x", "b")):
        os.rename(watched.path / old, watched.path / new)
    assert watched.scan().moved == 4
    pairs = {b"b": b"a", b"c": b"b", b"d": b"c", b"a": b"d"}
    assert watched.ids() == {new: before[old] for new, old in pairs.items()}


def test_rotated_files_are_followed_and_the_fresh_one_is_new(watched):
    watched.write("log", b"one")
    watched.scan()
    os.rename(watched.path / "log", watched.path / "log.1")
    watched.write("log", b"another")
    result = watched.scan()
    assert (result.moved, result.new, result.changed) == (1, 1, 0)
    assert watched.ids() == {b"log.1": 1, b"log": 2}


def test_a_file_moved_over_another_ends_the_other_record(watched):
    watched.write("a", b"aaa")
    watched.write("b", b"b")
    watched.scan()
    before = watched.ids()
    os.rename(watched.path / "a", watched.path / "b")
    result = watched.scan()
    assert (result.moved, result.vanished, result.changed) == (1, 1, 0)
    assert watched.ids() == {b"b": before[b"a"]}
    watched.require_equal_to_tree()


def test_a_file_that_was_moved_and_edited_is_a_new_record(watched):
    file = watched.write("a", b"text")
    watched.scan()
    file.write_bytes(b"more text")
    os.rename(file, watched.path / "b")
    result = watched.scan()
    assert (result.new, result.vanished, result.moved) == (1, 1, 0)


def test_each_name_of_a_file_is_a_record_of_its_own(watched):
    watched.write("a")
    os.link(watched.path / "a", watched.path / "b")
    assert watched.scan().new == 2
    assert {row["links"] for row in watched.rows()} == {2}
    watched.captured()
    os.link(watched.path / "a", watched.path / "c")
    result = watched.scan()
    assert (result.new, result.moved, result.changed) == (1, 0, 2)
    assert watched.ids() == {b"a": 1, b"b": 2, b"c": 3}
    watched.require_equal_to_tree()


def test_of_two_names_of_a_file_the_one_that_moves_keeps_its_record(watched):
    (watched.path / "d").mkdir()
    watched.write("a")
    os.link(watched.path / "a", watched.path / "b")
    watched.scan()
    os.rename(watched.path / "a", watched.path / "d/z")
    assert watched.scan().moved == 1
    assert watched.ids() == {b"d/z": 1, b"b": 2}
    for old, new in (("d/z", "d/y"), ("b", "c")):
        os.rename(watched.path / old, watched.path / new)
    assert watched.scan().moved == 2
    assert sorted(watched.ids()) == [b"c", b"d/y"]
    watched.require_equal_to_tree()


def test_a_name_that_was_gone_before_does_not_take_the_place_of_one_that_moves_now(watched):
    watched.write("a")
    watched.write("keep")
    os.link(watched.path / "a", watched.path / "b")
    watched.scan()
    before = watched.ids()
    (watched.path / "a").unlink()
    watched.scan()
    os.rename(watched.path / "b", watched.path / "c")
    assert watched.scan().moved == 1
    assert watched.ids() == {b"c": before[b"b"], b"keep": before[b"keep"]}


def test_a_file_that_comes_back_to_its_path_is_the_same_record(watched):
    file = watched.write("a", b"text")
    watched.write("b")
    watched.scan()
    watched.captured()
    aside = watched.path.parent / "aside"
    os.rename(file, aside)
    assert watched.scan().vanished == 1
    assert not watched.rows()[0]["present"]
    os.rename(aside, file)
    result = watched.scan()
    assert (result.returned, result.new, result.moved) == (1, 0, 0)
    row = watched.row(b"a")
    assert (row["id"], row["capture"], row["first_seen"]) == (
        1,
        "captured",
        "2026-11-23T10:00:00Z",
    )
    watched.require_equal_to_tree()


def test_of_two_absent_names_of_a_file_the_one_that_comes_back_is_known_by_its_path(watched):
    watched.write("a")
    watched.write("keep")
    os.link(watched.path / "a", watched.path / "b")
    watched.scan()
    aside = watched.path.parent / "aside"
    os.rename(watched.path / "b", aside)
    (watched.path / "a").unlink()
    watched.scan()
    os.rename(aside, watched.path / "b")
    assert watched.scan().returned == 1
    assert watched.ids() == {b"b": 2, b"keep": 3}


def test_a_file_that_left_and_came_back_under_another_name_is_the_same_record(watched):
    watched.write("a")
    watched.write("b")
    watched.scan()
    aside = watched.path.parent / "aside"
    os.rename(watched.path / "a", aside)
    watched.scan()
    os.rename(aside, watched.path / "c")
    assert watched.scan().moved == 1
    assert watched.ids() == {b"b": 2, b"c": 1}
    assert len(watched.events("filename change")) == 1


def test_a_file_made_anew_at_the_path_of_one_that_is_gone_is_a_new_record(watched):
    watched.write("a", b"old")
    watched.write("b")
    watched.scan()
    (watched.path / "a").unlink()
    watched.scan()
    watched.write("a", b"new text")
    assert watched.scan().new == 1
    assert watched.ids() == {b"a": 3, b"b": 2}


@pytest.mark.parametrize("state", [State.BINNED, State.DESTROYED, State.TRANSFERRED])
def test_the_very_file_of_a_disposed_record_is_a_new_record_when_it_is_seen_again(watched, state):
    file = watched.write("a")
    watched.write("b")
    watched.scan()
    aside = watched.path.parent / "aside"
    os.rename(file, aside)
    watched.scan()
    watched.set(record.c.id == 1, state=state)
    os.rename(aside, file)
    assert watched.scan().new == 1
    assert watched.ids() == {b"a": 3, b"b": 2}


def test_a_file_in_the_place_of_one_being_disposed_of_does_not_become_its_record(watched):
    watched.write("a", b"approved")
    watched.write("b")
    watched.scan()
    watched.set(record.c.id == 1, state=State.ARMED)
    os.rename(watched.path / "a", watched.path.parent / "aside")
    watched.write("a", b"something else")
    result = watched.scan()
    assert (result.new, result.changed, result.vanished) == (1, 0, 0)
    assert watched.ids() == {b"a": 3, b"b": 2}


def test_a_record_that_was_restored_without_a_name_gets_its_name_back(watched):
    watched.write("a")
    watched.scan()
    with watched.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM sighting")
    result = watched.scan()
    assert (result.returned, result.new) == (1, 0)
    assert watched.ids() == {b"a": 1}


def test_a_folder_that_becomes_a_file_and_back_is_followed(watched):
    watched.write("a/b")
    watched.write("keep")
    watched.scan()
    (watched.path / "a/b").unlink()
    (watched.path / "a").rmdir()
    watched.write("a", b"now a file")
    assert (watched.scan().new, len(watched.ids())) == (1, 2)
    (watched.path / "a").unlink()
    watched.write("a/b", b"again")
    result = watched.scan()
    assert (result.new, result.vanished) == (1, 1)
    watched.require_equal_to_tree()


def test_200_torture_names_reach_the_register_as_the_very_bytes(watched, torture_names):
    for name in torture_names:
        watched.write(name, name)
    assert watched.scan().new == 200
    assert set(watched.ids()) == set(torture_names)
    watched.require_equal_to_tree()
    assert watched.scan().unchanged == 200
    before = watched.ids()
    os.rename(watched.path, watched.path.parent / "elsewhere")
    watched.path.mkdir()
    os.rename(watched.path.parent / "elsewhere", watched.path / "in")
    with watched.engine.begin() as connection:
        connection.execute(share.update().values(inode=watched.path.stat().st_ino))
    assert watched.scan().moved == 200
    assert watched.ids() == {b"in/" + path: number for path, number in before.items()}
    assert len(watched.events("filename change")) == 200


def test_twins_in_composed_and_decomposed_letters_and_in_case_stay_apart(watched):
    names = [unicodedata.normalize(form, "Café Ångström") for form in ("NFC", "NFD")]
    names += ["Readme", "README", "readme"]
    for name in names:
        watched.write(name, name.encode())
    assert watched.scan().new == 5
    (watched.path / names[0]).unlink()
    watched.scan()
    assert set(watched.ids()) == {name.encode() for name in names[1:]}


def test_dates_beyond_what_the_register_can_hold_do_not_stop_a_scan(watched, memory_folder):
    share_folder = memory_folder / "share"
    share_folder.mkdir()
    file = share_folder / "a"
    file.touch()
    os.utime(file, (250_000_000_000, 250_000_000_000))  # the year 9892
    os.utime(share_folder, (-11_644_473_600, -11_644_473_600))  # 1601
    watched.path = share_folder
    assert watched.scan().new == 1
    assert watched.scan().unchanged == 1


def test_a_large_folder_is_compared_piece_by_piece(watched, monkeypatch):
    monkeypatch.setattr(walk, "PORTION", 3)
    monkeypatch.setattr(intake, "MOST_NAMES", 2)
    for number in range(20):
        watched.write(f"{number:02}")
    assert watched.scan().new == 20
    for number in (0, 2, 3, 11, 19):
        (watched.path / f"{number:02}").unlink()
    watched.write("05", b"changed")
    watched.write("zz")
    os.rename(watched.path / "10", watched.path / "aa")
    result = watched.scan()
    assert (result.new, result.changed, result.moved, result.vanished) == (1, 1, 1, 5)
    watched.require_equal_to_tree()
    assert watched.scan().unchanged == 16


def test_progress_is_told_after_each_write(watched, monkeypatch):
    monkeypatch.setattr(intake, "MOST_FOLDERS", 2)
    for number in range(5):
        watched.write(f"{number}/f")
    told = []
    watched.scan(on_progress=lambda result: told.append(result.seen))
    assert len(told) == 4
    assert told == sorted(told)
    assert told[-1] == 5


def test_the_log_counts_and_keeps_the_name_of_the_share_private(watched):
    watched.write("a secret name")
    watched.scan()
    (event,) = watched.events("scan")
    assert '"object":"scan:1/1"' in event
    assert '"new":1' in event
    assert '"complete":true' in event
    assert "secret" not in event
    assert '"files"' not in event
    assert watched.log_size() == 1


def test_an_unknown_share_is_told(watched):
    with open_root(watched.path) as root, pytest.raises(NotFound, match="numbered 7"):
        scan_share(watched.engine, 7, root, watched.now)


def test_two_shares_are_kept_apart(watched, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "x").touch()
    watched.write("a")
    watched.scan()
    with watched.engine.begin() as connection:
        connection.execute(share.insert().values(id=2, name="other", root=os.fsencode(other)))
    with open_root(other, "other") as root:
        assert scan_share(watched.engine, 2, root, watched.now).new == 1
    os.rename(watched.path / "a", other / "a")
    assert watched.scan().complete is False  # the root is empty now
    with open_root(other, "other") as root:
        result = scan_share(watched.engine, 2, root, watched.now)
    assert (result.new, result.moved) == (1, 0)


def test_a_scan_stops_when_another_of_the_same_share_begins(watched, monkeypatch):
    monkeypatch.setattr(intake, "MOST_FOLDERS", 1)
    for number in range(3):
        watched.write(f"{number}/f")

    def begin_another(_result) -> None:
        with watched.engine.begin() as connection:
            connection.execute(share.update().values(scans=share.c.scans + 1))

    with pytest.raises(Refused, match="another scan"):
        watched.scan(on_progress=begin_another)
    assert watched.scan().complete
    watched.require_equal_to_tree()


def test_a_scan_that_fails_leaves_the_connection_fit_for_the_next(watched):
    watched.write("a")

    def fail(_result) -> None:
        raise RuntimeError("cut short")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="cut short"):
            watched.scan(on_progress=fail)
    assert watched.scan().complete


def test_other_writers_are_not_kept_waiting_while_a_share_is_walked(watched, monkeypatch):
    monkeypatch.setattr(intake, "MOST_FOLDERS", 1)
    for number in range(3):
        watched.write(f"{number}/f")
    written = []

    def write_meanwhile(_result) -> None:
        with watched.engine.begin() as connection:
            connection.execute(record.update().values(title="written meanwhile"))
        written.append(1)

    watched.scan(on_progress=write_meanwhile)
    assert len(written) == 5
    assert {row["title"] for row in watched.rows()} == {"written meanwhile"}


def test_a_file_removed_and_saved_again_while_its_folder_is_read_is_not_missed(
    watched, monkeypatch
):
    watched.write("a")
    watched.write("b")
    watched.scan()
    listed = os.listdir
    # the listing falls into the moment in which the editor has removed the file
    monkeypatch.setattr(os, "listdir", lambda fd: [name for name in listed(fd) if name != "a"])
    result = watched.scan()
    assert (result.vanished, result.unchanged) == (0, 1)
    monkeypatch.undo()
    assert watched.scan().unchanged == 2


def test_paths_of_records_in_subfolders_of_the_first_level_are_whole(watched):
    watched.write("x/a", b"1")
    watched.scan()
    watched.write("x/b", b"22")
    os.link(watched.path / "x/a", watched.path / "x/c")
    watched.scan()
    assert set(watched.ids()) == {b"x/a", b"x/b", b"x/c"}
