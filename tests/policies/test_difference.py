from collections.abc import Callable
from datetime import date

from policies import Action, FieldChange, Moratorium, Move, Period, Rule, Schedule, compare

RULE = Callable[..., Rule]
SCHEDULE = Callable[..., Schedule]


def test_two_schedules_with_the_same_classes_do_not_differ(
    make_rule: RULE, make_schedule: SCHEDULE
) -> None:
    found = compare(make_schedule(make_rule()), make_schedule(make_rule(), version="4"))
    assert (found.added, found.removed, found.changed) == ((), (), ())


def test_classes_added_and_removed_are_listed(make_rule: RULE, make_schedule: SCHEDULE) -> None:
    old, both, new = (make_rule(code=code) for code in ("A", "B", "C"))
    found = compare(make_schedule(old, both), make_schedule(both, new))
    assert (found.added, found.removed, found.changed) == ((new,), (old,), ())


def test_a_changed_class_is_told_field_by_field(make_rule: RULE, make_schedule: SCHEDULE) -> None:
    before = make_rule(note="Old", keywords=("invoice",))
    after = make_rule(title="Bills", keywords=("invoice", "bill"), source="A page")
    (change,) = compare(make_schedule(before), make_schedule(after)).changed
    assert change.code == "FIN-001"
    assert change.period is Move.SAME
    assert change.fields == (
        FieldChange("title", "Invoices", "Bills"),
        FieldChange("keywords", ["invoice"], ["invoice", "bill"]),
        FieldChange("note", "Old", None),
        FieldChange("source", None, "A page"),
    )


def test_it_is_told_which_way_the_period_moved(make_rule: RULE, make_schedule: SCHEDULE) -> None:
    before = make_schedule(make_rule(code="A"), make_rule(code="B"), make_rule(code="C"))
    after = make_schedule(
        make_rule(code="A", period=Period(years=7)),
        make_rule(code="B", period=Period(years=5)),
        make_rule(code="C", period=None, action=Action.PERMANENT),
    )
    moves = {change.code: change.period for change in compare(before, after).changed}
    assert moves == {"A": Move.LONGER, "B": Move.SHORTER, "C": Move.LONGER}
    (period,) = compare(before, after).changed[0].fields
    assert period == FieldChange("period", "P6Y", "P7Y")


def test_moratoria_that_are_new_gone_or_ended_are_differences(
    make_rule: RULE, make_schedule: SCHEDULE, make_moratorium: Callable[..., Moratorium]
) -> None:
    kept, ended = make_moratorium(id="A"), make_moratorium(id="A", ended=date(2025, 1, 1))
    before = make_schedule(make_rule(), moratoria=(kept, make_moratorium(id="B")))
    after = make_schedule(make_rule(), moratoria=(ended, make_moratorium(id="C")))
    changes = {change.id: change for change in compare(before, after).moratoria}
    assert changes["A"].fields == (FieldChange("ended", None, "2025-01-01"),)
    assert (changes["B"].after, changes["C"].before) == (None, None)
    assert FieldChange("citation", "Inquiries Act 2005 s.35", None) in changes["B"].fields
    assert compare(before, after)
    assert not compare(before, before)
