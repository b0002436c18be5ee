"""Elsewhere a date in the past was dropped without a word, and a list with an undated case was run.

Here a past date counts from the day it was, at once and however long ago it is; a record without a
date is on no list at all, and asking for it by number is refused with the reason.
"""

from datetime import date, timedelta

import pytest

from policies import Reason


def due_line(desk, number):
    return next((line for line in desk.ask("due") if line["record"] == number), None)


@pytest.fixture
def by_contract(desk):
    """The code of a class that is destroyed some time after the end of a contract."""
    return next(
        line["code"]
        for line in desk.ask("schedule", "export")
        if (line["function"], line["trigger"], line["action"])
        == ("finance-procurement", "contract_end", "destroy")
    )


@pytest.mark.parametrize("on", ["1990-01-31", "1950-12-31"])
def test_a_rule_attached_long_after_the_trigger_counts_from_the_trigger(desk, by_contract, on):
    happened = ("--reference", "CON/2012/007", "--trigger", "contract_end", "--on", on)
    desk.do("event", "add", *happened)
    (number,) = desk.classify("fin/one.eml", code=by_contract)
    explained = desk.ask("explain", number)[0]
    assert explained["trigger_date"] == on
    assert explained["due"] > on
    assert due_line(desk, number)["due"] == explained["due"]


def test_a_date_in_the_past_is_due_the_day_the_record_is_found(desk):
    desk.mail("fin/old.eml", "An old invoice.", on=date(1995, 6, 30))
    desk.scan()
    (number,) = desk.classify("fin/old.eml")
    line = due_line(desk, number)
    assert line["reason"] == "due"
    assert line["due"] < "2010-01-01"


def test_a_record_without_the_date_of_its_trigger_is_on_no_list(desk, by_contract):
    (number,) = desk.classify("fin/one.eml", code=by_contract)
    assert due_line(desk, number) is None
    explained = desk.ask("explain", number)[0]
    assert (explained["action"], explained["reason"]) == ("retain", str(Reason.TRIGGER_PENDING))
    assert "contract_end" in explained["sentence"]
    before = desk.state_of(number)
    asked = desk.do("propose", "files", "--key", "rita.pem", "--record", number, code=4)
    assert "not due" in asked.err
    assert desk.state_of(number) == before


def test_a_file_without_a_date_of_its_own_is_never_for_disposal_by_its_copying_time(desk):
    number = desk.number("note.txt")
    desk.do("classify", number, "FIN-003")
    century = (date.today() + timedelta(days=40_000)).isoformat()
    found = {line["record"]: line["action"] for line in desk.ask("due", "--as-of", century)}
    assert found[number] == "review"
    desk.do("propose", "files", "--key", "rita.pem", "--record", number, code=4)


def test_an_event_that_has_yet_to_come_starts_nothing(desk, by_contract):
    (number,) = desk.classify("fin/one.eml", code=by_contract)
    ahead = (date.today() + timedelta(days=30)).isoformat()
    happened = ("--reference", "CON/2012/007", "--trigger", "contract_end", "--on", ahead)
    if desk.run("event", "add", *happened).code == 0:
        assert desk.ask("explain", number)[0]["reason"] == str(Reason.DATE_IN_FUTURE)
    assert due_line(desk, number) is None
