import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from indexer.search.plain import folded, plain

ANY_TEXT = st.text(st.characters(codec=None))


def test_controls_lone_surrogates_and_private_use_become_spaces():
    assert plain("a\x00b\x1bc\x85d\ud800e\uf0b7f\U000f0001g") == "a b c d e f g"


def test_line_breaks_and_tabs_stay():
    assert plain("a\tb\r\nc") == "a\tb\r\nc"


def test_invisible_characters_vanish_and_ligatures_open():
    assert plain("in\u00adfor\u200bmation e\ufb03cient \ufb02ow") == "information efficient flow"


def test_letters_of_every_language_and_emoji_stay():
    text = "Ŵyl ŷ Żółć বাংলা ਪੰਜਾਬੀ اردو 中文 🙂"
    assert plain(text) == text


@given(ANY_TEXT)
def test_plain_text_can_be_written_and_is_plain_already(text):
    result = plain(text)
    result.encode()
    assert plain(result) == result
    assert not {unicodedata.category(sign) for sign in result} & {"Cs", "Co"}


def test_exact_values_are_compared_without_case_width_and_spacing():
    assert folded(" Human \t Resources") == folded("HUMAN\u00a0resources") == "human resources"
    assert folded("\uff28\uff32") == "hr"
