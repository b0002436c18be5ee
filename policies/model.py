"""The values decisions are made from and made of; all frozen, none reads a clock.

The words are those of ISO 15489-1:2016 (record, disposition authority) and MoReq2010 (disposal
hold, class). Rules enforced here:

- An event names the reference it belongs to; one without a reference cannot be made, so it can
  never trigger everything of its kind.
- The scope of a hold or a moratorium names something; an empty scope is an error and never means
  everything.
- A digest is taken over what is written, not over what is left blank, so a later version of the
  software with more optional fields still computes the same digest for the same rule.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from policies.cutoff import CutOff
from policies.period import Period

AUTHORITY_KINDS = ("statutory", "guidance", "limitation", "common_practice")
CONFIDENCES = ("high", "medium", "low")


class Action(StrEnum):
    """What a rule finally requires, and what a decision allows now."""

    RETAIN = "retain"
    DESTROY = "destroy"
    REVIEW = "review"
    TRANSFER = "transfer"
    PERMANENT = "permanent"


class Trust(StrEnum):
    """How far a date may be relied on."""

    EVIDENCED = "evidenced"
    FILE_SYSTEM = "file-system"
    """A copy or a migration can reset it, so it never disposes of anything by itself."""
    PARTIAL = "partial"
    """An event about some of the record's references: the others may still be open."""


class Reason(StrEnum):
    """Why a decision is what it is; `policies.explain.REASON_MEANING` says it in words."""

    HELD = "held"
    UNREADABLE = "unreadable"
    UNCLASSIFIED = "unclassified"
    UNSCHEDULED = "unscheduled"
    NOT_ADOPTED = "not-adopted"
    NOT_IN_EFFECT = "not-in-effect"
    MORATORIUM = "moratorium"
    EXTENDED = "extended"
    PERMANENT = "permanent"
    NO_PERIOD = "no-period"
    TRIGGER_PENDING = "trigger-pending"
    DATE_MISSING = "date-missing"
    DATE_IN_FUTURE = "date-in-future"
    FACT_UNKNOWN = "fact-unknown"
    NOT_YET_DUE = "not-yet-due"
    DUE = "due"
    DATE_UNCERTAIN = "date-uncertain"
    SAMPLED = "sampled"
    SAMPLE_UNKNOWN = "sample-unknown"
    YEARLY_REVIEW = "yearly-review"
    REVIEW_CYCLE = "review-cycle"
    PHASES_DONE = "phases-done"
    DECLINED = "declined"
    ARCHIVE_WANTED = "archive-wanted"


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A date and where it was read, such as `pdf:CreationDate` or `event:contract_end`."""

    on: date
    origin: str
    trust: Trust


@dataclass(frozen=True, slots=True)
class Authority:
    """The mandate of a rule: a citation and its kind, one of `AUTHORITY_KINDS`."""

    citation: str
    kind: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another trigger and period that replaces those of the rule when `fact` is proven true."""

    fact: str
    trigger: str
    cut_off: CutOff
    period: Period
    when: str = ""


@dataclass(frozen=True, slots=True)
class Phase:
    """A step of a rule: what is done once this period after the trigger and cut-off has ended."""

    action: Action
    period: Period


@dataclass(frozen=True, slots=True)
class Sample:
    """Which records of a class go to the archive instead of being destroyed.

    Either `percent` of them, chosen by `seed`, or those whose trigger falls in a year that ends in
    one of `endings`.
    """

    percent: int = 0
    endings: tuple[str, ...] = ()
    seed: str = ""

    def __str__(self) -> str:
        return f"{self.percent} %" if self.percent else f"years ending {', '.join(self.endings)}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the schedule: a record class and what becomes of its records.

    No period means never. `offer_after` is when a class that is kept for ever is offered to the
    archive; `phases` are what is done on the way, before `action` at the end of `period`;
    `review_every` is the time between two reviews of a class that is reviewed or kept for ever;
    `version` is the version of this line, not of the schedule.
    """

    code: str
    function: str
    title: str
    scope: str
    trigger: str
    cut_off: CutOff
    period: Period | None
    action: Action
    authority: Authority
    alternatives: tuple[Alternative, ...] = ()
    keywords: tuple[str, ...] = ()
    confidence: str = "low"
    source: str = ""
    note: str = ""
    offer_after: Period | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    version: str = "1"
    phases: tuple[Phase, ...] = ()
    sample: Sample | None = None
    review_every: Period | None = None

    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what this line says."""
        return _digest(_written(asdict(self)))


