"""Elsewhere the nightly run destroyed records under a hold: it went by the date and never asked.

Here every step that comes nearer to destruction asks again, for each kind of scope a hold may have,
wherever in its life the record stands when the hold comes.
"""

import pytest

from policies import HoldScope
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.workflow import holds
from retention_agent.workflow.held import Office

SCOPES = {
    "share": {"paths": (("files", b""),)},
    "path": {"paths": (("files", b"claims"),)},
    "class": {"classes": frozenset({"FIN-1"})},
    "reference": {"references": frozenset({"con/1"})},
    "field": {"fields": {"author": "sam*"}},
    "query": {"query": "bridge NOT tunnel"},
}
CONTENT = b"The bridge was closed for repairs."


class Swept:
    """A record that is due, and the timer that comes for it."""

    def __init__(self, council):
        self.council = council
        self.number = council.add("claims/one.txt", CONTENT, reference="CON/1")
        self.batch = None

    def propose(self):
        self.batch = self.council.propose(self.number).batch

    def approve(self):
        self.council.approve(self.batch)

    def dispose(self):
        self.council.work(dispose, self.batch)

    def wait(self):
        self.council.now += self.council.undo

    def purge(self):
        self.council.work(purge, self.batch)

    def sweep(self, steps):
        for step in steps:
            try:
                getattr(self, step)()
            except Refused:
                return

    def contents(self):
        return [each.read_bytes() for each in self.council.share.rglob("*") if each.is_file()]


STEPS = ("propose", "approve", "dispose", "wait", "purge")


def hold(council, scope):
    day = council.now.date()
    order = holds.Hold("foi-1", "t", "FOI 1", "r", day, day, HoldScope(**scope))
    with council.app.engine.begin() as connection:
        holds.place(connection, order, council.now)
    return order


def test_without_a_hold_the_timer_does_destroy_it(council):
    swept = Swept(council)
    swept.sweep(STEPS)
    assert CONTENT not in swept.contents()


@pytest.mark.parametrize("enforced", [True, False], ids=["enforced", "only placed"])
@pytest.mark.parametrize("before", range(len(STEPS)))
@pytest.mark.parametrize("kind", SCOPES)
def test_no_step_passes_over_a_hold(council, kind, before, enforced):
    """However far it had come, and even where placing the hold was cut short."""
    swept = Swept(council)
    swept.sweep(STEPS[:before])
    order = hold(council, SCOPES[kind])
    if enforced:
        app = council.app
        holds.enforce(Office(app.engine, app.index, app.config.zone), order, council.now)
    swept.sweep(STEPS[before:])
    assert CONTENT in swept.contents()
    if before:
        assert council.row(swept.number)["state"] == "blocked-by-hold"
