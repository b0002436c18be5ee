import pytest

from classifiers import text_quality

WELSH = "Cofnodion y cyfarfod a gynhaliwyd yn y neuadd. Penderfynwyd cymeradwyo'r cyfrifon. " * 3


@pytest.mark.parametrize("text", ["", "   \n\f ", "Page 1", "\n" * 50_000])
def test_little_or_nothing_written_is_no_text(text: str) -> None:
    assert text_quality(text) == "none"


@pytest.mark.parametrize(
    "text",
    [WELSH, "Date\tNet\tVAT\n" + "4 May\t12.00\t2.40\n" * 9, "one page\fanother page of the text"],
)
def test_welsh_spreadsheets_and_page_breaks_are_good_text(text: str) -> None:
    assert text_quality(text) == "good"


@pytest.mark.parametrize("lost", ["\x01", "\x85", "\x7f", "\N{REPLACEMENT CHARACTER}"])
def test_more_than_one_lost_character_in_a_hundred_is_garbled(lost: str) -> None:
    assert text_quality("x" * 98 + lost * 2) == "garbled"
    assert text_quality("x" * 199 + lost) == "good"


def test_nothing_but_lost_characters_is_garbled_not_absent() -> None:
    assert text_quality("\x02\x03\x04") == "garbled"


def test_only_the_ends_of_a_long_text_are_looked_at() -> None:
    assert text_quality("x" * 20_000 + "\x01" * 10_000 + "x" * 20_000) == "good"
    assert text_quality("x" * 40_000 + "\x01" * 10_000) == "garbled"
