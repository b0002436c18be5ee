from datetime import date, datetime

import pytest

from policies.entry import Entry, nearest
from policies.period import Period


def read(**keys: object) -> tuple[Entry, dict[str, str]]:
    problems: dict[str, str] = {}
    return Entry(keys, "here", problems), problems


def test_the_nearest_word_is_named_or_else_all_of_them() -> None:
    assert nearest("Destory", ["destroy", "review"]) == "did you mean 'destroy'?"
    assert nearest("zzz", ["destroy", "review"]) == "use one of: destroy, review"


def test_text_loses_the_blanks_around_it() -> None:
    entry, problems = read(title="  Invoices ")
    assert entry.text("title") == "Invoices"
    assert entry.text("note") == ""
    assert not problems


def test_what_is_not_text_is_a_problem_at_its_place() -> None:
    entry, problems = read(title=7)
    assert entry.text("title") == ""
    assert problems == {"here.title": "write text in quotes, not 7"}


def test_a_needed_text_may_not_be_blank() -> None:
    entry, problems = read(title=" ")
    entry.needed("title")
    entry.needed("code")
    assert set(problems) == {"here.title", "here.code"}


def test_an_unknown_key_names_the_nearest() -> None:
    entry, problems = read(titel="x")
    entry.only(["title", "code"])
    assert problems == {"here.titel": "unknown key: did you mean 'title'?"}


def test_a_choice_falls_back_to_its_default_and_else_is_needed() -> None:
    entry, problems = read(kind="  ")
    assert entry.choice("kind", ["a", "b"], "b") == "b"
    assert not problems
    assert entry.choice("kind", ["a", "b"]) == "a"
    assert problems == {"here.kind": "is missing or blank: it is needed"}


def test_a_wrong_choice_names_the_nearest() -> None:
    entry, problems = read(kind="statutary")
    entry.choice("kind", ["statutory", "guidance"])
    assert problems["here.kind"] == "'statutary' is not known: did you mean 'statutory'?"


def test_a_period_is_read_or_is_a_problem_or_is_blank() -> None:
    entry, problems = read(period="P6Y", wrong="6 years")
    assert entry.period("period") == Period(years=6)
    assert entry.period("missing") is None
    assert entry.period("wrong") is None
    assert list(problems) == ["here.wrong"]


@pytest.mark.parametrize("value", [date(2026, 3, 31), "2026-03-31", " 2026-03-31 "])
def test_a_day_may_be_a_date_or_text(value: object) -> None:
    entry, problems = read(day=value)
    assert entry.day("day") == date(2026, 3, 31)
    assert entry.day("missing") is None
    assert not problems


@pytest.mark.parametrize("value", ["31/03/2026", "2026-02-30", datetime(2026, 3, 31), 7, True])
def test_what_is_not_a_day_is_a_problem(value: object) -> None:
    entry, problems = read(day=value)
    assert entry.day("day") is None
    assert problems == {"here.day": f"'{value}' is not a date: write it as 2026-03-31"}


@pytest.mark.parametrize("value", ["invoice", ["invoice", ""], [1], {"a": "b"}])
def test_a_list_of_texts_holds_texts_only(value: object) -> None:
    entry, problems = read(keywords=value)
    assert entry.texts("keywords") == ()
    assert list(problems) == ["here.keywords"]


def test_tables_are_placed_by_code_or_by_number() -> None:
    problems: dict[str, str] = {}
    top = Entry({"classes": [{"code": "A1"}, {"x": 1}, {"code": 3}, "no table"]}, "", problems)
    assert [below.path for below in top.tables("classes")] == [
        *("classes.A1", "classes[2]", "classes[3]", "classes[4]"),
    ]
    assert problems == {"classes[4]": "write a table with keys, not 'no table'"}


def test_what_is_not_a_list_of_tables_is_a_problem() -> None:
    entry, problems = read(classes={"code": "A1"})
    assert entry.tables("classes") == []
    assert "[[classes]]" in problems["here.classes"]


def test_the_first_problem_at_a_place_stands() -> None:
    entry, problems = read()
    entry.blame("key", "first")
    entry.blame("key", "second")
    assert problems == {"here.key": "first"}
