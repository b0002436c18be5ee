"""What purging does when something stands in its way, and that nothing is destroyed by halves."""

import os
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from policies import State
from retention_agent.disposal import destroy, residue
from retention_agent.disposal import purge as purging
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Incomplete, IntegrityError, Refused
from retention_agent.register.tables import batch_item, log_checkpoint
from retention_agent.workflow import review

TEXT = b"the quick brown fox jumped over the extremely lazy dog twice today"


def binned(council, *numbers):
    """A batch whose files lie in the bin and whose undo window is over."""
    name = council.approved(*numbers)
    council.work(dispose, name)
    council.now += council.undo
    return name


def impatient(council):
    """Have the register answer at once that it is busy, instead of after half a minute."""
    council.app.engine.dispose()
    sa.event.listen(
        council.app.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout = 100")
    )


def two_names(council, one, other):
    number = council.add(one)
    (council.share / other).parent.mkdir(parents=True, exist_ok=True)
    os.link(council.share / one, council.share / other)
    return number, council.register(other.encode(), b"an invoice")


def test_a_signed_checkpoint_covers_the_intent_before_anything_goes(council, site, monkeypatch):
    """What is told to the log after the act could be untold; this cannot."""
    name = binned(council, council.add("one.txt"), council.add("two.txt", b"second"))
    remove, covered = destroy.remove, []

    def watched(*arguments):
        with council.app.engine.begin() as connection:
            signed = connection.scalar(sa.select(sa.func.max(log_checkpoint.c.size)))
        armed = site.items(name, State.PURGE_ARMED)
        covered.append(len(armed) == 2 and all(item.leaf < signed for item in armed))
        remove(*arguments)

    monkeypatch.setattr(destroy, "remove", watched)
    council.work(purge, name)
    assert covered == [True, True]


def test_the_role_taken_away_in_the_undo_window_stops_the_purge(council, site):
    name = binned(council, council.add("one.txt"))
    site.revoke("omar")
    with pytest.raises(Refused, match="not approved"):
        council.work(purge, name)
    assert site.states(name) == ["waiting"]
    assert len(site.in_bin()) == 1


def test_a_manifest_changed_in_the_undo_window_stops_the_purge(council, site):
    name = binned(council, council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(batch_item.update().values(manifest=batch_item.c.manifest + " "))
    with pytest.raises(IntegrityError):
        council.work(purge, name)
    assert len(site.in_bin()) == 1


def test_a_batch_that_was_rejected_cannot_be_closed_and_certified(council, site):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        review.reject(connection, name, council.keys["ann"], "wrong year", council.now)
    assert council.work(purge, name) == Counter({State.DUE: 1})
    assert site.status(name)["status"] == "rejected"
    with pytest.raises(Refused, match="is rejected"):
        site.certificate(name)


def test_a_rejection_outlives_the_one_who_rejected(council, site):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name)
    with council.app.engine.begin() as connection:
        review.reject(connection, name, council.keys["sol"], "wrong year", council.now)
    site.revoke("sol")
    with pytest.raises(Refused, match="is not approved"):
        council.work(dispose, name)
    assert site.status(name)["status"] == "rejected"


def test_a_file_that_cannot_be_removed_waits_and_goes_when_it_can(council, site, immutable):
    name = binned(council, council.add("one.txt"), council.add("two.txt", b"second"))
    stuck = site.bin / os.fsdecode(site.items(name)[0].bin_name)
    with immutable(stuck), pytest.raises(Incomplete, match="1 destroyed, 1 waiting") as caught:
        council.work(purge, name)
    assert caught.value.diagnosis == (
        "item 0: could not be destroyed: Operation not permitted; it waits",
    )
    assert [stuck.name] == site.in_bin()
    assert site.status(name)["status"] == "disposing"
    assert council.work(purge, name) == Counter({State.DESTROYED: 2})
    assert site.problems() == []


def test_a_file_that_cannot_be_read_waits_for_another_run(council, site, monkeypatch):
    name = binned(council, council.add("one.txt"), council.add("two.txt", b"second"))
    spoiled = site.items(name)[0].bin_name
    real = os.open

    def faulty(path, *arguments, **named):
        if path == spoiled:
            raise OSError(5, "Input/output error")
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", faulty)
    with pytest.raises(Incomplete, match="1 destroyed, 1 waiting") as caught:
        council.work(purge, name)
    assert caught.value.diagnosis == ("item 0 could not be read: Input/output error; it waits",)
    monkeypatch.undo()
    assert council.work(purge, name) == Counter({State.DESTROYED: 2})


def test_a_file_written_to_while_it_is_checked_is_not_destroyed(council, site):
    """A program that had the file open before it went to the bin writes to it to the last."""
    name = council.approved(council.add("one.txt", b"approved"))
    with (council.share / "one.txt").open("r+b") as writer:
        council.work(dispose, name)
        council.now += council.undo
        now = council.now

        def clock():
            writer.seek(0)
            writer.write(b"APPROVED")
            writer.flush()
            return now

        council.clock = clock
        item = site.items(name)[0]
        found = purging.evidence.condition(os.open(site.bin, os.O_RDONLY), item.bin_name)
        with pytest.raises(Incomplete, match="not finished"):
            council.work(_purge_with, name, found)
    council.clock = lambda: now
    assert council.work(purge, name) == Counter({State.RETURNED: 1})
    assert site.files() == {"one.txt": b"APPROVED"}


