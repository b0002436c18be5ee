"""The one way in which reading may fail, and what text and metadata look like."""

import pytest

from indexer.extract.base import Unreadable, clean, reading, tidy
from indexer.limits import LimitExceededError


class Panic(BaseException):
    """As compiled readers raise: outside Exception."""


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (ValueError("bad"), "corrupt"),
        (RecursionError(), "corrupt"),
        (Panic("index out of bounds"), "corrupt"),
        (MemoryError(), "memory-limit"),
        (LimitExceededError("too many"), "too-large"),
    ],
)
def test_whatever_is_raised_leaves_as_unreadable_with_its_cause(cause, reason):
    with pytest.raises(Unreadable) as caught, reading():
        raise cause
    assert caught.value.reason == reason
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("cause", [KeyboardInterrupt(), SystemExit(), Unreadable("encrypted")])
def test_a_request_to_stop_and_a_finished_verdict_pass(cause):
    with pytest.raises(type(cause)) as caught, reading():
        raise cause
    assert caught.value is cause


def test_the_message_says_reason_and_detail():
    assert str(Unreadable("encrypted", "a password")) == "encrypted: a password"
    assert str(Unreadable("encrypted")) == "encrypted"


def test_text_has_no_controls_half_characters_or_foreign_line_ends():
    assert clean("a\r\nb\rc\fd\x00\x1b\ud800\xad\ufeffe\tf") == "a\nb\nc\nde\tf"


def test_metadata_is_one_line_of_bounded_length_or_absent():
    assert tidy({"title": " a\n b ", "author": "", "to": None, "cc": "\0"}) == {"title": "a b"}
    assert len(tidy({"keywords": "x" * 10_000})["keywords"]) == 2_000
