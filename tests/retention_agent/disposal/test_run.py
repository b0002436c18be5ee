import os
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from policies import Action, Hold, HoldScope, State
from retention_agent.audit.answers import TOP, Answer
from retention_agent.disposal.purge import purge
from retention_agent.disposal.restore import restorable, restore
from retention_agent.disposal.run import dispose
from retention_agent.errors import IntegrityError, NotFound, Refused, RetentionError
from retention_agent.register import batches, holds
from retention_agent.register.tables import batch, batch_item, record, share, sighting, signature


def bin_of(council):
    folder = council.share / ".disposal-bin"
    return sorted(os.listdir(folder)) if folder.exists() else []


def states(council, name):
    with council.app.engine.begin() as connection:
        return [str(item.state) for item in batches.items(connection, name)]


def outcomes(council, name):
    with council.app.engine.begin() as connection:
        return [item.outcome for item in batches.items(connection, name)]


def place_hold(council, **scope):
    day = council.now.date()
    with council.app.engine.begin() as connection:
        order = Hold("foi-1", "Request", "FOI 1", "received", day, day, HoldScope(**scope))
        holds.place(connection, order)


def test_an_approved_batch_moves_to_the_bin_and_waits(council):
    one, two = council.add("a/one.txt"), council.add("two.txt", b"second")
    name = council.approved(one, two)
    assert council.work(dispose, name) == Counter({State.WAITING: 2})
    assert not (council.share / "a/one.txt").exists()
    assert len(bin_of(council)) == 2
    assert not council.row(one)["present"]
    with council.app.engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(sighting)) == 0
        assert batches.find(connection, name)["status"] == "disposing"


def test_nothing_is_purged_before_the_undo_window_is_over(council):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += timedelta(days=30, seconds=-1)
    assert council.work(purge, name) == Counter({State.WAITING: 1})
    council.now += timedelta(seconds=1)
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert bin_of(council) == []


def test_a_purge_lets_go_of_what_was_read_and_keeps_what_answers_questions(council):
    number = council.add("one.txt", b"the quick brown fox jumped over the extremely lazy dog twice")
    name = council.approved(number)
    council.work(dispose, name)
    council.now += council.undo
    council.work(purge, name)
    row = council.row(number)
    assert (row["title"], row["metadata"], row["classification"]) == (None, None, None)
    assert (row["path"], row["record_class"]) == (b"one.txt", "FIN-1")
    assert row["sha256"]
    with council.app.engine.begin() as connection:
        assert council.app.index.text(connection, number) is None
        found = batches.find(connection, name)
    assert found["status"] == "closed"
    assert found["index_purge"]["records"] == 1
    assert found["index_purge"]["passages_searched"] > 0
    assert found["index_purge"]["passages_found"] == 0
    raw = b"".join(path.read_bytes() for path in council.app.config.state_folder.glob("register*"))
    assert b"extremely lazy" not in raw


def test_an_unapproved_batch_is_refused_and_nothing_moves(council):
    name = council.propose(council.add("one.txt")).batch
    with pytest.raises(Refused, match="not approved"):
        council.work(dispose, name)
    council.approve(name, "ann")
    with pytest.raises(Refused, match="not approved"):
        council.work(dispose, name)
    assert (council.share / "one.txt").exists()


def test_a_batch_that_the_register_calls_open_is_refused_whatever_its_signatures_say(council):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(batch.update().values(status="proposed"))
    with pytest.raises(Refused, match="is proposed, not approved"):
        council.work(dispose, name)
    assert (council.share / "one.txt").exists()


def test_an_expired_approval_is_refused(council):
    name = council.approved(council.add("one.txt"))
    council.now += timedelta(days=31)
    with pytest.raises(Refused, match="expired"):
        council.work(dispose, name)
    assert (council.share / "one.txt").exists()


def test_approval_rows_written_straight_into_the_database_count_for_nothing(council):
    name = council.propose(council.add("one.txt")).batch
    council.approve(name, "ann")
    with council.app.engine.begin() as connection:
        row = connection.execute(
            sa.select(signature).where(signature.c.purpose == "approve-batch")
        ).mappings().one()  # fmt: skip
        forged = {**row, "id": None, "person": "omar",
                  "statement": row["statement"].replace('"ann"', '"omar"')}  # fmt: skip
        connection.execute(signature.insert().values(forged))
        connection.execute(batch.update().values(status="approved"))
        connection.execute(batch_item.update().values(state="approved"))
        connection.execute(record.update().values(state="approved"))
    with pytest.raises(Refused) as caught:
        council.work(dispose, name)
    assert caught.value.diagnosis[0].startswith("1 of 2 approvals")
    assert (council.share / "one.txt").exists()


def test_a_manifest_changed_after_approval_is_an_integrity_error(council):
    one = council.add("one.txt")
    name = council.approved(one)
    with council.app.engine.begin() as connection:
        text = connection.scalar(sa.select(batch_item.c.manifest))
        changed = text.replace('"links":1', '"links":2')
        connection.execute(batch_item.update().values(manifest=changed))
    with pytest.raises(IntegrityError, match="manifest"):
        council.work(dispose, name)


