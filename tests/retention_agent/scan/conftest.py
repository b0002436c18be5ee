"""A share in a folder, its register, and what must hold between the two after every scan."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from retention_agent.audit import log
from retention_agent.register.engine import open_register
from retention_agent.register.shares import ensure_share
from retention_agent.register.tables import (
    directory,
    log_leaf,
    log_opening,
    record,
    share,
    sighting,
)
from retention_agent.scan.run import ScanResult, Terms, scan_share
from retention_agent.shares.local import DISPOSAL_BIN, SENTINEL, open_root

RESERVED = {SENTINEL, DISPOSAL_BIN}


@dataclass
class Watched:
    """A share under watch; `now` moves on by an hour at each scan."""

    engine: sa.Engine
    path: Path
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    number: int = 1
    results: list[ScanResult] = field(default_factory=list)

    def write(self, path: str | bytes, content: bytes = b"text", at: float | None = None) -> Path:
        place = Path(os.fsdecode(os.path.join(os.fsencode(self.path), os.fsencode(path))))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        if at is not None:
            os.utime(place, (at, at))
        return place

    def scan(self, on_progress: object = None, **terms: object) -> ScanResult:
        self.now += timedelta(hours=1)
        with open_root(self.path, "files") as root:
            result = scan_share(
                self.engine, self.number, root, self.now, on_progress, Terms(**terms)
            )
        self.results.append(result)
        assert result.stopped or result.seen == (
            result.new
            + result.changed
            + result.moved
            + result.returned
            + result.unchanged
            + sum(result.skipped.values())
        )
        self.require_whole()
        return result

    def rows(self) -> list[sa.RowMapping]:
        with self.engine.begin() as connection:
            return list(connection.execute(sa.select(record).order_by(record.c.id)).mappings())

    def ids(self) -> dict[bytes, int]:
        """Numbers of the present records by path."""
        return {row["path"]: row["id"] for row in self.rows() if row["present"]}

    def row(self, path: bytes) -> sa.RowMapping:
        (found,) = [row for row in self.rows() if row["present"] and row["path"] == path]
        return found

    def share_row(self) -> sa.RowMapping:
        with self.engine.begin() as connection:
            return connection.execute(sa.select(share)).mappings().one()

    def set(self, condition: sa.ColumnElement[bool], **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(record.update().where(condition).values(values))

    def captured(self) -> None:
        """Pretend that every pending record was read."""
        self.set(record.c.capture == "pending", capture="captured", state="classified")

    def events(self, kind: str) -> list[str]:
        with self.engine.begin() as connection:
            leaves = connection.scalars(sa.select(log_leaf.c.leaf).order_by(log_leaf.c.number))
            return [leaf for leaf in leaves if f'"type":"{kind}"' in leaf]

    def openings(self) -> str:
        with self.engine.begin() as connection:
            return "\n".join(connection.scalars(sa.select(log_opening.c.value)))

    def log_size(self) -> int:
        with self.engine.begin() as connection:
            return log.size(connection)

    def require_whole(self) -> None:
        """Each present record has one name, each name one record, and both tell the same."""
        with self.engine.begin() as connection:
            names = connection.execute(
                sa.select(sighting, directory.c.path.label("folder")).join(directory)
            ).all()
            records = {row.id: row for row in connection.execute(sa.select(record))}
        assert len({name.record for name in names}) == len(names)
        assert {name.record for name in names} == {r.id for r in records.values() if r.present}
        for name in names:
            row = records[name.record]
            assert row.path == (name.folder + b"/" if name.folder else b"") + name.name
            for column in ("size", "mtime_ns", "ctime_ns", "device", "inode"):
                assert getattr(row, column) == getattr(name, column)

    def require_equal_to_tree(self) -> None:
        """The present records are exactly the regular files of the share, with their numbers."""
        files = dict(walk_simply(os.fsencode(self.path)))
        assert self.ids().keys() == files.keys()
        for row in self.rows():
            if row["present"]:
                found = files[row["path"]]
                numbers = (row["size"], row["mtime_ns"], row["ctime_ns"], row["device"])
                assert numbers == (
                    found.st_size,
                    found.st_mtime_ns,
                    found.st_ctime_ns,
                    found.st_dev,
                )
                assert (row["inode"], row["links"]) == (found.st_ino, found.st_nlink)


def walk_simply(top: bytes) -> Iterator[tuple[bytes, os.stat_result]]:
    """Another way of finding all regular files, by whole paths."""
    for folder, folders, names in os.walk(top):
        if folder == top:
            folders[:] = [name for name in folders if name not in RESERVED]
            names[:] = [name for name in names if name not in RESERVED]
        for name in names:
            found = os.lstat(os.path.join(folder, name))
            if stat.S_ISREG(found.st_mode):
                yield os.path.relpath(os.path.join(folder, name), top), found


def _watch(folder: Path) -> Watched:
    path = folder / "share"
    path.mkdir()
    state = folder / "state"
    state.mkdir()
    engine = open_register(state / "register.db")
    with engine.begin() as connection:
        number = ensure_share(connection, "files", path)
    return Watched(engine, path, number=number)


@pytest.fixture
def watch() -> Callable[[Path], Watched]:
    """A function that puts a new share in a folder under watch."""
    return _watch


@pytest.fixture(name="walk_simply")
def _walk_simply() -> Callable[[bytes], Iterator[tuple[bytes, os.stat_result]]]:
    return walk_simply


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = _watch(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder on a file system in memory where there is one: many small scans run faster."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if shm.is_dir() else None))
    yield folder
    subprocess.run(["rm", "-rf", folder], check=True)


@pytest.fixture
def not_run(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print in the open that a suite is not run here, and why."""

    def tell(why: str) -> None:
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line(f"NOT RUN: {request.node.nodeid}: {why}")
        pytest.skip(f"NOT RUN: {why}")

    return tell


