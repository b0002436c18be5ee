"""A run that was cut short: every place where it may have stopped, left by hand, then run again."""

import os
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from policies import State
from retention_agent.disposal import run
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.register.tables import batch_item, record
from retention_agent.workflow.expiry import release_expired


def arm(council, site, name):
    """Leave the batch as a crash between the intent and the first move would."""
    site.move(name, State.ARMED)
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE batch SET status = 'disposing'")
        connection.exec_driver_sql("UPDATE batch_item SET bin_name = CAST('x' || number AS BLOB)")


def move_by_hand(site, **names):
    site.bin.mkdir(mode=0o700)
    for bin_name, path in names.items():
        (site.share / path).rename(site.bin / bin_name)


def test_what_was_armed_and_not_moved_is_armed_again(council, site):
    name = council.approved(council.add("one.txt"))
    arm(council, site, name)
    assert council.work(dispose, name) == Counter({State.WAITING: 1})


def test_a_hold_that_came_after_the_crash_stops_what_was_armed_before(council, site):
    name = council.approved(council.add("a/one.txt"))
    arm(council, site, name)
    site.hold(paths=(("files", b"a"),))
    assert council.work(dispose, name) == Counter({State.BLOCKED_BY_HOLD: 1})
    assert site.files() == {"a/one.txt": b"an invoice"}


def test_what_was_armed_before_the_approval_expired_is_not_moved_after(council, site):
    name = council.approved(council.add("one.txt"))
    arm(council, site, name)
    council.now += timedelta(days=31)
    with pytest.raises(Refused, match="expired"):
        council.work(dispose, name)
    assert site.files() == {"one.txt": b"an invoice"}
    assert site.states(name) == ["approved"]


def test_what_was_moved_and_not_recorded_before_the_approval_expired_is_given_back(council, site):
    one = council.add("one.txt")
    name = council.approved(one)
    arm(council, site, name)
    move_by_hand(site, x0="one.txt")
    council.now += timedelta(days=31)
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert site.outcomes(name) == ["the approval expired before the move was recorded"]
    assert site.files() == {"one.txt": b"an invoice"}
    assert council.row(one)["present"]


def test_an_approval_that_expires_during_the_move_is_not_used(council, site):
    name = council.approved(council.add("one.txt"))
    start = council.now + timedelta(days=30)
    council.clock = lambda: start + timedelta(seconds=len(site.in_bin()))
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert site.problems() == []


def test_a_file_moved_before_the_crash_goes_on_from_there(council, site):
    name = council.approved(council.add("a/one.txt"), council.add("two.txt", b"second"))
    arm(council, site, name)
    move_by_hand(site, x0="a/one.txt")
    (site.share / "a").rmdir()
    assert council.work(dispose, name) == Counter({State.WAITING: 2})
    assert len(site.in_bin()) == 2


def test_a_newcomer_at_the_old_path_of_a_moved_file_does_not_hide_it(council, site):
    name = council.approved(council.add("one.txt", b"approved"))
    arm(council, site, name)
    move_by_hand(site, x0="one.txt")
    (site.share / "one.txt").write_bytes(b"a newcomer")
    assert council.work(dispose, name) == Counter({State.WAITING: 1})
    assert site.in_bin() == ["x0"]
    assert site.files() == {"one.txt": b"a newcomer"}


def test_a_file_put_back_before_the_crash_is_returned_not_lost(council, site):
    name = council.approved(council.add("one.txt", b"approved"))
    arm(council, site, name)
    move_by_hand(site, x0="one.txt")
    site.move(name, State.BINNED)
    (site.bin / "x0").rename(site.share / "one.txt")
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert site.files() == {"one.txt": b"approved"}


def test_a_file_put_back_beside_its_name_before_the_crash_is_found(council, site):
    one = council.add("one.txt", b"approved")
    name = council.approved(one)
    council.work(dispose, name)
    (site.share / "one.txt").write_bytes(b"a newcomer")
    (site.bin / site.in_bin()[0]).rename(site.share / "one (restored).txt")
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.RESTORED: 1})
    assert site.files() == {"one.txt": b"a newcomer", "one (restored).txt": b"approved"}
    assert council.row(one)["path"] == b"one (restored).txt"


def test_a_file_neither_in_the_bin_nor_on_the_share_is_failed_never_destroyed(council, site):
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    arm(council, site, name)
    move_by_hand(site, x0="one.txt", x1="two.txt")
    site.move(name, State.BINNED)
    os.unlink(site.bin / "x0")
    assert council.work(dispose, name) == Counter({State.FAILED: 1, State.WAITING: 1})


