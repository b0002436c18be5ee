"""What must hold of every decision, whatever the record, the schedule, the events and the holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    TRIGGERS,
    Action,
    Alternative,
    Authority,
    CutOff,
    DatedFact,
    Decision,
    Event,
    Hold,
    HoldScope,
    Moratorium,
    Period,
    Phase,
    Reason,
    Record,
    Rule,
    Sample,
    Schedule,
    Trust,
    decide,
    document,
    is_chosen,
    sentence,
)

CODES = st.sampled_from(["A", "B", "C"])
FACTS = st.sampled_from(["died", "appealed"])
NOBODY: frozenset[str] = frozenset()
REFERENCES = st.sampled_from(["R1", "R2", "R3"])
SOME_TRIGGERS = st.sampled_from(["created", "last_modified", "closed", "date_of_death"])
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
SHORT = st.builds(Period, st.integers(0, 30), st.integers(0, 14), st.just(0), st.integers(0, 40))
ALTERNATIVES = st.builds(Alternative, FACTS, SOME_TRIGGERS, st.sampled_from(CutOff), SHORT)
PHASES = st.lists(
    st.builds(Phase, st.sampled_from([Action.REVIEW, Action.TRANSFER]), SHORT), max_size=2
).map(tuple)
SAMPLES = st.builds(Sample, percent=st.sampled_from([1, 50, 99]), seed=st.just("s")) | st.builds(
    Sample, endings=st.just(("5", "0"))
)
ACTIONS = st.sampled_from([Action.DESTROY, Action.REVIEW, Action.TRANSFER, Action.PERMANENT])
RULES = st.builds(
    Rule,
    code=CODES,
    function=st.just("f"),
    title=st.just("t"),
    scope=st.just(""),
    trigger=st.one_of(SOME_TRIGGERS, st.sampled_from(sorted(TRIGGERS))),
    cut_off=st.sampled_from(CutOff),
    period=st.none() | SHORT,
    action=ACTIONS,
    authority=st.just(Authority("Act", "statutory")),
    alternatives=st.lists(ALTERNATIVES, max_size=3).map(tuple),
    offer_after=st.none() | SHORT,
    effective_from=st.none() | DAYS,
    phases=st.just(()) | PHASES,
    sample=st.none() | SAMPLES,
    review_every=st.none() | SHORT,
)
MORATORIA = st.builds(
    Moratorium,
    id=st.sampled_from(["M1", "M2"]),
    title=st.just(""),
    authority=st.just(""),
    citation=st.just(""),
    classes=st.lists(CODES, min_size=1, max_size=2).map(tuple),
    functions=st.just(()),
    begins=DAYS,
    review_by=DAYS,
    ended=st.none() | DAYS,
)
DATED = st.builds(DatedFact, DAYS, st.sampled_from(["pdf", "fs"]), st.sampled_from(Trust))
RECORDS = st.builds(
    Record,
    id=st.just("1"),
    share=st.sampled_from(["s", "t"]),
    path=st.sampled_from([b"a", b"a/b", b"\xff/c"]),
    record_class=st.none() | CODES,
    references=st.frozensets(REFERENCES),
    dates=st.dictionaries(st.sampled_from(["created", "last_modified"]), DATED),
    facts=st.dictionaries(FACTS, st.booleans()),
    fields=st.dictionaries(st.sampled_from(["Author", "Subject"]), st.text(max_size=4)),
    first_seen=DAYS,
    readable=st.sampled_from([True, True, True, False]),
    keep_until=st.none() | DAYS,
    reviewed=st.none() | DAYS,
    phase=st.integers(0, 3),
    digest=st.sampled_from(["", "ab", "cd"]),
)
SCOPES = st.builds(
    HoldScope,
    paths=st.just(()) | st.tuples(st.tuples(st.sampled_from(["s", "t"]), st.just(b"a"))),
    classes=st.frozensets(CODES, min_size=1),
    references=st.frozensets(REFERENCES),
    fields=st.dictionaries(st.just("author"), st.sampled_from(["*", "a*", "[x"]), max_size=1),
)
HOLDS = st.builds(
    Hold,
    id=st.sampled_from(["H1", "H2"]),
    title=st.just(""),
    authority=st.just(""),
    reason=st.just(""),
    review_by=DAYS,
    placed=DAYS,
    scope=SCOPES,
    grace_ends=st.none() | DAYS,
)
EVENTS = st.builds(Event, REFERENCES, SOME_TRIGGERS, DAYS)


@dataclass
class World:
    record: Record
    schedule: Schedule
    events: list[Event]
    holds: list[Hold]
    today: date

    def decide(self) -> Decision:
        return decide(self.record, self.schedule, self.events, self.holds, self.today)


def schedule_of(
    rules: Sequence[Rule], adopted: frozenset[str], moratoria: Sequence[Moratorium] = ()
) -> Schedule:
    codes = {rule.code: rule for rule in rules}
    return Schedule("T", "1", codes, {"f": "F"}, adopted, moratoria=tuple(moratoria))


SCHEDULES = st.builds(
    schedule_of,
    st.lists(RULES, max_size=4),
    st.just(frozenset("ABC")) | st.frozensets(CODES),
    st.just(()) | st.lists(MORATORIA, max_size=2),
)
WORLDS = st.builds(
    World, RECORDS, SCHEDULES, st.lists(EVENTS, max_size=5), st.lists(HOLDS, max_size=2), DAYS
)
# Worlds in which something is due more often than not: an adopted rule with a period, every date
# and event there, most facts settled, and a day late enough.
PAST = st.dates(date(1990, 1, 1), date(2030, 12, 31))
MOSTLY_TRUSTED = st.sampled_from([Trust.EVIDENCED] * 4 + [Trust.FILE_SYSTEM])
PAST_DATED = st.builds(DatedFact, PAST, st.just("pdf"), MOSTLY_TRUSTED)
CAPTURED = st.builds(
    replace,
    RECORDS,
    record_class=st.just("A"),
    references=st.just(frozenset({"R1", "R2"})),
    dates=st.fixed_dictionaries({"created": PAST_DATED, "last_modified": PAST_DATED}),
    facts=st.fixed_dictionaries({"died": st.booleans()}, optional={"appealed": st.booleans()}),
    first_seen=PAST,
    readable=st.just(True),
)
RUNNING = st.builds(
    replace,
    RULES,
    code=st.just("A"),
    trigger=SOME_TRIGGERS,
    period=SHORT,
    action=st.sampled_from([Action.DESTROY] * 4 + [Action.REVIEW, Action.TRANSFER]),
    effective_from=st.none(),
)
HAPPENED = st.tuples(
    st.builds(Event, st.just("R1"), st.just("closed"), PAST),
    st.builds(Event, st.just("R2"), st.just("date_of_birth"), PAST),
).map(list)
LIKELY = st.builds(
    World,
    CAPTURED,
    st.builds(schedule_of, st.tuples(RUNNING), st.sampled_from([frozenset("A")] * 5 + [NOBODY])),
    HAPPENED,
    st.lists(HOLDS, max_size=1),
    st.dates(date(2030, 1, 1), date(2090, 1, 1)),
)
ANY = WORLDS | LIKELY
MANY = settings(max_examples=500, deadline=None)


@given(ANY)
@MANY
def test_every_record_gets_an_answer_that_can_be_explained(world: World) -> None:
    found = world.decide()
    assert found.action is not Action.PERMANENT
    assert sentence(found).startswith("Record 1")
    assert json.loads(json.dumps(document(found)))["reason"] == found.reason


@given(ANY)
@MANY
def test_the_same_facts_give_the_same_decision(world: World) -> None:
    again = replace(world, events=world.events[::-1], holds=world.holds[::-1])
    assert world.decide() == again.decide()


@given(ANY, HOLDS)
@MANY
def test_adding_a_hold_never_makes_anything_due(world: World, hold: Hold) -> None:
    before = world.decide()
    after = replace(world, holds=[*world.holds, hold]).decide()
    assert after.due == before.due
    if after.holds:
        assert (after.action, after.reason) == (Action.RETAIN, Reason.HELD)
    else:
        assert after == before


@given(ANY, st.integers(0, 20_000))
@MANY
def test_a_later_day_never_takes_back_that_something_is_due(world: World, days: int) -> None:
    free = replace(world, holds=[])
    before = free.decide()
    after = replace(free, today=free.today + timedelta(days=days)).decide()
    if before.action is not Action.RETAIN:
        assert after.action is before.action


@given(ANY, RULES)
@MANY
def test_adding_a_rule_for_another_class_changes_nothing(world: World, rule: Rule) -> None:
    other = replace(rule, code="Z")
    rules = {**world.schedule.rules, "Z": other}
    schedule = replace(world.schedule, rules=rules, adopted=world.schedule.adopted | {"Z"})
    assert replace(world, schedule=schedule).decide() == world.decide()


@given(LIKELY, ALTERNATIVES)
@MANY
def test_adding_an_alternative_not_proven_never_makes_anything_due_sooner(
    world: World, alternative: Alternative
) -> None:
    record = replace(
        world.record,
        facts={name: true for name, true in world.record.facts.items() if name != alternative.fact},
    )
    (rule,) = world.schedule.rules.values()
    longer = replace(rule, alternatives=(*rule.alternatives, alternative))
    before = replace(world, record=record).decide()
    schedule = schedule_of([longer], world.schedule.adopted)
    after = replace(world, record=record, schedule=schedule).decide()
    if after.action is not Action.RETAIN:
        assert before.action in (after.action, rule.action)
        assert before.due is not None
        assert after.due is not None
        assert before.due <= after.due
    if after.action is Action.DESTROY:
        assert before.action is Action.DESTROY


@given(LIKELY, DAYS)
@MANY
def test_another_event_of_the_same_kind_never_makes_anything_due_sooner(
    world: World, day: date
) -> None:
    before = world.decide()
    more = [replace(event, on=day) for event in world.events]
    after = replace(world, events=[*world.events, *more]).decide()
    if before.due is not None:
        assert after.due is not None
        assert after.due >= before.due


@given(ANY)
@MANY
def test_nothing_is_destroyed_early_or_in_doubt(world: World) -> None:
    found = world.decide()
    if found.action is not Action.DESTROY:
        return
    assert found.due is not None
    assert found.triggered is not None
    assert world.record.readable
    assert world.record.keep_until is None or world.record.keep_until < world.today
    assert world.record.record_class in world.schedule.adopted
    assert found.triggered.trust is Trust.EVIDENCED
    assert found.due < world.today
    assert not found.considered.moratoria
    rule = world.schedule.rules[world.record.record_class]
    assert found.final
    assert found.phase == len(rule.phases)
    if rule.sample is not None:
        assert is_chosen(rule.sample, world.record, found.triggered) is False
    assert world.record.first_seen <= world.today
    for possible in found.considered.terms:
        if possible.fact and possible.fact not in world.record.facts:
            assert possible.due is not None
            assert possible.due <= found.due
    term = found.considered.governing
    assert term is not None
    soonest = found.triggered.on + relativedelta(
        years=term.period.years, months=term.period.months, days=term.period.days
    )
    assert soonest <= found.due


@given(ANY)
@MANY
def test_a_file_system_date_never_leads_to_anything_but_review(world: World) -> None:
    untrusted = {
        name: replace(fact, trust=Trust.FILE_SYSTEM) for name, fact in world.record.dates.items()
    }
    found = replace(world, record=replace(world.record, dates=untrusted)).decide()
    if found.triggered is not None and found.triggered.trust is Trust.FILE_SYSTEM:
        assert found.action in (Action.RETAIN, Action.REVIEW)
        assert found.due is not None
        period = found.considered.governing.period
        counted_from = max(found.triggered.on, world.record.first_seen)
        months = relativedelta(years=period.years, months=period.months)
        assert found.due >= counted_from + months + timedelta(days=period.days)


@given(ANY, MORATORIA)
@MANY
def test_adding_a_moratorium_never_makes_anything_due(world: World, more: Moratorium) -> None:
    before = world.decide()
    stopped = replace(world.schedule, moratoria=(*world.schedule.moratoria, more))
    after = replace(world, schedule=stopped).decide()
    assert after.due == before.due
    assert after.action in (before.action, Action.RETAIN)


@given(ANY, SAMPLES)
@MANY
def test_what_is_sampled_is_never_destroyed_nor_put_before_a_reviewer_for_it(
    world: World, sample: Sample
) -> None:
    rules = {code: replace(rule, sample=sample) for code, rule in world.schedule.rules.items()}
    found = replace(world, schedule=replace(world.schedule, rules=rules)).decide()
    if found.disposition is Action.TRANSFER and found.reason is Reason.SAMPLED:
        assert found.action in (Action.TRANSFER, Action.RETAIN)
    if found.action is Action.DESTROY:
        assert is_chosen(sample, world.record, found.triggered) is False
