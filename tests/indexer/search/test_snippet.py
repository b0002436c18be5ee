from hypothesis import given
from hypothesis import strategies as st

from indexer.search.snippet import CLOSING, LONGEST, OPENING, unmarked


def marked(text):
    return text.replace("[", OPENING).replace("]", CLOSING)


def test_marks_become_offsets():
    assert unmarked(marked("a [budget] of [two words]")) == (
        "a budget of two words",
        ((2, 8), (12, 21)),
    )


def test_text_without_marks_has_no_highlights():
    assert unmarked("plain") == ("plain", ())
    assert unmarked("") == ("", ())


def test_line_breaks_become_spaces_one_for_one():
    assert unmarked(marked("a\r\n[b\tc]")) == ("a  b c", ((3, 6),))


def test_a_long_snippet_is_cut_around_its_first_highlight():
    text, highlights = unmarked(marked("x" * 1000 + "[hit]" + "y" * 1000 + "[far]"))
    assert len(text) == LONGEST
    assert [text[start:end] for start, end in highlights] == ["hit"]


def test_a_highlight_longer_than_the_snippet_is_cut_with_it():
    text, highlights = unmarked(marked("[" + "z" * 1000 + "]"))
    assert highlights == ((0, LONGEST),)
    assert len(text) == LONGEST


@given(st.lists(st.tuples(st.text("ab \n", max_size=300), st.text("hit", min_size=1)), max_size=5))
def test_highlights_always_lie_inside_the_snippet_and_mark_what_was_marked(parts):
    text, highlights = unmarked(marked("".join(f"{before}[{hit}]" for before, hit in parts)))
    assert len(text) <= LONGEST
    for (start, end), (_, hit) in zip(highlights, parts, strict=False):
        assert 0 <= start < end <= len(text)
        assert hit.startswith(text[start:end])
