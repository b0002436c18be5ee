"""A scan that the window closes on goes on at the next, and the parts make one complete scan."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from retention_agent.register.tables import directory, unfinished_scan
from retention_agent.scan.run import LONGEST_UNWRITTEN
from retention_agent.scan.walk import passed
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.pace import Limits, Pace


class Steps:
    """A clock by which each thing that is met takes a second."""

    def __init__(self, watched, folders: float) -> None:
        self.now = watched.now
        self.pace = Pace(Limits(closes=self.now + timedelta(seconds=folders)), self, self.sleep)

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now

    def sleep(self, seconds):
        raise AssertionError(f"nothing limits the rate here, and yet {seconds}")


def part(watched, folders: float):
    """Scan until that many folders were read."""
    return watched.scan(pace=Steps(watched, folders).pace)


def met(watched) -> set[bytes]:
    """Folders that the last scan, and those it goes on from, have read."""
    last = watched.share_row()["scans"]
    with watched.engine.begin() as connection:
        paths = sa.select(directory.c.path).where(directory.c.scan == last)
        return set(connection.scalars(paths))


@pytest.fixture
def ten(watched):
    """Ten folders of three files, the root first and then from f9 down to f0."""
    for folder in range(10):
        for name in range(3):
            watched.write(f"f{folder}/{name}", b"%d %d" % (folder, name))
    return watched


def test_the_window_closes_and_the_next_scan_goes_on(ten):
    first = part(ten, 4)
    assert (first.stopped, first.complete, first.new, first.directories) == (True, False, 9, 4)
    assert met(ten) == {b"", b"f9", b"f8", b"f7"}
    assert ten.share_row()["last_complete_scan"] is None
    assert '"window":"closed"' in ten.events("scan")[-1]
    second = ten.scan()
    # the root and the last folder are read once more, so as to know where to go on
    assert (second.complete, second.new, second.unchanged, second.directories) == (True, 21, 3, 9)
    ten.require_equal_to_tree()
    # what the first part saw is known as of then
    assert ten.share_row()["last_complete_scan"] == "2026-11-23T10:00:00Z"
    assert ten.share_row()["last_scan"] == "2026-11-23T11:00:00Z"
    with ten.engine.begin() as connection:
        assert connection.execute(sa.select(unfinished_scan)).all() == []


def test_many_short_windows_make_one_complete_scan(ten):
    parts = 1
    while part(ten, 4).stopped:
        parts += 1
        assert parts < 20
    assert parts == 5
    ten.require_equal_to_tree()
    assert sum(result.new for result in ten.results) == 30


def test_absences_are_believed_at_the_end_of_the_last_part_only(ten):
    ten.scan()
    (ten.path / "f9/0").unlink()
    (ten.path / "f1/0").unlink()
    assert part(ten, 4).vanished == 0
    assert len(ten.ids()) == 30
    assert ten.scan().vanished == 2
    ten.require_equal_to_tree()


def test_a_file_that_comes_back_between_the_parts_is_not_taken_for_gone(ten):
    ten.scan()
    os.rename(ten.path / "f9/0", ten.path.parent / "aside")
    part(ten, 4)
    os.rename(ten.path.parent / "aside", ten.path / "f9/0")
    assert ten.scan().vanished == 0
    assert len(ten.rows()) == 30


@pytest.mark.parametrize(
    ("old", "new"), [("f9/0", "f1/moved"), ("f1/0", "f9/moved"), ("f9/0", "f8/moved")]
)
@pytest.mark.parametrize("when", ["before", "between"])
def test_a_move_across_the_parts_keeps_its_record(ten, old, new, when):
    ten.scan()
    number = ten.ids()[old.encode()]
    if when == "before":
        os.rename(ten.path / old, ten.path / new)
    part(ten, 4)
    if when == "between":
        os.rename(ten.path / old, ten.path / new)
    ten.scan()
    ten.scan()  # what moved to where the first part had been is found now
    assert ten.ids()[new.encode()] == number
    assert len(ten.rows()) == 30


def test_a_folder_renamed_between_the_parts_keeps_its_records(ten):
    ten.scan()
    before = [ten.ids()[b"f9/%d" % name] for name in range(3)]
    part(ten, 4)
    os.rename(ten.path / "f9", ten.path / "again")
    result = ten.scan()
    assert (result.complete, result.moved, result.vanished) == (True, 3, 0)
    assert [ten.ids()[b"again/%d" % name] for name in range(3)] == before


def test_a_folder_that_appears_where_the_walk_has_been_is_walked_all_the_same(ten):
    ten.scan()
    before = [ten.ids()[b"f1/%d" % name] for name in range(3)]
    part(ten, 4)
    os.rename(ten.path / "f1", ten.path / "z")
    ten.write("z/deep/new")
    result = ten.scan()
    assert (result.complete, result.moved, result.new, result.vanished) == (True, 3, 1, 0)
    assert [ten.ids()[b"z/%d" % name] for name in range(3)] == before
    ten.require_equal_to_tree()


def test_a_second_name_is_no_move_however_far_apart_the_two_are_read(ten):
    part(ten, 4)
    os.link(ten.path / "f9/0", ten.path / "f1/second name")
    result = ten.scan()
    assert (result.complete, result.moved, len(ten.rows())) == (True, 0, 31)
    ten.require_equal_to_tree()


def test_what_an_earlier_part_could_not_read_keeps_the_whole_from_being_complete(ten, monkeypatch):
    ten.scan()
    _close(monkeypatch, b"f9")
    assert part(ten, 4).unreadable_directories == [(b"f9", "Permission denied")]
    monkeypatch.undo()
    result = ten.scan()
    assert (result.complete, result.vanished) == (False, 0)
    assert "an earlier part" in result.unreadable_directories[-1][1]
    assert len(ten.ids()) == 30
    assert ten.scan().complete


def _close(monkeypatch, folder: bytes) -> None:
    really = ShareRoot.open_directory

    def closed(self, path):
        if path == folder:
            raise PermissionError(13, "Permission denied")
        return really(self, path)

    monkeypatch.setattr(ShareRoot, "open_directory", closed)


def test_a_part_from_long_ago_is_forgotten(ten):
    part(ten, 4)
    ten.now += timedelta(days=9)
    result = ten.scan()
    assert (result.complete, result.unchanged, result.directories) == (True, 9, 11)


def test_files_of_earlier_parts_do_not_raise_the_limit(ten):
    for number in range(5_000):
        ten.write(f"many/{number}")
    ten.scan()
    for number in range(52):
        (ten.path / f"many/{number}").unlink()
    for number in range(300):
        ten.write(f"z/{number}")
    assert part(ten, 3).stopped
    result = ten.scan()
    assert result.frozen.startswith("52 of 5030 files")


def test_a_slow_walk_is_written_down_while_it_waits(ten):
    slept = []
    pace = Pace(Limits(files=0.25), lambda: ten.now, slept.append)
    told = []
    ten.scan(on_progress=lambda result: told.append(result.seen), pace=pace)
    assert sum(slept) > 30 / 0.25
    assert len(told) >= 10
    assert max(slept) >= LONGEST_UNWRITTEN


@pytest.mark.parametrize(
    ("path", "position", "done"),
    [
        (b"", b"b", False),
        (b"b", b"", False),
        (b"b", b"b", False),
        (b"b", b"b/c", False),  # above it
        (b"b/c", b"b", False),  # below it
        (b"c", b"b", True),
        (b"a", b"b", False),
        (b"b.old", b"b/c", True),
        (b"b/d", b"b/c/x", True),
        (b"b/b", b"b/c/x", False),
    ],
)
def test_a_path_tells_how_far_a_walk_came(path, position, done):
    assert passed(path, position) is done
