"""Holds as rows: nothing of a scope is lost, and every change is counted."""

from datetime import date

import pytest

from policies import Hold, HoldScope
from retention_agent.errors import NotFound, UsageError
from retention_agent.register import holds

SCOPES = [
    HoldScope(paths=(("files", b"caf\xff/\x1b"), ("files", b""))),
    HoldScope(classes=frozenset({"FIN-1", "FIN-2"})),
    HoldScope(references=frozenset({"HR/1", "hr/2"})),
    HoldScope(fields={"author": "*smith*", "title": "="}),
    HoldScope((("a", b"x"),), frozenset({"A"}), frozenset({"B"}), {"c": "d"}),
]


def order(scope, name="h"):
    day = date(2027, 1, 1)
    return Hold(name, "t\u202e", "FOI", "r\n", day, date(2026, 1, 1), scope)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_hold_comes_back_as_it_was_placed(council, scope):
    with council.app.engine.begin() as connection:
        holds.place(connection, order(scope))
        assert holds.load(connection) == [order(scope)]


def test_every_change_of_any_hold_is_counted(council):
    with council.app.engine.begin() as connection:
        assert holds.epoch(connection) == 0
        holds.place(connection, order(SCOPES[0], "a"))
        holds.place(connection, order(SCOPES[1], "b"))
        holds.release(connection, "a", date(2026, 12, 1))
        assert holds.epoch(connection) == 3
        found = {each.id: each.grace_ends for each in holds.load(connection)}
    assert found == {"a": date(2026, 12, 1), "b": None}


def test_a_name_is_never_used_twice_not_even_after_its_release(council):
    with council.app.engine.begin() as connection:
        holds.place(connection, order(SCOPES[0]))
        holds.release(connection, "h", date(2026, 12, 1))
        with pytest.raises(UsageError, match="never used twice"):
            holds.place(connection, order(SCOPES[1]))
        with pytest.raises(NotFound, match="no active hold"):
            holds.release(connection, "h", date(2027, 12, 1))
        assert holds.load(connection)[0].grace_ends == date(2026, 12, 1)


def test_a_hold_that_does_not_exist_cannot_be_released(council):
    with council.app.engine.begin() as connection:
        with pytest.raises(NotFound, match="no active hold"):
            holds.release(connection, "x", date(2026, 12, 1))
        assert holds.epoch(connection) == 0
