"""Trees that mean harm, and shares that are not what they seem."""

import ctypes
import json
import os
import resource
import threading

import pytest

from retention_agent.scan.walk import Portion, walk
from retention_agent.shares.local import open_root

RENAME_EXCHANGE = 2

SCAN = """
import json, os, subprocess, sys
from datetime import UTC, datetime
from pathlib import Path
import sqlalchemy as sa
from retention_agent.register.engine import open_register
from retention_agent.register.tables import record
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root
from retention_agent.shares.resolve import BY_COMPONENT, BY_KERNEL
share, register = {share!r}, {register!r}
engine = open_register(Path(register))
def scan(resolver=None):
    with open_root(share, "files", resolver) as root:
        result = scan_share(engine, 1, root, datetime(2026, 11, 24, tzinfo=UTC))
    with engine.begin() as connection:
        present = connection.scalars(sa.select(record.c.path).where(record.c.present)).all()
    print(json.dumps([
        result.complete, dict(result.skipped), sorted(map(os.fsdecode, present)),
        [[os.fsdecode(path), why] for path, why in result.unreadable_directories],
    ]))
{work}
"""


def _run(watched, python, work: str, *before: str) -> list[list[object]]:
    code = SCAN.format(share=str(watched.path), register=watched.engine.url.database, work=work)
    return [json.loads(line) for line in python(code, *before).splitlines()]


def test_mounts_inside_a_share_are_boundaries(watched, python, real_mounts):
    watched.write("here/a")
    for folder in ("memory", "bind", "here/folder", "deep/er/bind"):
        (watched.path / folder).mkdir(parents=True)
    work = f"""
def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)
mount("-t", "tmpfs", "none", share + "/memory")
os.mkdir({str(watched.path.parent / "outside")!r})
Path({str(watched.path.parent / "outside" / "secret")!r}).touch()
mount("--bind", {str(watched.path.parent / "outside")!r}, share + "/bind")
mount("--bind", share + "/here", share + "/deep/er/bind")
Path(share + "/memory/secret").touch()
scan(BY_KERNEL)
scan(BY_COMPONENT)
"""
    for found in _run(watched, python, work, *real_mounts):
        assert found == [True, {"boundary": 3}, ["here/a"], []]


def test_a_mount_over_a_folder_with_known_files_makes_the_scan_incomplete(
    watched, python, real_mounts
):
    watched.write("here/in/a")
    watched.write("there")
    watched.scan()
    work = """
subprocess.run(["mount", "-t", "tmpfs", "none", share + "/here"], check=True)
scan()
subprocess.run(["umount", share + "/here"], check=True)
scan()
"""
    mounted, after = _run(watched, python, work, *real_mounts)
    why = "something is mounted over a folder in which files are known"
    assert mounted == [False, {"boundary": 1}, ["here/in/a", "there"], [["here", why]]]
    assert after == [True, {}, ["here/in/a", "there"], []]


def test_a_file_mounted_over_from_another_device_is_a_boundary(watched, python, real_mounts):
    watched.write("a")
    watched.write("b")
    work = """
subprocess.run(["mount", "-t", "tmpfs", "none", "/mnt"], check=True)
Path("/mnt/secret").write_text("secret")
subprocess.run(["mount", "--bind", "/mnt/secret", share + "/a"], check=True)
scan()
"""
    (found,) = _run(watched, python, work, *real_mounts)
    assert found == [True, {"boundary": 1}, ["b"], []]


def test_a_share_that_is_not_mounted_any_more_loses_no_record(watched, python, real_mounts):
    work = """
def mount():
    subprocess.run(["mount", "-t", "tmpfs", "none", share], check=True)
mount()
for number in range(60):
    Path(share, str(number)).touch()
scan()
subprocess.run(["umount", share], check=True)
scan()
# takes the number of the device that went away, which the next one would get
subprocess.run(["mount", "-t", "tmpfs", "none", "/mnt"], check=True)
mount()
scan()
Path(share, "other").touch()
scan()
"""
    first, *later = _run(watched, python, work, *real_mounts)
    assert first[0]
    assert len(first[2]) == 60
    for found in later:
        assert not found[0]
        assert found[2] == first[2]
        assert "another folder stands under its path" in found[3][0][1]


def test_a_stand_in_with_the_same_numbers_is_not_believed_either(watched, python, real_mounts):
    work = """
def mount():
    subprocess.run(["mount", "-t", "tmpfs", "none", share], check=True)
mount()
for number in range(60):
    Path(share, str(number)).touch()
scan()
subprocess.run(["umount", share], check=True)
mount()  # may well get device and inode of the one before
scan()
Path(share, "other").touch()
scan()
"""
    first, *later = _run(watched, python, work, *real_mounts)
    for found in later:
        assert set(first[2]) <= set(found[2])
    assert watched.share_row()["frozen"] or not later[-1][0]


def test_folders_closed_to_us_are_told_and_the_walk_goes_on(watched, python):
    """Mode bits do not stop root, so the walk runs as nobody."""
    watched.write("open/a")
    watched.write("closed/b")
    watched.write("half/c")
    (watched.path / "closed").chmod(0o000)
    (watched.path / "half").chmod(0o744)  # names can be listed, files not examined
    work = """
from retention_agent.scan.walk import Portion, walk
os.chdir(share)
os.setgid(65534); os.setuid(65534)
with open_root(".", "files") as root:
    for met in walk(root):
        if isinstance(met, Portion):
            unclear = [[os.fsdecode(name), why] for name, why in met.unclear.items()]
            print(json.dumps([os.fsdecode(met.directory), len(met.stamps), unclear]))
        else:
            print(json.dumps([os.fsdecode(met.directory), met.reason]))
"""
    assert sorted(_run(watched, python, work)) == [
        ["", 0, []],
        ["closed", "Permission denied"],
        ["half", 0, [["c", "Permission denied"]]],
        ["open", 1, []],
    ]