def test_a_crash_after_the_removal_is_recorded_as_destroyed_once(council, site):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    site.move(name, State.PURGE_ARMED)
    os.unlink(site.bin / site.in_bin()[0])
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert site.certificate(name)["index_purge"]["records"] == 1
    assert site.problems() == []


def test_a_crash_before_the_removal_has_everything_checked_again(council, site):
    name = council.approved(council.add("a/one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    site.move(name, State.PURGE_ARMED)
    site.hold(paths=(("files", b"a"),))
    assert council.work(purge, name) == Counter({State.BLOCKED_BY_HOLD: 1})
    assert len(site.in_bin()) == 1


@pytest.mark.parametrize("gone", ["the bin was renamed", "the bin was emptied and made anew"])
def test_a_bin_that_is_gone_does_not_make_its_files_destroyed(council, site, gone):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    site.bin.rename(site.share / "elsewhere")
    if "anew" in gone:
        site.bin.mkdir(mode=0o700)
        assert council.work(purge, name) == Counter({State.FAILED: 1})
    else:
        site.move(name, State.PURGE_ARMED)
        with pytest.raises(FileNotFoundError):
            council.work(purge, name)
        assert site.states(name) == ["purge-armed"]


def test_a_run_cut_short_between_chunks_is_not_refused_for_what_it_moved_itself(
    council, site, monkeypatch
):
    """60 files is the limit of a share of 6,000; while it runs, the share grows smaller."""
    numbers = [council.add(f"{n}.txt", b"%d" % n) for n in range(60)]
    with council.app.engine.begin() as connection:
        row = dict(connection.execute(sa.select(record)).mappings().first())
        others = [{**row, "id": 1000 + n, "path": b"other/%d" % n} for n in range(5_950)]
        for other in others:
            other["record_class"] = other.pop("class")
        connection.execute(record.insert(), others)
    name = council.propose(*numbers, most=60).batch
    council.approve(name)
    monkeypatch.setattr(run, "CHUNK", 20)

    def clock():
        if len(site.in_bin()) == 40:
            raise KeyboardInterrupt
        return council.now

    council.clock = clock
    with pytest.raises(KeyboardInterrupt):
        council.work(dispose, name)
    assert Counter(site.states(name)) == {"waiting": 20, "armed": 20, "approved": 20}
    council.clock = lambda: council.now
    assert council.work(dispose, name) == Counter({State.WAITING: 60})


def test_a_share_frozen_in_the_middle_stops_before_the_next_chunk(council, site, monkeypatch):
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    monkeypatch.setattr(run, "CHUNK", 1)
    sentinel = site.share / ".retention-share"

    def clock():
        if site.in_bin() and sentinel.exists():
            sentinel.rename(site.share.parent / "unmounted")
        return council.now

    council.clock = clock
    with pytest.raises(Refused, match="missing, unreadable"):
        council.work(dispose, name)
    assert site.states(name) == ["waiting", "approved"]
    council.clock = lambda: council.now
    (site.share.parent / "unmounted").rename(sentinel)
    assert council.work(dispose, name) == Counter({State.WAITING: 2})


def test_what_was_not_moved_in_time_leaves_the_batch_and_the_rest_goes_on(council, site):
    one, two = council.add("one.txt"), council.add("two.txt")
    name = council.approved(one, two)
    council.work(dispose, name)
    with council.app.engine.begin() as connection:
        connection.execute(
            batch_item.update().where(batch_item.c.record == two).values(state="approved")
        )
        connection.execute(record.update().where(record.c.id == two).values(state="approved"))
    council.now += timedelta(days=31)
    with council.app.engine.begin() as connection:
        assert release_expired(connection, council.now) == [name]
        assert release_expired(connection, council.now) == []
    assert site.states(name) == ["waiting", "due"]
    assert council.work(purge, name) == Counter({State.DESTROYED: 1, State.DUE: 1})
    assert site.status(name)["status"] == "closed"


def test_a_plan_that_another_batch_has_begun_counts_against_the_limit(council, site):
    first = council.approved(*[council.add(f"{n}.txt", b"%d" % n) for n in range(30)])
    second = council.approved(*[council.add(f"b{n}.txt", b"%d" % n) for n in range(30)])
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE batch SET status = 'disposing' WHERE id = '{first}'")
    with pytest.raises(Refused, match="larger than"):
        council.work(dispose, second)
    assert site.states(second) == ["approved"] * 30


def test_what_was_destroyed_before_a_crash_stays_covered_when_an_approver_leaves_after(
    council, site
):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    site.move(name, State.PURGE_ARMED)
    (gone,) = site.in_bin()
    (site.bin / gone).unlink()
    site.revoke("omar")
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert site.problems() == []
