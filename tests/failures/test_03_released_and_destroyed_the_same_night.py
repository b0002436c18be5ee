"""Elsewhere what a hold had covered was destroyed by the first nightly run after its release."""

from datetime import timedelta

import pytest

from policies import Hold, HoldScope
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.workflow import holds

SCOPES = [{"classes": frozenset({"FIN-1"})}, {"query": "bridge"}]


@pytest.fixture(params=SCOPES, ids=["class", "query"])
def binned(request, council):
    """A batch in the bin, its window over, and a hold on it that two officers just released."""
    number = council.add("one.txt", b"The bridge was closed.")
    batch = council.approved(number)
    council.work(dispose, batch)
    council.now += council.undo
    day = council.now.date()
    order = Hold("foi-1", "t", "FOI 1", "r", day, day, HoldScope(**request.param))
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
    for person in ("ann", "omar"):
        with council.app.engine.begin() as connection:
            key = council.keys[person]
            ends = holds.release(connection, "foi-1", "answered", key, council.now)
    assert ends == day + timedelta(days=30)
    return council, batch, number


def test_the_purge_of_the_same_night_destroys_nothing(binned):
    council, batch, number = binned
    council.work(purge, batch)
    assert council.row(number)["state"] == "blocked-by-hold"
    assert len(list((council.share / ".disposal-bin").iterdir())) == 1


@pytest.mark.parametrize(("days", "due"), [(0, False), (29, False), (30, False), (31, True)])
def test_it_may_not_even_be_asked_for_until_the_days_of_grace_have_passed(council, days, due):
    number = council.add("one.txt")
    scope = HoldScope(classes=frozenset({"FIN-1"}))
    order = Hold("foi-1", "t", "FOI 1", "r", council.now.date(), council.now.date(), scope)
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
        for person in ("ann", "omar"):
            holds.release(connection, "foi-1", "answered", council.keys[person], council.now)
    council.now += timedelta(days=days)
    if due:
        assert council.propose(number).size == 1
    else:
        with pytest.raises(Refused, match="not due"):
            council.propose(number)


def test_one_signature_releases_nothing(council):
    number = council.add("one.txt")
    scope = HoldScope(classes=frozenset({"FIN-1"}))
    order = Hold("foi-1", "t", "FOI 1", "r", council.now.date(), council.now.date(), scope)
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
        assert holds.release(connection, "foi-1", "x", council.keys["ann"], council.now) is None
    council.now += timedelta(days=400)
    with pytest.raises(Refused, match="not due"):
        council.propose(number)
