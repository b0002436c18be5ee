"""Elsewhere an event without an asset's id triggered everything of its kind.

Here such an event cannot be made: not as a value, not at the command line, not in a list.
"""

from datetime import date

import pytest

from policies import Event


@pytest.mark.parametrize("reference", ["", " ", "\t\n"])
def test_an_event_without_a_reference_cannot_be_made(reference):
    with pytest.raises(ValueError, match="has no reference"):
        Event(reference, "contract_end", date(2015, 5, 1))


@pytest.fixture
def waiting(desk):
    """A desk whose records wait for the end of a contract."""
    contract = next(
        line["code"]
        for line in desk.ask("schedule", "export")
        if (line["function"], line["trigger"], line["action"])
        == ("finance-procurement", "contract_end", "destroy")
    )
    desk.classify("fin/one.eml", "fin/two.eml", code=contract)
    return desk


@pytest.mark.parametrize("reference", ["", "  "])
def test_it_cannot_be_entered_and_triggers_nothing(waiting, tmp_path, reference):
    before = waiting.ask("due")
    happened = ("--trigger", "contract_end", "--on", "1990-01-31")
    waiting.do("event", "add", "--reference", reference, *happened, code=2)
    file = tmp_path / "ended.csv"
    file.write_text(f"reference,trigger,on\n{reference},contract_end,1990-01-31\n")
    answer = waiting.do("event", "import", file, code=2)
    assert "row 2, column reference: is blank" in answer.err
    assert waiting.ask("event", "list") == []
    assert waiting.ask("due") == before


def test_an_event_reaches_no_record_with_another_reference(waiting):
    before = waiting.ask("due")
    happened = ("--trigger", "contract_end", "--on", "1990-01-31")
    for reference in ("CON/2012/0", "CON/2012/0070", "CON", "con/2012/007"):
        waiting.do("event", "add", "--reference", reference, *happened)
    assert waiting.ask("due") == before
    waiting.do("event", "add", "--reference", "CON/2012/007", *happened)
    assert waiting.ask("due") != before
