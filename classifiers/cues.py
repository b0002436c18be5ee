"""The cue table: which words, in which place, speak for or against which class.

Rows are data (``cues/*.toml``) and a council may add a file of its own. Every row says of one class
where to look, for what, how much it weighs and what kind of evidence it is. Kinds matter more than
weights: two rows of one kind are one observation made twice, so a kind counts once, by its
strongest row, and doubt (a weight below zero) counts beside it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from classifiers.features import Features
from classifiers.matching import PatternSet
from classifiers.model import Candidate, Evidence

PLACES: Mapping[str, tuple[str, ...]] = {
    "content": ("heading", "line", "head", "tail", "shape"),
    "name": ("name",),
    "folder": ("folder",),
    "metadata": ("metadata",),
}
"""Where each field can be looked at."""

USUAL: Mapping[str, tuple[str, float]] = {
    "heading": ("heading", 6.0),
    "line": ("wording", 3.0),
    "head": ("wording", 3.0),
    "tail": ("closing", 3.0),
    "shape": ("shape", 2.0),
    "name": ("name", 3.0),
    "folder": ("folder", 1.0),
    "metadata": ("properties", 2.0),
}
"""Kind and weight of a row that states neither, by place."""

_KINDS_WORDS = (
    "heading form-title wording statutory labels attendance summons closing table name properties "
    "folder tense held items shape issuer"
)
KINDS = frozenset(_KINDS_WORDS.split())
SUPPORTING_ONLY = frozenset(("folder", "tense", "held", "items", "issuer", "shape", "keyword"))
"""Kinds that add to a score but are never one of the two that an automatic answer needs."""

_ONE_OBSERVATION = {"form-title": "heading", "statutory": "wording"}
_TITLES = frozenset(("heading", "form-title"))
_LONGEST_DETAIL = 80


@dataclass(frozen=True, slots=True)
class Cue:
    """One row of the table."""

    record_class: str
    field: str
    where: str
    pattern: str
    weight: float
    kind: str


@dataclass(frozen=True, slots=True)
class Veto:
    """A sign that no class may be given automatically, such as the word "template"."""

    reason: str
    where: str
    pattern: str


Row = TypeVar("Row", Cue, Veto)


class PatternTable(Generic[Row]):
    """Rows compiled into one set for each place they look at."""

    def __init__(self, rows: Sequence[Row]) -> None:
        """Compile rows that have been validated."""
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self._rows[row.where].append(row)
        self._sets = {
            place: PatternSet([row.pattern for row in placed])
            for place, placed in self._rows.items()
        }

    def search(self, features: Features) -> Iterable[tuple[Row, str]]:
        """Yield each row that matches, with the words that matched."""
        for place, patterns in self._sets.items():
            for index, words in patterns.search(features.views[place]):
                yield self._rows[place][index], words


def candidates(matches: Iterable[tuple[Cue, str]]) -> tuple[Candidate, ...]:
    """Turn matching rows into scored classes, best first."""
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for cue, words in matches:
        detail = " ".join(words.split())[:_LONGEST_DETAIL]
        evidence[cue.record_class].append(Evidence(cue.kind, cue.field, detail, cue.weight))
    found = (
        Candidate(record_class, _score(items), tuple(sorted(items, key=_by_weight)))
        for record_class, items in evidence.items()
    )
    return tuple(sorted(found, key=lambda candidate: (-candidate.score, candidate.record_class)))


def independent_kinds(evidence: Sequence[Evidence]) -> int:
    """Count the kinds of evidence that stand on their own.

    A form's title found as a heading and again inside a phrase of the page is one observation: of
    two kinds in the content, one whose words lie within the other's is not counted. Nor are a word
    of the name and the same word in running text two; a heading that says what the name says is.
    """
    by_kind: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        if item.weight > 0 and item.kind not in SUPPORTING_ONLY:
            by_kind[_ONE_OBSERVATION.get(item.kind, item.kind)].append(item)
    counted: list[Evidence] = []
    for items in by_kind.values():
        own = (item for item in items if not any(_same_words(item, other) for other in counted))
        counted.extend(list(own)[:1])
    return len(counted)


def _score(evidence: Sequence[Evidence]) -> float:
    """Each kind once, by its strongest row for and its strongest row against."""
    support: dict[str, float] = defaultdict(float)
    doubt: dict[str, float] = defaultdict(float)
    for item in evidence:
        kind = _ONE_OBSERVATION.get(item.kind, item.kind)
        support[kind] = max(support[kind], item.weight)
        doubt[kind] = min(doubt[kind], item.weight)
    return sum(support.values()) + sum(doubt.values())


def _by_weight(item: Evidence) -> tuple[float, str, str]:
    return -item.weight, item.kind, item.detail


def _same_words(one: Evidence, other: Evidence) -> bool:
    across = {one.field, other.field} == {"content", "name"}
    if one.field != other.field and (not across or {one.kind, other.kind} & _TITLES):
        return False
    words, others = one.detail.lower(), other.detail.lower()
    return words in others or others in words
