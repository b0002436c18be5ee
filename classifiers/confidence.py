"""How sure an answer is, as a number between nought and one, on purpose a modest one.

No errors among n checked answers prove no more than an error rate of 3/n, so the scale stops at
0.97 whatever the margin. An automatic answer starts at 0.90 at the smallest margin. A suggestion by
cues runs from 0.30 for a tie towards 0.80 as its lead grows; a suggestion by keywords alone gets
what was measured for such guesses: one in five is right from the content, two in five where the
name shares words too.
"""

from classifiers.model import Candidate

_SURE, _SUREST, _GAIN = 0.90, 0.97, 0.005
_TIE, _LEAD_ADDS, _HALFWAY = 0.30, 0.50, 5.0
_BY_CONTENT, _BY_NAME = 0.20, 0.40


def automatic(margin_to_spare: float) -> float:
    """Confidence of an automatic answer, by what its margin has beyond the smallest."""
    return min(_SUREST, _SURE + _GAIN * margin_to_spare)


def suggested_by_cues(margin: float) -> float:
    """Confidence in the first suggestion, by its lead over the second."""
    return _TIE + _LEAD_ADDS * margin / (margin + _HALFWAY)


def suggested_by_keywords(best: Candidate) -> float:
    """Confidence in a suggestion that rests on words of the schedule alone."""
    return _BY_NAME if any(item.field == "name" for item in best.evidence) else _BY_CONTENT
