"""The heart: what may be done with a record today, and why.

A total function of its arguments: it reads no clock, raises nothing and has an answer for every
record. Every doubt keeps the record. In order, the first of these that applies gives the reason:

1. a hold in force covers the record (the day it would be due is still worked out and shown);
2. the record could not be read;
3. it has no class, or its class is not in the schedule;
4. the rule was not adopted by the council, or is outside its effective dates (what it would be is
   still shown);
5. a reviewer decided to keep it until a day that has not passed;
6. the rule keeps for ever or names no period;
7. the trigger has no date, a date in the future, or a period that has not run out.

Only then is the record due, for what the rule requires or for a person's review. A record has
exactly one class, so rules are never compared here ("class determines destiny", MoReq2010).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from policies.hold import holds_on
from policies.model import (
    Action,
    Considered,
    Decision,
    Event,
    Hold,
    Reason,
    Record,
    Rule,
    Schedule,
)
from policies.term import governing_term, terms_of, yearly_review_day


def decide(
    record: Record,
    schedule: Schedule,
    events: Sequence[Event],
    holds: Sequence[Hold],
    today: date,
) -> Decision:
    """Decide about one record as of `today`, a date in the zone of the records."""
    rule = None if record.record_class is None else schedule.rules.get(record.record_class)
    ruled, due = _rule_alone(rule, record, events, today)
    considered = replace(ruled, holds=holds_on(record, holds, today), keep_until=record.keep_until)
    reason = _obstacle(record, rule, schedule, considered.holds, today) or considered.reason
    term = considered.governing
    return Decision(
        record=record.id,
        action=_allowed_now(rule, reason),
        disposition=None if rule is None else rule.action,
        due=due,
        reason=reason,
        authority=None if rule is None else rule.authority,
        rule=considered.rule,
        trigger=None if rule is None else (rule.trigger if term is None else term.trigger),
        triggered=None if term is None else term.triggered,
        holds=considered.holds,
        considered=considered,
    )


def _rule_alone(
    rule: Rule | None, record: Record, events: Sequence[Event], today: date
) -> tuple[Considered, date | None]:
    if rule is None:
        unclassified = record.record_class is None
        return Considered(None, Reason.UNCLASSIFIED if unclassified else Reason.UNSCHEDULED), None
    if rule.action is Action.PERMANENT:
        return Considered(rule.code, Reason.PERMANENT), None
    period = rule.offer_after if rule.period is None else rule.period
    if period is not None:
        terms = terms_of(rule, period, record, events, today)
        governing, reason = governing_term(terms)
        return Considered(rule.code, reason, terms, governing), governing.due
    if rule.action is Action.TRANSFER:
        due = yearly_review_day(record.first_seen, today)
        reason = Reason.YEARLY_REVIEW if due < today else Reason.NOT_YET_DUE
        return Considered(rule.code, reason), due
    return Considered(rule.code, Reason.NO_PERIOD), None


def _obstacle(
    record: Record, rule: Rule | None, schedule: Schedule, holding: Sequence[str], today: date
) -> Reason | None:
    if holding:
        return Reason.HELD
    if not record.readable:
        return Reason.UNREADABLE
    if rule is None:
        return None
    if rule.code not in schedule.adopted:
        return Reason.NOT_ADOPTED
    if not _in_effect(rule, today):
        return Reason.NOT_IN_EFFECT
    extended = record.keep_until is not None and today <= record.keep_until
    return Reason.EXTENDED if extended else None


def _in_effect(rule: Rule, today: date) -> bool:
    started = rule.effective_from is None or rule.effective_from <= today
    return started and (rule.effective_to is None or today <= rule.effective_to)


def _allowed_now(rule: Rule | None, reason: Reason) -> Action:
    if reason in (Reason.DATE_UNCERTAIN, Reason.YEARLY_REVIEW):
        return Action.REVIEW
    return Action.RETAIN if rule is None or reason is not Reason.DUE else rule.action
