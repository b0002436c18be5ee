"""Capture killed at any moment and run again ends where an undisturbed run ends."""

import ctypes
import hashlib
import os
import subprocess
import sys
import threading

FILES = 400
CAPTURE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from classifiers.model import Organisation
from indexer.search.sqlite import SqliteSearchIndex
from retention_agent.capture.pool import Pool
from retention_agent.capture.run import Source, capture_pending
from retention_agent.capture.settings import Settings
from retention_agent.register.engine import open_register
from retention_agent.shares.local import open_root

register, folder, worker = sys.argv[1:]
settings = Settings(Organisation("Example"), {}, {}, workers=2)
with open_root(Path(folder)) as root, Pool(settings, (sys.executable, "-P", worker)) as pool:
    capture_pending(
        open_register(Path(register)), Source(1, root), pool, SqliteSearchIndex(),
        lambda: datetime(2026, 1, 5, tzinfo=UTC),
        lambda result: print(result.captured, flush=True),
    )
"""


def capture_until(office, worker, commits):
    """Run capture in a process of its own, and kill it after so many commits."""
    process = subprocess.Popen(
        [sys.executable, "-c", CAPTURE, office.engine.url.database, office.folder, worker],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    for _ in range(commits):
        process.stdout.readline()
    process.kill()
    process.communicate()


def test_a_run_killed_again_and_again_converges(office, fake_pool, fake_worker):
    for number in range(FILES):
        office.write(f"{number:03}.txt", f"word{number}")
    office.scan()
    for commits in (0, 1, 2):
        capture_until(office, fake_worker, commits)
    done = [row["capture"] for row in office.rows().values()].count("captured")
    assert 0 < done < FILES
    office.capture(fake_pool())
    for number, row in enumerate(office.rows().values()):
        assert row["capture"] == "captured"
        assert row["state"] == "classified"
        assert row["sha256"] == hashlib.sha256(f"word{number}".encode()).hexdigest()
    assert len(office.log()) == FILES
    assert office.found("word399") == ["399.txt"]
    assert office.capture(fake_pool()).captured == 0


def test_a_file_the_agent_may_not_read_is_listed(office, fake_pool):
    office.write("closed.txt", "secret").chmod(0o000)
    office.write("open.txt", "fine")
    office.scan()
    results = []

    def capture():
        drop_capabilities()
        results.append(office.capture(fake_pool()))

    account = threading.Thread(target=capture)
    account.start()
    account.join()
    assert results[0].unreadable == {"permission-denied": 1}
    assert results[0].captured == 1
    row = office.row("closed.txt")
    assert (row["unreadable"], row["sha256"]) == ("permission-denied", None)
    assert row["unreadable_detail"] == "EACCES: Permission denied"


def drop_capabilities():
    """Make this thread an ordinary account's, so that mode bits count even for root."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, nothing) == 0
