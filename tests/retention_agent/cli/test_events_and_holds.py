"""`retention event` and `retention hold`: what they answer, and what they make of sloppy input."""

import sqlite3

import pytest

HELD = ("--title", "Request", "--authority", "FOI 2026/114", "--reason", "received")
NEXT = ("--review-by", "2999-01-01")


def test_an_event_is_recorded_listed_and_withdrawn(case):
    do = case.desk.do
    case.desk.do("classify", case.one, "--reference", f"C/{case.name}")
    added = do("event", "add", "--reference", f" C/{case.name} ", "--trigger", "closed",
               "--on", "2020-02-29")  # fmt: skip
    assert f"closed of C/{case.name} on 2020-02-29" in added.out
    assert "1 records have that reference." in added.out
    again = do("event", "add", "--reference", f"C/{case.name}", "--trigger", "closed",
               "--on", "2020-02-29", code=2)  # fmt: skip
    assert "says that already" in again.err
    mine = [e for e in case.desk.ask("event", "list") if e["reference"] == f"C/{case.name}"]
    assert f"C/{case.name}" in do("event", "list").out
    number = mine[0]["id"]
    assert do("event", "withdraw", number).out == f"Event {number} is withdrawn.\n"
    do("event", "withdraw", number, code=2)
    (gone,) = [e for e in case.desk.ask("event", "list") if e["id"] == number]
    assert gone["withdrawn"]
    do("event", "add", "--reference", f"C/{case.name}", "--trigger", "closed", "--on", "2020-02-29")


def test_withdrawing_in_json_says_so(case):
    (made,) = case.desk.ask(
        *("event", "add", "--reference", "Z/9", "--trigger", "closed", "--on", "2020-01-01")
    )
    (gone,) = case.desk.ask("event", "withdraw", made["event"])
    assert gone == {"event": made["event"], "withdrawn": True}


def test_an_event_in_other_capitals_says_which_reference_records_have(case):
    case.desk.do("classify", case.one, "--reference", "CON/2012/007")
    happened = ("--trigger", "contract_end", "--on", "2001-06-30")
    answer = case.desk.do("event", "add", "--reference", "con/2012/007", *happened)
    assert "0 records have that reference" in answer.out
    assert "'CON/2012/007'" in answer.err


def test_a_fact_is_recorded_and_may_be_corrected(case):
    name = fact(case.desk)
    for word in ("true", "false"):
        (made,) = case.desk.ask("event", "fact", "--reference", "P/3", "--fact", name, f"--{word}")
        assert made == {"reference": "P/3", "fact": name, "holds": word == "true", "records": 0}


def test_a_fact_the_schedule_does_not_name_is_answered_with_the_nearest(case):
    name = fact(case.desk)
    answer = case.desk.do(
        "event", "fact", "--reference", "P", "--fact", f"{name}x", "--true", code=2
    )
    assert f"did you mean {name!r}?" in answer.err


def fact(desk):
    cells = (line["alternatives"] for line in desk.ask("schedule", "export"))
    return next(cell for cell in cells if cell).partition(" ")[0]


@pytest.mark.parametrize("path", ["{0}", "/{0}/", "{0}//", "./{0}", "{0}/./", "x/../{0}"])
def test_a_hold_on_a_folder_covers_it_however_it_is_written(cases, case, path):
    desk, _ = cases
    name = f"hold-{case.name}"
    answer = desk.do(
        "hold", "place", name, *HELD, *NEXT, "--path", f"files:{path.format(case.name)}"
    )
    assert f"Hold {name} is in force; it covers 2 records now" in answer.out
    assert answer.err == ""
    assert case.due() == set()


def test_a_hold_that_covers_nothing_asks_whether_that_was_meant(case):
    answer = case.desk.do("hold", "place", "typo", *HELD, *NEXT, "--field", "autor=*smith*")
    assert "covers 0 records" in answer.out
    assert "is the scope what you meant?" in answer.err


def test_a_review_date_that_has_passed_is_pointed_out_and_listed_as_overdue(case):
    answer = case.desk.do("hold", "place", "late", *HELD, "--review-by", "2020-01-01",
                          "--path", f"files:{case.name}")  # fmt: skip
    assert "has passed already" in answer.err
    assert "2020-01-01 OVERDUE" in case.desk.do("hold", "list").out
    (listed,) = [h for h in case.desk.ask("hold", "list") if h["hold"] == "late"]
    assert (listed["in_force"], listed["overdue"]) == (True, True)


def test_a_hold_tells_how_many_of_its_records_are_on_their_way_to_disposal(case):
    case.desk.propose(case.one)
    answer = case.desk.do("hold", "place", "busy", *HELD, *NEXT, "--path", f"files:{case.name}")
    assert "Taken out of batches, so that they are not destroyed: 1" in answer.out
    assert case.desk.state_of(case.one) == "blocked-by-hold"


def test_the_name_of_a_hold_is_never_used_twice(case):
    place = ("hold", "place", "once", *HELD, *NEXT, "--path", f"files:{case.name}")
    case.desk.do(*place)
    assert "called 'once' already" in case.desk.do(*place, code=2).err


def test_releasing_tells_who_is_still_needed_and_how_long_it_protects(case):
    case.desk.do("hold", "place", "over", *HELD, *NEXT, "--path", f"files:{case.name}")
    release = ("hold", "release", "over", "--reason", "answered", "--key")
    assert "until a second hold officer signs" in case.desk.do(*release, "ann.pem").out
    assert "stays protected until" in case.desk.do(*release, "omar.pem").out
    assert "no active hold" in case.desk.do(*release, "omar.pem", code=2).err
    listed = case.desk.do("hold", "list").out
    assert "released, protects until" in listed


def test_a_hold_whose_grace_is_over_is_listed_as_ended(cases, case):
    desk, _ = cases
    desk.do("hold", "place", "past", *HELD, *NEXT, "--path", f"files:{case.name}")
    connection = sqlite3.connect(desk.state / "register.db")
    connection.execute("UPDATE hold SET grace_ends = '2020-01-01' WHERE id = 'past'")
    connection.commit()
    connection.close()
    assert "ended" in desk.do("hold", "list").out
    assert case.due() == {case.one, case.two}
