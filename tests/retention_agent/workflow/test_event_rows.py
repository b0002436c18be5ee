"""Lists of events as other systems export them: understood, or refused with every mistake."""

from datetime import date

import pytest

from policies import Event
from retention_agent.errors import UsageError
from retention_agent.workflow.event_rows import MOST_PROBLEMS, ProvenFact, Reading, read_entries

TODAY = date(2026, 11, 23)
UNKNOWN_FACT = (
    "row 5, column fact: 'subject-has-dyed' is no fact of the schedule;"
    " did you mean 'subject-has-died'?"
)


def read(*rows, trigger=None, **headings):
    return read_entries(rows, Reading(headings, trigger, {"subject-has-died"}, TODAY))


def mistakes(*rows, trigger=None, **headings):
    with pytest.raises(UsageError) as raised:
        read(*rows, trigger=trigger, **headings)
    return list(raised.value.diagnosis)


def test_events_and_facts_are_read():
    assert read(
        ["reference", "trigger", "on", "fact", "value"],
        ["HR/1", "employment_end", "2018-03-31", "", ""],
        [],
        ["CHS/2", "", "", "subject-has-died", "Yes"],
        ["CHS/3", "", "", "subject-has-died", "0"],
    ) == [
        Event("HR/1", "employment_end", date(2018, 3, 31)),
        ProvenFact("CHS/2", "subject-has-died", holds=True),
        ProvenFact("CHS/3", "subject-has-died", holds=False),
    ]


@pytest.mark.parametrize(
    "written", ["31/03/2018", "31.03.2018", "2018-03-31", "2018-03-31T00:00:00", " 2018-03-31 "]
)
def test_dates_are_read_as_people_here_write_them(written):
    rows = (["Payroll No", "Last day"], ["HR/1", written])
    (event,) = read(*rows, trigger="employment_end", reference="payroll no", on="Last day")
    assert event == Event("HR/1", "employment_end", date(2018, 3, 31))


@pytest.mark.parametrize("written", ["", "31/03/18", "03/31/2018", "2018", "soon", "30/02/2018"])
def test_a_date_that_could_mean_two_things_or_none_is_refused(written):
    (said,) = mistakes(["reference", "on"], ["HR/1", written], trigger="employment_end")
    assert said.startswith("row 2, column on:")
    assert "is not a date" in said


def test_every_mistake_is_told_with_its_row_and_column():
    assert mistakes(
        ["reference", "trigger", "on", "fact", "value"],
        ["", "employment_end", "2018-03-31"],
        ["HR/1", "employment_ende", "2018-03-31"],
        ["HR/1", "employment_end", "2999-01-01"],
        ["P/1", "", "", "subject-has-dyed", "true"],
        ["P/1", "", "", "subject-has-died", "perhaps"],
        ["P/1", "", "2018-03-31", "subject-has-died", "true"],
        ["HR/1", "", "2018-03-31"],
    ) == [
        "row 2, column reference: is blank; without a reference an event reaches nothing",
        "row 3, column trigger: 'employment_ende' is no trigger; did you mean 'employment_end'?",
        "row 4, column on: 2999-01-01 lies in the future",
        UNKNOWN_FACT,
        "row 6, column value: 'perhaps' is neither true nor false",
        "row 7, column fact: a row is an event or a fact, not both",
        "row 8, column trigger: is blank; name the trigger",
    ]


def test_a_date_of_the_record_itself_is_no_event():
    (said,) = mistakes(["reference", "trigger", "on"], ["HR/1", "created", "2018-03-31"])
    assert "'created' is no trigger" in said


@pytest.mark.parametrize(
    ("rows", "headings", "said"),
    [
        ([], {}, "row 1: there is no column 'reference'; name it with --column"),
        ([["reference"]], {}, "row 1: there is neither a column 'on' nor a column 'fact'"),
        ([["reference", "on", "On"]], {}, "row 1: the column 'on' is there twice"),
        (
            [["Payrol no", "on"]],
            {"reference": "Payroll no"},
            "row 1: there is no column 'Payroll no'; did you mean 'payrol no'?",
        ),
        ([["reference", "on"]], {}, "no row follows the heading"),
    ],
)
def test_a_list_without_what_is_needed_says_what(rows, headings, said):
    assert mistakes(*rows, **headings) == [said]


def test_a_list_full_of_mistakes_is_not_told_without_end():
    rows = [["reference", "on"], *([["HR/1", "x"]] * (MOST_PROBLEMS + 7))]
    said = mistakes(*rows, trigger="closed")
    assert len(said) == MOST_PROBLEMS + 1
    assert said[-1] == "and 7 more"
