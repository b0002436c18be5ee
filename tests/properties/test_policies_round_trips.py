"""A schedule written as tables or as rows and read again is the same schedule."""

import string
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    TRIGGERS,
    Action,
    Alternative,
    Authority,
    CutOff,
    Moratorium,
    Period,
    Phase,
    Rule,
    Sample,
    Schedule,
    Source,
    from_rows,
    from_sheets,
    parse_schedule,
    to_document,
    to_rows,
    to_sheets,
)
from retention_agent import sheets

AWKWARD = st.sampled_from(
    [*';|\\",\n\r\t none=+-@', "_x0041_", "\x01", "\u202e", "none", "é", "\\;", "\\\\", "P6Y"]
)
TEXT = (
    st.lists(AWKWARD | st.text(string.ascii_letters, max_size=3), max_size=8)
    .map("".join)
    .map(str.strip)
)
FULL = TEXT.filter(bool)
WHOLE = st.integers(0, 120)
PERIODS = st.builds(Period, WHOLE, WHOLE, WHOLE, WHOLE)
LONGEST = [Period(years) for years in range(121, 201)]
LONG = st.sampled_from(LONGEST)
PHASES = (Phase(Action.TRANSFER, Period()), Phase(Action.REVIEW, Period(days=1)))
SAMPLES = st.builds(Sample, percent=st.integers(1, 99), seed=FULL) | st.builds(
    Sample,
    endings=st.lists(st.integers(0, 9999).map(str), min_size=1, max_size=3).map(tuple),
)
KNOWN = st.sampled_from(sorted(TRIGGERS))
ALTERNATIVES = st.builds(
    Alternative, st.just("a-fact"), KNOWN, st.sampled_from(CutOff), PERIODS, TEXT
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    action = draw(st.sampled_from([Action.DESTROY, Action.REVIEW, Action.TRANSFER]))
    period = draw(st.none() | PERIODS | LONG)
    offered = action is Action.TRANSFER and period is None
    alternatives = draw(st.lists(ALTERNATIVES, max_size=3)) if period else []
    phases = draw(st.booleans()) and period in LONGEST and not alternatives
    offer = draw(PERIODS) if offered else None
    reviewed = (period is None and offer is None) or action is Action.REVIEW
    sampled = action is Action.DESTROY and period is not None
    return Rule(
        code=draw(FULL),
        function=draw(st.sampled_from(["finance", "housing"])),
        title=draw(FULL),
        scope=draw(TEXT),
        trigger=draw(KNOWN),
        cut_off=draw(st.sampled_from(CutOff)),
        period=period,
        action=action,
        authority=Authority(draw(FULL), "guidance"),
        alternatives=tuple(alternatives),
        keywords=tuple(draw(st.lists(FULL, max_size=4))),
        confidence=draw(st.sampled_from(["high", "low"])),
        source=draw(TEXT),
        note=draw(TEXT),
        offer_after=offer,
        effective_from=draw(st.none() | st.dates()),
        version=draw(FULL),
        phases=PHASES if phases else (),
        sample=draw(st.none() | SAMPLES) if sampled else None,
        review_every=draw(st.none() | LONG) if reviewed else None,
    )


MORATORIA = st.builds(
    Moratorium,
    id=FULL,
    title=FULL,
    authority=FULL,
    citation=FULL,
    classes=st.just(()),
    functions=st.lists(st.sampled_from(["finance", "housing"]), min_size=1).map(tuple),
    begins=st.dates(max_value=date(2000, 1, 1)),
    review_by=st.dates(min_value=date(2000, 1, 1)),
    ended=st.none() | st.dates(min_value=date(2000, 1, 1)),
    note=TEXT,
)
SCHEDULES = st.builds(
    lambda title, some, notes, sources, moratoria: Schedule(
        title=title,
        version="1",
        rules={rule.code: rule for rule in some},
        functions={"finance": "Finance", "housing": "Housing"},
        notes=tuple(notes),
        sources=tuple(sources),
        moratoria=tuple({each.id: each for each in moratoria}.values()),
    ),
    FULL,
    st.lists(rules(), min_size=1, max_size=3),
    st.lists(FULL, max_size=2),
    st.lists(st.builds(Source, FULL, TEXT), max_size=2),
    st.lists(MORATORIA, max_size=2),
)


@given(SCHEDULES)
@settings(max_examples=150, deadline=None)
def test_tables_carry_a_schedule_without_loss(schedule: Schedule) -> None:
    again = parse_schedule(to_document(schedule))
    assert again == schedule
    assert again.digest() == schedule.digest()


@given(SCHEDULES)
@settings(max_examples=150, deadline=None)
def test_rows_carry_the_classes_without_loss(schedule: Schedule) -> None:
    assert from_rows(to_rows(schedule), schedule) == schedule


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schedules")


@given(SCHEDULES)
@settings(max_examples=150, deadline=None)
def test_a_workbook_carries_the_whole_schedule_without_loss(
    place: Path, schedule: Schedule
) -> None:
    file = place / "schedule.xlsx"
    file.write_bytes(sheets.to_workbook(to_sheets(schedule)))
    again = from_sheets(sheets.read_sheets(file))
    assert again == schedule
    assert again.digest() == schedule.digest()


@given(SCHEDULES)
@settings(max_examples=50, deadline=None)
def test_a_csv_table_carries_the_classes_without_loss(place: Path, schedule: Schedule) -> None:
    file = place / "schedule.csv"
    file.write_bytes(sheets.to_csv(to_rows(schedule)).encode())
    assert from_rows(sheets.read_rows(file), schedule) == schedule
