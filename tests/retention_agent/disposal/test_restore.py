"""Files find their way back whatever stands there now, and the register says where they are."""

import os
import subprocess
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from policies import State
from retention_agent.disposal import destroy, place
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import RetentionError
from retention_agent.register.tables import record, share, sighting
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root

BIN_NAME = b"0123456789abcdef0123456789abcdef"


def binned(council, *numbers):
    name = council.approved(*numbers)
    council.work(dispose, name)
    return name


def scan(council):
    return council.work(lambda context: scan_share(context.engine, 1, context.root, council.now))


def without_noreplace(monkeypatch):
    """As on NFS and FUSE: the rename that never replaces is not known."""
    monkeypatch.setattr(destroy, "_SYS_RENAMEAT2", None)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (b"one.txt", b"one (restored).txt"),
        (b"README", b"README (restored)"),
        (b".hidden", b".hidden (restored)"),
        (b"a." + b"x" * 253, b"a." + b"x" * 242 + b" (restored)"),
        (b"x" * 251 + b".txt", b"x" * 240 + b" (restored).txt"),
        (b"x" + "é".encode() * 125 + b".txt", b"x" + "é".encode() * 119 + b" (restored).txt"),
        (b"\x80" * 255, b" (restored)"),
    ],
)
def test_names_beside_an_occupied_one_fit_and_keep_ending_and_characters(name, first):
    names = place.names_beside(name, BIN_NAME)
    assert names[:2] == [name, first]
    assert all(0 < len(each) <= 255 for each in names)
    assert len(set(names)) == len(names)
    assert BIN_NAME in names[-1]


def test_every_readable_name_taken_leaves_one_that_nothing_else_can_have(council, site):
    one = council.add("one.txt", b"old")
    binned(council, one)
    bin_name = site.in_bin()[0]
    for name in place.names_beside(b"one.txt", os.fsencode(bin_name))[:-1]:
        (council.share / os.fsdecode(name)).write_bytes(b"new")
    assert site.restore(one) == b"one (restored %s).txt" % os.fsencode(bin_name)
    assert Counter(site.files().values()) == Counter({b"new": place.MOST_BESIDE, b"old": 1})


def test_without_noreplace_a_file_gets_its_name_by_a_link(council, site, monkeypatch):
    without_noreplace(monkeypatch)
    one, two = council.add("one.txt", b"old"), council.add("two.txt", b"second")
    binned(council, one, two)
    (council.share / "one.txt").write_bytes(b"new")
    assert site.restore(one) == b"one (restored).txt"
    assert site.restore(two) == b"two.txt"
    assert site.in_bin() == []
    assert site.files() == {"one.txt": b"new", "one (restored).txt": b"old", "two.txt": b"second"}


def test_without_noreplace_and_links_a_file_gets_a_name_of_its_own(council, site, monkeypatch):
    without_noreplace(monkeypatch)

    def no_links(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    one = council.add("one.txt", b"old")
    binned(council, one)
    assert site.restore(one).startswith(b"one (restored ")
    assert site.in_bin() == []


@pytest.mark.parametrize("target", ["one.txt", "one (restored).txt"])
def test_a_crash_between_link_and_unlink_leaves_one_name(council, site, target):
    one = council.add("one.txt", b"old")
    binned(council, one)
    if target != "one.txt":
        (council.share / "one.txt").write_bytes(b"new")
    os.link(site.bin / site.in_bin()[0], council.share / target)
    assert site.restore(one) == target.encode()
    assert site.in_bin() == []
    assert (council.share / target).read_bytes() == b"old"
    assert (council.share / target).stat().st_nlink == 1


def test_a_share_that_refuses_keeps_the_file_in_the_bin(council, site, monkeypatch):
    one = council.add("one.txt")
    binned(council, one)

    def read_only(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(destroy, "_rename_noreplace", read_only)
    with pytest.raises(RetentionError, match="Read-only file system"):
        site.restore(one)
    assert len(site.in_bin()) == 1
    assert council.row(one)["state"] == "waiting"


def test_a_file_can_be_restored_to_a_frozen_share(council, site):
    one = council.add("one.txt")
    binned(council, one)
    with council.app.engine.begin() as connection:
        connection.execute(share.update().values(frozen="many files vanished"))
    assert site.restore(one) == b"one.txt"


def test_a_deep_folder_that_is_gone_is_made_again(council, site, deep_folder):
    path = deep_folder(council.share, 1_050) + b"/one.txt"
    one = council.add("d/one.txt")
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == one).values(path=path))
    with council.app.share("files") as root:
        folder = root.open_directory(path.rpartition(b"/")[0])
        os.rename(council.share / "d/one.txt", "one.txt", dst_dir_fd=folder)
        os.close(folder)
    assert site.states(binned(council, one)) == ["waiting"]
    subprocess.run(["rm", "-r", council.share / "d"], check=True)
    assert site.restore(one) == path
    assert site.in_bin() == []


