"""A schedule written as tables or as rows and read again is the same schedule."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    TRIGGERS,
    Action,
    Alternative,
    Authority,
    CutOff,
    Period,
    Rule,
    Schedule,
    Source,
    from_rows,
    parse_schedule,
    to_document,
    to_rows,
)

AWKWARD = st.sampled_from([*';|\\",\n\t none', "none", "é", "\\;", "\\\\", "P6Y"])
TEXT = (
    st.lists(AWKWARD | st.text(string.ascii_letters, max_size=3), max_size=8)
    .map("".join)
    .map(str.strip)
)
FULL = TEXT.filter(bool)
WHOLE = st.integers(0, 120)
PERIODS = st.builds(Period, WHOLE, WHOLE, WHOLE, WHOLE)
KNOWN = st.sampled_from(sorted(TRIGGERS))
ALTERNATIVES = st.builds(
    Alternative, st.just("a-fact"), KNOWN, st.sampled_from(CutOff), PERIODS, TEXT
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    action = draw(st.sampled_from([Action.DESTROY, Action.REVIEW, Action.TRANSFER]))
    period = draw(st.none() | PERIODS)
    offered = action is Action.TRANSFER and period is None
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
        alternatives=tuple(draw(st.lists(ALTERNATIVES, max_size=3))) if period else (),
        keywords=tuple(draw(st.lists(FULL, max_size=4))),
        confidence=draw(st.sampled_from(["high", "low"])),
        source=draw(TEXT),
        note=draw(TEXT),
        offer_after=draw(PERIODS) if offered else None,
        effective_from=draw(st.none() | st.dates()),
        version=draw(FULL),
    )


SCHEDULES = st.builds(
    lambda title, some, notes, sources: Schedule(
        title=title,
        version="1",
        rules={rule.code: rule for rule in some},
        functions={"finance": "Finance", "housing": "Housing"},
        notes=tuple(notes),
        sources=tuple(sources),
    ),
    FULL,
    st.lists(rules(), min_size=1, max_size=3),
    st.lists(FULL, max_size=2),
    st.lists(st.builds(Source, FULL, TEXT), max_size=2),
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
