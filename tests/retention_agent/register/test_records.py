"""Records as decisions need them: which dates count, and which facts are proven."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from policies import Trust
from retention_agent.register import records, transfers, triggers
from retention_agent.register.tables import record

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def dated(*days: str) -> dict[str, object]:
    carried = [{"kind": "created", "on": day, "origin": f"test:{day}"} for day in days]
    return {"dates": carried, "mtime_ns": 1_700_000_000 * 10**9}


@pytest.mark.parametrize(
    ("days", "on"),
    [
        (["2013-05-01", "2021-03-04"], date(2021, 3, 4)),
        (["2021-03-04T10:00:00", "2013-05-01"], date(2021, 3, 4)),
        (["2021-03-04T00:30:00+01:00"], date(2021, 3, 3)),
        (["2021-03-04T23:30:00-05:00"], date(2021, 3, 5)),
        (["2021-06-30T23:30:00+00:00"], date(2021, 7, 1)),
        (["2021-03-04T23:59:59"], date(2021, 3, 4)),
    ],
)
def test_the_latest_date_a_document_carries_counts_in_the_zone_of_the_records(days, on):
    found = records.dates(dated(*days), LONDON)
    assert {each.on for each in found.values()} == {on}
    assert {each.trust for each in found.values()} == {Trust.EVIDENCED}
    assert found.keys() == {"created", "last_modified"}


@pytest.mark.parametrize("mtime_ns", [2**63 - 1, -(2**63), 0])
def test_without_a_date_of_its_own_the_file_systems_stands_in_and_is_marked(mtime_ns):
    found = records.dates({"dates": None, "mtime_ns": mtime_ns}, LONDON)
    assert {each.trust for each in found.values()} == {Trust.FILE_SYSTEM}


def subject(council, number):
    with council.app.engine.begin() as connection:
        rows = [records.find(connection, number)]
        (found,) = records.for_policy(connection, rows, LONDON)
    return found


def prove(council, reference, *, holds):
    with council.app.engine.begin() as connection:
        triggers.set_fact(connection, reference, "subject-has-died", holds=holds, now=NOW)


def test_a_fact_about_the_only_reference_is_proven(council):
    number = council.add("a.pdf", reference="HR/1")
    prove(council, "HR/1", holds=True)
    assert subject(council, number).facts == {"subject-has-died": True}


@pytest.mark.parametrize(
    ("other", "proven"), [(None, {}), (False, {}), (True, {"subject-has-died": True})]
)
def test_a_fact_is_proven_only_if_it_is_of_every_reference(council, other, proven):
    number = council.add("a.pdf", reference="HR/1")
    with council.app.engine.begin() as connection:
        triggers.add_reference(connection, number, "HR/2", "text")
    prove(council, "HR/1", holds=True)
    if other is not None:
        prove(council, "HR/2", holds=other)
    assert subject(council, number).facts == proven


def test_what_people_decided_about_a_record_reaches_its_decision(council):
    number = council.add("a.pdf")
    before = subject(council, number)
    assert (before.keep_until, before.reviewed, before.phase) == (None, None, 0)
    with council.app.engine.begin() as connection:
        connection.execute(
            record.update()
            .where(record.c.id == number)
            .values(
                keep_until="2031-01-31",
                reviewed="2026-02-01",
                phase=1,
                phase_of=records.phase_of("FIN-1", before.digest),
            )
        )
    after = subject(council, number)
    assert (after.keep_until, after.reviewed) == (date(2031, 1, 31), date(2026, 2, 1))
    assert (after.phase, after.digest) == (1, before.digest)


@pytest.mark.parametrize(
    "change", [{"record_class": "FIN-2"}, {"record_class": None}, {"sha256": "ab" * 32}]
)
def test_phases_done_for_another_class_or_content_do_not_count(council, change):
    number = council.add("a.pdf")
    digest = subject(council, number).digest
    with council.app.engine.begin() as connection:
        transfers.end_phase(connection, number, {"phase": 0, "class": "FIN-1", "sha256": digest})
    assert subject(council, number).phase == 1
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == number).values(change))
    assert subject(council, number).phase == 0
