import random
import string

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


ENGLISH = "The council resolved to approve the payments listed and to publish the minutes. " * 12


def exchanged(text: str, seed: int = 4) -> str:
    """The text as a font with a broken table of characters would give it."""
    letters = list(string.ascii_lowercase)
    random.Random(seed).shuffle(letters)
    table = dict(zip(string.ascii_lowercase, letters, strict=True))
    return "".join(table.get(character, character) for character in text.lower())


def shifted(text: str) -> str:
    """Glyph numbers for letters: 29 less, as fonts of office programs number their glyphs."""
    return "".join(chr(ord(character) - 29) for character in text)


def private(text: str) -> str:
    return "".join(chr(0xF000 + ord(character)) if character > " " else " " for character in text)


@pytest.mark.parametrize("broken", [exchanged, shifted, private])
@pytest.mark.parametrize("text", [ENGLISH, WELSH * 4])
def test_letters_that_stand_for_others_are_garbled(broken, text: str) -> None:
    assert text_quality(text) == "good"
    assert text_quality(broken(text)) == "garbled"


def test_bullets_of_a_font_of_signs_do_not_make_a_list_garbled() -> None:
    assert text_quality("\uf0b7 repair the gate\n" * 20) == "good"


@pytest.mark.parametrize(
    "text",
    [
        "Llanfairpwllgwyngyll, Ynysybwl, Penrhyndeudraeth, Bwlchgwyn a Rhyl. " * 20,
        "VAT NHS HMRC DEFRA TUPE FOIA GDPR RIPA LGPS BACS CHAPS PAYE ESPO YPO\n" * 20,
        "Straßenverkehrsordnung und Rechtsschutzversicherung der Gemeinde. " * 20,
    ],
)
def test_names_abbreviations_and_other_languages_are_good_text(text: str) -> None:
    assert text_quality(text) == "good"


def test_a_few_odd_words_prove_nothing() -> None:
    assert text_quality("bcdfg hjklm npqrs " * 10) == "good"
