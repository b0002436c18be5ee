import pytest

from classifiers import Candidate, Evidence
from classifiers.confidence import WEAK, automatic, suggested_by_cues, suggested_by_keywords


def test_an_automatic_answer_starts_high_and_never_claims_certainty() -> None:
    assert automatic(0.0) == 0.95
    assert automatic(5.0) == pytest.approx(0.96)
    assert automatic(1_000.0) == 0.98


def test_a_tie_is_worth_little_and_a_lead_is_worth_more() -> None:
    assert suggested_by_cues(0.0, 1) == suggested_by_cues(0.0, 2) == 0.30
    assert 0.30 < suggested_by_cues(2.0, 1) < suggested_by_cues(9.0, 1) < 0.80


def test_two_kinds_of_evidence_are_worth_more_than_one_and_none_is_worth_little() -> None:
    assert suggested_by_cues(5.0, 1) < suggested_by_cues(5.0, 2) == suggested_by_cues(5.0, 4) < 0.90
    assert suggested_by_cues(5.0, 0) == WEAK < suggested_by_cues(0.0, 1)


@pytest.mark.parametrize(("field", "expected"), [("name", 0.40), ("content", 0.20)])
def test_keywords_of_the_name_are_worth_twice_those_of_the_content(
    field: str, expected: float
) -> None:
    evidence = (Evidence("keyword", field, "plot", 0.0),)
    assert suggested_by_keywords(Candidate("A-1", 3.0, evidence)) == expected
