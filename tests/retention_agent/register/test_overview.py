"""What the database counts is what stands there."""

from datetime import date

import pytest

from retention_agent.register.overview import (
    Overview,
    folders_not_entered,
    overview,
    years_before,
)
from retention_agent.register.tables import directory, record, share, unfinished_scan

TODAY = date(2026, 11, 23)


def one(council, today: date = TODAY) -> Overview:
    with council.app.engine.begin() as connection:
        return overview(connection, today)[1]


def dated(on: str) -> list[dict[str, str]]:
    return [{"kind": "created", "on": on, "origin": "pdf:CreationDate"}]


def test_a_share_without_files_counts_nothing(council):
    assert one(council) == Overview()


def test_each_file_is_counted_once_in_every_way(council):
    council.add("a.txt", b"x" * 200_000)
    council.add("b.txt", b"y" * 10, capture="pending", record_class=None, class_origin="none")
    council.add("c.txt", b"", capture="unreadable", unreadable="encrypted", dates=None)
    council.add("d.txt", b"z", partial=True, class_origin="automatic")
    council.add("gone.txt", b"gone", present=False)
    found = one(council)
    assert (found.files, found.bytes) == (4, 200_011)
    assert (found.captured, found.pending, found.unreadable, found.partial) == (2, 1, 1, 1)
    assert (found.classified, found.own_dates) == (3, 3)
    assert found.origins == {"manual": 2, "none": 1, "automatic": 1}
    assert found.reasons == {"encrypted": 1}
    assert {name: n for name, n in found.sizes.items() if n} == {
        "empty": 1,
        "under 100 kB": 2,
        "100 kB to 1 MB": 1,
    }
    assert sum(found.ages.values()) == sum(found.sizes.values()) == 4


@pytest.mark.parametrize(
    ("on", "band"),
    [
        ("2026-11-24", "in the future"),
        ("2026-11-23T23:59:59+00:00", "under 1 year"),
        ("2025-11-24", "under 1 year"),
        ("2025-11-23", "1 to 3 years"),
        ("2023-11-23", "3 to 7 years"),
        ("2019-11-23", "7 to 15 years"),
        ("2011-11-24", "7 to 15 years"),
        ("2011-11-23", "over 15 years"),
    ],
)
def test_the_age_is_by_the_latest_date_that_the_document_carries(council, on, band):
    council.add("a.txt", dates=dated("1990-01-01") + dated(on))
    assert {name for name, number in one(council).ages.items() if number} == {band}


@pytest.mark.parametrize("dates", [None, []])
def test_without_one_it_is_by_the_file_system(council, dates):
    council.add("a.txt", dates=dates, mtime_ns=1_000_000_000 * 10**9)  # September 2001
    found = one(council)
    assert found.own_dates == 0
    assert found.ages["over 15 years"] == 1


def test_further_copies_are_counted_where_they_stand(council):
    with council.app.engine.begin() as connection:
        connection.execute(share.insert().values(id=2, name="other", root=b"/x"))
    council.add("a.txt", b"same", first_seen="2025-01-01T00:00:00Z")
    council.add("b.txt", b"same")
    council.add("c.txt", b"same", share=2)
    with council.app.engine.begin() as connection:
        found = overview(connection, TODAY)
    assert [(found[n].copies, found[n].copy_bytes) for n in (1, 2)] == [(1, 4), (1, 4)]
    total = Overview()
    for each in found.values():
        total.add(each)
    assert (total.files, total.copies, total.ages) == (3, 2, found[1].ages + found[2].ages)


def test_folders_that_were_not_entered_and_a_scan_cut_short_are_told(council):
    with council.app.engine.begin() as connection:
        for path in (b"b", b"a"):
            connection.execute(
                directory.insert().values(share=1, path=path, scan=0, error="Permission denied")
            )
        connection.execute(
            unfinished_scan.insert().values(
                share=1, scan=1, position=b"", at="x", new=0, troubles=0
            )
        )
        assert folders_not_entered(connection, 1, 1) == [(b"a", "Permission denied")]
    found = one(council)
    assert (found.folders_not_entered, found.unfinished) == (2, True)


def test_a_year_before_a_leap_day_is_the_last_of_february():
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)
    assert years_before(date(2026, 11, 23), 3_000) == date(1, 11, 23)


def test_dates_that_no_calendar_has_do_not_stop_the_count(council):
    number = council.add("a.txt", dates=None)
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == number).values(mtime_ns=-(2**63)))
    assert one(council).ages["over 15 years"] == 1
