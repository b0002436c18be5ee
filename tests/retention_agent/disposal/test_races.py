"""Others act on the same files and holds at the same time; nobody's file is lost by it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from policies import State
from retention_agent.disposal import destroy
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.register import batches
from retention_agent.register.tables import batch_item, log_leaf
from retention_agent.scan.run import scan_share

SWAPS = int(os.environ.get("RETENTION_SWAPS", "300"))
RACES = int(os.environ.get("RETENTION_RACES", "50"))
SWAPPER = Path("tests/fakes/swapper.py").resolve()


@pytest.mark.usefixtures("slow_move")
@pytest.mark.parametrize("target", ["file", "folder"])
def test_swapping_files_or_folders_under_way_never_loses_a_wrong_file(
    found_council, site_of, ram, target
):
    """What a fast attacker gains is that an item is put off, or that his own file is moved back."""
    council = found_council(ram)
    site = site_of(council)
    council.undo *= 0
    endings = Counter()
    for start in range(0, SWAPS, 50):
        good = {f"{n}/good/x.txt": b"good %d" % n for n in range(start, start + 50)}
        evil = {path.replace("good", "evil"): content + b", evil" for path, content in good.items()}
        numbers = [council.add(path, content) for path, content in good.items()]
        for path, content in evil.items():
            (council.share / path).parent.mkdir()
            (council.share / path).write_bytes(content)
        name = council.approved(*numbers)
        pairs = [_pair(council.share / str(n), target) for n in range(start, start + 50)]
        _dispose_under_attack(council, name, pairs)
        council.work(purge, name)
        gone = {
            good[json.loads(item.manifest)["path"]] for item in site.items(name, State.DESTROYED)
        }
        left = Counter(site.files().values())
        assert all(left[content] == (content not in gone) for content in good.values())
        assert all(left[content] == 1 for content in evil.values())
        endings.update(site.states(name))
        _forget_limits(council)
    print(target, dict(endings))  # noqa: T201
    # a folder is opened before the look at its file, so changing it afterwards moves nothing else
    assert set(endings) == {"destroyed", "deferred"} | ({"returned"} if target == "file" else set())
    assert site.in_bin() == []
    assert site.problems() == []


@pytest.fixture
def slow_move(monkeypatch):
    """The moment between the look at a file and its move is made long, so that attacks fall in."""
    move = destroy.move_to_bin

    def slow_move(*arguments):
        time.sleep(0.002)
        move(*arguments)

    monkeypatch.setattr(destroy, "move_to_bin", slow_move)


def _pair(folder, target):
    if target == "file":
        return folder / "good/x.txt", folder / "evil/x.txt"
    return folder / "good", folder / "evil"


def _dispose_under_attack(council, name, pairs):
    attacker = subprocess.Popen(
        [sys.executable, SWAPPER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        attacker.stdin.write("".join(f"{one}\t{other}\n" for one, other in pairs))
        attacker.stdin.close()
        assert attacker.stdout.readline() == "ready\n"
        council.work(dispose, name)
    finally:
        attacker.kill()
        attacker.wait()
        attacker.stdout.close()


def test_a_hold_placed_while_a_purge_runs_wins_or_comes_after_the_logged_intent(
    found_council, site_of, ram
):
    council = found_council(ram)
    site = site_of(council)
    council.undo *= 0
    endings = Counter()
    for number in range(RACES):
        path = f"{number}/one.txt"
        name = council.approved(council.add(path, b"%d" % number))
        council.work(dispose, name)
        ready = threading.Barrier(2)

        def hold(number=number, ready=ready):
            ready.wait()
            site.hold(f"h{number}", paths=(("files", b"%d" % number),))

        def run(name=name, ready=ready):
            ready.wait()
            return council.work(purge, name)

        with ThreadPoolExecutor(2) as pool:
            placing, purging = pool.submit(hold), pool.submit(run)
            placing.result()
            states = purging.result()
        endings.update(states)
        if states[State.DESTROYED]:
            assert _leaf(council, name, "purge-armed") < _hold_leaf(council, f"h{number}")
        else:
            assert states == Counter({State.BLOCKED_BY_HOLD: 1})
            assert len(site.in_bin()) == endings[State.BLOCKED_BY_HOLD]
        _forget_limits(council)
    print(dict(endings))  # noqa: T201
    assert site.problems() == []


def _leaf(council, name, state):
    return _first(council, f'"object":"batch:{name}/0"', f'"to":"{state}"')


def _hold_leaf(council, name):
    return _first(council, f'"object":"hold:{name}"')


def _first(council, *texts):
    with council.app.engine.begin() as connection:
        rows = connection.execute(sa.select(log_leaf).order_by(log_leaf.c.number)).all()
    return next(row.number for row in rows if all(text in row.leaf for text in texts))


def _forget_limits(council):
    """The day's limit is not what is tried here."""
    with council.app.engine.begin() as connection:
        moved = batch_item.c.binned.is_not(None)
        connection.execute(batch_item.update().where(moved).values(binned="2020-01-01T00:00:00Z"))


def test_scans_while_a_batch_is_disposed_of_take_nothing_for_lost(found_council, site_of, ram):
    council = found_council(ram)
    site = site_of(council)
    numbers = [council.add(f"{n}/x.txt", b"content %d" % n) for n in range(50)]
    others = [council.add(f"{n}/kept.txt", b"kept %d" % n) for n in range(60)]
    name = council.approved(*numbers)
    stop = threading.Event()
    results = []

    def scan():
        while not stop.is_set():
            results.append(council.work(_scan, council.now))

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        council.work(dispose, name)
        council.now += council.undo
        council.work(purge, name)
    finally:
        stop.set()
        thread.join()
    results.append(council.work(_scan, council.now))
    assert Counter(site.states(name)) == {"destroyed": 50}
    assert sum(each.vanished for each in results) == 0
    assert [each.frozen for each in results if each.frozen] == []
    assert sum(each.new for each in results) == 0
    assert all(council.row(number)["present"] for number in others)
    with council.app.engine.begin() as connection:
        assert batches.find(connection, name)["status"] == "closed"
    assert site.problems() == []


def _scan(context, now):
    return scan_share(context.engine, 1, context.root, now)
