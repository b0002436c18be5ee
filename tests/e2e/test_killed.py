"""Commands killed in the middle: nothing is lost, and the next run ends what was begun."""

import shutil
import signal

import pytest

NAMES = ("a/one.eml", "b/two.eml", "three.docx")
# before the first move, between two moves, before flushing them, before the last commit
POINTS = ["renameat2:1", "renameat:1", "renameat:3", "fsync:3", "fdatasync:4", "fdatasync:9"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A place to keep one council for all points, so that it is founded once."""
    return tmp_path_factory.mktemp("prepared"), {}


@pytest.fixture
def approved(council, prepared):
    council.fill(*NAMES, "kept.txt")
    council.found()
    council.do("scan")
    return council, council.approved(*NAMES)


def test_a_disposal_killed_anywhere_is_ended_by_the_next_run(approved, strace):
    council, batch = approved
    killed = 0
    for point in POINTS:
        call, _, number = point.partition(":")
        under = (strace, "-f", "-qq", "-o", "/dev/null", "-e",
                 f"inject={call}:signal=KILL:when={number}")  # fmt: skip
        code, _, _ = council.run("dispose", batch, under=under)
        killed += code != 0
        # each file is in one place at every instant: on the share, or in the bin
        assert len(council.standing - {"kept.txt"}) + council.binned == len(NAMES), point
        assert "kept.txt" in council.standing
    assert killed >= 3
    assert council.ask("dispose", batch)[0]["items"] == {"waiting": 3}
    assert council.standing == {"kept.txt"}
    for point in ("unlinkat:1", "unlink:1", "unlinkat:2", "fdatasync:3"):
        call, _, number = point.partition(":")
        under = (strace, "-f", "-qq", "-o", "/dev/null", "-e",
                 f"inject={call}:signal=KILL:when={number}")  # fmt: skip
        council.run("purge", batch, under=under)
    assert council.ask("purge", batch)[0]["items"] == {"destroyed": 3}
    assert council.binned == 0
    document = council.ask("certificate", batch)[0]
    assert [item["outcome"] for item in document["items"]] == ["destroyed"] * 3
    council.do("verify")


def test_a_scan_that_is_killed_or_interrupted_is_ended_by_the_next(council, strace):
    council.share.mkdir()
    council.fill(*(f"{number}.txt" for number in range(150)))
    council.do("init", "--dir", council.site, "--share", f"files={council.share}")
    for number in (4, 8, 12, 16):
        under = (strace, "-f", "-qq", "-o", "/dev/null", "-e",
                 f"inject=fdatasync:signal=KILL:when={number}")  # fmt: skip
        council.run("scan", under=under)
        council.do("verify")
    process = council.start("scan")
    process.send_signal(signal.SIGINT)
    process.communicate()
    council.do("scan")
    (line,) = council.ask("scan")
    assert (line["seen"], line["unchanged"]) == (150, 150)
    assert len(council.ask("find", "invoice", "--limit", 1_000)) == 150
    council.do("verify")


def test_an_init_that_is_killed_is_completed_by_the_next(council, strace):
    council.share.mkdir()
    for number in (1, 3, 5, 7):
        shutil.rmtree(council.site, ignore_errors=True)
        under = (strace, "-f", "-qq", "-o", "/dev/null", "-e",
                 f"inject=fdatasync,fsync:signal=KILL:when={number}")  # fmt: skip
        command = ("init", "--dir", council.site, "--share", f"files={council.share}")
        code, _, _ = council.run(*command, under=under)
        council.do(*command, code=4 if code == 0 else 0)
        council.do("verify")
