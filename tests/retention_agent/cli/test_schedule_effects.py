"""`retention schedule simulate` and `moratoria`, over a real register."""

import pytest

SHORTER = """
[[classes]]
code = "FIN-003"
function = "finance"
title = "Purchase invoices"
trigger = "created"
period = "P{years}Y"
action = "{action}"
authority = {{ citation = "Limitation Act 1980 s.5", kind = "limitation" }}
"""
HEAD = 'title = "T"\nversion = "{version}"\n[functions]\nfinance = "Finance"\n'
MORATORIUM = """
[[moratoria]]
id = "INQ-1"
title = "An inquiry"
authority = "Its chair"
citation = "Inquiries Act 2005 s.35"
functions = ["finance"]
begins = 2020-01-01
review_by = {review_by}
{ended}
"""


@pytest.fixture
def written(tmp_path):
    def write(years=6, action="destroy", version="2", moratorium=""):
        file = tmp_path / f"schedule-{version}.toml"
        content = SHORTER.format(years=years, action=action)
        file.write_text(HEAD.format(version=version) + content + moratorium)
        return file

    return write


def stopped(review_by="2020-06-01", ended=""):
    return MORATORIUM.format(review_by=review_by, ended=ended)


def counts(line, *names):
    return tuple(line[name]["records"] for name in names)


CHANGES = ("looked_at", "due_before", "due_after", "becomes_due", "stops_being_due", "other_action")


def test_the_effect_of_a_file_is_shown_before_anything_is_adopted(office, written):
    before = office.only_log()
    (line,) = office.ask("schedule", "simulate", written(years=90))
    assert counts(line, *CHANGES) == (4, 4, 0, 0, 4, 0)
    assert line["stops_being_due"]["bytes"] > 0
    assert line["earliest_due"] == "2104-04-02"
    (line,) = office.ask("schedule", "simulate", written(years=8, action="review"))
    assert counts(line, *CHANGES) == (4, 4, 4, 0, 0, 4)
    assert office.only_log() == before


def test_it_decides_as_of_another_day(office, written):
    (line,) = office.ask("schedule", "simulate", written(), "--as-of", "2013-01-01")
    assert counts(line, "due_before", "due_after") == (0, 0)


def test_the_draft_is_simulated_by_default_and_an_old_one_by_its_number(desk, written):
    assert counts(desk.ask("schedule", "simulate")[0], "becomes_due", "stops_being_due") == (0, 0)
    assert "Nothing becomes due" in desk.do("schedule", "simulate").out
    desk.do("schedule", "import", written(years=90))
    assert counts(desk.ask("schedule", "simulate")[0], "stops_being_due") == (4,)
    shown = desk.do("schedule", "simulate")
    assert "FIN-003" in shown.out
    assert "4 records with a class" in shown.err
    assert "Nothing was changed." in shown.err
    assert counts(desk.ask("schedule", "simulate", "--number", 1)[0], "stops_being_due") == (0,)
    assert "numbered 9" in desk.do("schedule", "simulate", "--number", 9, code=2).err
    both = ("schedule", "simulate", written(), "--number", 1)
    assert "not both" in desk.do(*both, code=2).err


def test_only_some_classes_in_force_is_an_effect_too(office, written):
    (line,) = office.ask("schedule", "simulate", written(), "--only", "FIN-003")
    assert counts(line, "due_after") == (4,)
    answer = office.do("schedule", "simulate", written(), "--only", "FIN-3", code=2)
    assert "did you mean 'FIN-003'?" in answer.err


def test_the_shipped_moratoria_are_listed_with_what_they_stop(office):
    found = {each["moratorium"]: each for each in office.ask("schedule", "moratoria")}
    assert set(found) == {"COVID-19-INQUIRY", "INFECTED-BLOOD", "IICSA"}
    assert found["COVID-19-INQUIRY"]["stands"]
    assert "PHL-006" in found["COVID-19-INQUIRY"]["classes"]
    assert not found["IICSA"]["stands"]
    assert {each["records"] for each in found.values()} == {0}


def test_a_moratorium_stops_its_classes_until_a_version_in_which_it_ended_is_adopted(desk, written):
    assert len(desk.ask("due")) == 4
    desk.do("schedule", "import", written(moratorium=stopped()))
    changes = desk.ask("schedule", "diff", code=3)
    assert {"change": "moratorium added", "class": "INQ-1"}.items() <= changes[-1].items()
    (line,) = desk.ask("schedule", "moratoria", "--draft")
    assert (line["records"], line["overdue"], line["classes"]) == (4, True, ["FIN-003"])
    desk.adopt()
    assert desk.ask("due") == []
    said = desk.do("schedule", "moratoria")
    assert "FIN-003. Inquiries Act 2005 s.35." in said.out
    assert "in force until somebody ends it: INQ-1." in said.err
    number = desk.number("fin/one.eml")
    explained = desk.ask("explain", number)[0]
    assert explained["reason"] == "moratorium"
    assert explained["considered"]["moratoria"] == ["INQ-1"]
    desk.do("propose", "files", "--key", "rita.pem", "--record", number, code=4)
    lifted = written(version="3", moratorium=stopped(ended="ended = 2020-12-31"))
    desk.do("schedule", "import", lifted)
    assert desk.ask("due") == []
    assert counts(desk.ask("schedule", "simulate")[0], "becomes_due") == (4,)
    assert desk.ask("schedule", "diff", code=3)[0]["change"] == "moratorium changed"
    desk.adopt()
    assert len(desk.ask("due")) == 4


def test_a_schedule_without_moratoria_says_so(desk, written):
    desk.do("schedule", "import", written())
    assert "no moratorium" in desk.do("schedule", "moratoria", "--draft").out
    assert desk.ask("schedule", "diff", code=3)[-1]["change"] == "moratorium removed"
