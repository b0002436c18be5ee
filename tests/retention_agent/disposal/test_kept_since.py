"""What keeps a record counts to the last: at the request, before the bin and at the purge."""

from dataclasses import replace
from datetime import date

import pytest

from policies import Event, Moratorium
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.register import schedules
from retention_agent.register.tables import record
from retention_agent.workflow import adopt, event_list
from retention_agent.workflow.event_list import Source


def extended(council, _listed):
    until = (council.now + council.undo).date().isoformat()
    with council.app.engine.begin() as connection:
        connection.execute(record.update().values(keep_until=until))


def moratorium(council, _listed):
    about = {"title": "Inquiry", "authority": "The Inquiry", "citation": "Inquiries Act 2005"}
    day = council.now.date()
    order = Moratorium(
        "inquiry", **about, classes=("FIN-3",), functions=(), begins=day, review_by=day
    )
    with council.app.engine.begin() as connection:
        old = schedules.in_force(connection)
        new = replace(old, version="2", moratoria=(order,))
        schedules.store_draft(connection, new, council.now)
        for person in ("ann", "sol"):
            adopt.adopt(connection, council.keys[person], council.now)


def undone(council, listed):
    with council.app.engine.begin() as connection:
        event_list.undo(connection, listed, council.now, council.app.config.zone)


@pytest.fixture
def contract(council):
    number = council.add("a.txt", record_class="FIN-3", reference="CON/1")
    ended = Event("CON/1", "contract_end", date(2015, 5, 1))
    with council.app.engine.begin() as connection:
        source = Source("contracts.csv", "ab" * 32)
        zone = council.app.config.zone
        listed = event_list.enter(connection, [ended], source, council.now, zone).number
    return number, listed


@pytest.mark.parametrize("keep", [extended, moratorium, undone])
@pytest.mark.parametrize("moment", ["request", "bin", "purge"])
def test_what_came_to_keep_a_record_keeps_it(council, site, contract, keep, moment):
    number, listed = contract
    if moment == "request":
        keep(council, listed)
        with pytest.raises(Refused, match="not due"):
            council.propose(number)
        return
    name = council.approved(number)
    if moment == "bin":
        keep(council, listed)
        council.work(dispose, name)
        assert site.states(name) == ["deferred"]
    else:
        council.work(dispose, name)
        keep(council, listed)
        council.now += council.undo
        council.work(purge, name)
        assert site.states(name) == ["returned"]
    assert set(site.files()) == {"a.txt"}
    assert site.problems() == []
