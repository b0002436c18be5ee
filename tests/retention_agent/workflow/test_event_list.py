"""A list of events is entered whole, shows its effect, and is taken back whole."""

from datetime import date

import pytest
import sqlalchemy as sa

from policies import Event, Reason
from retention_agent.errors import NotFound, Refused
from retention_agent.register import triggers
from retention_agent.register.tables import log_leaf, trigger_event
from retention_agent.workflow import event_list
from retention_agent.workflow.event_list import Source
from retention_agent.workflow.event_rows import ProvenFact

LIST = Source("contracts.csv", "ab" * 32)
ENDED = Event("CON/1", "contract_end", date(2015, 5, 1))


@pytest.fixture
def contract(council):
    return council.add("a.txt", record_class="FIN-3", reference="CON/1")


def enter(council, *entries, source=LIST):
    with council.app.engine.begin() as connection:
        return event_list.enter(connection, entries, source, council.now, council.app.config.zone)


def undo(council, number):
    with council.app.engine.begin() as connection:
        return event_list.undo(connection, number, council.now, council.app.config.zone)


def in_force(council):
    with council.app.engine.begin() as connection:
        return triggers.events_of(connection, {"CON/1", "CON/2"})


def test_entering_tells_which_records_it_makes_due(council, contract):
    other = council.add("b.txt", record_class="FIN-3", reference="CON/2")
    effect = enter(council, ENDED, Event("CON/9", "contract_end", date(2015, 5, 1)))
    assert (effect.events, effect.facts, effect.known, effect.records) == (2, 0, 0, 1)
    assert effect.unused == ("CON/9",)
    ((number, before, after),) = effect.changes
    assert (number, before.reason, after.reason) == (contract, Reason.TRIGGER_PENDING, Reason.DUE)
    assert (after.due, after.record_class) == ("2021-05-01", "FIN-3")
    assert other != contract


@pytest.mark.usefixtures("contract")
def test_undoing_takes_back_what_the_list_entered_and_nothing_else(council):
    with council.app.engine.begin() as connection:
        triggers.add_event(connection, ENDED, council.now)
    effect = enter(council, ENDED, Event("CON/1", "contract_end", date(2016, 5, 1)))
    assert (effect.events, effect.known) == (1, 1)
    back = undo(council, effect.number)
    assert (back.events, back.records) == (1, 1)
    assert in_force(council) == [ENDED]
    with pytest.raises(NotFound, match="no list in force"):
        undo(council, effect.number)
    with council.app.engine.begin() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(trigger_event)) == 2


def test_undoing_makes_a_record_not_due_again(council, contract):
    effect = enter(council, ENDED)
    ((number, before, after),) = undo(council, effect.number).changes
    assert (number, before.reason, after.reason) == (contract, Reason.DUE, Reason.TRIGGER_PENDING)


@pytest.mark.parametrize("known", [None, True, False])
def test_facts_are_put_back_as_they_were(council, known):
    with council.app.engine.begin() as connection:
        if known is not None:
            triggers.set_fact(connection, "P/1", "died", holds=known, now=council.now)
    effect = enter(council, ProvenFact("P/1", "died", holds=True))
    assert (effect.facts, effect.known) == ((0, 1) if known else (1, 0))
    back = undo(council, effect.number)
    assert back.facts == (0 if known else 1)
    with council.app.engine.begin() as connection:
        assert triggers.known_fact(connection, "P/1", "died") is known


def test_a_fact_that_somebody_corrected_since_stays_corrected(council):
    effect = enter(council, ProvenFact("P/1", "died", holds=True))
    with council.app.engine.begin() as connection:
        triggers.set_fact(connection, "P/1", "died", holds=False, now=council.now)
    back = undo(council, effect.number)
    assert (back.facts, back.known) == (0, 1)
    with council.app.engine.begin() as connection:
        assert triggers.known_fact(connection, "P/1", "died") is False


@pytest.mark.usefixtures("contract")
def test_the_same_file_is_entered_once_unless_it_was_taken_back(council):
    effect = enter(council, ENDED)
    with pytest.raises(Refused, match=f"list {effect.number} is this very file"):
        enter(council, ENDED)
    undo(council, effect.number)
    assert enter(council, ENDED).events == 1


@pytest.mark.usefixtures("contract")
def test_the_lists_say_how_much_of_them_is_in_force(council):
    first = enter(council, ENDED, ProvenFact("P/1", "died", holds=True))
    undo(council, first.number)
    enter(council, ENDED, source=Source("again.csv", "cd" * 32))
    with council.app.engine.begin() as connection:
        found = [
            (row["name"], row["events"], row["facts"], bool(row["withdrawn"]))
            for row in event_list.lists(connection)
        ]
    assert found == [("contracts.csv", 0, 1, True), ("again.csv", 1, 0, False)]


@pytest.mark.usefixtures("contract")
def test_the_log_counts_the_list_and_names_nobody(council):
    enter(council, ENDED, ProvenFact("CHS/1", "died", holds=True))
    with council.app.engine.begin() as connection:
        leaves = "\n".join(connection.scalars(sa.select(log_leaf.c.leaf)))
    assert '"entries":2' in leaves
    assert not any(word in leaves for word in ("CON/1", "CHS/1", "2015-05-01", "contracts.csv"))


def test_a_long_list_reaches_every_record(council):
    numbers = [
        council.add(f"{n}.txt", record_class="FIN-3", reference=f"CON/{n}") for n in range(12)
    ]
    entries = [Event(f"CON/{n}", "contract_end", date(2015, 5, 1)) for n in range(1_300)]
    effect = enter(council, *entries)
    assert (effect.events, effect.records, len(effect.unused)) == (1_300, 12, 1_288)
    assert [change[0] for change in effect.changes] == numbers


def test_undoing_leaves_what_another_list_in_force_says_as_well(council, contract):
    """The later end keeps the record: it must not go because one of two lists is taken back."""
    later = Event("CON/1", "contract_end", date(2024, 5, 1))
    enter(council, ENDED, source=Source("old.csv", "aa" * 32))
    first = enter(council, later)
    second = enter(council, later, source=Source("again.csv", "cd" * 32))
    assert (second.events, second.known) == (0, 1)
    assert undo(council, first.number).events == 0
    assert in_force(council) == [ENDED, later]
    back = undo(council, second.number)
    assert (back.events, [number for number, *_ in back.changes]) == (1, [contract])
    assert in_force(council) == [ENDED]
