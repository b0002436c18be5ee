"""A decision in one plain sentence for a records manager, and as one document for machines.

The sentence says what may be done, why, and by which dates and authority; it tells nothing the
decision does not hold. Days are written as people in the United Kingdom write them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from policies.cutoff import CutOff, cut_off_day
from policies.model import Action, Considered, DatedFact, Decision, Reason, Term

REASON_MEANING: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.HELD: "a hold covers it, or covered it and its days of grace are still running",
        Reason.UNREADABLE: "its content could not be read, so nobody knows what it is",
        Reason.UNCLASSIFIED: "it has no record class",
        Reason.UNSCHEDULED: "its record class is not in the schedule",
        Reason.NOT_ADOPTED: "the council has not adopted the rule for its class",
        Reason.NOT_IN_EFFECT: "the rule for its class is outside its effective dates",
        Reason.MORATORIUM: "a moratorium in the schedule stops the disposal of its class",
        Reason.EXTENDED: "a reviewer decided to keep it longer, and that day has not passed",
        Reason.PERMANENT: "its class is kept for ever",
        Reason.NO_PERIOD: "the rule for its class names no period, which means never",
        Reason.TRIGGER_PENDING: "no event with one of its references has started the period yet",
        Reason.DATE_MISSING: "the date its period starts from is missing",
        Reason.DATE_IN_FUTURE: "the date its period starts from lies in the future",
        Reason.FACT_UNKNOWN: "another period applies if a fact is true, nobody has said whether "
        "it is, and that period has no date to start from",
        Reason.NOT_YET_DUE: "it is not due yet",
        Reason.DUE: "its period has ended and nothing keeps it",
        Reason.DATE_UNCERTAIN: "its period has ended only by a date that is no proof, one of the "
        "file system, which copying can change, or of an event about some of its references but "
        "not all, so a person must look",
        Reason.SAMPLED: "it belongs to the sample of its class that goes to the archive, and is "
        "offered once its period has ended by a date that is proof",
        Reason.SAMPLE_UNKNOWN: "a sample of its class goes to the archive, and without a reference "
        "or a digest of its content nobody can say whether it belongs to that",
        Reason.YEARLY_REVIEW: "its class is kept for ever, no day is set for offering it to the "
        "archive, and another year has passed",
        Reason.REVIEW_CYCLE: "its class is kept for ever, and the time between two reviews "
        "has passed",
        Reason.PHASES_DONE: "everything that the rule for its class requires has been done",
        Reason.ARCHIVE_WANTED: "its period has ended, and a reviewer wants the archive to have it",
        Reason.DECLINED: "its period has ended, and the archive that it was offered to declined "
        "it, so a person must decide",
    }
)

_MAY = {
    Action.RETAIN: "is kept",
    Action.DESTROY: "may be destroyed",
    Action.REVIEW: "is for review by a person",
    Action.TRANSFER: "may be offered to the archive",
}
_FINALLY: Mapping[Action | None, str] = {
    Action.DESTROY: "destruction",
    Action.REVIEW: "review",
    Action.TRANSFER: "an offer to the archive",
    Action.PERMANENT: "permanent keeping",
}
_YEAR_NAMES = {
    CutOff.FINANCIAL_YEAR: "the financial year",
    CutOff.TAX_YEAR: "the tax year",
    CutOff.CALENDAR_YEAR: "the calendar year",
    CutOff.ACADEMIC_YEAR: "the academic year",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def sentence(decision: Decision) -> str:
    """One plain-English sentence: what may be done with the record, and why."""
    subject = f"Record {decision.record}"
    if decision.rule is not None:
        subject += f" (class {decision.rule})"
    named = _named(decision)
    because = REASON_MEANING[decision.reason] + (f" ({named})" if named else "")
    clauses = [f"{subject} {_MAY[decision.action]} because {because}", *_timing(decision)]
    if decision.authority is not None:
        clauses.append(f"authority: {decision.authority.citation}")
    return "; ".join(clauses) + "."


def document(decision: Decision) -> dict[str, object]:
    """The whole decision in values JSON can carry."""
    return {
        "record": decision.record,
        "action": str(decision.action),
        "disposition": None if decision.disposition is None else str(decision.disposition),
        "due": _iso(decision.due),
        "reason": str(decision.reason),
        "meaning": REASON_MEANING[decision.reason],
        "rule": decision.rule,
        "authority": None
        if decision.authority is None
        else {"citation": decision.authority.citation, "kind": decision.authority.kind},
        "trigger": decision.trigger,
        **_trigger_document(decision.triggered),
        "holds": list(decision.holds),
        "phase": decision.phase,
        "final": decision.final,
        "considered": _considered_document(decision.considered),
    }


def _named(decision: Decision) -> str:
    terms = decision.considered.terms
    if decision.reason is Reason.HELD:
        return ", ".join(decision.holds)
    if decision.reason is Reason.MORATORIUM:
        return ", ".join(decision.considered.moratoria)
    if decision.reason is Reason.EXTENDED and decision.considered.keep_until is not None:
        return f"until {_day(decision.considered.keep_until)}"
    if decision.reason is Reason.FACT_UNKNOWN:
        return ", ".join(term.fact for term in terms if term.proven is None)
    if decision.reason in (Reason.TRIGGER_PENDING, Reason.DATE_MISSING):
        return decision.trigger or ""
    return ""


def _timing(decision: Decision) -> list[str]:
    if decision.due is None:
        return []
    term = decision.considered.governing
    if term is None or term.triggered is None:
        return [f"its next day for review is {_day(decision.due)}"]
    tense = "is" if decision.action is Action.RETAIN else "was"
    ends = f"its day for {_FINALLY[decision.disposition]} {tense} {_day(decision.due)}"
    counted = f"{ends}{_counted(decision.due, term, term.triggered)}"
    return [counted, *_longer_of(decision.considered.terms), *_on_the_way(decision)]


def _on_the_way(decision: Decision) -> list[str]:
    if decision.phase == 0 and decision.final:
        return []
    after = "the last" if decision.final else "and more follows"
    return [f"this is phase {decision.phase + 1} of its rule, {after}"]


def _counted(due: date, term: Term, triggered: DatedFact) -> str:
    if due != term.due:
        return ", by its review cycle"
    year = "" if term.cut_off is CutOff.NONE else f"the end of {_YEAR_NAMES[term.cut_off]} of "
    read_from = f"{term.trigger.replace('_', ' ')}, according to {triggered.origin}"
    start = f"{year}{_day(triggered.on)} ({read_from})"
    counted = term.period.after(cut_off_day(triggered.on, term.cut_off))
    seen = "" if counted == term.due else ", counted from the day it was first seen"
    return f", {term.period.in_words()} after {start}{seen}"


def _longer_of(terms: Sequence[Term]) -> list[str]:
    unknown = ", ".join(term.fact for term in terms if term.proven is None)
    return [f"the longest possible period, {unknown} being unknown"] if unknown else []


def _considered_document(considered: Considered) -> dict[str, object]:
    return {
        "rule": considered.rule,
        "reason": str(considered.reason),
        "terms": [
            {
                "fact": term.fact or None,
                "proven": term.proven,
                "trigger": term.trigger,
                "cut_off": str(term.cut_off),
                "period": str(term.period),
                **_trigger_document(term.triggered),
                "due": _iso(term.due),
                "reason": str(term.reason),
                "governs": term is considered.governing,
            }
            for term in considered.terms
        ],
        "holds": list(considered.holds),
        "keep_until": _iso(considered.keep_until),
        "moratoria": list(considered.moratoria),
    }


def _trigger_document(triggered: DatedFact | None) -> dict[str, object]:
    return {
        "trigger_date": None if triggered is None else triggered.on.isoformat(),
        "trigger_origin": None if triggered is None else triggered.origin,
        "trigger_trust": None if triggered is None else str(triggered.trust),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