def test_a_tree_4000_folders_deep_is_walked_and_entered(watched, memory_folder):
    share = memory_folder / "share"
    share.mkdir()
    folder = os.open(share, os.O_RDONLY)
    for _ in range(4_000):
        os.mkdir("d", dir_fd=folder)
        inner = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = inner
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
    os.close(folder)
    watched.path = share
    before = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before + 20, hard))
    try:
        result = watched.scan()
        assert (result.complete, result.new, result.directories) == (True, 1, 4_001)
        assert watched.scan().unchanged == 1
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert watched.ids() == {b"d/" * 4_000 + b"bottom": 1}
    with open_root(share) as root:
        os.close(root.open_file(b"d/" * 4_000 + b"bottom"))


def test_a_folder_of_200000_names_is_walked_in_little_memory(memory_folder, python):
    code = f"""
import os, resource
folder = os.open({str(memory_folder)!r}, os.O_RDONLY)
for number in range(200_000):
    os.mknod("a file with an ordinary name %d" % number, dir_fd=folder)
from retention_agent.scan.walk import walk
from retention_agent.shares.local import open_root
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open_root({str(memory_folder)!r}) as root:
    print(sum(len(met.stamps) for met in walk(root)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    files, kibibytes = map(int, python(code).split())
    assert files == 200_000
    assert kibibytes < 80 * 1024  # a million names would take less than 400 MiB


def test_a_folder_of_20000_files_is_entered_and_scanned_again_in_little_memory(
    memory_folder, python
):
    """`benchmarks.directory` does the same with 200,000, which takes 83 MiB."""
    code = f"""
import os
from datetime import UTC, datetime
from pathlib import Path
from retention_agent.register.engine import open_register
from retention_agent.register.shares import ensure_share
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root
folder = Path({str(memory_folder)!r})
(folder / "share").mkdir()
for number in range(20_000):
    os.mknod(folder / "share" / ("a file with an ordinary name %d" % number))
engine = open_register(folder / "register.db")
with engine.begin() as connection:
    ensure_share(connection, "files", folder / "share")
for _ in range(2):
    with open_root(folder / "share") as root:
        result = scan_share(engine, 1, root, datetime.now(UTC))
    print(result.new, result.unchanged)
# what getrusage tells begins with the peak of the process that started this one
with open("/proc/self/status") as lines:
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")))
"""
    first, again, kibibytes = python(code).splitlines()
    assert (first, again) == ("20000 0", "0 20000")
    assert int(kibibytes) < 200 * 1024


def test_a_folder_that_is_swapped_for_a_link_again_and_again_never_leads_outside(watched, tmp_path):
    outside = tmp_path / "outside"
    (outside / "in").mkdir(parents=True)
    (outside / "in/secret").touch()
    watched.write("d/in/file")
    (watched.path / "l").symlink_to(outside)
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.open(watched.path, os.O_RDONLY)
    stop = threading.Event()
    swaps = 0

    def swap() -> None:
        nonlocal swaps
        while not stop.is_set():
            libc.renameat2(here, b"d", here, b"l", RENAME_EXCHANGE)
            swaps += 1

    attacker = threading.Thread(target=swap)
    attacker.start()
    try:
        with open_root(watched.path, "files") as root:
            for _ in range(1_500):
                met = [each for each in walk(root) if isinstance(each, Portion)]
                names = {stamp[0] for each in met for stamp in each.stamps}
                assert names <= {b"file"}
        for _ in range(20):
            watched.scan()
    finally:
        stop.set()
        attacker.join()
        os.close(here)
    assert swaps > 1_000
    assert {row["path"].rpartition(b"/")[2] for row in watched.rows()} <= {b"file"}


def test_a_share_that_is_written_to_while_it_is_scanned_is_entered_in_the_end(watched):
    for number in range(200):
        watched.write(f"{number % 10}/{number}")
    stop = threading.Event()

    def work() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            old = watched.path / f"{turn % 10}/{turn % 200}"
            new = watched.path / f"{(turn + 1) % 10}/moved {turn % 200}"
            source, target = (old, new) if old.exists() else (new, old)
            if source.exists():
                os.rename(source, target)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for _ in range(30):
            watched.scan()
    finally:
        stop.set()
        worker.join()
    watched.scan(confirmed_absences=1_000)
    watched.require_equal_to_tree()


@pytest.mark.parametrize("kind", ["loop", "chain"])
def test_links_in_a_circle_are_not_walked(watched, kind):
    watched.write("a/b/file")
    if kind == "loop":
        (watched.path / "a/b/up").symlink_to("../..")
    else:
        (watched.path / "x").symlink_to("y")
        (watched.path / "y").symlink_to("x")
    result = watched.scan()
    assert (result.complete, result.new) == (True, 1)


def test_a_fifo_does_not_hold_a_scan_up(watched):
    os.mkfifo(watched.path / "fifo")
    watched.write("a")
    assert watched.scan().skipped == {"special": 1}
    (watched.path / "a").unlink()
    os.mkfifo(watched.path / "a")
    watched.write("b")
    result = watched.scan()
    assert (result.skipped, result.vanished) == ({"special": 2}, 1)


def test_the_disposal_bin_is_never_entered(watched):
    watched.write("a")
    bin_folder = watched.path / ".disposal-bin"
    bin_folder.mkdir()
    (bin_folder / "waiting").write_bytes(b"x")
    result = watched.scan()
    assert (result.seen, result.directories) == (1, 1)
    assert watched.ids() == {b"a": 1}
