"""When a rule falls due: by its own trigger and period, or by those of its alternatives.

Rules enforced here:

- The period counts from the end of the trigger day, after any cut-off. A record is due once the
  whole last day has passed.
- A file-system date counts as the later of that date and the day the record was first seen. It
  leads to a review, never to disposal, and so does an event about some of the references only.
- An evidenced period may have ended long before the record was found. Nothing is due as of a day
  before the record was first seen, but the period does not start again on that day.
- An alternative replaces the rule's own term when its fact is proven true and falls away when it
  is proven false. While that is unknown the longest of the terms still possible applies, and a
  term that cannot be computed is longer than any.
- A class kept for ever whose offer to the archive has no day is listed for review once a year.
"""

from collections.abc import Sequence
from datetime import date

from policies.cutoff import cut_off_day
from policies.model import Alternative, DatedFact, Event, Reason, Record, Rule, Term, Trust
from policies.period import Period
from policies.trigger import find_trigger, has_own_date


def terms_of(
    rule: Rule, period: Period, record: Record, events: Sequence[Event], today: date
) -> tuple[Term, ...]:
    """The rule's own term, first, and one for each alternative."""
    own = Alternative("", rule.trigger, rule.cut_off, period)
    return tuple(_term(way, record, events, today) for way in (own, *rule.alternatives))


def governing_term(terms: Sequence[Term]) -> tuple[Term, Reason]:
    """The longest of the terms still possible, and what follows from it.

    Where all have run out but one rests on a date that is no proof, a person has to look: settling
    the unknown fact must not be needed to make the answer more careful.
    """
    possible = _still_possible(terms)
    longest = max(possible, key=lambda term: date.max if term.due is None else term.due)
    uncertain = any(term.reason is Reason.DATE_UNCERTAIN for term in possible)
    if longest.reason is Reason.DUE and uncertain:
        return longest, Reason.DATE_UNCERTAIN
    return longest, longest.reason


def yearly_review_day(first_seen: date, today: date) -> date:
    """The latest anniversary of the first sighting that has passed, or else the first one."""
    years = max(1, today.year - first_seen.year)
    this_year = Period(years=years).after(first_seen)
    passed = years == 1 or this_year < today
    return this_year if passed else Period(years=years - 1).after(first_seen)


def _still_possible(terms: Sequence[Term]) -> tuple[Term, ...]:
    own, *alternatives = terms
    proven = [term for term in alternatives if term.proven]
    unknown = [term for term in alternatives if term.proven is None]
    return (*(proven or [own]), *unknown)


def _term(way: Alternative, record: Record, events: Sequence[Event], today: date) -> Term:
    proven = record.facts.get(way.fact) if way.fact else True
    fact = find_trigger(way.trigger, record, events)
    due = None if fact is None else _due(way, fact, record.first_seen)
    return Term(
        fact=way.fact,
        proven=proven,
        trigger=way.trigger,
        cut_off=way.cut_off,
        period=way.period,
        triggered=fact,
        due=due,
        reason=_why_no_date(way.trigger, proven)
        if fact is None or due is None
        else _standing(fact, due, record.first_seen, today),
    )


def _due(way: Alternative, fact: DatedFact, first_seen: date) -> date:
    start = max(fact.on, first_seen) if fact.trust is Trust.FILE_SYSTEM else fact.on
    return way.period.after(cut_off_day(start, way.cut_off))


def _why_no_date(trigger: str, proven: bool | None) -> Reason:  # noqa: FBT001 - three-valued
    if proven is None:
        return Reason.FACT_UNKNOWN
    return Reason.DATE_MISSING if has_own_date(trigger) else Reason.TRIGGER_PENDING


def _standing(fact: DatedFact, due: date, first_seen: date, today: date) -> Reason:
    if fact.on > today:
        return Reason.DATE_IN_FUTURE
    if today <= due or today < first_seen:
        return Reason.NOT_YET_DUE
    return Reason.DUE if fact.trust is Trust.EVIDENCED else Reason.DATE_UNCERTAIN
