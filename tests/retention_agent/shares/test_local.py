import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from retention_agent.errors import Refused, RetentionError
from retention_agent.shares.local import SENTINEL, ShareRoot, WrongShare, open_root
from retention_agent.shares.resolve import BY_KERNEL


def test_a_file_is_opened_for_reading_from_the_root(root: ShareRoot, share: Path):
    (share / "a").mkdir()
    (share / "a" / "caf\udce9").write_bytes(b"text")
    descriptor = root.open_file(b"a/caf\xe9")
    with os.fdopen(descriptor, "rb") as file:
        assert file.read() == b"text"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(descriptor, b"x")


def test_a_folder_is_opened_and_the_empty_path_is_the_root(root: ShareRoot, share: Path):
    (share / "a").mkdir()
    (share / "a" / "b").touch()
    for path, names in ((b"a", ["b"]), (b"", ["a"])):
        folder = root.open_directory(path)
        assert os.listdir(folder) == names
        os.close(folder)


def test_an_error_names_the_share_and_the_path_in_safe_text(root: ShareRoot):
    with pytest.raises(FileNotFoundError) as caught:
        root.open_file(b"gone\x1b[2J")
    assert caught.value.filename == "Planning: gone\\x1b[2J"
    assert "\x1b" not in str(caught.value)


def test_only_regular_files_are_opened_and_none_holds_the_program_up(
    root: ShareRoot, share: Path, monkeypatch: pytest.MonkeyPatch
):
    os.mkfifo(share / "fifo")
    (share / "folder").mkdir()
    os.mknod(share / "null", 0o20666, os.makedev(1, 3))
    monkeypatch.chdir(share)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    before = len(os.listdir("/proc/self/fd"))
    for name in (b"fifo", b"folder", b"null"):
        with pytest.raises(OSError, match="Errno") as caught:
            root.open_file(name)
        assert caught.value.errno == errno.EINVAL
    with pytest.raises(OSError, match="Errno"):
        root.open_file(b"socket")
    with pytest.raises(NotADirectoryError):
        root.open_directory(b"null")
    assert len(os.listdir("/proc/self/fd")) == before


def test_reading_leaves_the_time_of_access_alone(root: ShareRoot, share: Path):
    file = share / "a"
    file.write_bytes(b"text")
    os.utime(file, (1, 2))
    with os.fdopen(root.open_file(b"a"), "rb") as opened:
        opened.read()
    assert file.stat().st_atime == 1


@pytest.fixture
def nobody() -> Iterator[None]:
    """Without root's rights: only a file's owner may leave its time of access alone."""
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_somebody_who_does_not_own_a_file_may_read_it(tmp_path: Path, request):
    (tmp_path / "a").write_bytes(b"text")
    with open_root(tmp_path, "s", BY_KERNEL) as root:
        tmp_path.chmod(0o755)
        request.getfixturevalue("nobody")
        with os.fdopen(root.open_file(b"a"), "rb") as file:
            assert file.read() == b"text"
        with pytest.raises(FileNotFoundError):
            root.open_file(b"missing")


def test_a_file_closed_to_us_is_told_as_permission_denied(tmp_path: Path, request):
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "a").chmod(0)
    with open_root(tmp_path, "s", BY_KERNEL) as root:
        tmp_path.chmod(0o755)
        request.getfixturevalue("nobody")
        with pytest.raises(PermissionError, match="s: a") as caught:
            root.open_file(b"a")
    assert caught.value.errno == errno.EACCES


def test_a_root_that_others_own_is_opened(tmp_path: Path, monkeypatch, request):
    (tmp_path / "share").mkdir()
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    request.getfixturevalue("nobody")
    with open_root("share") as root:
        assert root.name == "share"


def test_a_root_that_is_a_link_is_refused(share: Path):
    link = share.parent / "link"
    link.symlink_to(share)
    with pytest.raises(RetentionError, match=r"Planning: its root .* it is a symbolic link"):
        open_root(link, "Planning")


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_a_root_that_cannot_be_opened_is_told_with_the_reason(share: Path, kind: str):
    path = share / kind
    if kind == "file":
        path.touch()
    with pytest.raises(RetentionError, match=r"Not a directory|No such file") as caught:
        open_root(path)
    assert str(path) in str(caught.value)
    assert "mounted" in caught.value.diagnosis[0]


def test_the_root_is_known_by_device_and_inode(root: ShareRoot, share: Path):
    found = share.stat()
    assert root.identity == (found.st_dev, found.st_ino)
    root.check_identity(*root.identity)
    root.check_identity(None, None)
    device, inode = root.identity
    for other in ((device + 1, inode), (device, inode + 1)):
        with pytest.raises(WrongShare, match="Planning: another folder stands under its path"):
            root.check_identity(*other)


def test_the_sentinel_must_say_what_the_register_knows(root: ShareRoot, share: Path):
    with pytest.raises(Refused, match=r"\.retention-share at its root is missing"):
        root.check_identity(None, None, "abc")
    sentinel = share / SENTINEL.decode()
    sentinel.write_text("abc\n")
    root.check_identity(*root.identity, "abc")
    assert root.read_sentinel() == "abc"
    sentinel.write_text("another\n")
    with pytest.raises(WrongShare):
        root.check_identity(*root.identity, "abc")


def test_a_sentinel_that_is_a_link_is_not_believed(root: ShareRoot, share: Path):
    (share / "elsewhere").write_text("abc")
    (share / SENTINEL.decode()).symlink_to("elsewhere")
    with pytest.raises(WrongShare):
        root.check_identity(None, None, "abc")


def test_the_name_of_a_share_defaults_to_its_path(share: Path):
    with open_root(os.fsencode(share)) as root:
        assert root.name == str(share)