@pytest.fixture
def real_mounts(not_run: Callable[[str], None]) -> list[str]:
    """The start of a command line under which mounting is possible and stays private."""
    command = ["unshare", "--mount", "--propagation", "private"]
    probe = [*command, "sh", "-c", "mount -t tmpfs none /mnt"]
    if shutil.which("unshare") is None or subprocess.run(probe, check=False).returncode:
        not_run("mounts inside a share need unshare and the right to mount")
    return command


@pytest.fixture
def strace(not_run: Callable[[str], None]) -> str:
    """The path of a strace that may trace here."""
    tool = shutil.which("strace")
    if tool is None or subprocess.run([tool, "-qq", "true"], check=False).returncode:
        not_run("strace is missing or may not trace")
    return str(tool)


@pytest.fixture
def python() -> Callable[..., str]:
    """Run a piece of Python in a process of its own; answers with what it printed."""

    def run(code: str, *before: str) -> str:
        command = [*before, sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def torture_names() -> list[bytes]:
    """200 names that a share may hold and programs stumble over."""
    names = [
        *(b"control %02x " % code + bytes([code]) for code in (*range(1, 0x20), 0x7F)),
        *(b"byte %02x " % code + bytes([code]) for code in range(0x80, 0x100, 2)),
        *(
            f"{code:x} {chr(code)}".encode()
            for code in (0x85, 0x9B, 0xA0, 0xAD, 0x61C, *range(0x200B, 0x2010), 0x2028, 0x2029)
        ),
        *(f"bidi {code:x} {chr(code)}exe.fdp".encode() for code in range(0x202A, 0x202F)),
        *(f"bidi {code:x} {chr(code)}exe.fdp".encode() for code in range(0x2066, 0x206A)),
        *(b"x" * length for length in (1, 2, 63, 64, 127, 128, 254, 255)),
        "é".encode() * 127,
        "日".encode() * 85,
        *(b"-" + option for option in (b"", b"-", b"rf", b"-help", b"n", b"exec", b"0")),
        *(b"dots" + ending for ending in (b".", b"..", b" ", b"  ", b". ", b" .")),
        *(b" lead", b"\tlead", b"...", b"....", b". .", b".hidden", b"~", b"#x#", b"a~"),
        "\u00c5ngstr\u00f6m.txt".encode(),
        "A\u030angstro\u0308m.txt".encode(),
        "\ufb01le".encode(),
        "\u212a".encode(),
        *(b"Case", b"case", b"CASE", b"cAse"),
        *(b"CON", b"NUL", b"aux.txt", b"LPT1", b"desktop.ini", b"Thumbs.db", b"$RECYCLE.BIN"),
        *(b"a:b", b"a*b", b"a?b", b'a"b', b"a<b", b"a>b", b"a|b", b"a\\b", b"a'b", b"a`b"),
        *(b"=cmd|' -C calc'!A0", b"+1", b"@x", b"%s%n", b"%00", b"$(id)", b"${x}", b"; ls", b"&"),
        *(
            b"{}",
            b"[a]",
            b"!x",
            b"\\x1b",
            b"\\n",
            b"<script src=x>",
            b"' OR 1=1 --",
            b"\xef\xbb\xbfbom",
        ),
        *(b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xc3", b"\xff\xfe"),
        "😀 emoji.png".encode(),
        "👨\u200d👩\u200d👧".encode(),
        "مرحبا".encode(),
        ("zalgo " + "\u0301" * 60).encode(),
    ]
    assert len(set(names)) == len(names)
    return names
