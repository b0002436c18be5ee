"""A move writes register, batch and log together, or nothing; and only from the state it names."""

import json

import pytest
import sqlalchemy as sa

from policies import IllegalMove, State
from retention_agent.audit.transition import move_items, move_record
from retention_agent.errors import IntegrityError
from retention_agent.register import batches
from retention_agent.register.tables import batch_item, log_leaf, record


@pytest.fixture
def council(found_council, tmp_path):
    made = found_council(tmp_path)
    yield made
    made.app.engine.dispose()


@pytest.fixture
def moved(council):
    """A function that moves the items of a batch, as it has them, in one transaction."""

    def moved(items, state, outcome=None):
        with council.app.engine.begin() as connection:
            move_items(connection, items, state, council.now, outcome)

    return moved


def items_of(council, name):
    with council.app.engine.begin() as connection:
        return batches.items(connection, name)


def leaves(council):
    with council.app.engine.begin() as connection:
        rows = connection.scalars(sa.select(log_leaf.c.leaf).order_by(log_leaf.c.number))
        return [json.loads(leaf) for leaf in rows]


def test_item_record_and_log_move_together(council, moved):
    one = council.add("one.txt")
    name = council.approved(one)
    moved(items_of(council, name), State.ARMED)
    (item,) = items_of(council, name)
    assert item.state is State.ARMED
    assert council.row(one)["state"] == "armed"
    last = leaves(council)[-1]
    assert (last["type"], last["object"]) == ("disposal state change", f"batch:{name}/0")
    assert last["facts"] == {"record": one, "from": "approved", "to": "armed"}
    assert item.leaf == last["number"]
    assert item.finished is None


def test_no_path_or_digest_stands_in_clear_in_the_log(council, moved):
    name = council.approved(council.add("secret-name.txt"))
    moved(items_of(council, name), State.DEFERRED, "could not be moved: secret-name.txt")
    last = leaves(council)[-1]
    assert set(last["private"]) == {"path", "sha256", "outcome"}
    assert "secret-name" not in json.dumps(last)


def test_a_move_out_of_the_batch_says_when_and_why(council, moved):
    name = council.approved(council.add("one.txt"))
    moved(items_of(council, name), State.DEFERRED, "in use")
    (item,) = items_of(council, name)
    assert (item.finished, item.outcome) == ("2026-11-23T09:00:00Z", "in use")


def test_only_a_destruction_is_logged_as_a_deletion(council, moved):
    name = council.approved(council.add("one.txt"))
    path = (State.ARMED, State.BINNED, State.VERIFIED, State.WAITING, State.PURGE_ARMED)
    for state in (*path, State.DESTROYED):
        moved(items_of(council, name), state)
    assert [leaf["facts"]["to"] for leaf in leaves(council) if leaf["type"] == "deletion"] == [
        "destroyed"
    ]


def test_a_move_the_lifecycle_does_not_know_writes_nothing(council, moved):
    name = council.approved(council.add("one.txt"))
    before = len(leaves(council))
    with pytest.raises(IllegalMove):
        moved(items_of(council, name), State.DESTROYED)
    assert len(leaves(council)) == before


@pytest.mark.parametrize("table", [record, batch_item], ids=["record", "item"])
def test_a_state_that_changed_meanwhile_stops_the_whole_move(council, moved, table):
    """Compare and set: of two who read the same state, one writes."""
    name = council.approved(council.add("one.txt"), council.add("two.txt"))
    items = items_of(council, name)
    before = len(leaves(council))
    column = table.c.record if table is batch_item else table.c.id
    with council.app.engine.begin() as connection:
        connection.execute(table.update().where(column == items[1].record).values(state="deferred"))
    with pytest.raises(IntegrityError):
        moved(items, State.ARMED)
    assert len(leaves(council)) == before
    assert items_of(council, name)[0].state is State.APPROVED


def test_an_item_cannot_be_moved_twice_from_the_same_look_at_it(council, moved):
    name = council.approved(council.add("one.txt"))
    items = items_of(council, name)
    moved(items, State.ARMED)
    with pytest.raises(IntegrityError, match="nothing was changed"):
        moved(items, State.ARMED)


def test_a_record_in_no_batch_moves_alone(council):
    one = council.add("one.txt")
    with council.app.engine.begin() as connection:
        move_record(connection, one, State.CLASSIFIED, State.DUE)
    assert council.row(one)["state"] == "due"
    with council.app.engine.begin() as connection, pytest.raises(IntegrityError):
        move_record(connection, one, State.CLASSIFIED, State.DUE)


def test_moving_nothing_logs_nothing(council, moved):
    before = len(leaves(council))
    moved([], State.ARMED)
    assert len(leaves(council)) == before
