import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from policies import (
    Action,
    Alternative,
    CutOff,
    Moratorium,
    Period,
    Rule,
    Schedule,
    TableError,
    from_rows,
    to_rows,
)
from policies.tabular import COLUMNS

HEADER = ["code", "function", "title", "trigger", "action", "period", "authority", "authority_kind"]
GOOD = [
    "FIN-001",
    "finance",
    "Invoices",
    "created",
    "destroy",
    "P6Y",
    "Limitation Act",
    "limitation",
]


@pytest.fixture
def schedule(make_rule: Callable[..., Rule], make_schedule: Callable[..., Schedule]) -> Schedule:
    died = Alternative("died", "date_of_death", CutOff.NONE, Period(years=3), "died; or | so \\")
    left = Alternative("left-early", "employment_end", CutOff.TAX_YEAR, Period(years=4))
    return make_schedule(
        make_rule(
            alternatives=(died, left),
            keywords=("invoice", "bills; receipts", "a|b", "back\\slash", "café, £"),
            note='He said "no",\nthen yes',
            confidence="high",
            source="A page",
            effective_from=date(2024, 4, 1),
            effective_to=date(2030, 3, 31),
            version="7",
        ),
        make_rule(
            code="DEM-001", action=Action.TRANSFER, period=None, offer_after=Period(years=20)
        ),
    )


def problems(schedule: Schedule, *rows: list[str]) -> list[str]:
    with pytest.raises(TableError) as caught:
        from_rows(rows, schedule)
    return [problem.text() for problem in caught.value.problems]


def row(**changes: str) -> list[str]:
    return [changes.get(name, value) for name, value in zip(HEADER, GOOD, strict=True)]


def test_rows_hold_every_class_without_loss(schedule: Schedule) -> None:
    rows = to_rows(schedule)
    assert rows[0] == list(COLUMNS)
    assert from_rows(rows, replace(schedule, rules={})) == schedule


def test_rows_survive_a_csv_file(schedule: Schedule) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(to_rows(schedule))
    file.seek(0)
    again = from_rows(list(csv.reader(file)), schedule)
    assert again.digest() == schedule.digest()


def test_keywords_and_alternatives_read_well_in_a_cell(schedule: Schedule) -> None:
    cells = dict(zip(*to_rows(schedule)[:2], strict=True))
    assert cells["keywords"] == r"invoice; bills\; receipts; a\|b; back\\slash; café, £"
    assert cells["alternatives"] == (
        r"died | date_of_death | none | P3Y | died\; or \| so \\; "
        "left-early | employment_end | tax-year | P4Y"
    )


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_left_out(
    schedule: Schedule,
) -> None:
    found = from_rows([HEADER[::-1], GOOD[::-1]], schedule).rules["FIN-001"]
    assert (found.period, found.confidence, found.keywords) == (Period(years=6), "low", ())


def test_blank_rows_and_cells_left_off_at_the_end_do_no_harm(schedule: Schedule) -> None:
    header = [*HEADER, "note", "source"]
    found = from_rows([header, [], ["", " "], [*GOOD, "kept"], [""] * 12], schedule)
    assert [rule.note for rule in found.rules.values()] == ["kept"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"trigger": "creatd"}, "column trigger: 'creatd' is not known: did you mean 'created'?"),
        ({"function": "finanse"}, "column function: 'finanse' is not known: did you mean 'finance"),
        ({"action": "destory"}, "column action: 'destory' is not known: did you mean 'destroy'?"),
        ({"period": "six"}, "column period: 'six' is not a period: write for example P6Y"),
        ({"authority": " "}, "column authority: is missing or blank"),
        ({"authority_kind": "law"}, "column authority_kind: 'law' is not known: use one of: stat"),
        ({"title": ""}, "column title: is missing or blank"),
        ({"code": ""}, "column code: is missing or blank"),
        ({"action": "permanent"}, "column period: a class that is kept for ever has no period"),
    ],
)
def test_each_mistake_names_its_row_its_column_and_what_would_do(
    schedule: Schedule, change: dict[str, str], expected: str
) -> None:
    (problem,) = problems(schedule, HEADER, GOOD[:0], row(**change))
    assert problem.startswith(f"row 3, {expected}")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("died | date_of_deth | none | P3Y", "[1].trigger 'date_of_deth' is not known: did you"),
        ("died | closed | none | P3Y; x | closed | none | 3", "[2].period '3' is not a period"),
        ("died | closed", "[1].period is missing or blank"),
        ("a | closed | none | P1Y | when | more", "[1].too many parts unknown key"),
    ],
)
def test_a_mistake_in_an_alternative_names_which_and_where(
    schedule: Schedule, cell: str, expected: str
) -> None:
    (problem,) = problems(schedule, [*HEADER, "alternatives"], [*GOOD, cell])
    assert problem.startswith(f"row 2, column alternatives: {expected}")


def test_every_mistake_in_every_row_is_reported_at_once_in_order(schedule: Schedule) -> None:
    rows = [HEADER, row(trigger="x"), GOOD, row(code="B", title="", period="y"), [*row(), "z"]]
    assert [problem.split(":")[0] for problem in problems(schedule, *rows)] == [
        "row 2, column trigger",
        "row 3, column code",
        "row 4, column title",
        "row 4, column period",
        "row 5",
        "row 5, column code",
    ]


def test_a_duplicate_class_names_the_row_that_has_it_first(schedule: Schedule) -> None:
    assert problems(schedule, HEADER, GOOD, row(code="B"), GOOD) == [
        "row 4, column code: 'FIN-001' is already the code of row 2"
    ]


def test_more_cells_than_columns_is_a_mistake_unless_they_are_blank(schedule: Schedule) -> None:
    assert from_rows([HEADER, [*GOOD, "", " "]], schedule).rules
    assert problems(schedule, HEADER, [*GOOD, "x"]) == ["row 2: has 9 cells but the header has 8"]


def test_the_header_is_checked_first(schedule: Schedule) -> None:
    assert problems(schedule, [*HEADER[1:], "Titel", "title"], GOOD) == [
        "row 1, column Titel: unknown column: did you mean 'title'?",
        "row 1, column title: this column is there twice",
        "row 1, column code: this column is missing",
    ]


def test_a_table_without_classes_is_a_mistake(schedule: Schedule) -> None:
    assert problems(schedule, HEADER) == ["row 1: no class follows the header"]
    assert len(problems(schedule)) == 7


def test_the_message_counts_the_mistakes(schedule: Schedule) -> None:
    with pytest.raises(TableError, match="the table has 2 mistakes\nrow 2, column title: is miss"):
        from_rows([HEADER, row(title="", period="x")], schedule)
    with pytest.raises(TableError, match="the table has 1 mistake\n"):
        from_rows([HEADER, row(title="")], schedule)


def test_a_class_that_a_moratorium_names_cannot_be_left_out(
    schedule: Schedule, make_moratorium: Callable[..., Moratorium]
) -> None:
    stopped = replace(schedule, moratoria=(make_moratorium(classes=("DEM-001",)),))
    rows = to_rows(stopped)
    assert from_rows(rows, stopped) == stopped
    assert problems(stopped, *rows[:-1]) == [
        "row 1, column code: moratorium INQ-1 stops class 'DEM-001': keep its row"
    ]
