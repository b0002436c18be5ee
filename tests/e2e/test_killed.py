"""Commands killed in the middle: nothing is lost, and the next run ends what was begun."""

import shutil
import signal

import pytest

NAMES = ("a/one.eml", "b/two.eml", "three.docx")
# before, between and after the moves to the bin, and around what is flushed and committed
DISPOSING = ("renameat2:1", "fsync:2", "renameat2:2", "fsync:6", "renameat2:1", "fsync:8")
PURGING = ("fsync:3", "unlinkat:1", "fsync:8", "unlinkat:2", "fsync:12")


@pytest.fixture
def kill_at(council, strace):
    """Run a command that is killed at the n-th system call of one kind; was it?"""

    def run(point, *command):
        call, _, number = point.partition(":")
        inject = f"inject={call}:signal=KILL:when={number}"
        code, _, _ = council.run(
            *command, under=(strace, "-f", "-qq", "-o", "/dev/null", "-e", inject)
        )
        return code != 0

    return run


def test_a_disposal_killed_anywhere_is_ended_by_the_next_run(council, kill_at):
    with council.prepared():
        council.fill(*NAMES, "kept.txt")
        council.found()
        council.do("scan")
        batch = council.approved(*NAMES)
    killed = 0
    for point in DISPOSING:
        killed += kill_at(point, "dispose", batch)
        # each file is in one place at every instant: on the share, or in the bin
        assert len(council.standing - {"kept.txt"}) + council.binned == len(NAMES), point
        assert "kept.txt" in council.standing
    assert killed >= 4
    assert council.ask("dispose", batch)[0]["items"] == {"waiting": 3}
    assert council.standing == {"kept.txt"}
    assert sum(kill_at(point, "purge", batch) for point in PURGING) >= 3
    assert council.ask("purge", batch)[0]["items"] == {"destroyed": 3}
    assert council.binned == 0
    with council.prepared():
        (document,) = council.ask("certificate", batch)
        council.do("verify")
    assert [item["outcome"] for item in document["items"]] == ["destroyed"] * 3


def test_a_scan_that_is_killed_or_interrupted_is_ended_by_the_next(council, kill_at):
    council.share.mkdir()
    council.fill(*(f"{number}.txt" for number in range(150)))
    with council.prepared():
        council.do("init", "--dir", council.site, "--share", f"files={council.share}")
    killed = 0
    for number in (2, 4, 6, 8):
        killed += kill_at(f"fsync:{number}", "scan")
        with council.prepared():
            council.do("verify")
    assert killed >= 3
    process = council.start("scan")
    process.send_signal(signal.SIGINT)
    process.communicate()
    with council.prepared():
        council.do("scan")
        (line,) = council.ask("scan")
        assert (line["seen"], line["unchanged"]) == (150, 150)
        assert len(council.ask("find", "invoice", "--limit", 1_000)) == 150
        council.do("verify")


def test_an_init_that_is_killed_is_completed_by_the_next(council, kill_at):
    council.share.mkdir()
    command = ("init", "--dir", council.site, "--share", f"files={council.share}")
    for number in (1, 3, 5, 7):
        shutil.rmtree(council.site, ignore_errors=True)
        killed = kill_at(f"fsync:{number}", *command)
        with council.prepared():
            council.do(*command, code=0 if killed else 4)
            council.do("verify")
