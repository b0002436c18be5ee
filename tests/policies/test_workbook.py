"""The four sheets of a workbook, their mistakes, and that nothing is lost on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from policies import (
    Moratorium,
    Period,
    Phase,
    Rule,
    Sample,
    Schedule,
    Source,
    TableError,
    from_sheets,
    to_sheets,
)
from policies.model import Action


@pytest.fixture
def schedule(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_moratorium: Callable[..., Moratorium],
) -> Schedule:
    phased = make_rule(code="FIN-002", phases=(Phase(Action.REVIEW, Period(years=2)),))
    return make_schedule(
        make_rule(sample=Sample(percent=10, seed="2026")),
        phased,
        adopted=frozenset(),
        status="Draft",
        jurisdiction="England",
        notes=("First; note", "second"),
        sources=(Source("A page", "https://example.org/"), Source("A book", "")),
        moratoria=(
            make_moratorium(functions=("finance",), note="x | y", ended=date(2024, 1, 1)),
            make_moratorium(id="INQ-2", classes=("FIN-001", "FIN-002")),
        ),
    )


def problems(sheets: dict[str, list[list[str]]]) -> list[str]:
    with pytest.raises(TableError) as caught:
        from_sheets(sheets)
    return [problem.text() for problem in caught.value.problems]


def test_sheets_carry_the_whole_schedule(schedule: Schedule) -> None:
    again = from_sheets(to_sheets(schedule))
    assert again == schedule
    assert again.digest() == schedule.digest()


@pytest.mark.parametrize("name", ["classes", "functions", "moratoria", "about"])
def test_a_sheet_left_out_is_a_mistake(schedule: Schedule, name: str) -> None:
    sheets = to_sheets(schedule)
    del sheets[name]
    assert problems(sheets) == [f"sheet {name}, row 1: is missing"]


def test_an_empty_sheet_of_moratoria_says_that_there_is_none(schedule: Schedule) -> None:
    sheets = to_sheets(schedule)
    del sheets["moratoria"][1:]
    assert from_sheets(sheets) == replace(schedule, moratoria=())


def test_every_mistake_is_told_at_once_with_sheet_row_and_column(schedule: Schedule) -> None:
    sheets = to_sheets(schedule)
    header = sheets["classes"][0]
    sheets["classes"][1][header.index("action")] = "destory"
    sheets["functions"] += [["housing", ""], ["finance", "Money"]]
    sheets["moratoria"][1][sheets["moratoria"][0].index("classes")] = "FIN-01"
    sheets["moratoria"][2][0] = "INQ-1"
    sheets["about"] += [["note", "", ""], ["titel", "x", ""], ["title", "x", "", "y"]]
    sheets["about"][2][1] = " "
    told = problems(sheets)
    assert [line.partition(": ")[0] for line in told] == [
        "sheet classes, row 2, column action",
        "sheet functions, row 3, column name",
        "sheet functions, row 4, column code",
        "sheet moratoria, row 2, column classes",
        "sheet moratoria, row 3, column id",
        "sheet about, row 12",
        "sheet about, row 10, column value",
        "sheet about, row 11, column key",
        "sheet about, row 12, column key",
        "sheet about, row 1, column key",
    ]
    assert "did you mean 'title'?" in told[7]


def test_columns_that_are_unknown_or_missing_are_mistakes(schedule: Schedule) -> None:
    sheets = to_sheets(schedule)
    sheets["functions"][0] = ["kode", "name"]
    sheets["moratoria"] = []
    told = problems(sheets)
    assert "sheet functions, row 1, column kode: unknown column: did you mean 'code'?" in told
    assert "sheet functions, row 1, column code: this column is missing" in told
    assert "sheet moratoria, row 1, column id: this column is missing" in told
