"""What capture writes to the register, and what it leaves alone."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from retention_agent.capture.commit import commit
from retention_agent.capture.description import Failure
from retention_agent.capture.pending import pending_files
from retention_agent.capture.run import Source, capture_pending
from retention_agent.register.tables import record
from retention_agent.shares.pace import Limits, Pace

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def test_a_file_is_registered_with_what_it_is(office, fake_pool):
    office.write("minutes/2019.txt", "the council resolved")
    office.scan()
    result = office.capture(fake_pool())
    assert (result.captured, result.bytes) == (1, 20)
    assert not result.unreadable
    assert not result.deferred
    row = office.row("minutes/2019.txt")
    assert row["capture"] == "captured"
    assert row["state"] == "classified"
    assert row["media_type"] == "text/plain"
    assert row["puid"] == "x-fmt/111"
    assert row["dates"] == [{"kind": "created", "on": "2019-03-04", "origin": "fake:date"}]
    assert row["metadata"] == {"author": "A. Clerk"}
    assert row["classification"]["reason"] == "no-evidence"
    assert office.found("resolved") == ["minutes/2019.txt"]


def test_the_log_tells_of_it_without_names(office, fake_pool):
    office.write("Mrs Example.txt", "private matters")
    office.write("broken.txt", "leave 1")
    office.scan()
    office.capture(fake_pool())
    leaves = [json.loads(leaf) for leaf in office.log()]
    assert {(leaf["object"], leaf["type"], leaf["outcome"]) for leaf in leaves} == {
        ("record:1", "capture", "success"),
        ("record:2", "capture", "failure"),
    }
    assert {leaf["facts"]["outcome"] for leaf in leaves} == {"captured", "worker-died"}
    assert all(set(leaf["private"]) == {"path", "sha256"} for leaf in leaves)
    assert "Example" not in "".join(office.log())


def test_an_unreadable_file_is_found_by_its_name_and_not_tried_again(office, fake_pool):
    office.write("scan of deed.txt", "leave 1")
    office.scan()
    assert office.capture(fake_pool()).unreadable == {"worker-died": 1}
    row = office.row("scan of deed.txt")
    assert (row["capture"], row["unreadable"]) == ("unreadable", "worker-died")
    assert row["unreadable_detail"] == "ended with status 1"
    assert row["state"] == "unreadable"
    assert row["sha256"] is None
    assert office.found("deed") == ["scan of deed.txt"]
    office.scan()
    assert office.capture(fake_pool()).unreadable == {}


def test_a_file_that_changed_into_an_unreadable_one_loses_what_was_known(office, fake_pool):
    office.write("a.txt", "old words")
    office.scan()
    office.capture(fake_pool())
    office.change("a.txt", record_class="FIN-001", class_origin="automatic", confidence=0.9)
    office.write("a.txt", "leave 1")
    office.scan()
    office.capture(fake_pool())
    row = office.row("a.txt")
    assert [row[key] for key in ("sha256", "dates", "metadata", "record_class")] == [None] * 4
    assert (row["class_origin"], row["state"]) == ("none", "unreadable")
    assert office.found("words") == []


def test_an_unreadable_file_that_was_mended_is_captured(office, fake_pool):
    office.write("a.txt", "leave 1")
    office.scan()
    office.capture(fake_pool())
    office.write("a.txt", "mended")
    office.scan()
    assert office.capture(fake_pool()).captured == 1
    row = office.row("a.txt")
    assert (row["state"], row["unreadable"], row["unreadable_detail"]) == ("classified", None, None)


def test_a_persons_class_and_references_survive(office, fake_pool):
    office.write("a.txt", "first")
    office.scan()
    office.change("a.txt", record_class="HR-007", class_origin="manual", confidence=1.0)
    office.refer("a.txt", "HR-0042", "manual")
    office.refer("a.txt", "HR-0001", "text")
    office.capture(fake_pool())
    row = office.row("a.txt")
    assert (row["record_class"], row["class_origin"]) == ("HR-007", "manual")
    assert office.references("a.txt") == {"HR-0042": "manual"}


@pytest.mark.parametrize("state", ["proposed", "approved", "deferred", "due"])
def test_a_record_on_its_way_to_disposal_keeps_its_state(state, office, fake_pool):
    office.write("a.txt", "first")
    office.scan()
    office.change("a.txt", state=state)
    assert office.capture(fake_pool()).captured == 1
    assert office.row("a.txt")["state"] == state


def test_a_file_that_changed_since_the_scan_waits_for_the_next(office, fake_pool):
    path = office.write("a.txt", "first")
    office.scan()
    path.write_text("second")
    assert office.capture(fake_pool()).deferred == {"changed-since-scan": 1}
    assert office.row("a.txt")["capture"] == "pending"
    office.scan()
    assert office.capture(fake_pool()).captured == 1


def test_a_file_that_vanished_waits_for_the_next_scan(office, fake_pool):
    path = office.write("a.txt", "first")
    office.scan()
    path.unlink()
    assert office.capture(fake_pool()).deferred == {"vanished": 1}
    assert office.row("a.txt")["capture"] == "pending"


def test_no_file_is_begun_after_the_window_closed_and_the_rest_is_read_next_time(office, fake_pool):
    for number in range(5):
        office.write(f"{number}.txt", f"word{number}")
    office.scan()
    slept = []
    pace = Pace(
        Limits(files=1, closes=NOW + timedelta(seconds=2)),
        lambda: NOW + timedelta(seconds=sum(slept)),
        slept.append,
    )
    with fake_pool() as pool:
        source = Source(1, office.root, pace)
        result = capture_pending(office.engine, source, pool, office.index, lambda: NOW)
    assert (result.captured, slept) == (2, [1, 1])
    assert office.capture(fake_pool()).captured == 3


def test_a_record_that_changed_while_its_file_was_read_stays_pending(office, fake_pool):
    office.write("a.txt", "first")
    office.scan()
    with fake_pool(workers=1) as pool:
        read = pool.read

        def slowly(files):
            for each in read(files):
                office.change("a.txt", mtime_ns=1)  # a scan in between
                yield each

        pool.read = slowly
        source = Source(1, office.root)
        result = capture_pending(office.engine, source, pool, office.index, lambda: NOW)
    assert result.deferred == {"changed-since-scan": 1}
    assert office.row("a.txt")["capture"] == "pending"
    assert office.log() == []


def test_a_description_of_another_file_is_not_taken(office, fake_pool):
    office.write("a.txt", "otherwise")
    office.scan()
    assert office.capture(fake_pool()).deferred == {"changed-while-read": 1}
    assert office.row("a.txt")["capture"] == "pending"


def test_a_copy_of_a_vanished_file_continues_its_record(office, fake_pool):
    office.write("old/a.txt", "the very same words")
    office.write("old/b.txt", "other words")
    office.scan()
    office.capture(fake_pool())
    office.change("old/a.txt", record_class="FIN-001", class_origin="manual")
    number = office.row("old/a.txt")["id"]
    (office.folder / "old/a.txt").unlink()
    office.change("old/a.txt", present=False)
    office.write("new/a.txt", "the very same words")
    office.write("new/c.txt", "more words")
    office.scan()
    assert office.capture(fake_pool()).captured == 2
    rows = office.rows()
    assert set(rows) == {b"old/b.txt", b"new/a.txt", b"new/c.txt"}
    assert (rows[b"new/a.txt"]["id"], rows[b"new/a.txt"]["record_class"]) == (number, "FIN-001")
    assert office.found("same") == ["new/a.txt"]
    told = [json.loads(leaf) for leaf in office.log()]
    moved = [leaf for leaf in told if leaf["type"] == "filename change"]
    assert [leaf["object"] for leaf in moved] == [f"record:{number}"]
    assert [leaf["object"] for leaf in told].count(f"record:{number}") == 3


def test_a_second_copy_of_a_vanished_file_is_a_record_of_its_own(office, fake_pool):
    office.write("a.txt", "the very same words")
    office.scan()
    office.capture(fake_pool())
    (office.folder / "a.txt").unlink()
    office.change("a.txt", present=False)
    office.write("b.txt", "the very same words")
    office.write("c.txt", "the very same words")
    office.scan()
    office.capture(fake_pool())
    assert sorted(office.found("same")) == ["b.txt", "c.txt"]
    assert len(office.rows()) == 2


def test_a_record_that_is_gone_from_the_register_is_passed_over(office):
    office.write("a.txt", "text")
    office.scan()
    (file,) = pending_files(office.engine, 1, office.root)
    with office.engine.begin() as connection:
        connection.execute(record.delete())
    result = commit(office.engine, office.index, [(file, Failure("read-error"))], NOW)
    assert result.deferred == {"changed-since-scan": 1}


def test_a_pipe_in_place_of_the_file_is_not_waited_for(office, fake_pool):
    path = office.write("a.txt", "first")
    office.write("b.txt", "second")
    office.scan()
    path.unlink()
    os.mkfifo(path)
    result = office.capture(fake_pool())
    assert (result.captured, result.unreadable) == (1, {"not-a-regular-file": 1})


def test_a_link_in_place_of_the_file_is_not_followed(office, fake_pool, tmp_path):
    (tmp_path / "secret").write_text("outside")
    path = office.write("a.txt", "first")
    office.scan()
    path.unlink()
    path.symlink_to(tmp_path / "secret")
    assert office.capture(fake_pool()).unreadable == {"not-a-regular-file": 1}
    assert office.found("outside") == []


HOSTILE = [
    b"latin-\xe9.txt",
    b"new\nline.txt",
    "caf\u00e9 \u202egnp.txt".encode(),
    b"\x1b[31mred.txt",
    b"-rf *.txt",
    b"';DROP TABLE record;--.txt",
    b"a" * 255,
    ("\U0001f4a9" * 60).encode(),
    b"%s%n{0}.txt",
    b" leading and trailing ",
]


def test_hostile_names_are_data(office, fake_pool):
    for number, name in enumerate(HOSTILE):
        office.write(b"folder\xff\t/" + name, f"word{number}")
    office.scan()
    assert office.capture(fake_pool()).captured == len(HOSTILE)
    assert {path.rpartition(b"/")[2] for path in office.rows()} == set(HOSTILE)
    for number in range(len(HOSTILE)):
        (shown,) = office.found(f"word{number}")
        assert shown.isprintable()


def test_progress_is_told_after_each_commit(office, fake_pool):
    for number in range(150):
        office.write(f"{number}.txt", "text")
    office.scan()
    told = []
    with fake_pool() as pool:
        source = Source(1, office.root)
        capture_pending(
            office.engine,
            source,
            pool,
            office.index,
            lambda: NOW,
            lambda result: told.append(result.captured),
        )
    assert told == sorted(told)
    assert len(told) >= 3
    assert told[-1] == 150


def test_what_the_file_system_keeps_beside_a_file_is_registered(office, fake_pool):
    path = office.write("a.txt", "words")
    path.chmod(0o604)
    office.scan()
    office.capture(fake_pool())
    assert office.row("a.txt")["attributes"]["mode"] == "0604"


def test_of_a_file_that_cannot_be_opened_nothing_is_kept(office, fake_pool, monkeypatch):
    office.write("a.txt", "words")
    office.scan()
    office.capture(fake_pool())
    office.change("a.txt", capture="pending")

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(office.root), "open_file", refuse)
    assert office.capture(fake_pool()).unreadable
    assert office.row("a.txt")["attributes"] is None
