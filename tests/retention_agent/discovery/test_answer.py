"""Invariant: what a searcher is answered depends only on records he may see."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.search.sqlite import SqliteSearchIndex
from retention_agent.config import Access
from retention_agent.discovery import answer, batch, export
from retention_agent.discovery.answer import ask, seat
from retention_agent.discovery.question import Question, Scope
from retention_agent.discovery.searcher import Searcher
from retention_agent.register import subjects
from retention_agent.register.engine import open_register
from retention_agent.register.entry import entry_of
from retention_agent.register.records import find
from retention_agent.register.subjects import SubjectName
from retention_agent.register.tables import record, record_reference, share

PARTS = (
    Access("staff", share="HR", folder="Staff Cases", roles=("information-officer",)),
    Access("secret", classes=("SEC-001",), roles=("information-officer",)),
    Access("old", folder="OLD", roles=("information-officer",)),
)
INDEX = SqliteSearchIndex()
NOW = datetime(2026, 1, 2, tzinfo=UTC)
WORDS = st.sampled_from(["bridge", "jane smith", "jane", "smith j", "jane@example.org", "x"])
CAPTURES = st.sampled_from(["captured", "captured", "pending", "unreadable"])
ROW = st.fixed_dictionaries(
    {
        "capture": CAPTURES,
        "partial": st.booleans(),
        "sha256": st.sampled_from(["aa", "bb", None]),
        "title": WORDS,
        "owner": WORDS,
        "size": st.integers(1, 9),
        "text": st.lists(WORDS, max_size=4).map(" ".join),
        "reference": st.sampled_from([None, "HR/1"]),
    }
)
OPEN = st.tuples(
    st.sampled_from([(1, b"a.txt"), (1, b"Staff/a"), (2, b"staff cases/a"), (2, b"b/c.txt")]),
    st.sampled_from([None, "FIN-001"]),
    ROW,
)
CLOSED = st.tuples(
    st.sampled_from(
        [
            ((1, b"Staff Cases/a"), None),
            ((1, b"STAFF CASES/deep/b"), "FIN-001"),
            ((2, b"old/x"), None),
            ((1, b"a.txt"), "SEC-001"),
            ((2, b"b"), "sec-001"),
        ]
    ),
    ROW,
).map(lambda drawn: (*drawn[0], drawn[1]))
QUESTIONS = (
    Question("bridge"),
    Question("jane smith OR x"),
    Question("NOT bridge", None, Scope(("HR",))),
    Question("", "sar"),
)


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    engine = open_register(Path(tmp_path_factory.mktemp("register")) / "register.db")
    with engine.begin() as connection:
        INDEX.prepare(connection)
        for number, name in ((1, "HR"), (2, "IT")):
            connection.execute(share.insert().values(id=number, name=name, root=b"/x", scans=1))
    yield engine
    engine.dispose()


def entered(connection, number, place, record_class, values):
    values = dict(values)
    text, reference = values.pop("text"), values.pop("reference")
    at, path = place
    connection.execute(
        record.insert().values(
            {
                "id": number,
                "share": at,
                "path": path,
                "record_class": record_class,
                "device": 1,
                "inode": number,
                "mtime_ns": 10**18,
                "ctime_ns": 0,
                "links": 1,
                "first_seen": "2020-01-01T00:00:00Z",
                "last_changed": "2020-01-01T00:00:00Z",
                **values,
            }
        )
    )
    if reference:
        row = {"record": number, "reference": reference, "origin": "manual"}
        connection.execute(record_reference.insert().values(row))
    if values["capture"] == "captured":
        INDEX.put(connection, entry_of(find(connection, number), text))


def seen(engine, who, rows):
    """Everything that a searcher is shown of a register with these records."""
    with engine.connect() as connection:
        for number, row in rows:
            entered(connection, number, *row)
        names = [SubjectName("name", "Jane Smith"), SubjectName("reference", "HR/1")]
        subjects.add(connection, "sar", names, NOW)
        desk = seat(connection, INDEX, who, PARTS)
        shown = [observed(desk, question) for question in QUESTIONS]
        wanted = batch.read_terms([["term", "name"], ["bridge", ""], ["", "Jane Smith"]])
        shown.append(list(batch.run(desk, wanted, Scope())))
        connection.rollback()
    return shown


def observed(desk, question):
    asked = ask(desk, question)
    found = export.gather(desk, asked)
    listed = [dict(row) for row in (*found.rows, *found.unread)]
    return (
        *(answer.hits(desk, asked, 3), answer.hits(desk, asked, 50), answer.facets(desk, asked)),
        *(answer.reach(desk, asked), listed, found.described),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    visible=st.lists(OPEN, max_size=5),
    closed=st.lists(CLOSED, max_size=5),
    instead=st.lists(CLOSED, max_size=5),
)
def test_closed_records_change_nothing_that_anybody_else_is_shown(
    register, visible, closed, instead
):
    mine = [(2 * number, row) for number, row in enumerate(visible, 1)]
    worlds = [
        mine + [(2 * number + 1, row) for number, row in enumerate(theirs)]
        for theirs in (closed, instead, [])
    ]
    first, second, alone = (seen(register, Searcher(), world) for world in worlds)
    assert first == second == alone


def test_whoever_may_see_them_is_shown_them(register):
    row = {"capture": "captured", "partial": False, "sha256": "aa", "title": "", "owner": ""}
    row |= {"size": 1, "text": "bridge", "reference": None}
    world = [(1, ((1, b"Staff Cases/a"), None, row)), (2, ((2, b"b"), None, row))]
    officer = Searcher("ivy", "Ivy", frozenset({"information-officer"}))
    shown = seen(register, officer, world)
    assert shown[0][0][1] == 2
    assert seen(register, Searcher(), world)[0][0][1] == 1


def test_a_person_with_hundreds_of_names_is_searched_for(register):
    with register.connect() as connection:
        names = [SubjectName("alias", f"Jane Anne Smith{n}") for n in range(150)]
        subjects.add(connection, "many", names, NOW)
        row = {"capture": "captured", "partial": False, "sha256": "aa", "title": "", "owner": ""}
        row |= {"size": 1, "text": "J.A. SMITH149", "reference": None}
        entered(connection, 1, (1, b"a"), None, row)
        for who in (Searcher(), Searcher("ivy", "Ivy", frozenset({"information-officer"}))):
            desk = seat(connection, INDEX, who, PARTS)
            assert answer.numbers(desk, ask(desk, Question("", "many"))) == [1]
        connection.rollback()


def test_a_closed_record_that_is_tied_to_a_person_is_not_even_counted(register):
    row = {"capture": "captured", "partial": False, "sha256": "aa", "title": "", "owner": ""}
    row |= {"size": 1, "text": "bridge", "reference": "HR/1"}
    shown = seen(register, Searcher(), [(1, ((1, b"Staff Cases/a"), None, row))])
    assert shown == seen(register, Searcher(), [])
    assert "by number" not in str(shown)
