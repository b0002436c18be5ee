"""Every present file is counted once along each dimension, and for what it is."""

import dataclasses
from datetime import date

import pytest

from policies import Hold, HoldScope
from retention_agent.register import holds, schedules
from retention_agent.register.tables import directory
from retention_agent.report.figures import DIMENSIONS, YEARS_AHEAD, gather
from retention_agent.report.tables import MOST_ROWS, OUTCOMES, cut, forecast, tables

TODAY = date(2026, 11, 23)
CARRIED = {"kind": "created", "origin": "pdf:CreationDate"}


def figures(council, share=None):
    with council.app.engine.begin() as connection:
        return gather(connection, TODAY, council.app.config.zone, share)


def table(council, key):
    (found,) = [each for each in tables(figures(council)) if each.key == key]
    return found


def dated(day):
    return [{**CARRIED, "on": day}]


def test_each_file_is_counted_once_in_every_table(council):
    council.add("a/one.txt", b"same", owner="ann (1)")
    council.add("b/two.txt", b"same", owner="ann (1)", record_class=None, class_origin="none")
    council.add("Thumbs.db", b"x", record_class=None, dates=[])
    council.add("gone.txt", b"gone", present=False)
    found = figures(council)
    assert (found.total.files, found.total.bytes) == (3, 9)
    for dimension in DIMENSIONS:
        shown = cut(found, dimension)
        assert sum(row[1] for row in shown.rows) == 3, dimension
        assert sum(row[2] for row in shown.rows) == 9, dimension
    assert sum(tally.files for tally in found.ages.values()) == 3
    assert sum(tally.files for tally in found.places.values()) == 3


def test_redundant_obsolete_and_trivial_are_told_apart_and_added_up_once(council):
    council.add("a.txt", b"same")  # due since 2022
    council.add("b.txt", b"same")  # due, and a further copy of it
    council.add("c.tmp", b"", record_class=None)
    assert [row[1:] for row in table(council, "summary").rows] == [
        (3, 8), (1, 4), (2, 8), (1, 0), (3, 8), (1, 0),
    ]  # fmt: skip


def test_what_the_program_cannot_tell_is_said_with_its_reason(council):
    council.add("a.txt", capture="pending", record_class=None, sha256=None, media_type=None)
    council.add("b.txt", capture="unreadable", unreadable="encrypted", record_class=None)
    council.add("c.txt", record_class=None)
    council.add("d.txt", partial=True)
    council.add("e.txt", dates=[])
    with council.app.engine.begin() as connection:
        connection.execute(directory.insert().values(share=1, path=b"x", scan=1, error="EACCES"))
    rows = {row[0]: row[1] for row in table(council, "unknown").rows}
    assert rows == {
        "not read yet": 1,
        "unreadable: encrypted": 1,
        "read, no class given": 1,
        "text not all read": 1,
        "no date but the file system's": 1,
        "folders that could not be entered": 1,
    }


def test_a_service_is_told_how_long_it_keeps_too_long(council):
    council.add("a.txt", dates=dated("2014-05-01"))  # six years from 31 March 2015
    council.add("b.txt", dates=dated("2018-05-01"))  # from 31 March 2019: ended 2025
    council.add("c.txt", dates=dated("2014-05-01"), record_class="FIN-2")  # to be reviewed
    council.add("d.txt", dates=dated("2025-05-01"))  # not yet due
    ((service, files, _, review, _, average, longest),) = table(council, "overdue").rows
    assert (service, files, review) == ("Finance", 2, 1)
    assert longest == pytest.approx(6.6, abs=0.05)
    assert average == pytest.approx((5.65 + 1.65 + 6.57) / 3, abs=0.05)


def test_what_is_held_is_not_overdue_and_is_forecast_as_held(council):
    council.add("a.txt", dates=dated("2014-05-01"))
    scope = HoldScope(paths=(("files", b""),))
    order = Hold("H", "t", "a", "r", date(2027, 1, 1), TODAY, scope)
    with council.app.engine.begin() as connection:
        holds.place(connection, order)
    assert table(council, "overdue").rows == ()
    first = table(council, "forecast").rows[0]
    assert dict(zip(OUTCOMES, first[1:-1], strict=True)) == {
        **dict.fromkeys(OUTCOMES, 0), "held": 1,
    }  # fmt: skip


def test_the_forecast_has_every_year_and_gathers_the_far_end(council):
    for day in ("2014-05-01", "2022-05-01", "2026-05-01"):
        council.add(f"{day}.txt", dates=dated(day))
    rows = forecast(figures(council)).rows
    assert [row[0] for row in rows] == [
        "overdue",
        *map(str, range(2026, 2026 + YEARS_AHEAD)),
        f"{2026 + YEARS_AHEAD} and later",
    ]
    assert [row[0] for row in rows if row[1]] == ["overdue", "2029", "2033"]


def test_a_rule_not_adopted_makes_nothing_overdue(council):
    council.add("a.txt", dates=dated("2014-05-01"))
    with council.app.engine.begin() as connection:
        draft = dataclasses.replace(schedules.in_force(connection), adopted=frozenset())
        number = schedules.store_draft(connection, draft, council.now)
        schedules.adopt(connection, number, council.now)
    assert table(council, "overdue").rows == ()


def test_a_long_table_ends_with_all_the_others(council):
    for number in range(MOST_ROWS + 3):
        council.add(f"{number:03}.txt", b"x" * (number + 1), owner=f"p{number} ({number})")
    shown = cut(figures(council), "owner")
    assert len(shown.rows) == MOST_ROWS + 1
    assert shown.rows[-1][:2] == ("(all others)", 3)


def test_one_share_is_counted_by_itself(council):
    council.add("a.txt")
    assert figures(council, "files").total.files == 1
    assert figures(council, "other").total.files == 0
