"""The heart: what may be done with a record today, and why.

A total function of its arguments: it reads no clock, raises nothing and has an answer for every
record. Every doubt keeps the record. In order, the first of these that applies gives the reason:

1. a hold in force covers the record (the day it would be due is still worked out and shown);
2. the record could not be read;
3. it has no class, or its class is not in the schedule;
4. a moratorium covers its class;
5. the rule was not adopted by the council, or is outside its effective dates (what it would be is
   still shown);
6. a reviewer decided to keep it until a day that has not passed;
7. what the rule alone says (`policies.ruling`): that it keeps for ever or names no period, or that
   the trigger has no date, a date in the future, or a period that has not run out.

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
from policies.moratorium import moratoria_on
from policies.ruling import Ruling, rule_alone


def decide(
    record: Record,
    schedule: Schedule,
    events: Sequence[Event],
    holds: Sequence[Hold],
    today: date,
) -> Decision:
    """Decide about one record as of `today`, a date in the zone of the records."""
    rule = None if record.record_class is None else schedule.rules.get(record.record_class)
    ruled = _for_archive(rule_alone(rule, record, events, today), record)
    considered = Considered(
        rule=None if rule is None else rule.code,
        reason=ruled.reason,
        terms=ruled.terms,
        governing=ruled.governing,
        holds=holds_on(record, holds, today),
        keep_until=record.keep_until,
        moratoria=() if rule is None else moratoria_on(rule, schedule.moratoria, today),
    )
    obstacle = _obstacle(record, rule, schedule.adopted, considered, today)
    term = ruled.governing
    return Decision(
        record=record.id,
        action=ruled.action if obstacle is None else Action.RETAIN,
        disposition=ruled.disposition,
        due=ruled.due,
        reason=obstacle or ruled.reason,
        authority=None if rule is None else rule.authority,
        rule=considered.rule,
        trigger=_trigger(rule, ruled),
        triggered=None if term is None else term.triggered,
        holds=considered.holds,
        considered=considered,
        phase=ruled.phase,
        final=ruled.final,
    )


def _for_archive(ruled: Ruling, record: Record) -> Ruling:
    """What a reviewer wants the archive to have is offered to it instead of ending here.

    What the archive declined is for a person to decide on, and is not offered again.
    """
    ends = ruled.final and ruled.action in {Action.DESTROY, Action.REVIEW}
    if record.archive_wanted and ends:
        wanted = Reason.ARCHIVE_WANTED
        ruled = replace(ruled, reason=wanted, action=Action.TRANSFER, disposition=Action.TRANSFER)
    if not record.declined or ruled.action is not Action.TRANSFER:
        return ruled
    return replace(ruled, reason=Reason.DECLINED, action=Action.REVIEW)


def _trigger(rule: Rule | None, ruled: Ruling) -> str | None:
    if ruled.governing is not None:
        return ruled.governing.trigger
    return None if rule is None else rule.trigger


def _obstacle(
    record: Record,
    rule: Rule | None,
    adopted: frozenset[str],
    considered: Considered,
    today: date,
) -> Reason | None:
    if considered.holds:
        return Reason.HELD
    if not record.readable:
        return Reason.UNREADABLE
    return None if rule is None else _obstacle_to_rule(record, rule, adopted, considered, today)


def _obstacle_to_rule(
    record: Record,
    rule: Rule,
    adopted: frozenset[str],
    considered: Considered,
    today: date,
) -> Reason | None:
    if considered.moratoria:
        return Reason.MORATORIUM
    if rule.code not in adopted:
        return Reason.NOT_ADOPTED
    if not _in_effect(rule, today):
        return Reason.NOT_IN_EFFECT
    extended = record.keep_until is not None and today <= record.keep_until
    return Reason.EXTENDED if extended else None


def _in_effect(rule: Rule, today: date) -> bool:
    started = rule.effective_from is None or rule.effective_from <= today
    return started and (rule.effective_to is None or today <= rule.effective_to)
