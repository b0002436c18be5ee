"""When an absence is believed, and when nothing is."""

import errno
import os

import pytest
import sqlalchemy as sa

from policies.lifecycle import State
from retention_agent.register.tables import directory, record, share
from retention_agent.shares.local import ShareRoot


def _files(watched, number: int) -> None:
    for each in range(number):
        watched.write(f"{each % 20}/{each}", b"%d" % each)


def _remove(watched, number: int) -> None:
    for each in range(number):
        (watched.path / f"{each % 20}/{each}").unlink()


def test_a_file_that_is_gone_becomes_absent_and_its_record_stays(watched):
    watched.write("a/b", b"text")
    watched.write("c")
    watched.scan()
    (watched.path / "a/b").unlink()
    result = watched.scan()
    assert (result.vanished, result.unchanged) == (1, 1)
    (row,) = [row for row in watched.rows() if not row["present"]]
    assert (row["path"], row["last_changed"]) == (b"a/b", "2026-11-23T11:00:00Z")
    (event,) = watched.events("disappearance")
    assert f'"object":"record:{row["id"]}"' in event
    assert "a/b" not in event
    assert "a/b" in watched.openings()
    assert watched.scan().vanished == 0
    assert len(watched.events("disappearance")) == 1


def test_a_folder_that_is_gone_is_forgotten_with_everything_in_it(watched):
    watched.write("a/b/c/d")
    watched.write("e")
    watched.scan()
    (watched.path / "a/b/c/d").unlink()
    os.removedirs(watched.path / "a/b/c")
    assert watched.scan().vanished == 1
    with watched.engine.begin() as connection:
        assert connection.scalars(sa.select(directory.c.path)).all() == [b""]
    watched.require_equal_to_tree()


@pytest.mark.parametrize(
    ("present", "gone", "believed"),
    [
        (60, 50, True),
        (60, 51, False),
        (6_000, 60, True),
        (6_000, 61, False),
        (10_000, 90, True),  # 0.9 %
        (10_000, 110, False),  # 1.1 %
    ],
)
def test_more_than_fifty_and_one_in_a_hundred_at_once_freezes_the_share(
    watched, present, gone, believed
):
    _files(watched, present)
    watched.scan()
    before = watched.ids()
    _remove(watched, gone)
    result = watched.scan()
    assert result.complete
    if believed:
        assert (result.vanished, result.frozen) == (gone, None)
        assert len(watched.events("disappearance")) == gone
        assert watched.share_row()["last_complete_scan"] == "2026-11-23T11:00:00Z"
        watched.require_equal_to_tree()
    else:
        assert result.vanished == 0
        assert result.frozen.startswith(f"{gone} of {present} files are missing at once")
        assert watched.ids() == before
        assert watched.share_row()["frozen"] == result.frozen
        assert watched.share_row()["last_complete_scan"] == "2026-11-23T10:00:00Z"
        assert watched.events("disappearance") == []
        assert len(watched.events("share freeze")) == 1


@pytest.mark.parametrize(("gone", "believed"), [(999, True), (1_000, True), (1_001, False)])
def test_more_than_a_thousand_freeze_however_many_files_there_are(watched, gone, believed):
    # one in a hundred would be 1,200
    _files(watched, gone)
    watched.write("keep")
    watched.scan()
    _know_many_more(watched, 120_000)
    _remove(watched, gone)
    result = watched.scan()
    assert (result.vanished, result.frozen is None) == ((gone, True) if believed else (0, False))
    assert result.complete


