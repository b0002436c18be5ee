"""Batches and their items as rows."""

import pytest

from policies import State
from retention_agent.errors import NotFound
from retention_agent.register import batches
from retention_agent.workflow.expiry import release_expired


def test_a_batch_is_found_with_its_share_and_items_in_order(council):
    one, two = council.add("a.txt"), council.add("b.txt", b"other")
    name = council.propose().batch
    with council.app.engine.begin() as connection:
        assert batches.find(connection, name)["share_name"] == "files"
        found = batches.items(connection, name)
        assert [(item.number, item.record, item.state) for item in found] == [
            (0, one, State.PROPOSED),
            (1, two, State.PROPOSED),
        ]
        assert batches.items(connection, name, State.WAITING) == []
        assert batches.item_of_record(connection, two, State.PROPOSED) == found[1]


def test_what_is_not_there_is_named(council):
    number = council.add("a.txt")
    with council.app.engine.begin() as connection:
        with pytest.raises(NotFound, match="no batch is called 'B1'"):
            batches.find(connection, "B1")
        with pytest.raises(NotFound, match="in no batch in state waiting or failed"):
            batches.item_of_record(connection, number, State.WAITING, State.FAILED)
        assert batches.latest_item(connection, number) is None


def test_a_record_that_was_in_two_batches_is_shown_in_the_last(council):
    number = council.add("a.txt")
    first = council.propose(number).batch
    with council.app.engine.begin() as connection:
        assert batches.latest_item(connection, number).batch == first
        batches.set_status(connection, first, "expired")
        assert batches.find(connection, first)["status"] == "expired"
    council.now = council.now.replace(year=2027)
    with council.app.engine.begin() as connection:
        batches.set_status(connection, first, "proposed")
        assert release_expired(connection, council.now) == [first]
    second = council.propose(number).batch
    with council.app.engine.begin() as connection:
        assert batches.latest_item(connection, number).batch == second
