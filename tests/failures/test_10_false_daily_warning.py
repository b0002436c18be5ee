"""Elsewhere people were mailed "will be deleted in 24 hours" every day for a month, and wrongly.

Here each matter is told once, a day without news sends nothing, and what does not stand any more is
not sent, even where the server kept refusing it until then.
"""

from datetime import timedelta

from retention_agent.audit.answers import TOP, Answer
from retention_agent.workflow import notify
from retention_agent.workflow.expiry import release_expired
from retention_agent.workflow.warnings import warnings

DAYS = 40
ADDRESSES = {person: f"{person}@council.example" for person in ("ann", "omar", "sol", "rita")}


def evening(council, *, server_is_up=True):
    """What the daily run sends: a line for each warning, by person."""
    with council.app.engine.begin() as connection:
        release_expired(connection, council.now)
        standing = warnings(connection, council.now, council.app.config.zone, council.undo)
        notify.refresh(connection, standing, council.now)
        waiting = notify.unsent(connection, ADDRESSES, "Thornbridge")
        for one in waiting:
            notify.settle(connection, one, None if server_is_up else "421 later", council.now)
    lines = [(one.person, line) for one in waiting for line in one.letter.text.splitlines()]
    return [(person, line) for person, line in lines if line.startswith("* ")]


def test_forty_days_of_an_unanswered_batch_tell_each_matter_once(council):
    name = council.propose(council.add("one.txt")).batch
    sent = []
    for _ in range(DAYS):
        sent += evening(council)
        council.now += timedelta(days=1)
    assert len(sent) == len(set(sent))
    answer = [person for person, line in sent if "wait for your answer" in line]
    expiry = [person for person, line in sent if f"{name} expires" in line or "asked for" in line]
    assert answer == ["ann", "omar", "sol"]
    assert expiry == ["ann", "omar", "rita", "sol"]


def test_a_warning_that_was_refused_until_it_was_false_is_never_sent(council):
    name = council.propose(council.add("one.txt")).batch
    for _ in range(3):
        evening(council, server_is_up=False)
        council.now += timedelta(days=1)
    council.answer(name, {TOP: Answer("extend", "appeal", "2036-01-01")}, "ann")
    assert evening(council) == []