def _know_many_more(watched, number: int) -> None:
    """Enter names in a folder that counts as read by the scans to come."""
    seen = "2026-01-01T00:00:00Z"
    series = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {number})"
    with watched.engine.begin() as connection:
        connection.execute(
            directory.insert().values(id=1_000, share=1, path=b"many", scan=1_000_000)
        )
        connection.exec_driver_sql(
            f"""
            INSERT INTO record (id, share, path, device, inode, size, mtime_ns, ctime_ns, links,
                present, first_seen, last_changed, state, capture, partial, class_origin,
                confidence)
            {series} SELECT 1000000 + i, 1, CAST('many/' || i AS BLOB), 1, i, 1, 1, 1, 1,
                1, '{seen}', '{seen}', 'seen', 'pending', 0, 'none', 0 FROM n"""
        )
        connection.exec_driver_sql(
            f"""
            INSERT INTO sighting (directory, name, size, mtime_ns, ctime_ns, device, inode, record)
            {series} SELECT 1000, CAST(i AS BLOB), 1, 1, 1, 1, i, 1000000 + i FROM n"""
        )


def test_files_that_moved_do_not_count_as_missing(watched):
    _files(watched, 300)
    watched.scan()
    for each in range(20):
        os.rename(watched.path / f"{each}", watched.path / f"moved {each}")
    result = watched.scan()
    assert (result.moved, result.vanished, result.frozen) == (300, 0, None)


def test_files_taken_by_disposal_do_not_count_as_missing(watched):
    _files(watched, 300)
    watched.scan()
    watched.set(record.c.id <= 150, state=State.ARMED)
    _remove(watched, 300)
    watched.write("keep")
    for row in watched.rows():
        if row["id"] > 150:
            watched.write(row["path"], b"again")
    result = watched.scan()
    assert (result.vanished, result.frozen) == (0, None)
    assert sum(row["present"] for row in watched.rows()) == 151
    assert watched.events("disappearance") == []


def test_new_files_do_not_raise_the_limit(watched):
    """Files encrypted under new names look like many new ones and as many missing."""
    _files(watched, 60)
    watched.scan()
    _remove(watched, 60)
    for each in range(10_000):
        watched.write(f"{each % 20}/{each}.locked")
    result = watched.scan()
    assert result.frozen.startswith("60 of 60 files")
    assert len(watched.ids()) == 10_060


def test_a_frozen_share_believes_again_once_the_files_are_back(watched):
    _files(watched, 100)
    watched.scan()
    aside = watched.path.parent / "aside"
    aside.mkdir()
    for each in range(20):
        os.rename(watched.path / str(each), aside / str(each))
    watched.write("keep")
    assert watched.scan().frozen
    frozen = watched.share_row()["frozen"]
    assert watched.scan().frozen
    assert len(watched.events("share freeze")) == 1
    for each in range(20):
        os.rename(aside / str(each), watched.path / str(each))
    result = watched.scan()
    assert (result.frozen, result.unchanged, result.vanished) == (None, 101, 0)
    assert watched.share_row()["frozen"] == frozen  # a person lifts it


def test_absences_a_person_confirmed_are_believed(watched):
    _files(watched, 1_100)
    watched.write("keep")
    watched.scan()
    _remove(watched, 1_100)
    assert watched.scan(confirmed_absences=1_099).frozen
    result = watched.scan(confirmed_absences=1_100)
    assert (result.vanished, result.frozen) == (1_100, None)
    assert watched.ids().keys() == {b"keep"}
    assert watched.events("disappearance") == []  # counted in the scan's own event
    assert '"vanished":1100' in watched.events("scan")[-1]


def test_a_frozen_scan_moves_records_only_to_names_that_were_free(watched):
    _files(watched, 100)
    watched.write("a", b"aaa")
    watched.write("b", b"bb")
    watched.write("c", b"c")
    watched.scan()
    before = watched.ids()
    _remove(watched, 100)
    os.rename(watched.path / "a", watched.path / "b")  # b's file is gone
    os.rename(watched.path / "c", watched.path / "new")
    result = watched.scan()
    assert result.frozen
    assert (result.moved, result.changed, result.vanished) == (1, 1, 0)
    after = watched.ids()
    assert after[b"new"] == before[b"c"]
    assert (after[b"a"], after[b"b"]) == (before[b"a"], before[b"b"])
    assert watched.row(b"b")["capture"] == "pending"


