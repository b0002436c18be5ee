"""The values classification takes and gives.

A document comes in as text and names, a class comes out with the evidence for it. Nothing here
reads a file, a clock or a setting: the same values always give the same answer, so a decision can
be repeated years later.

``record_class`` is filled only when the answer is automatic. A suggestion is for people to confirm
and never becomes the class of a record by itself; ``proposed`` names it for those who show or
measure it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Origin = Literal["automatic", "suggested", "none"]
TextQuality = Literal["none", "garbled", "good"]


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of one document: its names, its properties and its text."""

    path: bytes
    name: str
    folders: tuple[str, ...]
    media_type: str
    metadata: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation for (weight above zero) or against (below zero) a class."""

    kind: str
    field: str
    detail: str
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class the document may belong to, with its score and what supports it."""

    record_class: str
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """The answer for one document; ``reason`` is a code of ``classifiers.reasons.REASONS``."""

    record_class: str | None
    origin: Origin
    confidence: float
    margin: float
    evidence: tuple[Evidence, ...]
    suggestions: tuple[Candidate, ...]
    text_quality: TextQuality
    reason: str

    @property
    def proposed(self) -> str | None:
        """The automatic class, else the first suggestion, else nothing."""
        if self.record_class is not None:
            return self.record_class
        return self.suggestions[0].record_class if self.suggestions else None


@dataclass(frozen=True, slots=True)
class Organisation:
    """The council whose records these are: its name, and its other names in either language."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassHint:
    """What the schedule says of a class; a higher rank is kept longer, ``None`` is unknown."""

    title: str
    keywords: tuple[str, ...] = ()
    retention_rank: float | None = None
