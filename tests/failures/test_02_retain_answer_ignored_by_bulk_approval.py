"""Elsewhere an item answered "retain" was destroyed all the same when its list was approved.

Here an answer that keeps an item outweighs every approval, whoever gives them, in whichever order,
and whatever the register says of the item afterwards.
"""

import itertools

import pytest

from policies import State
from retention_agent.audit import gather
from retention_agent.audit.answers import TOP, Answer
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose

KEEP = ("sol", {1: Answer("reject", "asked for by the museum")})
BULK = [("ann", {TOP: Answer("approve")}), ("omar", {b"fin": Answer("approve")})]


@pytest.mark.parametrize("order", [*itertools.permutations([KEEP, *BULK])])
def test_an_item_answered_to_be_kept_survives_bulk_approval_in_any_order(council, order):
    numbers = [council.add(f"fin/{name}.txt", name.encode()) for name in ("one", "two", "three")]
    name = council.propose(*numbers).batch
    for person, given in order:
        council.answer(name, given, person)
    force_back(council, numbers[1])
    council.work(dispose, name)
    council.now += council.undo
    states = council.work(purge, name)
    assert states == {State.DESTROYED: 2, State.DUE: 1}
    assert [path.name for path in (council.share / "fin").iterdir()] == ["two.txt"]
    with council.app.engine.begin() as connection:
        key = council.app.service_key.public_key()
        assert gather.verify_register(connection, key).sound


def force_back(council, record):
    """Write into the register that the item is approved, as a defect or an intruder might."""
    with council.app.engine.begin() as connection:
        for table, column in (("record", "id"), ("batch_item", "record")):
            connection.exec_driver_sql(
                f"UPDATE {table} SET state = 'approved' WHERE {column} = ?", (record,)
            )
