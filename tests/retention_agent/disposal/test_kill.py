"""Disposal is killed, or a system call of it fails, wherever that matters; a rerun must mend it.

`strace` kills the process (SIGKILL) at the n-th call of one kind, or has that call fail with an
error. What is checked: right afterwards no file is gone without a durable, logged intent; after one
more run the result is that of a run that was never disturbed, and the evidence verifies.

How many points are tried is `RETENTION_KILL_POINTS` for each sweep; which, the seed says.
"""

import json
import os
import random
import re
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from retention_agent.audit import gather
from retention_agent.register.tables import batch_item, log_leaf, record
from tests.fakes.traced import Traced

SCRIPT = Path("tests/fakes/carry_out.py").resolve()
CALLS = ("mkdirat", "rename", "renameat", "renameat2", "linkat", "unlinkat", "unlink",
         "fsync", "fdatasync", "pwrite64", "ftruncate", "openat", "openat2")  # fmt: skip
PARTS = 4
ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EBUSY", "ETIMEDOUT", "ESTALE")
POINTS = int(os.environ.get("RETENTION_KILL_POINTS", "3"))
SEED = int(os.environ.get("RETENTION_SEED", "20261123"))
CONTENTS = {"a/one.txt": b"first", "b/two.txt": b"second", "three.txt": b"third"}
KEPT = {"kept.txt": b"not in any batch"}

pytestmark = pytest.mark.timeout(900)


class Scene(Traced):
    """An approved batch of three files, and a process that carries it out under strace."""

    def __init__(self, tracer, council, folder):
        self.council = council
        self.numbers = [council.add(path, content) for path, content in CONTENTS.items()]
        council.add("kept.txt", KEPT["kept.txt"])
        self.batch = council.approved(*self.numbers)
        council.app.engine.dispose()
        given = (str(folder / "config.toml"), self.batch, str(folder / "share"))
        super().__init__(tracer, folder, SCRIPT, given)

    def check_no_loss_without_intent(self):
        """If a file's bytes are gone, a durable leaf says that this was about to happen."""
        contents = Counter(self.present().values())
        with self.council.app.engine.begin() as connection:
            leaves = list(connection.scalars(sa.select(log_leaf.c.leaf)))
            items = connection.execute(sa.select(batch_item.c.number, batch_item.c.manifest)).all()
        for number, manifest in items:
            path = json.loads(manifest)["path"]
            if contents[CONTENTS[path]] == 0:
                about = [leaf for leaf in leaves if f'/{number}"' in leaf]
                assert any('"to":"purge-armed"' in leaf for leaf in about), path
        self.council.app.engine.dispose()

    def states(self):
        with self.council.app.engine.begin() as connection:
            return list(connection.scalars(sa.select(batch_item.c.state)))

    def check(self, states, files):
        """What is on the share and in the register, and that the evidence stands."""
        assert self.present() == files
        with self.council.app.engine.begin() as connection:
            leaves = list(connection.scalars(sa.select(log_leaf.c.leaf)))
            key = self.council.app.service_key.public_key()
            report = gather.verify_register(connection, key)
            there = set(connection.scalars(sa.select(record.c.path).where(record.c.present)))
        assert self.states() == states
        destroyed = states.count("destroyed")
        assert sum('"type":"deletion"' in leaf for leaf in leaves) == destroyed
        assert there == {os.fsencode(path) for path in files if ".disposal-bin" not in path}
        assert list(report.problems) == []


DESTROYED = ["destroyed"] * len(CONTENTS)


@pytest.fixture
def scene(strace, found_council, tmp_path):
    """A function that sets a fresh scene in a folder of its own."""

    def scene(name):
        return Scene(strace, found_council(tmp_path / name), tmp_path / name)

    return scene


def chosen(points, salt, part=0):
    """Some of the points, by the seed, and of the calls on the share this part's share of all."""
    print(f"seed {SEED}, sweep {salt!r}, {POINTS} of {len(points)} points")  # noqa: T201
    some = random.Random(f"{SEED}{salt}{part}").sample(points, min(POINTS, len(points)))
    on_share = [point for point in points if point[2] and not point[0].startswith("openat")]
    return sorted({*some, *on_share[part::PARTS]})


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_any_system_call_disposal_converges_on_the_next_run(scene, part):
    clean = scene("clean")
    points = clean.points(*CALLS)
    clean.check(DESTROYED, KEPT)
    for point in chosen(points, "kill", part):
        killed = scene(f"{point[0]}-{point[1]}")
        assert killed.inject(point, "signal=KILL").returncode != 0, point
        killed.check_no_loss_without_intent()
        again = killed.run()
        assert again.returncode == 0, (point, again.stderr.decode())
        killed.check(DESTROYED, KEPT)


