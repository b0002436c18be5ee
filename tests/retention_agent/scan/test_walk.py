import os
import socket
from collections import Counter
from pathlib import Path

import pytest

from retention_agent.scan import walk as module
from retention_agent.scan.walk import Portion, Unreadable, walk
from retention_agent.shares.local import open_root
from retention_agent.shares.model import join
from retention_agent.shares.resolve import BY_COMPONENT, BY_KERNEL


def _portions(folder: Path, **options: object) -> list[Portion]:
    with open_root(folder, "files", **options) as root:
        met = list(walk(root))
    assert all(isinstance(each, Portion) for each in met)
    return met


def _files(portions: list[Portion]) -> list[bytes]:
    return [join(each.directory, stamp[0]) for each in portions for stamp in each.stamps]


def _skipped(portions: list[Portion]) -> Counter[str]:
    return sum((Counter(each.skipped) for each in portions), Counter())


@pytest.mark.parametrize("resolver", [BY_KERNEL, BY_COMPONENT])
def test_every_file_is_met_once_with_its_numbers(tmp_path: Path, resolver):
    for name in ("a", "b/c", "b/d/e", "f/g"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    portions = _portions(tmp_path, resolver=resolver)
    assert sorted(_files(portions)) == [b"a", b"b/c", b"b/d/e", b"f/g"]
    assert {each.directory for each in portions} == {b"", b"b", b"b/d", b"f"}
    (portion,) = [each for each in portions if each.directory == b"b/d"]
    found = (tmp_path / "b/d/e").stat()
    (seen,) = portion.sightings({b"e"}).values()
    assert (seen.path, seen.size, seen.inode) == (b"b/d/e", 5, found.st_ino)
    assert portion.sightings(()) == {}


def test_200_torture_names_are_met_as_the_very_bytes(tmp_path: Path, torture_names: list[bytes]):
    folder = os.open(tmp_path, os.O_RDONLY)
    for name in torture_names:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    assert len(torture_names) == 200
    (portion,) = _portions(tmp_path)
    assert _files([portion]) == sorted(torture_names)


def test_folders_with_torture_names_are_walked(tmp_path: Path, torture_names: list[bytes]):
    folder = os.open(tmp_path, os.O_RDONLY)
    for name in torture_names:
        os.mkdir(name, dir_fd=folder)
        inner = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(os.open(b"f", os.O_CREAT | os.O_WRONLY, dir_fd=inner))
        os.close(inner)
    os.close(folder)
    assert sorted(_files(_portions(tmp_path))) == sorted(name + b"/f" for name in torture_names)


def test_links_are_skipped_to_files_to_folders_to_nothing_and_to_themselves(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/file").touch()
    for name, target in (("f", "a/file"), ("d", "a"), ("n", "none"), ("self", "self")):
        (tmp_path / name).symlink_to(target)
    (tmp_path / "a/up").symlink_to("..")
    portions = _portions(tmp_path)
    assert _files(portions) == [b"a/file"]
    assert _skipped(portions) == {"link": 5}


def test_fifos_sockets_and_devices_are_skipped_and_hold_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo")
    os.mknod("null", 0o20666, os.makedev(1, 3))
    os.mknod("loop", 0o60666, os.makedev(7, 200))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    assert _skipped(_portions(tmp_path)) == {"special": 4}


def test_the_programs_own_names_are_left_out_at_the_root_only(tmp_path: Path):
    for folder in (tmp_path, tmp_path / "inner"):
        (folder / ".disposal-bin").mkdir(parents=True)
        (folder / ".disposal-bin/x").touch()
        (folder / ".retention-share").touch()
    portions = _portions(tmp_path)
    assert sorted(_files(portions)) == [b"inner/.disposal-bin/x", b"inner/.retention-share"]
    assert _skipped(portions) == {"sentinel": 1}
    assert portions[0].names == 1


def test_a_large_folder_comes_in_pieces_that_leave_no_name_between_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PORTION", 3)
    for number in range(7):
        (tmp_path / str(number)).touch()
    (tmp_path / "5").unlink()
    (tmp_path / "5").mkdir()
    pieces = [each for each in _portions(tmp_path) if not each.directory]
    assert [(each.after, each.until, each.names) for each in pieces] == [
        (None, b"2", 3),
        (b"2", b"5", 3),
        (b"5", None, 1),
    ]
    assert _files(pieces) == [b"0", b"1", b"2", b"3", b"4", b"6"]


def test_a_folder_of_exactly_one_piece_and_an_empty_one_end_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "PORTION", 2)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").touch()
    portions = _portions(tmp_path)
    assert [(each.directory, each.until) for each in portions] == [(b"", None), (b"a", None)]


def test_the_walk_keeps_two_descriptors_at_most_besides_the_root(tmp_path: Path):
    (tmp_path / "/".join("abcdefgh")).mkdir(parents=True)
    with open_root(tmp_path, "files") as root:
        before = len(os.listdir("/proc/self/fd"))
        most = max(len(os.listdir("/proc/self/fd")) for _ in walk(root))
        assert most <= before + 2
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_walk_that_is_given_up_leaves_no_folder_open(tmp_path: Path):
    with open_root(tmp_path, "files") as root:
        before = len(os.listdir("/proc/self/fd"))
        met = walk(root)
        next(met)
        met.close()
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_name_that_goes_away_before_it_is_examined_is_counted_as_lost(tmp_path: Path):
    portion = Portion(b"", None, None, os.open(tmp_path, os.O_RDONLY), 1, [], [], {})
    assert module._examine(portion, [b"gone"], 0) == []
    assert portion.lost == 1
    os.close(portion.folder)


def test_a_name_that_cannot_be_examined_is_kept_with_the_reason(tmp_path: Path):
    portion = Portion(b"", None, None, os.open(tmp_path, os.O_RDONLY), 1, [], [], {})
    long = b"x" * 256
    assert module._examine(portion, [long], 0) == []
    assert portion.unclear == {long: "File name too long"}
    assert portion.holds(long)
    os.close(portion.folder)


def test_a_missing_name_is_looked_for_once_more(tmp_path: Path):
    portion = Portion(b"", None, None, os.open(tmp_path, os.O_RDONLY), 0, [], [], {})
    assert not portion.holds(b"a")
    (tmp_path / "a").touch()
    (tmp_path / "b").mkdir()
    assert portion.holds(b"a")
    assert not portion.holds(b"b")
    assert portion.holds(b"x" * 256)
    os.close(portion.folder)


def test_a_single_file_on_another_device_is_a_boundary(tmp_path: Path):
    (tmp_path / "a").touch()
    portion = Portion(b"", None, None, os.open(tmp_path, os.O_RDONLY), 1, [], [], {})
    module._examine(portion, [b"a"], tmp_path.stat().st_dev + 1)
    os.close(portion.folder)
    assert portion.skipped == {"boundary": 1}
    assert portion.stamps == []


def test_a_folder_that_goes_away_is_told_and_the_walk_goes_on(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").touch()
    with open_root(tmp_path, "files") as root:
        met = walk(root)
        next(met)
        (tmp_path / "b/f").unlink()
        (tmp_path / "b").rmdir()
        rest = list(met)
    assert Unreadable(b"b", "No such file or directory", gone=True) in rest
    assert _files([each for each in rest if isinstance(each, Portion)]) == [b"a/f"]


def test_a_folder_that_becomes_a_link_is_not_followed(tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").touch()
    share = tmp_path / "share"
    (share / "a").mkdir(parents=True)
    with open_root(share, "files") as root:
        met = walk(root)
        next(met)
        (share / "a").rmdir()
        (share / "a").symlink_to(outside)
        assert list(met) == [Unreadable(b"a", "Not a directory", gone=True)]


def test_an_unreadable_folder_found_after_opening_is_told(tmp_path: Path):
    with open_root(tmp_path, "files") as root:
        (tmp_path / "a").mkdir()
        opened = root.open_directory
        # a descriptor for searching only: opening goes well, listing does not
        root.open_directory = lambda path: os.open(tmp_path, os.O_PATH) if path else opened(path)
        _, told = walk(root)
    assert told == Unreadable(b"a", "Bad file descriptor")
