import pytest

from classifiers import REASONS
from classifiers.reasons import VETO_REASONS


def test_every_veto_has_its_explanation() -> None:
    assert set(REASONS) >= VETO_REASONS


@pytest.mark.parametrize("code", sorted(REASONS))
def test_codes_are_kebab_case_and_explanations_are_sentences(code: str) -> None:
    assert code == code.lower().replace("_", "-")
    assert REASONS[code][0].isupper()
    assert REASONS[code].endswith(".")