def test_an_empty_root_is_not_believed_where_files_were_known(watched):
    file = watched.write("a")
    watched.scan()
    file.unlink()
    result = watched.scan()
    assert not result.complete
    assert result.unreadable_directories == [
        (b"", "the root is empty, but files are known to have been in it")
    ]
    assert watched.ids() == {b"a": 1}


def test_an_empty_share_is_complete_while_nothing_was_known(watched):
    assert watched.scan().complete
    assert watched.scan().complete


def test_another_folder_under_the_path_of_the_share_changes_nothing(watched):
    watched.write("a")
    watched.scan()
    before = watched.rows()
    os.rename(watched.path, watched.path.parent / "unmounted")
    watched.path.mkdir()
    for content in (False, True):
        if content:
            watched.write("a", b"of another share")
            watched.write("b")
        result = watched.scan()
        assert not result.complete
        ((path, reason),) = result.unreadable_directories
        assert path == b""
        assert "another folder stands under its path" in reason
        assert (result.seen, result.new, result.vanished) == (0, 0, 0)
        assert watched.rows() == before
    assert watched.events("scan")[-1].count('"outcome":"incomplete"') == 1


@pytest.mark.parametrize("content", [None, "of another share"])
def test_a_missing_or_foreign_sentinel_changes_nothing(watched, content):
    watched.write("a")
    sentinel = watched.path / ".retention-share"
    sentinel.write_text("retention-agent/share/1234\n")
    with watched.engine.begin() as connection:
        connection.execute(share.update().values(sentinel="retention-agent/share/1234"))
    assert watched.scan().skipped == {"sentinel": 1}
    before = watched.rows()
    sentinel.unlink()
    if content:
        sentinel.write_text(content)
    watched.write("b")
    result = watched.scan()
    assert not result.complete
    assert ".retention-share" in result.unreadable_directories[0][1]
    assert watched.rows() == before


def test_an_incomplete_scan_takes_nothing_for_gone_and_enters_the_rest(watched, monkeypatch):
    for name in ("gone", "closed/x", "edited", "moved", "free"):
        watched.write(name, name.encode())
    watched.scan()
    watched.captured()
    before = watched.ids()
    (watched.path / "gone").unlink()
    watched.write("edited", b"new text")
    watched.write("new")
    os.rename(watched.path / "moved", watched.path / "elsewhere")
    _close(monkeypatch, b"closed")
    result = watched.scan()
    assert not result.complete
    assert result.unreadable_directories == [(b"closed", "Permission denied")]
    assert (result.new, result.changed, result.moved, result.vanished) == (1, 1, 1, 0)
    after = watched.ids()
    assert after.keys() == {b"gone", b"closed/x", b"edited", b"new", b"elsewhere", b"free"}
    assert after[b"elsewhere"] == before[b"moved"]
    assert watched.share_row()["last_complete_scan"] == "2026-11-23T10:00:00Z"
    with watched.engine.begin() as connection:
        query = sa.select(directory.c.error).where(directory.c.path == b"closed")
        assert connection.scalar(query) == "Permission denied"
    monkeypatch.undo()
    assert watched.scan().vanished == 1
    watched.require_equal_to_tree()


def _close(monkeypatch, folder: bytes, number: int = errno.EACCES) -> None:
    opened = ShareRoot.open_directory

    def open_directory(self, path: bytes) -> int:
        if path == folder:
            raise OSError(number, os.strerror(number))
        return opened(self, path)

    monkeypatch.setattr(ShareRoot, "open_directory", open_directory)


def test_a_file_taken_out_of_a_closed_folder_keeps_its_record(watched, monkeypatch):
    watched.write("closed/a")
    watched.write("closed/twin")
    watched.scan()
    os.link(watched.path / "closed/twin", watched.path / "second")
    os.rename(watched.path / "closed/a", watched.path / "a")
    _close(monkeypatch, b"closed")
    result = watched.scan()
    # the other file has a second name now: its first may well be there still
    assert (result.moved, result.new, result.complete) == (1, 1, False)
    assert watched.ids() == {b"a": 1, b"closed/twin": 2, b"second": 3}


