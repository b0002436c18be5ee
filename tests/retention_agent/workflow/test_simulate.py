"""What a schedule would do to the register: streamed, and without a trace."""

import tracemalloc
from dataclasses import replace

from policies import Period
from retention_agent.register import decisions, schedules
from retention_agent.register.tables import record
from retention_agent.workflow.simulate import records_by_class, simulate


def with_period(connection, years):
    present = schedules.in_force(connection)
    rule = replace(present.rules["FIN-1"], period=Period(years=years))
    return replace(present, rules={**present.rules, "FIN-1": rule})


def simulated(council, years):
    with council.app.engine.begin() as connection:
        within = decisions.frame(connection, council.now.date(), council.app.config.zone)
        return simulate(connection, within, with_period(connection, years))


def multiply(council, number, times):
    """Further rows like that of a record, without files."""
    row = council.row(number)
    values = {column.key: row[column] for column in record.columns if column is not record.c.id}
    with council.app.engine.begin() as connection:
        connection.execute(record.insert(), [values] * times)


def test_only_records_that_stand_there_and_have_a_class_are_looked_at(council):
    council.add("one.txt")
    council.add("gone.txt", present=False)
    council.add("none.txt", record_class=None)
    council.add("unread.txt", capture="unreadable", state="unreadable")
    effect = simulated(council, 90)["FIN-1"]
    assert effect.looked_at.records == 2
    assert (effect.due_before.records, effect.stops_being_due.records) == (1, 1)
    with council.app.engine.begin() as connection:
        assert records_by_class(connection) == {"FIN-1": 2}


def test_an_estate_of_any_size_takes_the_memory_of_one_chunk(council):
    number = council.add("one.txt")
    multiply(council, number, 700)
    simulated(council, 90)

    def peak():
        tracemalloc.start()
        counted = simulated(council, 90)["FIN-1"].looked_at.records
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return counted, most

    few, small = peak()
    multiply(council, number, 4 * few)
    many, large = peak()
    assert many == 5 * few
    assert large < 1.5 * small
