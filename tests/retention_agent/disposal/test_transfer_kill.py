"""A transfer is killed, or a system call of it fails, wherever that matters; a rerun must mend it.

As `test_kill`, which says how. At every moment each content is on the share, in the bin, or, if the
log says that the archive has it, in the bag that the archive was given.
"""

import os
import random
from collections import Counter
from pathlib import Path

import bagit
import pytest
import sqlalchemy as sa

from policies import Action
from retention_agent.audit import gather
from retention_agent.register.tables import batch_item, log_leaf
from tests.fakes.traced import Traced

SCRIPT = Path("tests/fakes/hand_over.py").resolve()
CALLS = ("mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlinkat", "unlink", "write",
         "utimensat", "fsync", "fdatasync", "pwrite64", "openat", "openat2")  # fmt: skip
ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "ETIMEDOUT", "ESTALE")
PARTS = 3
POINTS = int(os.environ.get("RETENTION_KILL_POINTS", "3"))
SEED = int(os.environ.get("RETENTION_SEED", "20261123"))
CONTENTS = {"a/one.txt": b"first", "b/two.txt": b"second", "three.txt": b"third"}
KEPT = {"kept.txt": b"not in any batch"}

pytestmark = pytest.mark.timeout(900)


class Scene(Traced):
    """A batch of three files approved for the archive, and a process that hands it over."""

    def __init__(self, tracer, council, folder):
        self.council = council
        numbers = [
            council.add(path, content, record_class="FIN-4") for path, content in CONTENTS.items()
        ]
        council.add("kept.txt", KEPT["kept.txt"])
        self.batch = council.propose(*numbers, action=Action.TRANSFER).batch
        council.approve(self.batch)
        council.app.engine.dispose()
        self.bag = folder / "bag"
        given = (str(folder / "config.toml"), self.batch, str(folder / "share"), str(self.bag))
        super().__init__(tracer, folder, SCRIPT, given)

    def leaves(self):
        with self.council.app.engine.begin() as connection:
            found = list(connection.scalars(sa.select(log_leaf.c.leaf)))
        self.council.app.engine.dispose()
        return found

    def check_nothing_is_lost(self):
        """What is gone from the share was confirmed, was about to go, and is in the bag."""
        contents, leaves = Counter(self.present().values()), self.leaves()
        for number, (path, content) in enumerate(CONTENTS.items()):
            if not contents[content]:
                about = [leaf for leaf in leaves if f'/{number}"' in leaf]
                assert any('"type":"accession"' in leaf for leaf in about), path
                assert any('"to":"purge-armed"' in leaf for leaf in about), path
                assert (self.bag / "data" / path).read_bytes() == content

    def states(self):
        with self.council.app.engine.begin() as connection:
            return list(connection.scalars(sa.select(batch_item.c.state)))

    def check(self, states, files):
        assert self.present() == files
        assert self.states() == states
        assert bagit.Bag(str(self.bag)).validate()
        leaves = self.leaves()
        assert sum('"to":"transferred"' in leaf for leaf in leaves) == states.count("transferred")
        assert not any('"type":"deletion"' in leaf for leaf in leaves)
        assert sum('"type":"transfer export"' in leaf for leaf in leaves) == 1
        with self.council.app.engine.begin() as connection:
            key = self.council.app.service_key.public_key()
            assert list(gather.verify_register(connection, key).problems) == []


TRANSFERRED = ["transferred"] * len(CONTENTS)


@pytest.fixture
def scene(strace, found_council, tmp_path):
    """A function that sets a fresh scene in a folder of its own."""

    def scene(name):
        return Scene(strace, found_council(tmp_path / name), tmp_path / name)

    return scene


def chosen(points, salt, part):
    """Some of the points, by the seed: of those outside the register's files, this part's share."""
    print(f"seed {SEED}, sweep {salt!r}, {POINTS} of {len(points)} points")  # noqa: T201
    own = points[part::PARTS]
    return random.Random(f"{SEED}{salt}{part}").sample(own, min(POINTS, len(own)))


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_at_any_system_call_a_transfer_converges_on_the_next_run(scene, part):
    clean = scene("clean")
    points = clean.points(*CALLS)
    clean.check(TRANSFERRED, KEPT)
    for point in chosen(points, "kill", part):
        killed = scene(f"{point[0]}-{point[1]}")
        assert killed.inject(point, "signal=KILL").returncode != 0, point
        killed.check_nothing_is_lost()
        again = killed.run()
        assert again.returncode == 0, (point, again.stderr.decode())
        killed.check(TRANSFERRED, KEPT)


def test_killed_between_the_bags_name_and_the_register_it_is_taken_up(scene):
    """The one moment at which the bag is whole and nobody knows."""
    points = scene("clean").points("rename", "fsync")
    place = next(number for number, point in enumerate(points) if point[0] == "rename")
    for point in points[place : place + 2]:
        killed = scene(f"{point[0]}-{point[1]}")
        killed.inject(point, "signal=KILL")
        killed.check_nothing_is_lost()
        again = killed.run()
        assert again.returncode == 0, (point, again.stderr.decode())
        killed.check(TRANSFERRED, KEPT)


@pytest.mark.parametrize("part", range(PARTS))
def test_a_system_call_that_fails_loses_nothing_and_a_rerun_converges(scene, part):
    points = scene("clean").points(*CALLS)
    dice = random.Random(f"{SEED}errors {part}")
    for point in chosen(points, "errors", part):
        error = dice.choice(ERRORS)
        failed = scene(f"{point[0]}-{point[1]}")
        failed.inject(point, f"error={error}")
        failed.check_nothing_is_lost()
        again = failed.run()
        assert again.returncode == 0, (point, error, again.stderr.decode())
        states = failed.states()
        kept = {
            path: content
            for (path, content), state in zip(CONTENTS.items(), states, strict=True)
            if state != "transferred"
        }
        failed.check(states, {**KEPT, **kept})


def test_every_file_of_a_bag_and_every_folder_is_flushed_before_the_bag_has_its_name(scene):
    clean = scene("clean")
    calls = "trace=openat,mkdir,fsync,rename,write"
    assert clean.traced("-y", "-e", calls).returncode == 0
    unflushed, named = set(), False
    for line in (clean.folder / "trace").read_text().splitlines():
        if "bag.incomplete-" not in line:
            continue
        call = line.split("(")[0].split()[-1]
        place = line.split('"')[1] if '"' in line and call in {"openat", "mkdir"} else ""
        if call == "mkdir" or (call == "openat" and "O_CREAT" in line):
            unflushed |= {place, os.path.dirname(place)}
        elif call == "fsync":
            unflushed.discard(line.split("<")[1].split(">")[0])
        elif call == "rename":
            named = True
            inside = {each for each in unflushed if "bag.incomplete-" in each}
            assert inside == set()
    assert named
