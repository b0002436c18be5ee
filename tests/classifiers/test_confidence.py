import pytest

from classifiers import Candidate, Evidence
from classifiers.confidence import automatic, suggested_by_cues, suggested_by_keywords


def test_an_automatic_answer_starts_at_nine_in_ten_and_never_claims_certainty() -> None:
    assert automatic(0.0) == 0.90
    assert automatic(4.0) == pytest.approx(0.92)
    assert automatic(1_000.0) == 0.97


def test_a_tie_is_worth_little_and_a_lead_is_worth_more() -> None:
    assert suggested_by_cues(0.0) == 0.30
    assert 0.30 < suggested_by_cues(2.0) < suggested_by_cues(9.0) < 0.80


@pytest.mark.parametrize(("field", "expected"), [("name", 0.40), ("content", 0.20)])
def test_keywords_of_the_name_are_worth_twice_those_of_the_content(
    field: str, expected: float
) -> None:
    evidence = (Evidence("keyword", field, "plot", 0.0),)
    assert suggested_by_keywords(Candidate("A-1", 3.0, evidence)) == expected
