"""How long a scan takes, against `find` reading size and time of the same files.

    python -m benchmarks.rescan [FILES] [ROUNDS] [FOLDER]

Builds a tree of FILES small files (100,000 unless told) in FOLDER or the folder for temporary
files, twelve to a folder and up to fourteen deep. Then `find` and a rescan take turns, so that
both meet the same load; the table gives medians. The caches are warm; nothing is read cold.
"""

import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retention_agent.register.engine import open_register
from retention_agent.register.shares import ensure_share
from retention_agent.scan.run import ScanResult, scan_share
from retention_agent.shares.local import open_root

FILES_IN_A_FOLDER = 12
DEEPEST = 14
Cost = tuple[float, float]
"""seconds on the wall, seconds of processor time"""


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    folder = Path(tempfile.mkdtemp(dir=sys.argv[3] if len(sys.argv) > 3 else None))
    try:
        _measure(folder, files, rounds)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, files: int, rounds: int) -> None:
    tree = folder / "tree"
    folders = _build(tree, files)
    engine = open_register(folder / "register.db")
    with engine.begin() as connection:
        number = ensure_share(connection, "benchmark", tree)

    def scan() -> ScanResult:
        with open_root(tree, "benchmark") as root:
            return scan_share(engine, number, root, datetime.now(UTC))

    find = ["find", str(tree), "-type", "f", "-printf", "%s %T@\n"]
    first, first_cost = _timed(scan)
    assert first.new == files
    found, again = [], []
    for _ in range(rounds):
        found.append(_timed(lambda: subprocess.run(find, stdout=subprocess.DEVNULL, check=True))[1])
        result, cost = _timed(scan)
        assert result.unchanged == files
        again.append(cost)
    _print(files, folders, {"find": found, "first scan": [first_cost], "rescan": again})
    pairs = [mine[0] / its[0] for mine, its in zip(again, found, strict=True)]
    print(f"\nrescan : find, wall, paired: median {statistics.median(pairs):.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = (folder / "register.db").stat().st_size / 2**20
    print(f"peak RSS {peak:.0f} MiB, register {size:.0f} MiB")
    engine.dispose()


def _build(tree: Path, files: int) -> int:
    chosen = random.Random(1)
    folders = [(tree, 0)]
    tree.mkdir()
    made = 0
    while made < files:
        above, depth = chosen.choice(folders)
        if depth == DEEPEST:
            continue
        folder = above / f"Folder {len(folders)}"
        folder.mkdir()
        folders.append((folder, depth + 1))
        for _ in range(min(FILES_IN_A_FOLDER, files - made)):
            (folder / f"Letter to resident {made}.docx").touch()
            made += 1
    return len(folders)


def _timed(work: Callable[[], Any]) -> tuple[Any, Cost]:
    started, before = time.perf_counter(), _processor()
    result = work()
    return result, (time.perf_counter() - started, _processor() - before)


def _processor() -> float:
    """Processor time of this process and of the children it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _print(files: int, folders: int, costs: dict[str, list[Cost]]) -> None:
    print(f"{files:,} files in {folders:,} folders, median of {len(costs['find'])} turns\n")
    print(f"{'':12}{'wall s':>8}{'CPU s':>8}{'files/s':>10}{'wall':>7}{'CPU':>7}")
    base = [statistics.median(each) for each in zip(*costs["find"], strict=True)]
    for name, each in costs.items():
        wall, processor = (statistics.median(column) for column in zip(*each, strict=True))
        ratios = f"{wall / base[0]:7.2f}{processor / base[1]:7.2f}"
        print(f"{name:12}{wall:8.2f}{processor:8.2f}{files / wall:10,.0f}{ratios}")


if __name__ == "__main__":
    main()
