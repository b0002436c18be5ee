"""Gives a document its class, by the rules alone, in the form the register keeps.

A class is given only to what was read whole and taken from its place as it stands: of anything
else the classifiers' answer is a suggestion, however sure they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.decide import classify
from classifiers.model import Candidate, Document, Evidence
from classifiers.ruleset import Ruleset
from retention_agent.shares.paths import display

LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class of a record, or none, and what stands behind it."""

    record_class: str | None
    origin: str
    confidence: float
    findings: dict[str, Any]


def document_of(path: bytes, media_type: str, metadata: Mapping[str, str], text: str) -> Document:
    """A file as the classifiers know it."""
    *folders, name = path.split(b"/")
    return Document(
        path=path,
        name=display(name),
        folders=tuple(display(folder) for folder in folders),
        media_type=media_type,
        metadata=metadata,
        text=text,
    )


def judge(document: Document, ruleset: Ruleset, *, whole: bool) -> Verdict:
    """Classify a document; `whole` tells that all of its content was read."""
    answer = classify(document, ruleset)
    automatic = answer.origin == "automatic" and whole
    return Verdict(
        record_class=answer.record_class if automatic else None,
        origin="suggested" if answer.origin == "automatic" and not whole else answer.origin,
        confidence=answer.confidence,
        findings={
            "evidence": [_evidence(each) for each in answer.evidence],
            "suggestions": [_candidate(each) for each in answer.suggestions],
            "margin": answer.margin,
            "text_quality": answer.text_quality,
            "reason": answer.reason,
        },
    )


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "kind": evidence.kind,
        "field": evidence.field,
        "detail": evidence.detail[:LONGEST_DETAIL],
        "weight": evidence.weight,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "record_class": candidate.record_class,
        "score": candidate.score,
        "evidence": [_evidence(each) for each in candidate.evidence],
    }