def test_a_hold_placed_after_approval_stops_its_item_and_not_the_rest(council):
    one, two = council.add("a/one.txt"), council.add("b/two.txt")
    name = council.approved(one, two)
    place_hold(council, paths=(("files", b"a"),))
    assert council.work(dispose, name) == Counter({State.BLOCKED_BY_HOLD: 1, State.WAITING: 1})
    assert (council.share / "a/one.txt").exists()
    assert outcomes(council, name)[0] == "held by foi-1"


def test_a_hold_placed_in_the_undo_window_keeps_the_file_and_it_can_be_restored(council):
    one = council.add("a/one.txt")
    name = council.approved(one)
    council.work(dispose, name)
    place_hold(council, classes=frozenset({"FIN-1"}))
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.BLOCKED_BY_HOLD: 1})
    assert len(bin_of(council)) == 1
    assert council.work(purge, name) == Counter({State.BLOCKED_BY_HOLD: 1})
    with council.app.engine.begin() as connection:
        item = restorable(connection, one)
    assert council.work(restore, item, "held") == b"a/one.txt"
    assert (council.share / "a/one.txt").read_bytes() == b"an invoice"


def test_content_changed_since_approval_goes_back_to_its_share(council):
    one = council.add("one.txt", b"approved")
    name = council.approved(one)
    before = (council.share / "one.txt").stat()
    (council.share / "one.txt").write_bytes(b"modified")
    os.utime(council.share / "one.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert outcomes(council, name) == ["its content has changed since it was approved"]
    assert (council.share / "one.txt").read_bytes() == b"modified"
    assert council.row(one)["present"]


def test_content_changed_in_the_bin_goes_back_to_its_share(council):
    name = council.approved(council.add("one.txt", b"approved"))
    with (council.share / "one.txt").open("r+b") as writer:
        council.work(dispose, name)
        writer.write(b"APPROVED")
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.RETURNED: 1})
    assert (council.share / "one.txt").read_bytes() == b"APPROVED"


def test_another_file_at_the_old_path_is_left_alone(council):
    name = council.approved(council.add("one.txt", b"approved"))
    (council.share / "one.txt").rename(council.share / "moved.txt")
    (council.share / "one.txt").write_bytes(b"a newcomer")
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert (council.share / "one.txt").read_bytes() == b"a newcomer"
    assert (council.share / "moved.txt").read_bytes() == b"approved"


def test_a_file_that_vanished_fails_and_is_never_called_destroyed(council):
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    (council.share / "one.txt").unlink()
    assert council.work(dispose, name) == Counter({State.FAILED: 1, State.WAITING: 1})
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.FAILED: 1, State.DESTROYED: 1})


def test_a_link_swapped_in_is_not_followed(council, tmp_path):
    name = council.approved(council.add("one.txt"))
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (council.share / "one.txt").unlink()
    (council.share / "one.txt").symlink_to(outside)
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert outside.read_text() == "precious"


def test_a_folder_swapped_for_a_link_is_not_followed(council, tmp_path):
    name = council.approved(council.add("a/one.txt"))
    (council.share / "a").rename(tmp_path / "elsewhere")
    (council.share / "a").symlink_to(tmp_path / "elsewhere")
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert (tmp_path / "elsewhere/one.txt").exists()


def test_a_file_with_another_name_outside_the_batch_is_returned(council):
    one = council.add("one.txt")
    os.link(council.share / "one.txt", council.share / "other.txt")
    name = council.approved(one)
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert "2 names (hard links) and this batch covers 1" in outcomes(council, name)[0]
    assert (council.share / "one.txt").exists()


def test_a_file_goes_when_all_its_names_are_in_the_batch(council):
    one = council.add("one.txt")
    os.link(council.share / "one.txt", council.share / "b.txt")
    two = council.register(b"b.txt", b"an invoice")
    name = council.approved(one, two)
    assert council.work(dispose, name) == Counter({State.WAITING: 2})
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.DESTROYED: 2})


def test_restore_gives_back_bytes_name_and_times(council):
    one = council.add("a/b/one.txt")
    os.chmod(council.share / "a/b/one.txt", 0o640)
    os.utime(council.share / "a/b/one.txt", (10, 20))
    before = (council.share / "a/b/one.txt").stat()
    name = council.approved(one)
    council.work(dispose, name)
    with council.app.engine.begin() as connection:
        item = restorable(connection, one)
    assert council.work(restore, item, "appeal") == b"a/b/one.txt"
    after = (council.share / "a/b/one.txt").stat()
    assert (after.st_ino, after.st_mode, after.st_mtime_ns) == (
        before.st_ino, before.st_mode, before.st_mtime_ns)  # fmt: skip
    row = council.row(one)
    assert row["present"]
    assert row["state"] == "restored"
    assert states(council, name) == ["restored"]
    council.now += council.undo
    council.work(purge, name)
    assert (council.share / "a/b/one.txt").exists()


