"""Measuring answers against known classes; pure sums, no judgement.

Precision where the program acts alone counts most, and an early disposal most of all: an automatic
class kept for less time than the true one. No mistake among n checked answers proves an error rate
of at most 3/n (95 %), so the counts stand beside every share.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifiers.model import Origin

_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer beside the truth; ``predicted`` is the automatic class or the first suggestion."""

    truth: str
    predicted: str | None
    origin: Origin
    confidence: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a set of judged answers shows; shares of nothing are ``None``."""

    documents: int
    labels: int
    accuracy: float | None
    macro_f1: float | None
    automatic: int
    automatic_wrong: int
    coverage: float | None
    precision_automatic: float | None
    above_threshold: int
    precision_at_threshold: float | None
    calibration_error: float | None
    early_disposals: int | None
    confusions: tuple[tuple[str, str, int], ...]


def measure(
    rows: Iterable[Judged],
    *,
    threshold: float = 0.9,
    retention_ranks: Mapping[str, float] | None = None,
) -> Measurement:
    """Sum up judged answers.

    Args:
        rows: answers beside their truths.
        threshold: the confidence from which ``precision_at_threshold`` counts an answer.
        retention_ranks: rank of each class, higher kept longer; without it early disposals are
            ``None``.
    """
    judged = tuple(rows)
    automatic = [row for row in judged if row.origin == "automatic"]
    above = [row for row in judged if row.predicted is not None and row.confidence >= threshold]
    labels = sorted({row.truth for row in judged})
    return Measurement(
        documents=len(judged),
        labels=len(labels),
        accuracy=_share_right(judged),
        macro_f1=_mean([_f1(judged, label) for label in labels]),
        automatic=len(automatic),
        automatic_wrong=sum(1 for row in automatic if row.predicted != row.truth),
        coverage=len(automatic) / len(judged) if judged else None,
        precision_automatic=_share_right(automatic),
        above_threshold=len(above),
        precision_at_threshold=_share_right(above),
        calibration_error=_calibration_error([row for row in judged if row.predicted is not None]),
        early_disposals=None if retention_ranks is None else _early(automatic, retention_ranks),
        confusions=_confusions(judged),
    )


def _share_right(rows: Sequence[Judged]) -> float | None:
    return _mean([float(row.predicted == row.truth) for row in rows])


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _f1(rows: Sequence[Judged], label: str) -> float:
    right = sum(1 for row in rows if row.truth == label == row.predicted)
    either = sum(int(row.truth == label) + int(row.predicted == label) for row in rows)
    return 2 * right / either


def _calibration_error(rows: Sequence[Judged]) -> float | None:
    """Mean distance between stated confidence and share right, over ten bins of confidence."""
    bins: dict[int, list[Judged]] = {}
    for row in rows:
        bins.setdefault(min(int(row.confidence * _BINS), _BINS - 1), []).append(row)
    distances = [
        abs(sum(row.confidence - (row.predicted == row.truth) for row in held))
        for held in bins.values()
    ]
    return sum(distances) / len(rows) if rows else None


def _early(automatic: Sequence[Judged], ranks: Mapping[str, float]) -> int:
    """Automatic classes kept for less time than the true class; an unknown rank counts as none."""
    unknown = math.inf
    return sum(
        1
        for row in automatic
        if ranks.get(str(row.predicted), unknown) < ranks.get(row.truth, -unknown)
    )


def _confusions(rows: Sequence[Judged]) -> tuple[tuple[str, str, int], ...]:
    """Truth, wrong answer and count, the most frequent first; an abstention is no confusion."""
    wrong = Counter(
        (row.truth, row.predicted) for row in rows if row.predicted not in (None, row.truth)
    )
    return tuple(
        (truth, str(predicted), count)
        for (truth, predicted), count in sorted(
            wrong.items(), key=lambda item: (-item[1], str(item[0]))
        )
    )
