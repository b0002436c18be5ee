from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.search.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    And,
    Field,
    Kind,
    Not,
    Or,
    Query,
    QueryError,
    Term,
    narrowed,
    parse,
)

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a", A),
        ("  a\t\n", A),
        ("a b c", And((A, B, C))),
        ("a AND b c", And((A, B, C))),
        ("a (b c)", And((A, B, C))),
        ("a OR b OR c", Or((A, B, C))),
        ("a OR (b OR c)", Or((A, B, C))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a OR b c", Or((A, And((B, C))))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("NOT a b", And((Not(A), B))),
        ("NOT (a b)", Not(And((A, B)))),
        ("NOT NOT a", Not(Not(A))),
        ("a AND NOT b", And((A, Not(B)))),
        ("((a))", A),
        ("a and b", And((A, Term("and"), B))),
        ('"AND"', Term("AND", None, Kind.PHRASE)),
        ('"a b"', Term("a b", None, Kind.PHRASE)),
        ("\u201ca b\u201d", Term("a b", None, Kind.PHRASE)),
        ('a"b"c', And((A, Term("b", None, Kind.PHRASE), C))),
        ("inv*", Term("inv", None, Kind.PREFIX)),
        ("title:a", Term("a", Field.TITLE)),
        ("Title:a", Term("a", Field.TITLE)),
        ("from:jane@example.org", Term("jane@example.org", Field.FROM)),
        ('title:"a b"', Term("a b", Field.TITLE, Kind.PHRASE)),
        ("path:HR/pay*", Term("HR/pay", Field.PATH, Kind.PREFIX)),
        ("class:F*", Term("F", Field.CLASS, Kind.PREFIX)),
        ("HR/2019/0042", Term("HR/2019/0042")),
        ("10:30", Term("10:30")),
        ("really?", Term("really?")),
        ('"what is *this*?"', Term("what is *this*?", None, Kind.PHRASE)),
        ('"http://example.org/?q=1"', Term("http://example.org/?q=1", None, Kind.PHRASE)),
    ],
)
def test_a_query_means(text, root):
    assert parse(text) == Query(text, root)


@pytest.mark.parametrize(
    ("text", "position", "problem", "suggestion"),
    [
        ("", 0, "nothing to search for", "at least one word"),
        ("   ", 0, "nothing to search for", "at least one word"),
        ("a OR", 4, "OR needs something to follow", "add a word"),
        ("a AND OR b", 6, "AND needs something to follow", "in quotes"),
        ("a NOT", 5, "NOT needs something to follow", "add a word"),
        ("OR a", 0, "OR needs something before", "start with"),
        ("AND", 0, "AND needs something before", "start with"),
        (") a", 0, ") needs something before", "start with"),
        ("(a b", 0, "never closed", "add a )"),
        ("a (b (c)", 2, "never closed", "add a )"),
        ("a) b", 1, "closes nothing", "remove it"),
        ("a ()", 3, "inside this bracket", "put a word"),
        ('a "b c', 2, "never closed", 'add a "'),
        ('title:"b', 6, "never closed", 'add a "'),
        ("a titel:b", 2, 'no field "titel"', 'did you mean "title"?'),
        ("xyzzy:b", 0, 'no field "xyzzy"', "the fields are title, text"),
        ("http://example.org", 0, 'no field "http"', "put it in quotes"),
        ("title: b", 6, 'nothing follows "title:"', "no space after the colon"),
        ("title:(a b)", 6, "not brackets", "title:one OR title:two"),
        ("a wo*rd", 4, '"*" cannot stand inside', "at the end of a word"),
        ("*word", 0, '"*" cannot stand inside', "at the end of a word"),
        ("title:wom?n", 9, '"?" cannot stand inside', "quotes"),
        ("word**", 4, '"*" cannot stand inside', "at the end of a word"),
        ("a*", 0, "almost everything", "at least 2"),
        ('"a b"*', 5, "cannot end in *", "after a single word"),
        ("budget -draft", 7, '"-" before a word', "write NOT draft"),
        ("+draft", 0, '"+" before a word', "write draft"),
        ("a && b", 2, "no letter or digit", "leave it out"),
        ('a ""', 2, "no letter or digit", "leave it out"),
        ("title:---", 6, "no letter or digit", "leave it out"),
        ("\x00", 0, "no letter or digit", "leave it out"),
    ],
)
def test_a_mistake_is_shown_where_it_is_with_what_to_write(text, position, problem, suggestion):
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert error.position == position
    assert problem in error.problem
    assert suggestion in error.suggestion
    assert error.problem in str(error)
    assert f"at character {position + 1}" in str(error)


def test_the_length_of_a_query_is_limited():
    assert parse("a" * MAX_LENGTH)
    with pytest.raises(QueryError, match="2,001 characters") as caught:
        parse("a" * (MAX_LENGTH + 1))
    assert caught.value.position == MAX_LENGTH


def test_the_number_of_terms_is_limited():
    assert parse("a " * MAX_TERMS)
    with pytest.raises(QueryError, match="65 terms") as caught:
        parse("a " * (MAX_TERMS + 1))
    assert caught.value.position == 2 * MAX_TERMS


@pytest.mark.parametrize("nesting", [("(", ")"), ("NOT ", "")])
def test_the_depth_of_a_query_is_limited(nesting):
    opening, closing = nesting
    assert parse(opening * MAX_DEPTH + "a" + closing * MAX_DEPTH)
    with pytest.raises(QueryError, match="nested too deeply") as caught:
        parse(opening * (MAX_DEPTH + 1) + "a" + closing * (MAX_DEPTH + 1))
    assert caught.value.position == len(opening) * (MAX_DEPTH + 1)


def test_a_narrowed_query_keeps_its_words_and_adds_the_condition_outside_them():
    allowed = Or((Term("HR", Field.SHARE, Kind.PHRASE), Term("IT", Field.SHARE, Kind.PHRASE)))
    query = narrowed(parse("a OR b"), Field.SHARE, ["HR", "IT"])
    assert query == Query("a OR b", And((Or((A, B)), allowed)))
    assert narrowed(parse("a b"), Field.SHARE, ["HR", "IT"]).root == And((A, B, allowed))
    assert narrowed(parse("a"), Field.SHARE, []).root == And((A, Or(())))


def test_nodes_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        A.value = "b"


PIECES = st.sampled_from(
    [*'()":*?-+', "\u201c", "AND", "OR", "NOT", "title:", "type:", "x:", "word", "é", " ", "\x00"]
)


def trouble_with(text):
    try:
        assert parse(text).text == text
    except QueryError as error:
        return error
    return None


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_a_query_or_an_error_that_points_into_it(text):
    error = trouble_with(text)
    if error is not None:
        assert 0 <= error.position <= len(text)
        assert error.problem
        assert error.suggestion