def test_restore_never_overwrites_and_makes_missing_folders_again(council):
    one, two = council.add("a/one.txt", b"old"), council.add("b/c/two.txt", b"old")
    name = council.approved(one, two)
    council.work(dispose, name)
    (council.share / "a/one.txt").write_bytes(b"new")
    (council.share / "b/c").rmdir()
    (council.share / "b").rmdir()
    with council.app.engine.begin() as connection:
        items = [restorable(connection, number) for number in (one, two)]
    assert council.work(restore, items[0], "x") == b"a/one (restored).txt"
    assert (council.share / "a/one.txt").read_bytes() == b"new"
    assert (council.share / "a/one (restored).txt").read_bytes() == b"old"
    assert council.work(restore, items[1], "x") == b"b/c/two.txt"
    assert council.row(one)["path"] == b"a/one (restored).txt"


def test_only_what_is_in_the_bin_can_be_restored(council):
    one, two = council.add("one.txt"), council.add("two.txt")
    with council.app.engine.begin() as connection, pytest.raises(NotFound):
        restorable(connection, one)
    name = council.approved(one, two)
    (council.share / "one.txt").unlink()
    council.work(dispose, name)
    with council.app.engine.begin() as connection, pytest.raises(NotFound, match="never moved"):
        restorable(connection, one)


def test_a_file_lost_from_the_bin_is_reported_not_called_restored(council):
    one = council.add("one.txt")
    name = council.approved(one)
    council.work(dispose, name)
    with council.app.engine.begin() as connection:
        item = restorable(connection, one)
    (council.share / ".disposal-bin" / os.fsdecode(item.bin_name)).unlink()
    with pytest.raises(RetentionError, match="could not be put back"):
        council.work(restore, item, "x")
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.FAILED: 1})


def test_a_batch_above_the_limit_is_refused_whole(council):
    numbers = [council.add(f"{n}.txt", str(n).encode()) for n in range(51)]
    name = council.propose(*numbers, most=51).batch
    council.approve(name)
    with pytest.raises(Refused, match="larger than") as caught:
        council.work(dispose, name)
    assert caught.value.diagnosis == ("51 files in one batch; the limit of this share is 50",)
    assert states(council, name) == ["approved"] * 51


def test_a_second_batch_within_a_day_counts_with_the_first(council):
    first = [council.add(f"{n}.txt", str(n).encode()) for n in range(30)]
    second = [council.add(f"b{n}.txt", str(n).encode()) for n in range(30)]
    council.work(dispose, council.approved(*first))
    name = council.approved(*second)
    with pytest.raises(Refused, match="larger than"):
        council.work(dispose, name)
    council.now += timedelta(hours=24, seconds=1)
    assert council.work(dispose, name) == Counter({State.WAITING: 30})


def test_a_frozen_share_is_refused(council):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(share.update().values(frozen="many files vanished"))
    with pytest.raises(Refused, match="many files vanished"):
        council.work(dispose, name)


def test_another_folder_mounted_in_its_place_is_refused(council):
    name = council.approved(council.add("one.txt"))
    council.share.rename(council.share.parent / "unmounted")
    council.share.mkdir()
    with pytest.raises(Refused, match="another folder"):
        council.work(dispose, name)


def test_a_share_without_its_sentinel_is_refused(council):
    name = council.approved(council.add("one.txt"))
    (council.share / ".retention-share").unlink()
    with pytest.raises(Refused, match="missing, unreadable or not"):
        council.work(dispose, name)


def test_disposal_must_have_been_enabled(council):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(share.update().values(sentinel=None))
    with pytest.raises(Refused, match="never enabled"):
        council.work(dispose, name)


def test_a_rule_changed_since_approval_defers_the_item(council):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.execute(record.update().values(record_class="FIN-2"))
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert "class" in outcomes(council, name)[0]


def test_a_rule_changed_in_the_undo_window_gives_the_file_back(council):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    with council.app.engine.begin() as connection:
        connection.execute(record.update().values(record_class="FIN-2"))
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.RETURNED: 1})
    assert (council.share / "one.txt").exists()


def test_records_for_review_go_only_by_an_explicit_batch_of_their_own(council):
    one = council.add("one.txt", record_class="FIN-2")
    with pytest.raises(Refused, match="not due for destroy"):
        council.propose(one)
    made = council.propose(one, action=Action.REVIEW)
    with pytest.raises(Refused, match="lists for review"):
        council.approve(made.batch)
    council.answer(made.batch, {TOP: Answer("destroy", "looked through")}, "ann", "omar")
    assert council.work(dispose, made.batch) == Counter({State.WAITING: 1})


def test_running_again_changes_nothing(council):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    assert council.work(dispose, name) == Counter({State.WAITING: 1})
    council.now += council.undo
    council.work(purge, name)
    assert council.work(purge, name) == Counter({State.DESTROYED: 1})
    assert council.work(dispose, name) == Counter({State.DESTROYED: 1})


def test_a_bin_that_others_can_enter_is_refused(council):
    name = council.approved(council.add("one.txt"))
    (council.share / ".disposal-bin").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        council.work(dispose, name)
    assert (council.share / "one.txt").exists()
