"""What one huge folder costs: a first scan and rescans of it, and the memory they take.

    python -m benchmarks.directory [FILES] [FOLDER]

Makes one folder with FILES empty files (200,000 unless told) in FOLDER or the folder for temporary
files, scans it in processes of their own, and prints time, rate and peak memory of each, beside
`find` reading size and time of the same files. The caches are warm; nothing is read cold.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TURNS = 3
SCAN = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from retention_agent.register.engine import open_register
from retention_agent.register.shares import ensure_share
from retention_agent.scan.run import scan_share
from retention_agent.shares.local import open_root

register, tree = map(Path, sys.argv[1:])
engine = open_register(register)
with engine.begin() as connection:
    number = ensure_share(connection, "benchmark", tree)
started = time.perf_counter()
with open_root(tree, "benchmark") as root:
    result = scan_share(engine, number, root, datetime.now(UTC))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, peak, result.new, result.unchanged, result.complete]))
"""


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    folder = Path(tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None))
    try:
        _measure(folder, files)
    finally:
        shutil.rmtree(folder)


def _measure(folder: Path, files: int) -> None:
    tree = folder / "tree"
    tree.mkdir()
    opened = os.open(tree, os.O_RDONLY)
    for number in range(files):
        os.mknod(f"Letter to resident {number}.docx", dir_fd=opened)
    os.close(opened)
    print(f"{files:,} files in one folder\n\n{'':12}{'wall s':>8}{'files/s':>10}{'peak MiB':>10}")
    _row("first scan", files, *_scan(folder, (files, 0)))
    for _ in range(TURNS):
        _row("find", files, _find(tree), None)
        _row("rescan", files, *_scan(folder, (0, files)))
    size = (folder / "register.db").stat().st_size / 2**20
    print(f"\nregister {size:.0f} MiB")


def _scan(folder: Path, expected: tuple[int, int]) -> tuple[float, float]:
    command = [sys.executable, "-c", SCAN, str(folder / "register.db"), str(folder / "tree")]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    seconds, peak, new, unchanged, complete = json.loads(done.stdout)
    assert (new, unchanged, complete) == (*expected, True)
    return seconds, peak


def _find(tree: Path) -> float:
    started = time.perf_counter()
    command = ["find", str(tree), "-type", "f", "-printf", "%s %T@\n"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def _row(name: str, files: int, seconds: float, peak: float | None) -> None:
    memory = "" if peak is None else f"{peak:10.0f}"
    print(f"{name:12}{seconds:8.2f}{files / seconds:10,.0f}{memory}")


if __name__ == "__main__":
    main()
