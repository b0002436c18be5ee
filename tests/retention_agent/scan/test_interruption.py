"""A scan that is killed, at any moment, does no harm; the next one converges."""

import os
import random
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from retention_agent.register.tables import record

CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import sqlalchemy as sa
from retention_agent.register.engine import open_register
from retention_agent.scan import intake
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root
intake.MOST_FOLDERS = {folders}
engine = open_register(Path({register!r}))
commits = 0
def before_commit(_connection):
    global commits
    commits += 1
    if commits == {before}:
        os.kill(os.getpid(), signal.SIGKILL)
def after_commit(*_arguments):
    if commits == {after}:
        os.kill(os.getpid(), signal.SIGKILL)
sa.event.listen(engine, "commit", before_commit)
sa.event.listen(engine, "begin", after_commit)
sa.event.listen(engine.pool, "checkin", after_commit)
def progress(_result):
    print("on", flush=True)
with open_root({share!r}, "files") as root:
    scan_share(engine, 1, root, datetime(2026, 11, 23, 9, 30, tzinfo=UTC), progress)
print("finished", commits, flush=True)
"""


def _code(watched, folders: int = 3, before: int = -1, after: int = -1) -> str:
    return CHILD.format(
        share=str(watched.path),
        register=watched.engine.url.database,
        folders=folders,
        before=before,
        after=after,
    )


def _build(watched) -> None:
    for number in range(60):
        watched.write(f"{number % 12}/{number}", b"%d" % number)
    os.link(watched.path / "1/1", watched.path / "2/second name")


def _disturb(watched) -> dict[str, str]:
    """One of each thing that can happen; answers with the moves."""
    moves = {"1/13": "5/moved", "3/15": "4/16", "4/16": "3/15", "5/17": "5/renamed"}
    os.rename(watched.path / "3/15", watched.path / "aside")
    os.rename(watched.path / "4/16", watched.path / "3/15")
    os.rename(watched.path / "aside", watched.path / "4/16")
    os.rename(watched.path / "1/13", watched.path / "5/moved")
    os.rename(watched.path / "5/17", watched.path / "5/renamed")
    os.rename(watched.path / "7", watched.path / "seven")
    moves |= {f"7/{number}": f"seven/{number}" for number in range(7, 60, 12)}
    (watched.path / "0/0").unlink()
    watched.write("6/6", b"edited")
    watched.write("new/file")
    watched.write("8/tmp", b"saved anew")
    os.rename(watched.path / "8/tmp", watched.path / "8/8")
    return moves


def _require_converged(watched, before: dict[bytes, int], moves: dict[str, str]) -> None:
    watched.scan()
    watched.require_equal_to_tree()
    after = watched.ids()
    moved = {old.encode(): new.encode() for old, new in moves.items()}
    for path, number in before.items():
        if path != b"0/0":
            assert after[moved.get(path, path)] == number
    assert len(watched.rows()) == len(before) + 1
    again = watched.scan()
    assert again.unchanged == len(after)


@pytest.mark.parametrize("point", range(1, 8))
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_scan_killed_at_a_commit_converges(watched, point, side):
    _build(watched)
    watched.scan()
    watched.captured()
    before = watched.ids()
    moves = _disturb(watched)
    command = [sys.executable, "-c", _code(watched, **{side: point})]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    watched.require_whole()
    _require_converged(watched, before, moves)


def test_those_are_all_the_commits_there_are(watched):
    _build(watched)
    watched.scan()
    _disturb(watched)
    done = subprocess.run(
        [sys.executable, "-c", _code(watched)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "finished 7"


@pytest.mark.parametrize("seed", range(6))
def test_a_first_scan_killed_somewhere_converges_without_double_entries(watched, seed):
    _build(watched)
    kill_after = random.Random(seed).randrange(1, 15)
    child = subprocess.Popen(
        [sys.executable, "-c", _code(watched, folders=1)], stdout=subprocess.PIPE, text=True
    )
    for _ in range(kill_after):
        child.stdout.readline()
    child.kill()
    child.wait()
    child.stdout.close()
    watched.require_whole()
    watched.scan()
    watched.require_equal_to_tree()
    with watched.engine.begin() as connection:
        paths = connection.scalars(sa.select(record.c.path)).all()
    assert len(paths) == len(set(paths)) == 61


@pytest.mark.parametrize("kill_after", [2, 5, 9])
def test_what_a_killed_scan_wrote_down_is_not_walked_again(watched, kill_after):
    _build(watched)
    child = subprocess.Popen(
        [sys.executable, "-c", _code(watched, folders=1)], stdout=subprocess.PIPE, text=True
    )
    for _ in range(kill_after):
        child.stdout.readline()
    child.kill()
    child.wait()
    child.stdout.close()
    result = watched.scan()
    assert result.complete
    # of the root and twelve folders, the root and the last one read come once more
    assert result.directories <= 13 - kill_after + 2
    watched.require_equal_to_tree()
