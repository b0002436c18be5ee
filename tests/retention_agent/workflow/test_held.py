"""What a hold covers is worked out in pieces, from texts at hand; cut short, it goes on."""

import pytest

from policies import Hold, HoldScope
from retention_agent.disposal.run import dispose
from retention_agent.register import evaluations, records
from retention_agent.register.tables import record
from retention_agent.workflow import held, holds
from retention_agent.workflow.held import Office, refresh, survey

BRIDGE = HoldScope(query="bridge")


@pytest.fixture
def office(council):
    return Office(council.app.engine, council.app.index, council.app.config.zone)


def place(council, scope=BRIDGE, name="q"):
    day = council.now.date()
    with council.app.engine.begin() as connection:
        holds.place(connection, Hold(name, "t", "a", "r", day, day, scope), council.now)


def known(council):
    """What is remembered, by number of the record."""
    with council.app.engine.begin() as connection:
        rows = [row for chunk in records.stream(connection, record.c.id > 0) for row in chunk]
        return {n: said["bridge"] for n, said in evaluations.known(connection, rows).items()}


def covered(office, scope=BRIDGE):
    return {each.number: each.in_doubt for each in survey(office, scope)}


@pytest.mark.parametrize("placed", [True, False])
def test_texts_are_asked_whether_or_not_the_hold_was_placed_already(council, office, placed):
    one, _ = council.add("one.txt", b"a bridge"), council.add("two.txt", b"a road")
    if placed:
        place(council)
    assert covered(office) == {one: False}


def test_what_cannot_be_known_is_covered_in_doubt(council, office):
    council.add("road.txt", b"a road")
    doubtful = [
        council.add("a.txt", b"a road", capture="unreadable"),
        council.add("b.txt", b"a road", capture="pending"),
        council.add("c.txt", b"a road", partial=True),
        council.add("d.txt", b"a road", classification={"text_quality": "garbled"}),
        council.add("e.txt", b""),
    ]
    assert covered(office) == dict.fromkeys(doubtful, True)
    place(council)
    refresh(office, council.now)
    assert covered(office) == dict.fromkeys(doubtful, True)


@pytest.mark.parametrize(
    ("scope", "doubt"),
    [
        ({"references": frozenset({"C"})}, True),
        ({"fields": {"author": "x"}}, False),
        ({"fields": {"subject": "x"}}, True),
        ({"classes": frozenset({"LEG-1"})}, True),
        ({"classes": frozenset({"FIN-1"})}, False),
        ({"paths": (("files", b""),)}, False),
    ],
)
def test_doubt_is_told_apart_from_a_match(council, office, scope, doubt):
    known_class = "FIN-1" if scope.get("classes") == {"FIN-1"} else None
    about = {"capture": "unreadable", "record_class": known_class}
    number = council.add("a.txt", b"x", **about)
    found = covered(office, HoldScope(**scope))
    if scope.get("fields") == {"author": "x"}:
        assert found == {}  # its author is known to be another
    else:
        assert found == {number: doubt}


def test_answers_that_are_missing_or_out_of_date_are_made_again(council, office):
    one, two = council.add("one.txt", b"a bridge"), council.add("two.txt", b"a road")
    place(council)
    assert known(council) == {}
    refresh(office, council.now)
    assert known(council) == {one: True, two: False}
    with council.app.engine.begin() as connection:
        connection.execute(record.update().where(record.c.id == two).values(owner="Jo (7)"))
    assert known(council) == {one: True}
    refresh(office, council.now)
    assert known(council) == {one: True, two: False}


def test_without_a_hold_by_query_nothing_is_looked_at(council):
    council.add("one.txt", b"a bridge")

    def progress(_records):
        raise AssertionError("records were looked at")

    app = council.app
    place(council, HoldScope(classes=frozenset({"FIN-1"})))
    refresh(Office(app.engine, app.index, app.config.zone, progress), council.now)


def test_cut_short_it_keeps_what_it_has_and_goes_on(council, office, monkeypatch):
    monkeypatch.setattr(records, "CHUNK", 2)
    monkeypatch.setattr(held, "MOST_TEXTS", 1)
    numbers = [council.add(f"{n}.txt", b"a road %d" % n) for n in range(5)]
    place(council)
    looked = []

    def progress(count):
        looked.append(count)
        if count > 2:
            raise KeyboardInterrupt

    app = council.app
    with pytest.raises(KeyboardInterrupt):
        refresh(Office(app.engine, app.index, app.config.zone, progress), council.now)
    assert set(known(council)) == set(numbers[:4])
    refresh(office, council.now)
    assert set(known(council)) == set(numbers)
    assert covered(office) == {}


def test_what_lies_in_the_bin_is_looked_at_too(council, office):
    one = council.add("one.txt", b"a bridge")
    council.work(dispose, council.approved(one))
    assert covered(office) == {one: False}
