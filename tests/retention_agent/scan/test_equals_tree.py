"""Whatever happens to a share: a complete scan makes the register equal it; ids follow files."""

import os
import tempfile
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_agent.shares.pace import Limits, Pace

FOLDERS = ["", "a", "b", "a/c", "caf\udce9\n"]
NAMES = ["1", "2", "3", "-rf", "\u202e"]
places = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map(
    lambda at: os.path.join(*at)
)
folders = st.sampled_from(FOLDERS[1:])
clock = count(1_600_000_000)

steps = st.one_of(
    st.tuples(st.just("write"), places),
    st.tuples(st.just("edit quietly"), places),
    st.tuples(st.just("save anew"), places),
    st.tuples(st.just("remove"), places),
    st.tuples(st.just("rename"), places, places),
    st.tuples(st.just("swap"), places, places),
    st.tuples(st.just("link"), places, places),
    st.tuples(st.just("symlink"), places),
    st.tuples(st.just("rename folder"), folders, folders),
    st.tuples(st.just("scan")),
)


class Tree:
    """Does to a folder what is asked, as far as it can be done."""

    def __init__(self, top: Path) -> None:
        self.top = top

    def do(self, step: tuple[str, ...]) -> None:
        kind, *names = step
        try:
            getattr(self, "_" + kind.replace(" ", "_"))(
                *(self.top / name.strip("/") for name in names)
            )
        except OSError:
            return  # the tree does not allow it just now

    def _write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_symlink():
            file.write_bytes(b"%d" % next(clock))
            self._stamp(file)

    def _edit_quietly(self, file: Path) -> None:
        before = os.lstat(file)
        if not file.is_symlink():
            with file.open("r+b") as opened:
                opened.write(b"x")
            os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _save_anew(self, file: Path) -> None:
        scratch = file.with_name("scratch")
        self._write(scratch)
        os.rename(scratch, file)

    def _remove(self, file: Path) -> None:
        file.unlink()

    def _rename(self, old: Path, new: Path) -> None:
        os.rename(old, new)

    def _swap(self, one: Path, other: Path) -> None:
        if one != other and other.exists():
            os.rename(one, self.top / "aside")
            os.rename(other, one)
            os.rename(self.top / "aside", other)

    def _link(self, old: Path, new: Path) -> None:
        os.link(old, new)

    def _symlink(self, file: Path) -> None:
        file.symlink_to("1")

    def _rename_folder(self, old: Path, new: Path) -> None:
        os.rename(old, new)

    def _stamp(self, file: Path) -> None:
        # every content has a time of its own, as files written by people have
        moment = next(clock)
        os.utime(file, (moment, moment))


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(steps, min_size=5, max_size=40))
def test_the_register_equals_the_tree_and_records_follow_their_files(
    watch, walk_simply, memory_folder, script
):
    with tempfile.TemporaryDirectory(dir=memory_folder) as folder:
        watched = watch(Path(folder))
        (watched.path / "never empty").touch()
        tree = Tree(watched.path)
        known: dict[tuple[int, ...], int] = {}
        for step in [*script, ("scan",)]:
            if step != ("scan",):
                tree.do(step)
                continue
            result = watched.scan()
            assert result.complete
            watched.require_equal_to_tree()
            known = _require_same_numbers(watched, walk_simply, known)
        watched.engine.dispose()


one_name_each = steps.filter(lambda step: step[0] not in {"link", "scan"})
# between two parts a file saved anew under the name of one that moved to where the walk has been
# is taken for that one, as it is when both happen during a walk
MOVES = {"remove", "rename", "swap", "rename folder", "symlink"}
only_moves = steps.filter(lambda step: step[0] in MOVES)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(one_name_each, min_size=3, max_size=20),
    st.one_of(
        *(
            st.lists(st.one_of(each, st.integers(1, 4)), min_size=3, max_size=25)
            for each in (one_name_each, only_moves)
        )
    ),
)
def test_a_scan_in_parts_ends_with_the_same_register_and_the_same_numbers(
    watch, walk_simply, memory_folder, before, during
):
    """A number stands for a scan whose window closes after so many folders."""
    with tempfile.TemporaryDirectory(dir=memory_folder) as folder:
        watched = watch(Path(folder))
        (watched.path / "never empty").touch()
        tree = Tree(watched.path)
        for step in before:
            tree.do(step)
        watched.scan()
        known = _require_same_numbers(watched, walk_simply, {})
        for step in during:
            if isinstance(step, int):
                watched.scan(pace=_closing_after(step, watched.now))
            else:
                tree.do(step)
        watched.scan()  # ends what was begun; what moved to where that had been comes next
        assert watched.scan().complete
        watched.require_equal_to_tree()
        if {step[0] for step in during if not isinstance(step, int)} <= MOVES:
            _require_same_numbers(watched, walk_simply, known)
        watched.engine.dispose()


def _closing_after(folders: int, now: datetime) -> Pace:
    ticks = count()
    return Pace(
        Limits(closes=now + timedelta(seconds=folders)),
        lambda: now + timedelta(seconds=next(ticks) + 1),
        lambda _seconds: None,
    )


def _require_same_numbers(watched, walk_simply, known):
    """A file with one name that was there before has the number it had."""
    files = dict(walk_simply(os.fsencode(watched.path)))
    numbers = watched.ids()
    single = {path: found for path, found in files.items() if found.st_nlink == 1}
    for path, found in single.items():
        if _identity(found) in known:
            assert numbers[path] == known[_identity(found)]
    return {_identity(found): numbers[path] for path, found in single.items()}
