import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from retention_agent.shares.local import ShareRoot
from retention_agent.shares.resolve import BY_KERNEL, Resolver, best_resolver, open_beneath

LINK_ERRORS = {errno.ELOOP, errno.ENOTDIR}


def _errno(root: ShareRoot, path: bytes) -> int | None:
    with pytest.raises(OSError, match="Errno") as caught:
        os.close(root.open_file(path))
    return caught.value.errno


def test_this_kernel_resolves_whole_paths_by_itself():
    assert best_resolver() is BY_KERNEL


@pytest.mark.parametrize("path", [b"../x", b"/etc/passwd", b"a/../../x", b"a//b", b"./a", b"a/"])
def test_a_path_that_could_leave_the_share_is_refused(root: ShareRoot, share: Path, path: bytes):
    (share / "a").mkdir()
    (share / "a" / "b").touch()
    (share.parent / "x").touch()
    assert _errno(root, path) == errno.EXDEV


def test_a_path_is_not_cut_at_a_nul_byte(root: ShareRoot, share: Path):
    (share / "a").touch()
    assert _errno(root, b"a\0b") == errno.EINVAL


def test_a_link_is_never_followed_as_folder_or_as_file(root: ShareRoot, share: Path):
    (share / "s").symlink_to("/etc")
    (share / "in").mkdir()
    (share / "in" / "f").touch()
    (share / "inside").symlink_to("in")
    (share / "f").symlink_to("in/f")
    assert _errno(root, b"s/passwd") in LINK_ERRORS
    assert _errno(root, b"inside/f") in LINK_ERRORS
    assert _errno(root, b"f") in LINK_ERRORS
    with pytest.raises(OSError, match="Errno") as caught:
        root.open_directory(b"inside")
    assert caught.value.errno in LINK_ERRORS


def test_another_mount_is_not_entered(resolver: Resolver):
    slash = os.open("/", os.O_PATH | os.O_DIRECTORY)
    flags = os.O_RDONLY | os.O_CLOEXEC
    try:
        for path in (b"proc", b"proc/self/status"):
            with pytest.raises(OSError, match="Errno") as caught:
                open_beneath(resolver, slash, path, flags)
            assert caught.value.errno == errno.EXDEV
    finally:
        os.close(slash)


def test_a_path_longer_than_the_kernel_takes_is_opened_piece_by_piece(root: ShareRoot, share: Path):
    folder = os.open(share, os.O_RDONLY)
    for _ in range(60):
        os.mkdir(b"d" * 200, dir_fd=folder)
        inner = os.open(b"d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open(b"deep.txt", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    before = len(os.listdir("/proc/self/fd"))
    path = b"/".join([b"d" * 200] * 60)
    os.close(root.open_directory(path))
    os.close(root.open_file(path + b"/deep.txt"))
    assert _errno(root, path + b"/missing") == errno.ENOENT
    assert _errno(root, b"/".join([b"d" * 200] * 30 + [b"no", b"x"])) == errno.ENOENT
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_kernel_without_openat2_is_noticed(capfd: pytest.CaptureFixture[str]):
    tool = shutil.which("strace")
    if tool is None:
        pytest.skip("NOT RUN: taking a system call away needs strace")
    code = """
from retention_agent.shares.resolve import BY_COMPONENT, best_resolver
print(best_resolver() is BY_COMPONENT)
"""
    inject = ["-qq", "-e", "trace=openat2", "-e", "inject=openat2:error=ENOSYS"]
    command = [tool, *inject, "-o", "/dev/null", sys.executable, "-c", code]
    subprocess.run(command, check=True)
    assert capfd.readouterr().out == "True\n"
