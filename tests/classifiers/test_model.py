from classifiers import Candidate, Classification


def answer(record_class: str | None, *suggested: str) -> Classification:
    suggestions = tuple(Candidate(code, 1.0, ()) for code in suggested)
    return Classification(record_class, "suggested", 0.5, 1.0, (), suggestions, "good", "x")


def test_the_automatic_class_is_what_is_proposed() -> None:
    assert answer("A-1", "B-1").proposed == "A-1"


def test_without_one_the_first_suggestion_is_proposed() -> None:
    assert answer(None, "B-1", "A-1").proposed == "B-1"


def test_without_suggestions_nothing_is_proposed() -> None:
    assert answer(None).proposed is None
