"""Records that go on under another path because their content says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from policies.lifecycle import State
from retention_agent.register.engine import open_register
from retention_agent.register.files import Adoption, adopt_by_content
from retention_agent.register.tables import (
    batch,
    batch_item,
    directory,
    former_path,
    record,
    record_reference,
    share,
    sighting,
)

OLD, NEW, OTHER = 1, 2, 3
BEFORE, GONE, SEEN, LATER = (f"2026-11-2{day}T09:00:00Z" for day in range(4))


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    """A register in which `new/letter` was captured and `old/letter` is absent, with one text."""
    engine = open_register(tmp_path / "register.db")
    with engine.begin() as opened:
        opened.execute(share.insert().values(id=1, name="files", root=b"/srv/files"))
        opened.execute(share.insert().values(id=2, name="others", root=b"/srv/others"))
        opened.execute(directory.insert().values(id=1, share=1, path=b"new", scan=3))
        _enter(opened, OLD, path=b"old/letter", present=False, first_seen=BEFORE, last_changed=GONE)
        _enter(opened, NEW, path=b"new/letter", inode=77, mtime_ns=7, owner="ann (7)", links=2)
        opened.execute(
            sighting.insert().values(
                directory=1,
                name=b"letter",
                size=5,
                mtime_ns=7,
                ctime_ns=1,
                device=1,
                inode=77,
                record=NEW,
            )
        )
        _change(opened, OLD, record_class="FIN-1", class_origin="manual")
        yield opened
    engine.dispose()


def _enter(connection: sa.Connection, number: int, **about: object) -> None:
    values = {
        "share": 1,
        "device": 1,
        "inode": number,
        "size": 5,
        "mtime_ns": 1,
        "ctime_ns": 1,
        "links": 1,
        "first_seen": SEEN,
        "last_changed": SEEN,
        "state": State.CLASSIFIED,
        "capture": "captured",
        "sha256": "5e11",
        **about,
    }
    connection.execute(record.insert().values(id=number, **values))


def _change(connection: sa.Connection, number: int, **values: object) -> None:
    connection.execute(record.update().where(record.c.id == number).values(values))


def _rows(connection: sa.Connection) -> dict[int, sa.Row]:
    return {row.id: row for row in connection.execute(sa.select(record))}


def test_an_absent_record_goes_on_where_its_content_was_found_again(connection):
    assert adopt_by_content(connection, NEW) == Adoption(OLD, NEW, b"old/letter", b"new/letter")
    rows = _rows(connection)
    assert rows.keys() == {OLD}
    row = rows[OLD]
    assert (row.path, row.present, row.inode, row.mtime_ns) == (b"new/letter", True, 77, 7)
    assert (row.owner, row.links) == ("ann (7)", 2)
    assert (row.first_seen, row.record_class, row.class_origin) == (BEFORE, "FIN-1", "manual")
    assert row.last_changed == SEEN
    assert connection.scalars(sa.select(sighting.c.record)).all() == [OLD]
    assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_references_of_both_are_kept_and_a_persons_word_stays_his(connection):
    for number, reference, origin in (
        (OLD, "CASE-1", "manual"),
        (OLD, "CASE-2", "text"),
        (NEW, "CASE-1", "name"),
        (NEW, "CASE-3", "name"),
    ):
        connection.execute(
            record_reference.insert().values(record=number, reference=reference, origin=origin)
        )
    adopt_by_content(connection, NEW)
    kept = connection.execute(sa.select(record_reference).order_by("reference")).all()
    assert [tuple(row) for row in kept] == [
        (OLD, "CASE-1", "manual"),
        (OLD, "CASE-2", "text"),
        (OLD, "CASE-3", "name"),
    ]


def test_of_two_absent_records_alike_none_is_chosen(connection):
    _enter(connection, OTHER, path=b"old/copy", present=False, last_changed=GONE)
    assert adopt_by_content(connection, NEW) is None
    assert len(_rows(connection)) == 3


def test_a_present_copy_does_not_stand_in_the_way(connection):
    _enter(connection, OTHER, path=b"old/copy")
    assert adopt_by_content(connection, NEW) is not None


@pytest.mark.parametrize(
    "difference",
    [
        {"sha256": "another"},
        {"size": 6},
        {"share": 2},
        {"present": True},
        {"capture": "pending"},  # changed and gone before it was read again: its digest is old
        {"last_changed": LATER},  # missed after the new file was seen: the two were there at once
        {"state": State.PROPOSED},
        {"state": State.APPROVED},
        {"state": State.ARMED},
        {"state": State.BINNED},
        {"state": State.PURGE_ARMED},
        {"state": State.DESTROYED},
        {"state": State.TRANSFERRED},
    ],
)
def test_an_absent_record_that_does_not_fit_stays_absent(connection, difference):
    _change(connection, OLD, **difference)
    before = _rows(connection)
    assert adopt_by_content(connection, NEW) is None
    assert _rows(connection) == before


@pytest.mark.parametrize(
    "difference",
    [
        {"size": 0},
        {"present": False},
        {"capture": "pending"},
        {"capture": "unreadable"},
        {"last_changed": LATER},
        {"class_origin": "manual"},
    ],
)
def test_a_record_with_a_past_of_its_own_is_not_taken_over(connection, difference):
    _change(connection, NEW, **difference)
    if "size" in difference:
        _change(connection, OLD, size=0)
    before = _rows(connection)
    assert adopt_by_content(connection, NEW) is None
    assert _rows(connection) == before


def test_a_record_in_a_batch_is_not_taken_over(connection):
    connection.execute(
        batch.insert().values(
            id="B1",
            share=1,
            requester="rita",
            proposed=SEEN,
            expires=LATER,
            root="",
            policy="",
            hold_epoch=0,
            status="proposed",
        )
    )
    connection.execute(
        batch_item.insert().values(
            batch="B1", number=0, record=NEW, manifest="{}", state=State.PROPOSED
        )
    )
    assert adopt_by_content(connection, NEW) is None


def test_an_unknown_number_adopts_nothing(connection):
    assert adopt_by_content(connection, 99) is None


def test_where_both_lay_before_is_remembered(connection):
    connection.execute(former_path.insert(), [{"record": NEW, "path": b"desk/letter"}])
    adopt_by_content(connection, NEW)
    found = connection.execute(sa.select(former_path).order_by(former_path.c.path)).all()
    assert found == [(OLD, b"desk/letter"), (OLD, b"old/letter")]
