"""How sure an answer is, as a number between nought and one, on purpose a modest one.

No errors among n checked answers prove no more than an error rate of 3/n, so the scale stops at
0.98 whatever the margin, and an automatic answer starts at 0.95. A suggestion by cues runs from
0.30 for a tie towards 0.80 as its lead grows, and towards 0.90 where two kinds of evidence agree;
one that rests on signs which never stand alone, or on another body's paper, is worth little. A
suggestion by keywords alone gets what was measured for such guesses: one in five is right from the
content, two in five where the name shares words too.
"""

from classifiers.model import Candidate

WEAK = 0.15
"""Confidence where only signs speak that never stand alone, or where another body wrote."""

_SURE, _SUREST, _GAIN = 0.95, 0.98, 0.002
_TIE, _HALFWAY = 0.30, 3.0
_LEAD_ADDS = {1: 0.50, 2: 0.60}
_BY_CONTENT, _BY_NAME = 0.20, 0.40


def automatic(margin_to_spare: float) -> float:
    """Confidence of an automatic answer, by what its margin has beyond the smallest."""
    return min(_SUREST, _SURE + _GAIN * margin_to_spare)


def suggested_by_cues(margin: float, kinds: int) -> float:
    """Confidence in the first suggestion, by its lead and its independent kinds of evidence."""
    if kinds == 0:
        return WEAK
    return _TIE + _LEAD_ADDS[min(kinds, 2)] * margin / (margin + _HALFWAY)


def suggested_by_keywords(best: Candidate) -> float:
    """Confidence in a suggestion that rests on words of the schedule alone."""
    return _BY_NAME if any(item.field == "name" for item in best.evidence) else _BY_CONTENT
