import pytest

from classifiers.matching import PatternSet, problem_of


def test_each_pattern_that_occurs_is_found_with_its_words() -> None:
    patterns = PatternSet([r"^invoice\b", r"petty cash", r"total$"])
    assert list(patterns.search("Invoice 12\ngrand TOTAL")) == [(0, "Invoice"), (2, "TOTAL")]


def test_line_ends_anchor() -> None:
    assert not list(PatternSet([r"^agenda$"]).search("see the agenda"))
    assert list(PatternSet([r"^agenda$"]).search("council\nAgenda\n1"))


def test_nothing_matches_nothing() -> None:
    assert not list(PatternSet(["x"]).search(""))
    assert not list(PatternSet([]).search("text"))


def test_words_of_any_alphabet_come_back_whole() -> None:
    assert list(PatternSet([r"gw[yŷ]s"]).search("GŴYL a GWŶS £5")) == [(0, "GWŶS")]


def test_patterns_too_many_for_one_set_are_searched_one_by_one() -> None:
    large = [rf"x\pL{{{count}}}y" for count in range(900, 904)]
    assert list(PatternSet([*large, "span7"]).search("plot span7")) == [(4, "span7")]


def test_a_hostile_text_cannot_stall_the_search() -> None:
    assert not list(PatternSet([r"(a+)+$b"]).search("a" * 50_000))


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("(", "RE2 can read"), ("a*", "matches an empty text"), (r"(?=x)", "RE2 can read")],
)
def test_a_faulty_pattern_is_explained(pattern: str, words: str) -> None:
    assert words in (problem_of(pattern) or "")


def test_a_sound_pattern_has_no_problem() -> None:
    assert problem_of(r"\binvoice\b") is None
