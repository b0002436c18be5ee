"""Which characters the bytes stand for."""

import pytest

from indexer.extract.charset import decode, without_half

WELSH = "Tŷ Cyngor £5"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_and_valid_text_needs_no_guess(codec):
    decoded = decode(WELSH.encode(codec))
    assert (decoded.text, decoded.warnings) == (WELSH, ())


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_wide_text_without_a_mark_is_noticed(codec):
    decoded = decode(WELSH.encode(codec))
    assert (decoded.text, decoded.warnings) == (WELSH, ("charset-guessed",))


def test_other_bytes_are_read_as_windows_1252():
    decoded = decode(b"\x93caf\xe9\x94 \x80 \xa35")
    assert (decoded.text, decoded.warnings) == ("“café” € £5", ("charset-guessed",))


def test_bytes_without_meaning_are_replaced_and_admitted():
    decoded = decode(b"a\x81b")
    assert decoded.text == "a\ufffdb"
    assert decoded.warnings == ("charset-guessed", "characters-lost")


def test_a_character_cut_at_the_end_is_dropped():
    assert without_half(b"long enough caf\xc3") == b"long enough caf"
    assert decode(b"caf\xe9").text == "café"


def test_the_stated_character_set_is_followed_only_when_the_bytes_agree():
    assert decode("ключ".encode("koi8-r"), "koi8-r").text == "ключ"
    assert decode("café".encode(), "ascii").text == "café"


@pytest.mark.parametrize("stated", ["hex", "idna", "zip", "no-such-codec", "\0", ""])
def test_what_is_no_character_set_is_ignored(stated):
    assert decode(b"6162", stated).text == "6162"
