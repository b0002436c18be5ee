"""The answer to a request for information that may have been destroyed: a draft, or an alarm.

Information destroyed before a request came is not held, and the answer should say why it was
destroyed (ICO, "Retention and destruction of information"). To destroy what was asked for, meaning
to keep it from being disclosed, is an offence: FOIA 2000 s.77, EIR 2004 reg 19, DPA 2018 s.173.
So where anything that matches went, or is on its way, on or after the day the request was
received, in the records' own time zone, nothing is drafted. Doubt drafts nothing either.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from retention_agent.audit.transition import IN_BATCH
from retention_agent.disposal.trace import Finding, InBatch, Signature, Standing
from retention_agent.errors import UsageError
from retention_agent.register.records import moment


@dataclass(frozen=True, slots=True)
class Regime:
    """A law under which people ask for information."""

    name: str
    offence: str
    not_held: str


REGIMES = {
    "foi": Regime(
        "Freedom of Information Act 2000",
        "section 77 of the Freedom of Information Act 2000",
        "Section 1 of the Freedom of Information Act 2000 covers information that we hold when we"
        " receive a request.",
    ),
    "eir": Regime(
        "Environmental Information Regulations 2004",
        "regulation 19 of the Environmental Information Regulations 2004",
        "Under regulation 12(4)(a) of the Environmental Information Regulations 2004 we cannot"
        " provide information that we do not hold when we receive a request.",
    ),
    "sar": Regime(
        "Data Protection Act 2018",
        "section 173 of the Data Protection Act 2018",
        "Article 15 of the UK GDPR covers personal data that we are processing when we receive a"
        " request.",
    ),
}


class Verdict(StrEnum):
    """What can be said to the requester."""

    ALARM = "alarm"
    HELD = "held"
    UNPROVEN = "unproven"
    UNEXPLAINED = "unexplained"
    TRANSFERRED = "transferred"
    NOT_HELD = "not-held"
    NEVER_SEEN = "never-seen"


@dataclass(frozen=True, slots=True)
class Request:
    """When a request was received, under which law (a key of `REGIMES`), and where days begin."""

    received: date
    regime: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be said; `draft` is empty unless the verdict is that it is not held."""

    verdict: Verdict
    draft: str
    alarms: tuple[tuple[Finding, str], ...]


def answer(findings: Sequence[Finding], request: Request) -> Answer:
    """What can be said to the requester about what was found.

    Raises:
        UsageError: the regime is none of `REGIMES`.
    """
    if request.regime not in REGIMES:
        raise UsageError(f"{request.regime!r} is no regime: {', '.join(REGIMES)}")
    alarms = tuple((one, why) for one in findings if (why := _alarm(one, request)))
    verdict = Verdict.ALARM if alarms else _verdict(findings)
    draft = _draft(findings, request) if verdict is Verdict.NOT_HELD else ""
    return Answer(verdict, draft, alarms)


def _verdict(findings: Sequence[Finding]) -> Verdict:
    standings = {one.standing for one in findings}
    ended = [one.in_batch for one in findings if one.standing in _ENDED]
    if not findings:
        return Verdict.NEVER_SEEN
    if Standing.HELD in standings:
        return Verdict.HELD
    if not all(each and each.proven and each.approved for each in ended):
        return Verdict.UNPROVEN
    if standings & {Standing.VANISHED, Standing.CHANGED}:
        return Verdict.UNEXPLAINED
    return Verdict.TRANSFERRED if Standing.TRANSFERRED in standings else Verdict.NOT_HELD


_ENDED = {Standing.DESTROYED, Standing.TRANSFERRED}


def _alarm(one: Finding, request: Request) -> str:
    """Why this must not be answered with "not held"; empty where nothing is wrong."""
    batch = one.in_batch
    if one.standing is Standing.IN_BIN:
        return "it was taken off its share for destruction, and lies in the disposal bin"
    if one.standing is Standing.DESTROYED and not _before(_ended(one), request):
        return "it was destroyed on or after the day the request was received"
    if one.standing is Standing.VANISHED and not _before(one.since, request):
        return "a scan found it gone on or after that day, and this program did not destroy it"
    if one.standing is Standing.CHANGED and not _before(one.since, request):
        return "a scan found it changed or gone on or after that day, not by this program"
    under_way = one.standing is Standing.HELD and batch and batch.state in IN_BATCH
    if under_way and batch and not _all_before(batch.approved, request):
        return "its destruction was approved on or after the day the request was received"
    return ""


def _ended(one: Finding) -> str | None:
    return one.in_batch.at if one.in_batch else None


def _before(instant: str | None, request: Request) -> bool:
    """Whether it was on an earlier day than the request; what has no date was not."""
    return instant is not None and _local(instant, request.zone) < request.received


def _all_before(signed: Sequence[Signature], request: Request) -> bool:
    return all(_before(one.signed, request) for one in signed)


def _local(instant: str, zone: ZoneInfo) -> date:
    return moment(instant).astimezone(zone).date()


def _draft(findings: Sequence[Finding], request: Request) -> str:
    regime = REGIMES[request.regime]
    groups: defaultdict[tuple[date, str], list[InBatch]] = defaultdict(list)
    ended = [(one.in_batch, one.in_batch.at) for one in findings if one.in_batch]
    for batch, at in ended:
        day = _local(at or "", request.zone)  # what ended without a date raised the alarm
        groups[day, f"{batch.batch} {batch.manifest['rule']}"].append(batch)
    parts = [_paragraph(day, each, request) for (day, _), each in sorted(groups.items())]
    received = f"We received your request on {in_words(request.received)}. {regime.not_held}"
    return "\n\n".join([_HEAD, f"{received} {_GONE}", *parts, _FOOT])


_HEAD = "DRAFT, for a person to check and complete: [what was asked for]"
_GONE = (
    "We do not hold this information: it had been destroyed before that day, under our records"
    " retention and disposal schedule."
)
_FOOT = "[How to ask for a review of this answer, and to complain to the Information Commissioner.]"


def _paragraph(day: date, group: Sequence[InBatch], request: Request) -> str:
    one, entry = group[0], group[0].manifest
    count = f"{len(group)} file{'' if len(group) == 1 else 's'}"
    kept = f" Such records are kept for {one.kept}." if one.kept else ""
    title = f" ({one.title})" if one.title else ""
    trigger = entry["trigger_date"]
    counted = f" The period began on {_date(trigger)}." if trigger and len(group) == 1 else ""
    due = f" The day for destruction was {_date(entry['due'])}." if len(group) == 1 else ""
    approvals = len({each.person for each in one.approved})
    last = max(_local(each.signed, request.zone) for each in one.approved)
    return (
        f"{count} {'was' if len(group) == 1 else 'were'} destroyed on {in_words(day)}, as class"
        f" {entry['class']}{title} of the schedule.{kept} The authority for this is:"
        f" {entry['authority']}.{counted}{due} An officer with the role of requester asked for the"
        f" destruction, and {approvals} other officers with the role of approver had approved it by"
        f" {in_words(last)}. It is recorded in certificate of disposal {one.batch}."
    )


def _date(text: str | None) -> str:
    return in_words(date.fromisoformat(text)) if text else "[not recorded]"


def in_words(day: date) -> str:
    """A day as people in the United Kingdom write it."""
    return f"{day.day} {day:%B} {day.year}"
