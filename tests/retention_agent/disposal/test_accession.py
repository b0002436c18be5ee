"""What the archive answers: believed line by line or not at all, and nothing goes before it."""

import json
import os
import shutil
from datetime import timedelta

import pytest

from policies import Action
from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.disposal import accession
from retention_agent.disposal.purge import purge
from retention_agent.disposal.receipt import read
from retention_agent.disposal.run import dispose
from retention_agent.errors import Incomplete, Refused, UsageError
from retention_agent.register import transfers
from retention_agent.register.tables import record
from retention_agent.register.transfer_tables import transfer, transfer_item

HEADING = ["record", "path", "sha256", "outcome", "accession", "date", "reason"]
NAMES = ("a/one.txt", "a/two.txt", "three.txt")


@pytest.fixture
def office(offered):
    return offered(*NAMES)


def test_what_was_not_confirmed_never_leaves_its_share(council, site, office):
    before = site.files()
    with pytest.raises(Refused, match="has not confirmed any of it"):
        council.work(dispose, office.batch)
    assert site.files() == before
    council.now += timedelta(days=4000)
    site.expire()
    with pytest.raises(Refused, match="has not confirmed any of it"):
        council.work(dispose, office.batch)
    assert site.states(office.batch) == ["approved"] * 3


def test_what_was_confirmed_goes_to_the_bin_and_ends_as_transferred(council, site, office):
    found = office.receive(office.accepted(0), office.accepted(1), office.accepted(2))
    assert (found.accepted, found.declined, found.unanswered) == (3, 0, 0)
    council.now += timedelta(days=400)  # long after the approval's own end
    council.work(dispose, office.batch)
    assert site.states(office.batch) == ["waiting"] * 3
    council.now += council.undo
    council.work(purge, office.batch)
    assert site.states(office.batch) == ["transferred"] * 3
    assert (site.files(), site.in_bin()) == ({}, [])
    assert site.status(office.batch)["status"] == "closed"
    assert site.problems() == []
    document = site.certificate(office.batch)
    assert [each["outcome"] for each in document["items"]] == ["transferred"] * 3
    assert [each["accession"] for each in document["items"]] == ["A/0", "A/1", "A/2"]
    assert site.problems() == []


def test_what_has_no_answer_stays_while_the_rest_goes(council, site, office):
    found = office.receive(office.accepted(0), partial=True)
    assert (found.accepted, found.unanswered) == (1, 2)
    council.work(dispose, office.batch)
    council.work(dispose, office.batch)
    council.now += council.undo
    council.work(purge, office.batch)
    council.work(dispose, office.batch)
    assert site.states(office.batch) == ["transferred", "approved", "approved"]
    assert set(site.files()) == {"a/two.txt", "three.txt"}
    office.receive(office.accepted(1), office.declined(2), partial=True)
    council.work(dispose, office.batch)
    council.now += council.undo
    council.work(purge, office.batch)
    assert site.states(office.batch) == ["transferred", "transferred", "due"]
    assert site.status(office.batch)["status"] == "closed"
    assert site.problems() == []


def test_what_was_declined_goes_to_review_with_the_archives_reason(council, site, office):
    found = office.receive(*(office.declined(number) for number in range(3)))
    assert (found.accepted, found.declined) == (0, 3)
    assert site.states(office.batch) == ["due"] * 3
    assert site.outcomes(office.batch) == ["declined by the archive: not of interest"] * 3
    assert site.status(office.batch)["status"] == "closed"
    with pytest.raises(Refused, match="nothing is due"):
        council.propose(action=Action.TRANSFER)
    with pytest.raises(Refused, match="nothing is due"):
        council.propose(action=Action.DESTROY)
    again = council.propose(action=Action.REVIEW)
    assert again.size == 3
    (entry, *_) = [json.loads(item.manifest) for item in site.items(again.batch)]
    assert entry["declined"] == "not of interest"
    assert site.problems() == []


