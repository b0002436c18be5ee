import pytest

from classifiers import Judged, measure

RIGHT = Judged("A", "A", "automatic", 0.95)
WRONG = Judged("B", "A", "automatic", 0.95)
SUGGESTED = Judged("B", "B", "suggested", 0.45)
ABSTAINED = Judged("B", None, "none", 0.0)


def test_shares_and_counts_of_a_mixed_set() -> None:
    found = measure([RIGHT, WRONG, SUGGESTED, ABSTAINED])
    assert (found.documents, found.labels) == (4, 2)
    assert (found.automatic, found.automatic_wrong) == (2, 1)
    assert found.coverage == 0.5
    assert found.precision_automatic == 0.5
    assert (found.above_threshold, found.precision_at_threshold) == (2, 0.5)
    assert found.accuracy == 0.5
    assert found.macro_f1 == pytest.approx((2 / 3 + 1 / 2) / 2)


def test_shares_of_nothing_are_none() -> None:
    found = measure([])
    assert found.accuracy is None
    assert found.coverage is None
    assert found.calibration_error is None
    assert found.macro_f1 is None


def test_the_threshold_counts_whatever_its_origin() -> None:
    assert measure([SUGGESTED], threshold=0.4).above_threshold == 1


def test_calibration_is_the_distance_between_confidence_and_share_right() -> None:
    assert measure([RIGHT, WRONG]).calibration_error == pytest.approx(0.45)
    assert measure([Judged("A", "A", "automatic", 1.0)]).calibration_error == 0.0


def test_an_early_disposal_is_an_automatic_class_kept_for_less_time() -> None:
    ranks = {"A": 6.0, "B": 12.0}
    assert measure([WRONG], retention_ranks=ranks).early_disposals == 1
    assert measure([Judged("A", "B", "automatic", 0.9)], retention_ranks=ranks).early_disposals == 0
    suggested = Judged("B", "A", "suggested", 0.9)
    assert measure([suggested], retention_ranks=ranks).early_disposals == 0


def test_without_ranks_early_disposals_are_not_claimed_to_be_none() -> None:
    assert measure([WRONG]).early_disposals is None


def test_confusions_name_truth_and_answer_and_leave_abstentions_out() -> None:
    assert measure([WRONG, WRONG, RIGHT, ABSTAINED]).confusions == (("B", "A", 2),)
