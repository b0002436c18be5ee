"""A folder that cannot be read, or fails, or is no folder at all, neither hangs a scan nor hides.

The walk goes on, the folder is listed with the reason, the scan counts as incomplete, and nothing
that stood there is taken for gone.
"""

import json
import os
import shutil
import subprocess
import sys

import pytest

HANGS = 120  # seconds; the scan of three files takes two
# the administrator too is stopped by mode bits, once these rights are given up
UNPRIVILEGED = (
    ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
)


@pytest.fixture
def three(bare):
    """A scanned share with a message in each of two folders, and one beside them."""
    bare.start()
    bare.mail("closed/inner/two.eml", "Invoice two.")
    bare.mail("three.eml", "Invoice three.")
    bare.do("scan")
    return bare


def scan(desk, *before):
    """A scan in a process of its own, killed if it hangs."""
    done = subprocess.run(
        [*before, sys.executable, "-m", "retention_agent", "scan", "--json"],
        env={**os.environ, "RETENTION_CONFIG": str(desk.config), "PYTHONPATH": os.getcwd()},
        capture_output=True,
        check=False,
        text=True,
        timeout=HANGS,
    )
    return done.returncode, json.loads(done.stdout)


def require_told(desk, code, line, reason):
    assert code == 3
    assert line["complete"] is False
    assert line["unreadable_directories"] == [{"path": "closed", "reason": reason}]
    assert line["vanished"] == 0
    assert desk.ask("show", "files:closed/inner/two.eml")[0]["present"]
    assert desk.ask("show", "files:new.eml")[0]["capture"] == "captured"  # the walk went on
    (share,) = desk.ask("status")[0]["shares"]
    assert share["folders"] == [{"path": "closed", "reason": reason}]
    assert share["last_complete_scan"] <= share["last_scan"]


def test_a_folder_without_permission_is_told_and_the_rest_is_scanned(three):
    three.mail("new.eml", "Invoice new.")
    (three.share / "closed").chmod(0o000)
    require_told(three, *scan(three, *UNPRIVILEGED), "Permission denied")
    (three.share / "closed").chmod(0o755)
    code, line = scan(three)
    assert (code, line["complete"], line["vanished"]) == (0, True, 0)
    assert three.ask("status")[0]["shares"][0]["folders"] == []


def test_a_folder_that_fails_when_it_is_listed_is_told_and_the_rest_is_scanned(three, request):
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-qq", "true"], check=False).returncode:
        why = f"NOT RUN: {request.node.nodeid}: strace is missing or may not trace"
        request.config.pluginmanager.get_plugin("terminalreporter").write_line(why)
        pytest.skip(why)
    three.mail("new.eml", "Invoice new.")
    fails = ("-f", "-qq", "-o", "/dev/null", "-P", str(three.share / "closed"))
    fault = ("-e", "trace=getdents64", "-e", "inject=getdents64:error=EIO")
    require_told(three, *scan(three, strace, *fails, *fault), "Input/output error")


def test_a_pipe_without_a_writer_is_passed_by(three):
    os.mkfifo(three.share / "pipe")
    os.mkfifo(three.share / "closed/pipe.eml")
    code, line = scan(three)
    assert (code, line["complete"], line["skipped"]["special"]) == (0, True, 2)


def test_a_file_that_became_a_pipe_before_it_was_read_is_passed_by(three):
    """The reader must not wait for a writer either."""
    three.mail("later.eml", "Invoice later.")
    three.do("scan")
    (three.share / "later.eml").unlink()
    os.mkfifo(three.share / "later.eml")
    code, line = scan(three)
    assert (code, line["skipped"]["special"], line["vanished"]) == (0, 1, 1)