def test_what_changed_since_it_was_declined_is_offered_again(council, site, office):
    office.receive(*(office.declined(number) for number in range(3)))
    with council.app.engine.begin() as connection:
        changed = record.update().where(record.c.id == office.record(1))
        connection.execute(changed.values(sha256="5e11"))
    assert council.propose(action=Action.REVIEW).size == 2
    again = council.propose(action=Action.TRANSFER).batch
    (item,) = site.items(again)
    assert "declined" not in json.loads(item.manifest)


def test_the_same_receipt_again_changes_nothing(council, office):
    rows = [office.accepted(0), office.declined(1), office.accepted(2)]
    office.receive(*rows)
    with council.app.engine.begin() as connection:
        before = log.size(connection)
    found = office.receive(*rows)
    assert (found.accepted, found.declined, found.unanswered) == (0, 0, 0)
    with council.app.engine.begin() as connection:
        assert log.size(connection) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "0" * 64}, "row 2: sha256 is not that of what was sent"),
        ({"sha256": ""}, "row 2: sha256 is missing"),
        ({"outcome": "acepted"}, "did you mean 'accepted'?"),
        ({"outcome": ""}, "row 2: outcome '' is neither accepted nor declined"),
        ({"accession": ""}, "row 2: accession is missing"),
        ({"date": "23/11/2026"}, "row 2: date '23/11/2026' is not a date"),
        ({"date": "2027-01-01"}, "row 2: date 2027-01-01 lies in the future"),
        ({"record": "", "path": ""}, "row 2: it names neither a record nor a path"),
        ({"record": "99"}, "row 2: record '99' is not in the bag"),
        ({"path": "data/../one.txt"}, "row 2: path 'data/../one.txt' is not in the bag"),
        ({"path": "data/a/two.txt"}, "row 2: record 1 is not the one at 'data/a/two.txt'"),
        ({"outcome": "declined"}, "row 2: reason is missing"),
    ],
)
def test_a_receipt_with_a_mistake_is_not_taken_in(council, site, office, change, said):
    rows = [office.accepted(0) | change, office.accepted(1), office.accepted(2)]
    with pytest.raises(UsageError) as refused:
        office.receive(*rows)
    assert any(said in line for line in refused.value.diagnosis), refused.value.diagnosis
    with council.app.engine.begin() as connection:
        assert {each.answer for each in transfers.sent(connection, office.batch).values()} == {None}
    assert site.states(office.batch) == ["approved"] * 3


def test_all_mistakes_are_told_at_once(office):
    rows = [office.accepted(0) | {"sha256": "x"}, office.accepted(0), {"record": "77"}]
    with pytest.raises(UsageError, match="5 mistakes") as refused:
        office.receive(*rows)
    said = "\n".join(refused.value.diagnosis)
    assert "row 3: record 1 is answered twice" in said
    assert "no row for record 2, data/a/two.txt" in said
    assert "--partial" in said


def test_an_answer_is_not_changed_by_a_later_receipt(office):
    office.receive(office.accepted(0), partial=True)
    with pytest.raises(UsageError) as refused:
        office.receive(office.declined(0), partial=True)
    assert "the archive said accepted on 2026-11-20 already" in refused.value.diagnosis[0]