@pytest.mark.parametrize("part", range(2))
def test_killed_again_while_it_recovers_it_still_converges(scene, part):
    points = scene("clean").points(*CALLS)
    dice = random.Random(f"{SEED}pairs {part}")
    pairs = [(dice.choice(points), dice.choice(points)) for _ in range(max(2, POINTS // 2))]
    for position, pair in enumerate(pairs):
        killed = scene(f"pair-{position}")
        for point in pair:
            killed.inject(point, "signal=KILL")
            killed.check_no_loss_without_intent()
        again = killed.run()
        assert again.returncode == 0, (pair, again.stderr.decode())
        killed.check(DESTROYED, KEPT)


def test_killed_while_a_file_is_restored_it_is_never_lost_and_comes_back(scene):
    clean = scene("clean")
    arguments = ("86400", clean.numbers[0])
    points = clean.points(*CALLS, arguments=arguments)
    moves = [n for n, point in enumerate(points) if point[0] == "renameat2"]
    assert len(moves) == len(CONTENTS) + 1
    restoring = points[moves[-2] + 1 :]
    for point in random.Random(f"{SEED}restore").sample(restoring, min(POINTS, len(restoring))):
        killed = scene(f"{point[0]}-{point[1]}")
        killed.inject(point, "signal=KILL", arguments)
        assert set(killed.present().values()) == {*CONTENTS.values(), *KEPT.values()}
        again = killed.run(arguments=arguments)
        assert again.returncode == 0, (point, again.stderr.decode())
        there = {path for path in killed.present() if ".disposal-bin" not in path}
        assert there == {"a/one.txt", "kept.txt"}


@pytest.mark.parametrize("part", range(PARTS))
def test_a_system_call_that_fails_loses_nothing_and_a_rerun_converges(scene, part):
    """Some errors end a file's part in the batch; then it must stand on its share again."""
    points = scene("clean").points(*CALLS)
    dice = random.Random(f"{SEED}errors {part}")
    for point in chosen(points, "errors", part):
        error = dice.choice(ERRORS)
        failed = scene(f"{point[0]}-{point[1]}")
        failed.inject(point, f"error={error}")
        failed.check_no_loss_without_intent()
        again = failed.run()
        assert again.returncode == 0, (point, error, again.stderr.decode())
        states = failed.states()
        kept = {
            path: content
            for (path, content), state in zip(CONTENTS.items(), states, strict=True)
            if state != "destroyed"
        }
        failed.check(states, {**KEPT, **kept})


def test_no_flush_of_a_folder_that_failed_counts_as_durable(scene):
    """Each flush of a folder of the share fails once: the run stops, and nothing is hidden."""
    flushes = [point for point in scene("clean").points("fsync") if point[2]]
    assert len(flushes) >= 7  # the root, the bin twice before the move, three folders, the bin
    for point in flushes:
        failed = scene(f"{point[0]}-{point[1]}")
        assert failed.inject(point, "error=EIO").returncode != 0, point
        failed.check_no_loss_without_intent()
        again = failed.run()
        assert again.returncode == 0, (point, again.stderr.decode())
        failed.check(DESTROYED, KEPT)


def test_the_register_never_says_what_is_not_durable_and_nothing_irreversible_comes_before_it(
    scene,
):
    """The order oracle: a kill never shows a missing flush, the order of the calls does.

    Whatever was moved or removed is flushed before the register is next written to, and what was
    written to the register is flushed before anything is next moved or removed.
    """
    clean = scene("clean")
    done = clean.traced("-y", "-e", "trace=renameat2,unlinkat,fsync,fdatasync,pwrite64")
    assert done.returncode == 0, done.stderr.decode()
    unwritten, unflushed, removals = False, set(), 0
    for line in (clean.folder / "trace").read_text().splitlines():
        call = re.match(r"\d+ +(\w+)\(", line)
        places = re.findall(r"\d+<([^>]+)>", line)
        on_share = bool(places) and places[0].startswith(f"{clean.folder}/share")
        log = bool(places) and places[0] == f"{clean.folder}/state/register.db-wal"
        if not call or not (on_share or log):
            continue
        if "sync" in call[1]:
            unflushed.discard(places[0])
            unwritten = unwritten and not log
        elif log:
            assert not unflushed, line
            unwritten = True
        else:
            assert not unwritten, line
            unflushed |= set(places)
            removals += call[1] == "unlinkat"
    assert removals == len(CONTENTS)
    assert not unflushed