@pytest.fixture
def deep_folder():
    """A function that makes folders in folders; they are removed here, for Python cannot."""
    shares = []

    def deep_folder(share, depth):
        shares.append(share)
        folder = os.open(share, os.O_RDONLY)
        for _ in range(depth):
            os.mkdir("d", dir_fd=folder)
            folder, above = os.open("d", os.O_RDONLY, dir_fd=folder), folder
            os.close(above)
        os.close(folder)
        return b"/".join([b"d"] * depth)

    yield deep_folder
    subprocess.run(["rm", "-r", *[share / "d" for share in shares]], check=True)


def test_a_share_that_is_gone_altogether_is_an_error(council, tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    with open_root(gone) as root:
        gone.rmdir()
        with pytest.raises(FileNotFoundError):
            place._open_or_make(council.context(root), b"a/b")


def test_a_folder_replaced_by_a_link_is_not_followed_back(council, site, tmp_path):
    one = council.add("a/one.txt")
    binned(council, one)
    (council.share / "a").rmdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (council.share / "a").symlink_to(outside)
    with pytest.raises(RetentionError, match="could not be put back"):
        site.restore(one)
    assert list(outside.iterdir()) == []
    assert len(site.in_bin()) == 1


def test_a_record_that_lost_its_name_to_a_restored_file_is_not_believed_to_be_there(council, site):
    """A newcomer at the old path was entered by a scan and removed again before the next."""
    one = council.add("one.txt", b"old")
    binned(council, one)
    (council.share / "one.txt").write_bytes(b"a newcomer")
    assert scan(council).new == 1
    (council.share / "one.txt").unlink()
    assert site.restore(one) == b"one.txt"
    with council.app.engine.begin() as connection:
        there = connection.execute(sa.select(record.c.id).where(record.c.present)).all()
        named = connection.execute(sa.select(sighting.c.record)).all()
    assert there == named == [(one,)]
    result = scan(council)
    assert (result.new, result.changed, result.vanished, result.unchanged) == (0, 0, 0, 1)


def test_the_latest_batch_is_the_one_a_file_is_restored_from(council, site):
    """A file that vanished before its move failed; found again and named again, it went."""
    one = council.add("one.txt", b"old")
    first = council.approved(one)
    (council.share / "one.txt").rename(council.share.parent / "aside")
    assert council.work(dispose, first) == Counter({State.FAILED: 1})
    (council.share.parent / "aside").rename(council.share / "one.txt")
    second = binned(council, one)
    assert site.states(second) == ["waiting"]
    assert site.restore(one) == b"one.txt"
    assert (site.states(first), site.states(second)) == (["failed"], ["restored"])


def test_a_restored_file_can_be_named_again_and_destroyed(council, site):
    one = council.add("one.txt")
    first = binned(council, one)
    site.restore(one)
    second = binned(council, one)
    council.now += council.undo
    assert council.work(purge, second) == Counter({State.DESTROYED: 1})
    assert council.work(purge, first) == Counter({State.RESTORED: 1})
    site.certificate(first)
    site.certificate(second)
    assert site.problems() == []


def test_a_file_that_failed_to_go_back_is_kept_and_can_be_restored_later(council, site):
    """Its folder became a file meanwhile: it cannot go back before that is put right."""
    one = council.add("a/one.txt", b"approved")
    name = council.approved(one)
    with (council.share / "a/one.txt").open("r+b") as writer:
        council.work(dispose, name)
        writer.write(b"APPROVED")
    (council.share / "a").rmdir()
    (council.share / "a").write_bytes(b"in the way")
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.FAILED: 1})
    assert "its content has changed" in site.outcomes(name)[0]
    assert "could not be put back: Not a directory" in site.outcomes(name)[0]
    assert len(site.in_bin()) == 1
    (council.share / "a").unlink()
    assert site.restore(one) == b"a/one.txt"
    assert site.files() == {"a/one.txt": b"APPROVED"}


def test_a_held_file_in_the_bin_says_how_it_gets_back(council, site):
    one = council.add("a/one.txt")
    name = binned(council, one)
    site.hold(paths=(("files", b"a"),))
    council.now += council.undo + timedelta(days=1)
    council.work(purge, name)
    assert site.outcomes(name) == [
        f"held by foi-1; it stays in the disposal bin: retention restore {one}"
    ]
    assert site.restore(one) == b"a/one.txt"
