"""Deciding the class of one document, or asking a person.

Automatic only if every one of these holds; the first that fails is the reason a person is asked:

1. the text is good, and a mail message speaks for itself: it quotes, forwards and attaches
   nothing, and two kinds of evidence stand in its text;
2. cues speak for a class, and the schedule has that class;
3. nothing says template, guidance, draft or public notice;
4. the paper is the council's own, or of a class that others send to it, or of a class for inside
   use: those need not name a council, but if they name another body it may not be in the first
   lines, and three kinds of evidence must speak for the class;
5. name and content do not contradict each other;
6. two independent kinds of evidence speak for the class; folder and tense never count;
7. the score leads every other class by ``MARGIN``; one seen in passing and kept no longer counts
   for a quarter;
8. the schedule does not let the class be destroyed at once (retention rank zero).

Every doubt suggests. Where candidates tie, the one kept longer is listed first.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifiers.confidence import WEAK, automatic, suggested_by_cues, suggested_by_keywords
from classifiers.cues import candidates, independent_kinds
from classifiers.features import Features, describe
from classifiers.issuer import Standing
from classifiers.mail import carries_others, is_mail
from classifiers.model import Candidate, Classification, Document, Evidence, TextQuality
from classifiers.rank import rank
from classifiers.ruleset import Ruleset
from classifiers.text_quality import text_quality

MARGIN = 6.0
KINDS_NEEDED, KINDS_NEEDED_BESIDE_OTHERS = 2, 3
SUGGESTIONS = 5
PASSING = 0.25
_NAMING = 3.0
_TELLING = frozenset(("heading", "form-title", "name", "attendance", "summons"))


@dataclass(frozen=True, slots=True)
class _Findings:
    """All that the answer is drawn from."""

    document: Document
    quality: TextQuality
    features: Features
    supported: tuple[Candidate, ...]
    named: frozenset[str]
    margin: float


def classify(document: Document, ruleset: Ruleset) -> Classification:
    """Give a document its class with the evidence, or suggestions with the reason to ask."""
    findings = _findings(document, ruleset)
    doubt = next(iter(_doubts(findings, ruleset)), None)
    suggestions = _suggestions(findings, ruleset)
    if doubt is None:
        return _automatic(findings, suggestions)
    if not suggestions:
        return Classification(None, "none", 0.0, 0.0, (), (), findings.quality, doubt)
    best = suggestions[0]
    return Classification(
        record_class=None,
        origin="suggested",
        confidence=_confidence(best, doubt, findings),
        margin=findings.margin,
        evidence=best.evidence,
        suggestions=suggestions,
        text_quality=findings.quality,
        reason=doubt,
    )


def _confidence(best: Candidate, doubt: str, findings: _Findings) -> float:
    if best not in findings.supported[:1]:
        return suggested_by_keywords(best)
    if doubt == "another-body":
        return WEAK
    return suggested_by_cues(findings.margin, independent_kinds(best.evidence))


def _automatic(findings: _Findings, suggestions: tuple[Candidate, ...]) -> Classification:
    best = findings.supported[0]
    return Classification(
        record_class=best.record_class,
        origin="automatic",
        confidence=automatic(findings.margin - MARGIN),
        margin=findings.margin,
        evidence=best.evidence,
        suggestions=suggestions,
        text_quality=findings.quality,
        reason="agreeing-evidence",
    )


def _findings(document: Document, ruleset: Ruleset) -> _Findings:
    quality = text_quality(document.text)
    features = describe(document, document.text if quality == "good" else "", ruleset.profile)
    scored = candidates(ruleset.cues.search(features))
    supported = tuple(
        sorted(
            (one for one in scored if one.score > 0),
            key=lambda one: (-one.score, -_rank_of(one.record_class, ruleset), one.record_class),
        )
    )
    named = frozenset(one.record_class for one in scored if _is_named(one))
    return _Findings(document, quality, features, supported, named, _margin(supported, ruleset))


def _margin(supported: Sequence[Candidate], ruleset: Ruleset) -> float:
    """The lead of the best class; a rival seen in passing counts for little.

    Several hundred classes share the words of office life ("landlord", "quantity"). One such
    observation in running text, without a heading or a name, is no rival to two kinds of evidence,
    unless its class is kept longer: too early is the worst mistake.
    """
    if not supported:
        return 0.0
    best, *rivals = supported
    kept = _rank_of(best.record_class, ruleset)
    rivalry = (
        one.score
        if _is_telling(one) or _rank_of(one.record_class, ruleset) > kept
        else one.score * PASSING
        for one in rivals
    )
    return best.score - max(rivalry, default=0.0)


def _is_telling(rival: Candidate) -> bool:
    speaking = [item for item in rival.evidence if item.weight > 0]
    return independent_kinds(speaking) >= KINDS_NEEDED or any(
        item.kind in _TELLING for item in speaking
    )


def _doubts(findings: _Findings, ruleset: Ruleset) -> Iterable[str]:
    """Every reason to ask a person, the most telling first."""
    if findings.quality != "good":
        yield "no-text" if findings.quality == "none" else "garbled-text"
    if not findings.supported:
        yield "keywords-only" if _ranked(findings, ruleset) else "no-evidence"
        return
    best = findings.supported[0]
    yield from _doubts_of_document(findings, ruleset)
    if best.record_class not in ruleset.classes:
        yield "class-not-in-schedule"
    yield from _doubts_of_issuer(best, findings.features, ruleset)
    yield from _doubts_of_evidence(best, findings)
    if findings.margin < MARGIN:
        yield "narrow-margin"
    if _rank_of(best.record_class, ruleset) <= 0:
        yield "destroyed-at-once"


def _doubts_of_document(findings: _Findings, ruleset: Ruleset) -> Iterable[str]:
    if is_mail(findings.document) and (
        carries_others(findings.document)
        or independent_kinds(_in_content(findings.supported[0])) < KINDS_NEEDED
    ):
        yield "mail-message"
    yield from (veto.reason for veto, _ in ruleset.vetoes.search(findings.features))


def _doubts_of_issuer(best: Candidate, features: Features, ruleset: Ruleset) -> Iterable[str]:
    received = {Standing.ADDRESSED} if best.record_class in ruleset.received else set()
    if features.standing in {Standing.OURS, Standing.COUNCIL, *received}:
        return
    internal = best.record_class in ruleset.internal
    if features.standing is Standing.UNKNOWN:
        yield from () if internal else ("issuer-unknown",)
    elif not internal or _is_of_another(best, features):
        yield "another-body"


def _is_of_another(best: Candidate, features: Features) -> bool:
    """Whether a paper of a class for inside use comes from the body that it names."""
    return (
        features.letterhead in {Standing.OTHER, Standing.ADDRESSED}
        or independent_kinds(best.evidence) < KINDS_NEEDED_BESIDE_OTHERS
    )


def _doubts_of_evidence(best: Candidate, findings: _Findings) -> Iterable[str]:
    if findings.named and best.record_class not in findings.named:
        yield "name-contradicts-content"
    enough = independent_kinds(best.evidence) >= KINDS_NEEDED
    if not enough or not independent_kinds(_in_content(best)):
        yield "one-kind-of-evidence"


def _in_content(candidate: Candidate) -> list[Evidence]:
    return [item for item in candidate.evidence if item.field == "content"]


def _is_named(candidate: Candidate) -> bool:
    return any(item.kind == "name" and item.weight >= _NAMING for item in candidate.evidence)


def _rank_of(record_class: str, ruleset: Ruleset) -> float:
    """Retention of a class for comparing; what is unknown counts as kept longest."""
    hint = ruleset.classes.get(record_class)
    return math.inf if hint is None or hint.retention_rank is None else hint.retention_rank


def _suggestions(findings: _Findings, ruleset: Ruleset) -> tuple[Candidate, ...]:
    """Classes of the schedule that cues support, filled up by the ranking of its words."""
    by_cues = [one for one in findings.supported if one.record_class in ruleset.classes]
    known = {one.record_class for one in by_cues}
    ranked = (one for one in _ranked(findings, ruleset) if one.record_class not in known)
    return (*by_cues, *ranked)[:SUGGESTIONS]


def _ranked(findings: _Findings, ruleset: Ruleset) -> tuple[Candidate, ...]:
    return rank(ruleset.ranker, findings.features, SUGGESTIONS)
