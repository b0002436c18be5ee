"""Rows, events and holds brought together for the policy core."""

from datetime import UTC, date, datetime

from policies import Action, Event, Hold, HoldScope, Reason
from retention_agent.register import decisions, holds, records, triggers
from retention_agent.register.tables import record

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def decided(council, today=TODAY):
    zone = council.app.config.zone
    with council.app.engine.begin() as connection:
        within = decisions.frame(connection, today, zone)
        (chunk,) = records.stream(connection, record.c.present)
        return {row["id"]: each for row, each in decisions.decide_rows(connection, chunk, within)}


def test_each_row_gets_its_own_decision(council):
    due = council.add("a.txt")
    review = council.add("b.txt", record_class="FIN-2")
    waiting = council.add("c.txt", record_class="FIN-3", reference="CON/1")
    ended = council.add("d.txt", record_class="FIN-3", reference="CON/2")
    with council.app.engine.begin() as connection:
        triggers.add_event(connection, Event("CON/2", "contract_end", date(2015, 1, 1)), NOW)
    found = decided(council)
    assert {number: found[number].action for number in found} == {
        due: Action.DESTROY,
        review: Action.REVIEW,
        waiting: Action.RETAIN,
        ended: Action.DESTROY,
    }
    assert found[waiting].reason is Reason.TRIGGER_PENDING


def test_a_hold_in_force_is_seen_by_every_decision(council):
    number = council.add("a.txt")
    scope = HoldScope(paths=(("files", b""),))
    with council.app.engine.begin() as connection:
        holds.place(connection, Hold("h", "t", "a", "r", TODAY, TODAY, scope))
    assert decided(council)[number].holds == ("h",)


def test_a_chunk_is_never_longer_than_five_hundred(council):
    number = council.add("a.txt")
    with council.app.engine.begin() as connection:
        row = dict(connection.execute(record.select()).mappings().one())
        copies = [{**row, "id": number + 1 + each} for each in range(500)]
        connection.execute(record.insert(), copies)
        lengths = [len(chunk) for chunk in records.stream(connection, record.c.present)]
        after = [c[0]["id"] for c in records.stream(connection, record.c.present, number + 500)]
    assert lengths == [500, 1]
    assert after == []
