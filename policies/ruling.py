"""What the rule of a record's class says of it, whatever else may keep it.

Rules enforced here:

- Phases come in their order, each counted from the same trigger and cut-off. The next one is due
  only once those before it are done, and after the last nothing is due. A transfer is done when the
  register says so; a review on the way, or a copy that the archive declined, when somebody
  reviewed the record after its day.
- What is chosen for the archive's sample is offered to it instead of being destroyed. While its
  date is no proof it stays, because a review of it could end in its destruction; so does a record
  of which nobody can say whether it is chosen.
- A class that is kept for ever is reviewed by its cycle, and one that waits for an offer to the
  archive without a day for it once a year; such a review ends nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from policies.model import Action, Event, Phase, Reason, Record, Rule, Term
from policies.period import Period
from policies.sample import is_chosen
from policies.term import governing_term, terms_of, yearly_review_day
from policies.trigger import find_trigger


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rule says; the fields mean what they mean in a `Decision`."""

    reason: Reason
    disposition: Action | None = None
    action: Action = Action.RETAIN
    due: date | None = None
    terms: tuple[Term, ...] = ()
    governing: Term | None = None
    phase: int = 0
    final: bool = True


def rule_alone(rule: Rule | None, record: Record, events: Sequence[Event], today: date) -> Ruling:
    """What the rule, if there is one, says of the record on this day."""
    if rule is None:
        unclassified = record.record_class is None
        return Ruling(Reason.UNCLASSIFIED if unclassified else Reason.UNSCHEDULED)
    steps = _steps(rule)
    if not steps:
        return _kept_for_ever(rule, record, events, today)
    done = record.phase if rule.phases else 0
    for number, step in enumerate(steps[done:], done):
        ruling = _at_step(rule, step, record, events, today)
        if number == len(steps) - 1:
            return replace(_last(ruling, rule, record, today), phase=number)
        if not _reviewed_since(ruling, record):
            return replace(ruling, phase=number, final=False)
    return Ruling(Reason.PHASES_DONE, rule.action, phase=len(steps))


def _steps(rule: Rule) -> tuple[Phase, ...]:
    if rule.action is Action.PERMANENT:
        return ()
    period = rule.offer_after if rule.period is None else rule.period
    return () if period is None else (*rule.phases, Phase(rule.action, period))


def _at_step(
    rule: Rule, step: Phase, record: Record, events: Sequence[Event], today: date
) -> Ruling:
    terms = terms_of(rule, step.period, record, events, today)
    governing, reason = governing_term(terms)
    action = {Reason.DUE: step.action, Reason.DATE_UNCERTAIN: Action.REVIEW}
    return Ruling(
        reason=reason,
        disposition=step.action,
        action=action.get(reason, Action.RETAIN),
        due=governing.due,
        terms=terms,
        governing=governing,
    )


def _reviewed_since(ruling: Ruling, record: Record) -> bool:
    """Whether somebody looked at what was due; a copy that was declined is for a person as well."""
    for_a_person = ruling.disposition is Action.REVIEW or record.declined
    return (
        for_a_person
        and ruling.action is ruling.disposition
        and ruling.due is not None
        and record.reviewed is not None
        and ruling.due < record.reviewed
    )


def _last(ruling: Ruling, rule: Rule, record: Record, today: date) -> Ruling:
    if rule.sample is not None and ruling.disposition is Action.DESTROY:
        triggered = None if ruling.governing is None else ruling.governing.triggered
        return _sampled(ruling, is_chosen(rule.sample, record, triggered))
    if ruling.disposition is Action.REVIEW and rule.review_every and record.reviewed:
        return _again(ruling, rule.review_every.after(record.reviewed), today)
    return ruling


def _again(ruling: Ruling, next_review: date, today: date) -> Ruling:
    if ruling.due is None or next_review <= ruling.due:
        return ruling
    if ruling.action is Action.REVIEW and today <= next_review:
        waiting = Reason.NOT_YET_DUE
        return replace(ruling, reason=waiting, action=Action.RETAIN, due=next_review)
    return replace(ruling, due=next_review)


def _sampled(ruling: Ruling, chosen: bool | None) -> Ruling:  # noqa: FBT001 - three-valued
    if chosen is False:
        return ruling
    kept = replace(ruling, disposition=Action.TRANSFER if chosen else ruling.disposition)
    if ruling.action is Action.RETAIN:
        return kept
    if chosen is None:
        return replace(kept, reason=Reason.SAMPLE_UNKNOWN, action=Action.RETAIN)
    offered = ruling.reason is Reason.DUE
    return replace(
        kept, reason=Reason.SAMPLED, action=Action.TRANSFER if offered else Action.RETAIN
    )


def _kept_for_ever(rule: Rule, record: Record, events: Sequence[Event], today: date) -> Ruling:
    waits_for_offer = rule.action is Action.TRANSFER
    reason = Reason.PERMANENT if rule.action is Action.PERMANENT else Reason.NO_PERIOD
    if rule.review_every is None and not waits_for_offer:
        return Ruling(reason, rule.action)
    due = _next_review(rule, record, events, today)
    ruling = Ruling(
        reason=Reason.NOT_YET_DUE if waits_for_offer else reason,
        disposition=rule.action,
        due=due,
        final=False,
    )
    if today <= due or today < record.first_seen:
        return ruling
    yearly = rule.review_every is None
    reason = Reason.YEARLY_REVIEW if yearly else Reason.REVIEW_CYCLE
    return replace(ruling, reason=reason, action=Action.REVIEW)


def _next_review(rule: Rule, record: Record, events: Sequence[Event], today: date) -> date:
    cycle = rule.review_every or Period(years=1)
    if record.reviewed is not None:
        return cycle.after(record.reviewed)
    if rule.review_every is None:
        return yearly_review_day(record.first_seen, today)
    triggered = find_trigger(rule.trigger, record, events)
    return cycle.after(record.first_seen if triggered is None else triggered.on)
