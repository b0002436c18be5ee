"""A hold by query is asked of the file itself, before the bin and again before destruction."""

import os
from dataclasses import replace

import pytest
import sqlalchemy as sa

from retention_agent.disposal.context import read_nothing
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.register.tables import hold, hold_evaluation

ROAD = b"The road was closed for repairs in spring."
BRIDGE = b"The bridge was closed for repairs in spring."


@pytest.fixture
def two(council):
    return council.add("road.txt", ROAD), council.add("bridge.txt", BRIDGE)


def held_later(site, query="bridge"):
    """A hold placed without anybody looking yet at what it covers in batches."""
    site.hold(query=query)
    site.refresh()


def test_before_the_bin_what_matches_is_kept_and_the_rest_goes_on(site, council, two):
    batch = council.approved(*two)
    held_later(site)
    council.work(dispose, batch)
    assert dict(zip(two, site.states(batch), strict=True)) == {
        two[0]: "waiting",
        two[1]: "blocked-by-hold",
    }
    assert site.files() == {"bridge.txt": BRIDGE}


def test_before_destruction_what_matches_is_kept_and_the_rest_goes(site, council, two):
    batch = council.approved(*two)
    council.work(dispose, batch)
    council.now += council.undo
    held_later(site)
    council.work(purge, batch)
    assert site.states(batch) == ["destroyed", "blocked-by-hold"]
    assert len(site.in_bin()) == 1
    assert "restore" in site.outcomes(batch)[1]
    assert site.problems() == []


@pytest.mark.parametrize("moment", ["bin", "purge"])
def test_what_the_register_remembers_is_not_believed_when_acting(site, council, two, moment):
    """An index that lost a text, or a row that was slipped in, destroys nothing."""
    batch = council.approved(*two)
    if moment == "purge":
        council.work(dispose, batch)
        council.now += council.undo
    held_later(site)
    with council.app.engine.begin() as connection:
        connection.execute(hold_evaluation.update().values(matched=False))
    council.work(dispose if moment == "bin" else purge, batch)
    assert site.states(batch)[1] == "blocked-by-hold"


@pytest.mark.parametrize("moment", ["bin", "purge"])
def test_where_nothing_can_be_read_everything_is_kept(site, council, two, moment):
    batch = council.approved(*two)
    if moment == "purge":
        council.work(dispose, batch)
        council.now += council.undo
    held_later(site)
    act = dispose if moment == "bin" else purge
    council.work(lambda context: act(replace(context, read=read_nothing), batch))
    assert site.states(batch) == ["blocked-by-hold"] * 2


def test_a_file_that_holds_something_else_now_is_kept(site, council):
    number = council.add("road.txt", ROAD)
    batch = council.approved(number)
    held_later(site)
    place = council.share / "road.txt"
    with place.open("r+b") as file:
        file.write(ROAD.replace(b"road", b"lane"))
    council.work(dispose, batch)
    assert site.states(batch) == ["blocked-by-hold"]
    assert place.exists()


def test_a_file_that_is_gone_is_kept_on_the_books(site, council):
    number = council.add("road.txt", ROAD)
    batch = council.approved(number)
    held_later(site)
    os.unlink(council.share / "road.txt")
    council.work(dispose, batch)
    assert site.states(batch) == ["blocked-by-hold"]


def test_without_a_hold_by_query_no_file_is_read_again(site, council, two):
    def read(_files):
        raise AssertionError("a file was read")

    batch = council.approved(*two)
    site.hold(classes=frozenset({"FIN-2"}))
    council.work(lambda context: dispose(replace(context, read=read), batch))
    assert site.states(batch) == ["waiting", "waiting"]


@pytest.mark.parametrize("moment", ["bin", "purge"])
def test_a_query_that_cannot_be_read_any_more_holds_everything(site, council, two, moment):
    batch = council.approved(*two)
    if moment == "purge":
        council.work(dispose, batch)
        council.now += council.undo
    held_later(site)
    with council.app.engine.begin() as connection:
        scope = connection.scalar(sa.select(hold.c.scope))
        connection.execute(hold.update().values(scope={**scope, "query": '"bridge'}))
    site.refresh()
    council.work(dispose if moment == "bin" else purge, batch)
    assert site.states(batch) == ["blocked-by-hold"] * 2
