"""A file is the approved one by what it is and holds, never by its name alone."""

import os
import socket

import pytest

from retention_agent.disposal import evidence

HASH_OF_FIRST = "a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"


@pytest.fixture
def folder(tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


def entry_of(place, **changed):
    found = place.lstat()
    device, inode = str(found.st_dev), str(found.st_ino)
    about = {"device": device, "inode": inode, "size": 5, "sha256": HASH_OF_FIRST}
    return {**about, **changed}


def test_the_approved_file_does_not_differ(tmp_path, folder):
    place = tmp_path / "x"
    place.write_bytes(b"first")
    assert evidence.mismatch(folder, b"x", entry_of(place), 1) is None


@pytest.mark.parametrize(
    ("changed", "links", "why"),
    [
        ({"inode": "1"}, 1, "another file stood in its place"),
        ({"device": "1"}, 1, "another file stood in its place"),
        ({"size": 6}, 1, "its content has changed since it was approved"),
        ({"sha256": "00"}, 1, "its content has changed since it was approved"),
        ({}, 2, "it has 1 names (hard links) and this batch covers 2"),
    ],
)
def test_every_difference_is_told(tmp_path, folder, changed, links, why):
    place = tmp_path / "x"
    place.write_bytes(b"first")
    assert evidence.mismatch(folder, b"x", entry_of(place, **changed), links) == why


def test_what_is_no_regular_file_is_never_opened(tmp_path, folder):
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(tmp_path)
        listener.bind("socket")
        for name in (b"link", b"folder", b"fifo", b"socket"):
            place = tmp_path / os.fsdecode(name)
            wrong = evidence.mismatch(folder, name, entry_of(place), 1)
            assert wrong == "not a regular file any more"
            assert not evidence.same_file(folder, name, entry_of(place))


def test_a_missing_file_is_an_error_of_its_own(folder):
    with pytest.raises(FileNotFoundError):
        evidence.mismatch(folder, b"x", {}, 1)
    with pytest.raises(FileNotFoundError):
        evidence.same_file(folder, b"x", {})


def test_a_file_that_grows_while_it_is_read_is_read_no_further(tmp_path):
    place = tmp_path / "x"
    place.write_bytes(b"first")
    descriptor = os.open(place, os.O_RDONLY)
    with place.open("ab") as writer:
        writer.write(b"and more" * 10)
    assert evidence._sha256(descriptor, 5) != HASH_OF_FIRST
    os.lseek(descriptor, 0, 0)
    os.truncate(place, 5)
    assert evidence._sha256(descriptor, 5) == HASH_OF_FIRST
    os.close(descriptor)


def test_an_inode_number_beyond_what_the_register_holds_is_told_as_it_tells_it():
    """Some network file systems number files up to 2**64."""
    times = {"st_mtime_ns": 1, "st_ctime_ns": 2}
    found = os.stat_result((0o100644, 2**64 - 5, 7, 1, 0, 0, 5, 0, 0, 0), times)
    assert evidence.identity(found) == ("7", "-5")


def test_its_condition_changes_with_content_and_not_with_further_names(tmp_path, folder):
    place = tmp_path / "x"
    place.write_bytes(b"first")
    before = evidence.condition(folder, b"x")
    os.link(place, tmp_path / "y")
    assert evidence.condition(folder, b"x") == before
    os.utime(place, (1, 2))
    assert evidence.condition(folder, b"x") != before
