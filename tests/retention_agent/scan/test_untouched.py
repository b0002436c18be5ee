"""A scan opens no file and leaves no trace on the share."""

import os
import re

SECOND_SCAN = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from retention_agent.register.engine import open_register
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root
from retention_agent.shares.resolve import BY_COMPONENT, BY_KERNEL
os.umask(0o022)
engine = open_register(Path({register!r}))
{before}
with open_root({share!r}, "files", {resolver}) as root:
    result = scan_share(engine, 1, root, datetime(2026, 11, 24, tzinfo=UTC))
{after}
print(result.unchanged)
"""
HOOK = """
opened = []
sys.addaudithook(lambda event, found: opened.append(found) if event == "open" else None)
"""
TELL = """
for path, _, flags in opened:
    kind = "folder" if isinstance(flags, int) and flags & os.O_DIRECTORY else "file"
    print(kind, os.fsencode(path) if isinstance(path, (str, bytes)) else path)
"""


def _code(watched, before: str = "", after: str = "", resolver: str = "BY_KERNEL") -> str:
    return SECOND_SCAN.format(
        register=watched.engine.url.database,
        share=str(watched.path),
        resolver=resolver,
        before=before,
        after=after,
    )


def test_the_second_scan_of_an_unchanged_share_opens_no_file(watched, python, strace, tmp_path):
    for number in range(30):
        watched.write(f"folder {number % 4}/unlikely-name-{number}.txt")
    watched.scan()
    trace = tmp_path / "trace"
    calls = ["-f", "-qq", "-e", "trace=open,openat,openat2,creat", "-o", str(trace)]
    marker = "os.path.exists and open('/dev/null').close()"
    printed = python(_code(watched, before=marker), strace, *calls)
    assert printed == "30\n"
    lines = trace.read_text().splitlines()
    assert "unlikely-name" not in "\n".join(lines)
    folders = [line for line in lines if "openat2(" in line and "folder" in line]
    assert len(folders) == 4
    assert all("O_DIRECTORY" in line for line in lines if "openat2(" in line)
    at_root = [line for line in lines if f'"{watched.path}"' in line]
    assert at_root
    assert all("O_DIRECTORY" in line for line in at_root)


def test_without_openat2_too_only_folders_are_opened(watched, python):
    for number in range(30):
        watched.write(f"folder {number % 4}/unlikely-name-{number}.txt")
    watched.scan()
    printed = python(_code(watched, HOOK, TELL, "BY_COMPONENT"))
    *opened, unchanged = printed.splitlines()
    assert unchanged == "30"
    assert "unlikely-name" not in printed
    folders = [line for line in opened if line.startswith("folder b'folder")]
    assert len(folders) == 4
    others = {line for line in opened if line.startswith("file")}
    # how the fallback tells mounts apart; nothing of it is on the share
    assert all(re.match(r"file b'/proc/self/fdinfo/\d+'", line) for line in others)


def test_new_files_are_not_opened_either(watched, python, strace, tmp_path):
    watched.write("unlikely-name.txt")
    trace = tmp_path / "trace"
    calls = ["-f", "-qq", "-e", "trace=open,openat,openat2,creat", "-o", str(trace)]
    python(_code(watched), strace, *calls)
    assert "unlikely-name" not in trace.read_text()
    assert watched.ids() == {b"unlikely-name.txt": 1}


def test_times_of_access_of_files_and_folders_are_left_alone(watched, not_run):
    watched.write("a/b/c.txt")
    control = watched.path.parent / "control"
    control.mkdir()
    (control / "x").touch()
    folders = [watched.path, watched.path / "a", watched.path / "a/b", control]
    for place in (*folders, watched.path / "a/b/c.txt"):
        os.utime(place, ns=(1_000, os.stat(place).st_mtime_ns))
    os.listdir(control)
    if control.stat().st_atime_ns == 1_000:
        not_run("this file system keeps no times of access")
    watched.scan()
    watched.scan()
    for place in (*folders[:-1], watched.path / "a/b/c.txt"):
        assert place.stat().st_atime_ns == 1_000


def test_nothing_on_the_share_is_written(watched, python, strace, tmp_path):
    watched.write("a/b")
    trace = tmp_path / "trace"
    changing = (
        "trace=mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlink,"
        "symlinkat,chmod,fchmodat,chown,fchownat,utimensat,truncate,setxattr,removexattr"
    )
    python(_code(watched), strace, "-f", "-qq", "-e", changing, "-o", str(trace))
    assert str(watched.path) not in trace.read_text()
