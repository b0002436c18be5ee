"""Reading and classifying once more."""

import json
from datetime import UTC, datetime

import pytest

from classifiers.model import ClassHint, Organisation
from retention_agent.capture.run import reclassify, retry, retry_failed
from retention_agent.capture.settings import Settings
from retention_agent.register.tables import record

NOW = datetime(2026, 2, 1, tzinfo=UTC)
MINUTES = """MINUTES OF THE MEETING OF EXAMPLE TOWN COUNCIL
held on Monday 4 March 2019 at 7.30 pm in the Council Chamber

Present: Cllr A. Baker (Chair), Cllr B. Carter, Cllr C. Draper
In attendance: D. Evans, Clerk

1. Apologies for absence
Apologies were received from Cllr F. Fisher.
2. Minutes
It was resolved that the minutes of the last meeting be approved and signed.
3. Finance
It was resolved to approve the payments listed.

The meeting closed at 8.45 pm.
Signed ........................ Chairman
"""
CUES = {
    "tests.toml": {
        "version": 1,
        "classes": {
            "MIN": [
                {"where": "heading", "pattern": "minutes of the meeting", "weight": 9.0},
                {"where": "line", "pattern": "^present: ", "kind": "attendance", "weight": 5.0},
            ]
        },
    }
}


@pytest.fixture
def rules():
    return Settings(
        organisation=Organisation("Example Town Council"),
        classes={"MIN": ClassHint("Council minutes", ("minutes",), 1000.0)},
        cues=CUES,
    )


@pytest.fixture
def captured(office, fake_pool):
    office.write("minutes.txt", MINUTES)
    office.write("other.txt", "nothing of note")
    office.scan()
    office.capture(fake_pool())
    return office


def again(office, rules):
    return reclassify(office.engine, rules, office.index, NOW)


def test_new_rules_reach_what_was_captured_before(captured, rules):
    assert captured.row("minutes.txt")["record_class"] is None
    assert again(captured, rules) == 1
    row = captured.row("minutes.txt")
    assert (row["record_class"], row["class_origin"]) == ("MIN", "automatic")
    assert row["classification"]["evidence"]
    assert captured.found("class:MIN") == ["minutes.txt"]
    assert captured.found("apologies") == ["minutes.txt"]
    leaf = json.loads(captured.log()[-1])
    assert (leaf["type"], leaf["facts"]) == (
        "classification",
        {"from": "", "to": "MIN", "origin": "automatic"},
    )


def test_a_second_time_changes_nothing(captured, rules):
    again(captured, rules)
    before = captured.rows(), captured.log()
    assert again(captured, rules) == 0
    assert (captured.rows(), captured.log()) == before


def test_a_class_that_the_rules_no_longer_give_is_taken_back(captured, rules):
    again(captured, rules)
    assert again(captured, Settings(rules.organisation, rules.classes, {})) == 1
    assert captured.row("minutes.txt")["record_class"] is None
    assert captured.found("class:MIN") == []


def test_a_persons_class_stays(captured, rules):
    captured.change("minutes.txt", record_class="OTHER", class_origin="manual")
    assert again(captured, rules) == 0
    assert captured.row("minutes.txt")["record_class"] == "OTHER"


def test_a_text_cut_short_is_not_classed_by_itself(captured, rules):
    captured.change("minutes.txt", partial=True)
    again(captured, rules)
    row = captured.row("minutes.txt")
    assert (row["record_class"], row["class_origin"]) == (None, "suggested")


def test_a_garbled_text_is_not_believed_the_second_time(captured, rules):
    garbled = {**captured.row("minutes.txt")["classification"], "text_quality": "garbled"}
    captured.change("minutes.txt", classification=garbled)
    again(captured, rules)
    again(captured, rules)
    row = captured.row("minutes.txt")
    assert row["record_class"] is None
    assert row["classification"]["text_quality"] == "garbled"


def test_a_record_whose_text_was_purged_is_left_alone(captured, rules):
    number = captured.row("minutes.txt")["id"]
    with captured.engine.begin() as connection:
        captured.index.remove(connection, [number])
    assert again(captured, rules) == 0


def test_a_file_that_left_its_share_is_left_alone(captured, rules):
    captured.change("minutes.txt", present=False)
    assert again(captured, rules) == 0


def test_unreadable_items_are_read_again_on_request(office, fake_pool):
    office.write("died.txt", "leave 1")
    office.write("failed.txt", "fail EIO")
    office.write("fine.txt", "fine")
    office.scan()
    office.change("failed.txt", state="proposed")
    office.capture(fake_pool())
    with office.engine.begin() as connection:
        assert retry(connection, record.c.unreadable == "worker-died") == 1
        assert retry(connection, record.c.unreadable == "worker-died") == 0
    assert [row["capture"] for row in office.rows().values()] == [
        "pending", "unreadable", "captured",
    ]  # fmt: skip
    assert office.row("died.txt")["state"] == "seen"
    assert office.row("died.txt")["unreadable"] is None
    with office.engine.begin() as connection:
        assert retry(connection) == 1
    assert office.row("failed.txt")["state"] == "proposed"
    assert office.capture(fake_pool()).unreadable == {"worker-died": 1, "read-error": 1}


def scans(office, pool):
    """What an ordinary scan tries of what failed before."""
    with office.engine.begin() as connection:
        count = retry_failed(connection, 1)
    office.capture(pool)
    return count


def test_a_scan_tries_what_may_pass_three_times_in_all(office, fake_pool):
    office.write("failed.txt", "fail EIO")
    office.write("refused.txt", 'lie {"failure": {"reason": "corrupt", "detail": "", "again": 1}}')
    office.scan()
    office.capture(fake_pool())
    assert [scans(office, fake_pool()) for _ in range(3)][-1] == 0
    row = office.row("failed.txt")
    assert (row["unreadable"], row["failures"]) == ("read-error", 3)


def test_a_scan_leaves_alone_what_cannot_pass(office, fake_pool):
    office.write("failed.txt", "fail ELOOP")
    office.scan()
    office.capture(fake_pool())
    assert scans(office, fake_pool()) == 0
    assert office.row("failed.txt")["failures"] == 1


def test_another_version_of_the_program_tries_everything_once(office, fake_pool):
    office.write("failed.txt", "fail ELOOP")
    office.scan()
    office.capture(fake_pool())
    office.change("failed.txt", failed_with="0.0.9", failures=3)
    assert scans(office, fake_pool()) == 1
    assert office.row("failed.txt")["failures"] == 1
    assert scans(office, fake_pool()) == 0


def test_failing_in_another_way_is_counted_anew_and_success_ends_the_count(office, fake_pool):
    path = office.write("failed.txt", "fail EIO")
    office.scan()
    office.capture(fake_pool())
    path.write_text("fail EACCES")
    office.scan()
    office.capture(fake_pool())
    assert (office.row("failed.txt")["failed_as"], office.row("failed.txt")["failures"]) == (
        "permission-denied", 1,
    )  # fmt: skip
    path.write_text("a note")
    office.scan()
    office.capture(fake_pool())
    assert (office.row("failed.txt")["failed_as"], office.row("failed.txt")["failures"]) == (
        None,
        0,
    )
