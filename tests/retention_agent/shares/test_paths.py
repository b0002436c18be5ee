import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.shares.paths import as_json, display, from_json, printable

names = st.binary(min_size=1, max_size=40) | st.text(max_size=30).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"Planning/Letter 12.docx", "Planning/Letter 12.docx"),
        ("Señor Ó Briain 日本.pdf".encode(), "Señor Ó Briain 日本.pdf"),
        (b"red\x1b[31m", "red\\x1b[31m"),
        (b"two\nlines\r\t", "two\\x0alines\\x0d\\x09"),
        (b"rub\x7fout", "rub\\x7fout"),
        (b"caf\xe9", "caf\\xe9"),
        ("next\u0085line".encode(), "next\\u0085line"),
        ("exe\u202efdp.scr".encode(), "exe\\u202efdp.scr"),
        ("\u2066a\u2069\u200e\u061c".encode(), "\\u2066a\\u2069\\u200e\\u061c"),
        ("a\u2028b\u2029c".encode(), "a\\u2028b\\u2029c"),
        ("tag\U000e0041".encode(), "tag\\U000e0041"),
        (b"half \xed\xa0\x80 pair", "half \\xed\\xa0\\x80 pair"),
        (b"back\\slash", "back\\\\slash"),
    ],
)
def test_a_name_is_shown_as_text_that_cannot_act(raw: bytes, shown: str):
    assert display(raw) == shown


@given(names)
def test_nothing_shown_is_a_control_a_format_a_separator_or_half_a_character(raw: bytes):
    shown = display(raw)
    kinds = {unicodedata.category(character) for character in shown}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert shown.isprintable()
    shown.encode()


@given(names, names)
def test_two_different_names_are_never_shown_alike(one: bytes, other: bytes):
    assert (display(one) == display(other)) is (one == other)


def test_a_name_that_spells_out_an_escape_is_told_from_the_real_one():
    assert display(b"\\x1b") != display(b"\x1b")
    assert display(b"\x85") != display("\u0085".encode())


@given(names)
def test_json_gives_the_very_bytes_back(raw: bytes):
    assert from_json(as_json(raw)) == raw


def test_json_adds_the_bytes_only_where_the_text_differs():
    assert as_json(b"plain.txt") == {"path": "plain.txt"}
    assert as_json(b"\xff") == {"path": "\\xff", "path_b64": "/w=="}


def test_bytes_that_are_not_base64_are_refused_with_the_text():
    with pytest.raises(ValueError, match="path_b64 is not base64"):
        from_json({"path": "x", "path_b64": "not base64!"})


def test_other_text_keeps_its_backslashes_and_steers_nothing():
    assert printable("COUNCIL\\jsmith") == "COUNCIL\\jsmith"
    assert printable("a\x1b[31m\u202eb\nc\ud800") == "a\\x1b[31m\\u202eb\\x0ac\\ud800"
