"""The sums of a simulation."""

from collections.abc import Callable
from datetime import date

from policies import Action, Effect, Period, Record, Rule, Schedule, decide

TODAY = date(2025, 6, 1)


def test_each_record_is_counted_where_it_changes(
    make_rule: Callable[..., Rule],
    make_schedule: Callable[..., Schedule],
    make_record: Callable[..., Record],
) -> None:
    def under(**rule: object) -> object:
        return decide(make_record(), make_schedule(make_rule(**rule)), (), (), TODAY)

    due, later = under(), under(period=Period(years=10))
    review, never = under(action=Action.REVIEW), under(period=None)
    effect = Effect()
    assert not effect.changes
    for number, (before, after) in enumerate(
        [(due, due), (later, due), (due, later), (due, review), (later, never)]
    ):
        effect.add(before, after, 10**number)
    assert (effect.looked_at.records, effect.looked_at.size) == (5, 11_111)
    assert (effect.due_before.size, effect.due_after.size) == (1_101, 1_011)
    assert (effect.becomes_due.size, effect.stops_being_due.size) == (10, 100)
    assert effect.other_action.size == 1_000
    assert effect.earliest == date(2024, 5, 12)
    assert effect.changes
