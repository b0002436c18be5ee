"""Disposal is killed at system calls of every kind that matters; the next run must mend it.

`strace` kills the process (SIGKILL) at the n-th call of one kind. What is checked: right after the
kill no file is gone without a durable, logged intent; after one more run the result is that of a
run that was never killed, and the evidence verifies.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from retention_agent.audit import gather
from retention_agent.register.tables import batch_item, log_leaf

SCRIPT = Path("tests/fakes/carry_out.py").resolve()
CALLS = "rename,renameat,renameat2,unlinkat,mkdirat,fsync,fdatasync,pwrite64,ftruncate"
POINTS = int(os.environ.get("RETENTION_KILL_POINTS", "16"))
SEED = 20_261_123
CONTENTS = {"a/one.txt": b"first", "b/two.txt": b"second", "three.txt": b"third"}

pytestmark = pytest.mark.timeout(900)


def strace(folder: Path, batch: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [
        sys.executable,
        str(SCRIPT),
        str(folder / "config.toml"),
        batch,
        str(folder / "share"),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(SCRIPT.parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    traced = ["strace", "-f", "-qq", "-o", str(folder / "trace"), *options, *command]
    return subprocess.run(traced, env=environment, capture_output=True, check=False)


def counted(trace: str) -> Counter[str]:
    return Counter(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE))


def present(folder: Path) -> dict[str, bytes]:
    share = folder / "share"
    return {
        str(path.relative_to(share)): path.read_bytes()
        for path in share.rglob("*")
        if path.is_file() and path.name != ".retention-share"
    }


def check_no_loss_without_intent(council, folder: Path) -> None:
    """If a file's bytes are gone, a durable leaf says that this was about to happen."""
    contents = Counter(present(folder).values())
    with council.app.engine.begin() as connection:
        leaves = "\n".join(connection.scalars(sa.select(log_leaf.c.leaf)))
        items = connection.execute(sa.select(batch_item.c.number, batch_item.c.manifest)).all()
    for number, manifest in items:
        path = json.loads(manifest)["path"]
        if contents[CONTENTS[path]] == 0:
            armed = [line for line in leaves.splitlines() if f'/{number}"' in line]
            assert any('"to":"purge-armed"' in line for line in armed), path


def check_converged(council, folder: Path) -> None:
    assert present(folder) == {"kept.txt": b"not in any batch"}
    with council.app.engine.begin() as connection:
        states = list(connection.scalars(sa.select(batch_item.c.state)))
        leaves = list(connection.scalars(sa.select(log_leaf.c.leaf)))
        report = gather.verify_register(connection, council.app.service_key.public_key())
    assert states == ["destroyed"] * len(CONTENTS)
    assert sum('"type":"deletion"' in leaf for leaf in leaves) == len(CONTENTS)
    assert list(report.problems) == []


def approved_council(found_council, folder: Path):
    council = found_council(folder)
    numbers = [council.add(path, content) for path, content in CONTENTS.items()]
    council.add("kept.txt", b"not in any batch")
    batch = council.approved(*numbers)
    council.app.engine.dispose()
    return council, batch


def test_killed_at_any_system_call_disposal_converges_on_the_next_run(found_council, tmp_path):
    folder = tmp_path / "clean"
    council, batch = approved_council(found_council, folder)
    done = strace(folder, batch, "-e", f"trace={CALLS}")
    assert done.returncode == 0, done.stderr.decode()
    check_converged(council, folder)
    calls = counted((folder / "trace").read_text())
    points = [(call, n) for call, total in sorted(calls.items()) for n in range(1, total + 1)]
    chosen = random.Random(SEED).sample(points, min(POINTS, len(points)))
    rare = [point for point in points if point[0] in {"rename", "renameat", "unlinkat", "mkdirat"}]
    for call, number in sorted({*chosen, *rare}):
        folder = tmp_path / f"{call}-{number}"
        council, batch = approved_council(found_council, folder)
        killed = strace(folder, batch, "-e", f"inject={call}:signal=KILL:when={number}")
        assert killed.returncode != 0, (call, number)
        check_no_loss_without_intent(council, folder)
        again = strace(folder, batch, "-e", "trace=none")
        assert again.returncode == 0, (call, number, again.stderr.decode())
        check_converged(council, folder)
