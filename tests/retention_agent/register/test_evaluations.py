"""What is remembered of a hold's query counts only for the very record it was read from."""

from datetime import date

import pytest
import sqlalchemy as sa

from policies import Hold, HoldScope
from retention_agent.register import evaluations, holds, records
from retention_agent.register.tables import hold_evaluation, record

DAY = date(2026, 11, 23)
NEXT = date(2026, 11, 24)
SURE = "bridge"


def place(connection, query=SURE, name="q"):
    holds.place(connection, Hold(name, "t", "a", "r", DAY, DAY, HoldScope(query=query)))


def row_of(connection, number):
    return records.find(connection, number)


def remember(council, number, text):
    with council.app.engine.begin() as connection:
        evaluations.remember(connection, [(row_of(connection, number), text)], council.now)


def unmatched(council, number):
    with council.app.engine.begin() as connection:
        row = row_of(connection, number)
        (subject,) = records.for_policy(connection, [row], council.app.config.zone)
    return set(subject.unmatched)


def test_a_record_that_was_never_evaluated_counts_as_matching(council):
    number = council.add("one.txt", b"nothing of it")
    with council.app.engine.begin() as connection:
        place(connection)
    assert unmatched(council, number) == set()


def test_what_was_read_and_does_not_match_is_remembered(council):
    one, two = council.add("one.txt", b"a road"), council.add("two.txt", b"a bridge")
    with council.app.engine.begin() as connection:
        place(connection)
        place(connection, "elephant", "e")
    remember(council, one, "a road")
    remember(council, two, "a bridge")
    assert unmatched(council, one) == {"bridge", "elephant"}
    assert unmatched(council, two) == {"elephant"}


@pytest.mark.parametrize(
    "changed",
    [
        {"sha256": "0" * 64},
        {"path": b"moved.txt"},
        {"record_class": "FIN-2"},
        {"owner": "Jo (7)"},
        {"title": "Bridge"},
        {"metadata": {"author": "Jo Bridge"}},
        {"media_type": "application/pdf"},
    ],
)
def test_what_is_remembered_is_void_once_the_record_is_another(council, changed):
    number = council.add("one.txt", b"a road")
    with council.app.engine.begin() as connection:
        place(connection)
    remember(council, number, "a road")
    assert unmatched(council, number) == {"bridge"}
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == number).values(changed))
    assert unmatched(council, number) == set()


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ({"capture": "pending"}, "a road"),
        ({"capture": "unreadable"}, "a road"),
        ({"partial": True}, "a road"),
        ({"classification": {"text_quality": "garbled"}}, "a road"),
        ({"partial": False}, ""),
        ({"partial": False}, " \n\t"),
    ],
)
def test_a_text_that_was_not_read_whole_says_nothing(council, about, text):
    number = council.add("one.txt", b"a road")
    with council.app.engine.begin() as connection:
        place(connection)
    remember(council, number, "a road")
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == number).values(about))
    remember(council, number, text)
    assert unmatched(council, number) == set()
    with council.app.engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(hold_evaluation)) == 0


def test_only_holds_that_have_not_ended_are_asked_about(council):
    with council.app.engine.begin() as connection:
        place(connection)
        place(connection, "road", "r")
        holds.place(
            connection, Hold("p", "t", "a", "r", DAY, DAY, HoldScope(classes=frozenset("X")))
        )
        holds.release(connection, "q", DAY)
        assert evaluations.queries(connection, DAY) == {"q": "bridge", "r": "road"}
        assert evaluations.queries(connection, NEXT) == {"r": "road"}


def test_without_a_query_nothing_is_written(council):
    number = council.add("one.txt")
    remember(council, number, "a road")
    assert unmatched(council, number) == set()