@pytest.mark.parametrize("kind", [".csv", ".xlsx", ".json"])
def test_a_receipt_may_be_a_table_a_workbook_or_json(office, kind):
    rows = [office.accepted(0), office.declined(1), office.accepted(2)]
    for row in rows:
        row.pop("record")
        row["path"] = row["path"].removeprefix("data/")
    found = office.receive(*rows, kind=kind)
    assert (found.accepted, found.declined) == (2, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.csv", b"", "there is no column 'sha256'"),
        ("r.csv", b"sha256,outcome,date\n", "there is no column 'record' or 'path'"),
        ("r.csv", b"recrd,sha256,outcome,date\n", "did you mean 'record'?"),
        ("r.csv", b"record,zzz,sha256,outcome,date\n", "unknown column 'zzz'"),
        ("r.json", b"{", "cannot be read as JSON"),
        ("r.json", b"7", "is neither a list of objects"),
        ("r.json", b"[7]", "is neither a list of objects"),
        ("r.json", b"[" * 100_000, "cannot be read as JSON"),
        ("r.json", None, "cannot be read"),
    ],
)
def test_what_is_no_receipt_is_told(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read(tmp_path / name)
    assert said in "\n".join([str(refused.value), *refused.value.diagnosis])


def test_a_receipt_that_is_too_large_is_not_read(tmp_path):
    with (tmp_path / "r.json").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(UsageError, match="larger than 64 MiB"):
        read(tmp_path / "r.json")


def test_a_batch_that_was_not_copied_has_no_receipt(council, minutes, tmp_path):
    name = minutes("one.txt")
    (tmp_path / "r.csv").write_text("record,sha256,outcome,date\n")
    terms = accession.Terms(council.now.date(), partial=False, store=None)
    with (
        council.app.engine.begin() as connection,
        pytest.raises(Refused, match="was not copied"),
    ):
        accession.receive(connection, name, read(tmp_path / "r.csv"), terms, council.now)


def test_a_mark_in_the_register_is_no_receipt(council, site, office):
    with council.app.engine.begin() as connection:
        connection.execute(transfer_item.update().values(answer="accepted", leaf=3))
    with pytest.raises(Refused, match="has not confirmed"):
        council.work(dispose, office.batch)
    with council.app.engine.begin() as connection:
        event = Event("accession", f"batch:{office.batch}/0", facts={"accepted": False})
        leaf = log.append(connection, event, council.now)
        connection.execute(transfer_item.update().values(leaf=leaf))
    with pytest.raises(Refused, match="has not confirmed"):
        council.work(dispose, office.batch)
    assert site.states(office.batch) == ["approved"] * 3


def test_a_receipt_lost_in_the_undo_window_stops_the_purge(council, site, office):
    office.receive(*(office.accepted(number) for number in range(3)))
    council.work(dispose, office.batch)
    council.now += council.undo
    with council.app.engine.begin() as connection:
        connection.execute(
            transfer_item.update().where(transfer_item.c.number == 1).values(leaf=None)
        )
    with pytest.raises(Incomplete) as refused:
        council.work(purge, office.batch)
    assert "item 1: the log has not seen the archive's receipt of it; it waits" in str(
        refused.value.diagnosis
    )
    assert site.states(office.batch) == ["transferred", "waiting", "transferred"]
    assert len(site.in_bin()) == 1


def test_the_archives_own_copy_is_read_with_the_receipt(site, office, tmp_path):
    store = tmp_path / "store"
    rows = [office.accepted(number) for number in range(3)]
    with pytest.raises(Refused, match="the archive's copy is not what was sent"):
        office.receive(*rows, store=store)
    shutil.copytree(office.bag, store)
    (store / "data/three.txt").write_bytes(b"minutes of X")
    with pytest.raises(Refused) as refused:
        office.receive(*rows, store=store)
    assert refused.value.diagnosis == ("data/three.txt: the archive's copy is not what was sent",)
    (store / "data/three.txt").write_bytes(b"minutes of 2")
    (store / "metadata/names.csv").write_text("changed")
    with pytest.raises(Refused) as refused:
        office.receive(*rows, store=store)
    assert "metadata/names.csv: is not what it was (sha256)" in refused.value.diagnosis
    assert site.states(office.batch) == ["approved"] * 3
    shutil.rmtree(store / "metadata")
    (store / "tagmanifest-sha256.txt").unlink()
    assert office.receive(*rows, store=store).accepted == 3


def test_another_bag_with_the_same_files_is_not_the_one_that_was_sent(office, tmp_path):
    store = tmp_path / "store"
    shutil.copytree(office.bag, store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accession.bag, "digest", lambda _: "0" * 64)
        with pytest.raises(Refused) as refused:
            office.receive(*(office.accepted(number) for number in range(3)), store=store)
    assert refused.value.diagnosis == ("it is another bag than the one that was sent",)


def test_an_archive_copy_lost_or_harmed_in_the_undo_window_stops_the_purge(
    council, site, office, tmp_path
):
    store = tmp_path / "store"
    shutil.copytree(office.bag, store)
    office.receive(*(office.accepted(number) for number in range(3)), store=store)
    council.work(dispose, office.batch)
    council.now += council.undo
    place = store / "data/a/one.txt"
    place.write_bytes(b"minutes of Y")
    os.remove(store / "data/three.txt")
    with pytest.raises(Incomplete) as refused:
        council.work(purge, office.batch)
    assert "item 0: the archive's copy is not what was sent; it waits" in refused.value.diagnosis
    assert any("item 2: the archive's copy cannot be read" in d for d in refused.value.diagnosis)
    assert site.states(office.batch) == ["waiting", "transferred", "waiting"]
    place.write_bytes(b"minutes of 0")
    (store / "data/three.txt").write_bytes(b"minutes of 2")
    council.work(purge, office.batch)
    assert site.states(office.batch) == ["transferred"] * 3


def test_what_changed_while_the_archive_worked_stays(council, site, office):
    office.receive(*(office.accepted(number) for number in range(3)))
    (council.share / "three.txt").write_bytes(b"minutes of 9")
    council.work(dispose, office.batch)
    assert site.states(office.batch) == ["waiting", "waiting", "returned"]
    assert "content has changed" in site.outcomes(office.batch)[2]


def test_a_declined_item_that_left_its_batch_before_stays_where_it_is(council, site, office):
    site.hold(paths=(("files", b"three.txt"),))
    office.receive(office.accepted(0), partial=True)
    office.receive(office.accepted(2), partial=True)
    council.work(dispose, office.batch)
    assert site.states(office.batch) == ["waiting", "approved", "blocked-by-hold"]


def test_a_late_answer_about_what_left_the_batch_moves_nothing(council, site, office):
    site.move_one(office.batch, 2, "deferred")
    office.receive(office.accepted(0), office.accepted(1), office.declined(2))
    assert site.states(office.batch) == ["approved", "approved", "deferred"]
    assert council.row(office.record(2))["declined"] is None


def test_an_export_on_paper_does_not_stretch_an_approval(council, office):
    """A row that says it was copied is nothing without the log's word for it."""
    office.receive(*(office.accepted(number) for number in range(3)))
    with council.app.engine.begin() as connection:
        connection.execute(transfer.update().values(leaf=0))
    council.now += timedelta(days=40)
    with pytest.raises(Refused, match="expired"):
        council.work(dispose, office.batch)


def test_what_is_for_the_archive_and_unanswered_takes_nothing_from_other_batches(
    council, site, office
):
    office.receive(office.accepted(0), partial=True)
    council.work(dispose, office.batch)
    others = [council.add(f"o/{number}.txt", b"other %d" % number) for number in range(49)]
    name = council.approved(*others)
    council.work(dispose, name)
    assert site.states(name) == ["waiting"] * 49


def test_a_copy_on_the_way_leaves_the_record_where_it_is_for_its_next_phase(council, site, offered):
    office = offered("one.txt", "two.txt", record_class="FIN-5")
    before = site.files()
    office.receive(office.accepted(0), office.declined(1))
    assert site.states(office.batch) == ["classified", "due"]
    assert site.status(office.batch)["status"] == "closed"
    assert [council.row(office.record(number))["phase"] for number in (0, 1)] == [1, 0]
    council.work(dispose, office.batch)
    assert site.files() == before
    with pytest.raises(Refused, match="nothing is due"):
        council.propose(action=Action.TRANSFER)
    assert site.problems() == []


def test_a_copy_on_the_way_never_leaves_even_if_the_register_says_it_is_confirmed(
    council, site, offered
):
    office = offered("one.txt", record_class="FIN-5")
    with council.app.engine.begin() as connection:
        accepted = Event("accession", f"batch:{office.batch}/0", facts={"accepted": True})
        leaf = log.append(connection, accepted, council.now)
        connection.execute(transfer_item.update().values(answer="accepted", leaf=leaf))
    with pytest.raises(Refused, match="has not confirmed"):
        council.work(dispose, office.batch)
    assert site.states(office.batch) == ["approved"]