def test_names_that_change_places_in_an_incomplete_scan_count_as_changed(watched, monkeypatch):
    watched.write("closed/x")
    watched.write("a", b"aaa")
    watched.write("b", b"b")
    watched.scan()
    before = watched.ids()
    for old, new in (("a", "c"), ("b", "a"), ("c", "b")):
        os.rename(watched.path / old, watched.path / new)
    _close(monkeypatch, b"closed")
    result = watched.scan()
    assert (result.moved, result.changed) == (0, 2)
    assert watched.ids() == before
    monkeypatch.undo()
    assert watched.scan().complete
    watched.require_equal_to_tree()


def test_rotated_files_are_followed_in_an_incomplete_scan_too(watched, monkeypatch):
    watched.write("closed/x")
    watched.write("log", b"one")
    watched.write("spare", b"spare")
    watched.scan()
    before = watched.ids()
    os.rename(watched.path / "log", watched.path / "log.1")
    os.rename(watched.path / "spare", watched.path / "log")
    _close(monkeypatch, b"closed")
    assert watched.scan().moved == 2
    assert watched.ids() == {
        b"closed/x": before[b"closed/x"],
        b"log.1": before[b"log"],
        b"log": before[b"spare"],
    }


def test_a_name_lost_during_the_walk_makes_the_scan_incomplete(watched, monkeypatch):
    watched.write("a")
    watched.write("b")
    watched.scan()
    listed = os.listdir
    monkeypatch.setattr(os, "listdir", lambda fd: [*listed(fd), "gone meanwhile"])
    result = watched.scan()
    assert result.unreadable_directories == [
        (b"", "names that went away while the folder was read: 1")
    ]
    assert not result.complete


def test_a_name_that_cannot_be_examined_makes_the_scan_incomplete(watched, monkeypatch):
    watched.write("a")
    watched.scan()
    listed = os.listdir
    monkeypatch.setattr(os, "listdir", lambda fd: [*listed(fd), "x" * 300])
    result = watched.scan()
    assert result.unreadable_directories == [
        (b"", "names that cannot be examined: 1, the first because: File name too long")
    ]
    assert not result.complete


def test_a_mount_in_a_share_is_told_and_stands_in_the_way_of_nothing(watched, monkeypatch):
    (watched.path / "mounted").mkdir()
    watched.write("a")
    _close(monkeypatch, b"mounted", errno.EXDEV)
    for _ in range(2):
        result = watched.scan()
        assert (result.complete, result.skipped) == (True, {"boundary": 1})
        with watched.engine.begin() as connection:
            query = sa.select(directory.c.error).where(directory.c.path == b"mounted")
            assert connection.scalar(query) == "something is mounted here"


def test_a_mount_over_known_files_takes_none_of_them_for_gone(watched, monkeypatch):
    watched.write("mounted/deep/a")
    watched.write("mounted0")  # beside it in the order of paths, not in it
    watched.scan()
    _close(monkeypatch, b"mounted", errno.EXDEV)
    result = watched.scan()
    assert not result.complete
    assert result.unreadable_directories == [
        (b"mounted", "something is mounted over a folder in which files are known")
    ]
    assert watched.ids().keys() == {b"mounted/deep/a", b"mounted0"}


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO, errno.ENOENT, errno.EACCES])
@pytest.mark.parametrize("folder", [b"", b"a", b"a/b"])
def test_an_error_at_any_folder_changes_no_record(watched, monkeypatch, number, folder):
    watched.write("a/b/c")
    watched.write("a/d")
    watched.write("e")
    watched.scan()
    watched.captured()
    before = watched.rows()
    _close(monkeypatch, folder, number)
    result = watched.scan()
    assert result.unreadable_directories == [(folder, os.strerror(number))]
    assert (result.complete, result.vanished) == (False, 0)
    assert watched.rows() == before
