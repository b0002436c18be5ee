"""One run at a time: another one, in this process or another, changes nothing."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from policies import State
from retention_agent.disposal.purge import purge
from retention_agent.disposal.restore import restore
from retention_agent.disposal.run import dispose
from retention_agent.disposal.turn import turn
from retention_agent.errors import Refused

SCRIPT = Path("tests/fakes/carry_out.py").resolve()


def test_the_turn_is_refused_while_another_has_it_and_free_afterwards(council):
    context = council.context(None)
    with turn(context), pytest.raises(Refused, match="another disposal run"), turn(context):
        raise AssertionError
    with turn(context):
        pass


@pytest.mark.parametrize("stage", [dispose, purge])
def test_no_stage_runs_while_another_has_the_turn(council, site, stage):
    name = council.approved(council.add("one.txt"))
    with turn(council.context(None)), pytest.raises(Refused, match="another disposal run"):
        council.work(stage, name)
    assert site.files() == {"one.txt": b"an invoice"}


def test_nothing_is_restored_while_another_run_has_the_turn(council, site):
    one = council.add("one.txt")
    name = council.approved(one)
    council.work(dispose, name)
    with turn(council.context(None)), pytest.raises(Refused, match="another disposal run"):
        council.work(restore, site.items(name)[0], "x")
    assert len(site.in_bin()) == 1


def start(folder, name, undo=0):
    command = [sys.executable, SCRIPT, folder / "config.toml", name, folder / "share", str(undo)]
    return subprocess.Popen(
        command,
        env={"PYTHONPATH": str(SCRIPT.parents[2]), "PATH": "/usr/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_two_processes_on_one_batch_destroy_everything_once(found_council, site_of, tmp_path):
    council = found_council(tmp_path)
    site = site_of(council)
    numbers = [council.add(f"{n}.txt", b"%d" % n) for n in range(40)]
    name = council.approved(*numbers)
    council.app.engine.dispose()
    runs = [start(tmp_path, name) for _ in range(3)]
    errors = [run.communicate()[1].decode() for run in runs]
    assert any(run.returncode == 0 for run in runs) or all("Refused" in each for each in errors)
    assert all(run.returncode == 0 or "Refused" in e for run, e in zip(runs, errors, strict=True))
    last = start(tmp_path, name)
    assert last.communicate()[1].decode() == ""
    assert Counter(site.states(name)) == Counter({State.DESTROYED: 40})
    assert site.files() == {}
    assert site.in_bin() == []
    assert site.problems() == []