def _purge_with(context, name, found):
    """A purge whose look at the content came just before the last write."""
    real = purging._sound
    purging._sound = lambda _context, _folder, chunk, _troubles: [(item, found) for item in chunk]
    try:
        return purge(context, name)
    finally:
        purging._sound = real


def test_a_file_taken_out_of_the_bin_while_it_is_checked_is_not_called_destroyed(council, site):
    name = binned(council, council.add("one.txt"))
    place = site.bin / site.in_bin()[0]
    found = purging.evidence.condition(os.open(site.bin, os.O_RDONLY), os.fsencode(place.name))
    place.rename(site.share / "taken.txt")
    with pytest.raises(Incomplete, match="1 waiting") as caught:
        council.work(_purge_with, name, found)
    assert "No such file" in caught.value.diagnosis[0]
    assert council.work(purge, name) == Counter({State.FAILED: 1})


def test_a_hold_on_one_name_of_a_file_keeps_the_file_whatever_its_other_names(council, site):
    one, two = two_names(council, "a/one.txt", "b/two.txt")
    name = binned(council, one, two)
    site.hold(paths=(("files", b"b"),))
    council.work(purge, name)
    assert site.states(name) == ["waiting", "blocked-by-hold"]
    assert len(site.in_bin()) == 2
    assert council.work(purge, name) == Counter({State.RETURNED: 1, State.BLOCKED_BY_HOLD: 1})
    assert site.files() == {"a/one.txt": b"an invoice"}
    assert site.problems() == []


def test_all_names_of_a_file_go_in_one_chunk(council, monkeypatch):
    monkeypatch.setattr(purging, "CHUNK", 1)
    one, two = two_names(council, "a/one.txt", "b/two.txt")
    other = council.add("c.txt")
    name = binned(council, one, two, other)
    assert council.work(purge, name) == Counter({State.DESTROYED: 3})


def test_a_name_whose_undo_window_runs_later_keeps_the_file(council, site):
    one, two = two_names(council, "a/one.txt", "b/two.txt")
    name = binned(council, one, two)
    later = (council.now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with council.app.engine.begin() as connection:
        connection.execute(
            batch_item.update().where(batch_item.c.record == two).values(binned=later)
        )
    assert council.work(purge, name) == Counter({State.WAITING: 2})
    assert len(site.in_bin()) == 2


def test_one_name_restored_gives_the_other_back(council, site):
    one, two = two_names(council, "a/one.txt", "b/two.txt")
    name = binned(council, one, two)
    site.restore(one)
    assert council.work(purge, name) == Counter({State.RESTORED: 1, State.RETURNED: 1})
    assert sorted(site.files()) == ["a/one.txt", "b/two.txt"]


def test_a_name_in_another_batch_gives_the_file_back(council, site):
    one, two = two_names(council, "a/one.txt", "b/two.txt")
    first, second = council.approved(one), council.approved(two)
    assert council.work(dispose, first) == Counter({State.RETURNED: 1})
    assert council.work(dispose, second) == Counter({State.RETURNED: 1})
    assert sorted(site.files()) == ["a/one.txt", "b/two.txt"]


def test_text_left_in_the_register_by_a_crash_is_removed_by_the_next_run(
    council, site, monkeypatch
):
    name = binned(council, council.add("one.txt", TEXT))

    def crash(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(residue, "clear", crash)
    with pytest.raises(KeyboardInterrupt):
        council.work(purge, name)
    assert site.status(name)["index_purge"] is None
    monkeypatch.undo()
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert site.status(name)["index_purge"]["records"] == 1


def test_a_reader_of_the_database_does_not_lose_the_closing(council, site):
    name = binned(council, council.add("one.txt", TEXT))
    impatient(council)
    reader = council.app.engine.raw_connection()
    try:
        rows = reader.cursor()
        rows.execute("BEGIN")
        rows.execute("SELECT count(*) FROM record").fetchone()
        with pytest.raises(Incomplete, match="1 destroyed") as caught:
            council.work(purge, name)
        assert "another connection" in caught.value.diagnosis[0]
        assert site.status(name)["status"] == "closed"
        early = site.certificate(name)
        assert early["index_purge"] == {"records": 0, "outstanding": 1}
        assert site.certificate(name) == early
        rows.execute("ROLLBACK")
        rows.close()
    finally:
        reader.close()
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert site.status(name)["index_purge"]["records"] == 1
    raw = b"".join(path.read_bytes() for path in council.app.config.state_folder.glob("register*"))
    assert b"extremely lazy" not in raw
    again = site.certificate(name)
    assert again["index_purge"] == {
        "records": 1, "passages_searched": 0, "passages_found": 0, "unsearched": 1,
    }  # fmt: skip
    assert again | {"index_purge": 0} == early | {
        "index_purge": 0,
        "checkpoint": again["checkpoint"],
        "items": again["items"],
    }
    assert site.certificate(name) == again
    assert site.problems() == []


def test_a_batch_that_never_went_to_the_bin_has_nothing_to_purge(council, site):
    name = council.approved(council.add("one.txt"))
    assert council.work(purge, name) == Counter({State.APPROVED: 1})
    assert site.status(name)["status"] == "approved"