@dataclass(frozen=True, slots=True)
class Source:
    """A public document the schedule was drawn from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Moratorium:
    """An order, as of a public inquiry, that stops the disposal of whole classes.

    It covers the classes in `classes` and those of the functions in `functions`. It stands until
    `ended` has passed; `review_by` going by ends nothing.
    """

    id: str
    title: str
    authority: str
    citation: str
    classes: tuple[str, ...]
    functions: tuple[str, ...]
    begins: date
    review_by: date
    ended: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.classes or self.functions):
            raise ValueError(f"moratorium {self.id} is empty: name a class or a function")


@dataclass(frozen=True, slots=True)
class Schedule:
    """A retention schedule; only the codes in `adopted` have been adopted by the council."""

    title: str
    version: str
    rules: Mapping[str, Rule]
    functions: Mapping[str, str]
    adopted: frozenset[str] = frozenset()
    status: str = ""
    jurisdiction: str = ""
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    moratoria: tuple[Moratorium, ...] = ()

    def digest(self) -> str:
        """SHA-256 of the whole content; adoption is left out because adopters sign this digest."""
        content = asdict(self)
        content["adopted"] = None
        content["rules"] = {code: rule.digest() for code, rule in self.rules.items()}
        return _digest(_written(content))


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the case, contract or person with this reference."""

    reference: str
    trigger: str
    on: date

    def __post_init__(self) -> None:
        if not self.reference.strip():
            raise ValueError(
                f"the {self.trigger} event of {self.on} has no reference: "
                "give the case, contract or person it belongs to"
            )


@dataclass(frozen=True, slots=True)
class Record:
    """What is known about one record; `path` is relative to its share.

    `keep_until` is the last day a reviewer wants it kept, whatever its rule says; `reviewed` the
    day of its latest review; `phase` how many phases of its rule are done; `digest` the SHA-256 of
    its content in hexadecimal, empty while unknown; `declined` that the archive was offered the
    record and did not want it; `archive_wanted` that a reviewer wants it to have it; `unmatched`
    the queries of holds that it was read for and does not match: any other counts as matching;
    `former` the paths at which it lay before.
    """

    id: str
    share: str
    path: bytes
    record_class: str | None
    references: frozenset[str]
    dates: Mapping[str, DatedFact]
    facts: Mapping[str, bool]
    fields: Mapping[str, str]
    first_seen: date
    readable: bool
    keep_until: date | None = None
    reviewed: date | None = None
    phase: int = 0
    digest: str = ""
    unmatched: frozenset[str] = frozenset()
    declined: bool = False
    archive_wanted: bool = False
    former: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class HoldScope:
    """What a hold covers: every criterion given must match, by any one of its values.

    `query` is text of the search language; what it finds is worked out by whoever reads records
    (`Record.unmatched`), because a decision reads none.

    `paths` are (share, folder or file) pairs, an empty path being the whole share. Each entry of
    `fields` is a criterion of its own: a field name and a pattern with `*`, `?` and `[...]`.
    """

    paths: tuple[tuple[str, bytes], ...] = ()
    classes: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    def __post_init__(self) -> None:
        if not (self.paths or self.classes or self.references or self.fields or self.query):
            raise ValueError(
                "the scope of a hold is empty: name a path, class, reference, field or query"
            )
        shares = (share for share, _ in self.paths)
        values = (*shares, *self.classes, *self.references, self.query or "none")
        if not all(value.strip() for value in (*values, *self.fields, *self.fields.values())):
            raise ValueError("the scope of a hold has a blank value, which would cover nothing")


@dataclass(frozen=True, slots=True)
class Hold:
    """An order to keep what its scope covers.

    `grace_ends` is None while the hold is active; a released hold stays in force until that day
    has passed.
    """

    id: str
    title: str
    authority: str
    reason: str
    review_by: date
    placed: date
    scope: HoldScope
    grace_ends: date | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """One way the rule may run: its own trigger and period, or those of an alternative.

    `fact` is empty for the rule's own; `proven` is None while nobody knows whether it is true.
    """

    fact: str
    proven: bool | None
    trigger: str
    cut_off: CutOff
    period: Period
    triggered: DatedFact | None
    due: date | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Considered:
    """What a decision looked at.

    `reason` is what the rule alone says, even where a hold or a rule not adopted overrules it;
    `governing` is the term that counted, the longest of those still possible.
    """

    rule: str | None
    reason: Reason
    terms: tuple[Term, ...] = ()
    governing: Term | None = None
    holds: tuple[str, ...] = ()
    keep_until: date | None = None
    moratoria: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What may be done with a record now, and why.

    `action` is RETAIN unless the record is due; `disposition` is what the rule requires next, which
    is what it finally requires unless it has phases. `phase` is how many phases come before that.
    `final` says that the rule has nothing after it: where it is False, what is due leaves the
    record in its place, as a review on the way does, or a copy for the archive.
    """

    record: str
    action: Action
    disposition: Action | None
    due: date | None
    reason: Reason
    authority: Authority | None
    rule: str | None
    trigger: str | None
    triggered: DatedFact | None
    holds: tuple[str, ...]
    considered: Considered
    phase: int = 0
    final: bool = True


def _written(content: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in content.items() if value not in (None, "", (), {})}


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
