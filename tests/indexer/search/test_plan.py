"""The answers of SQLite against a naive reading of the same tree, and hostile text against both."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from indexer.search.base import Entry, Window
from indexer.search.inflection import forms
from indexer.search.plan import plan
from indexer.search.query import And, Field, Kind, Not, Or, Query, QueryError, Term, parse
from indexer.search.sqlite import SqliteSearchIndex

TEXT_FIELDS = {
    Field.TITLE: "title",
    Field.TEXT: "text",
    Field.PATH: "path",
    Field.NAME: "name",
    Field.AUTHOR: "author",
    Field.FROM: "sender",
    Field.TO: "recipients",
    Field.OWNER: "owner",
}
EXACT = {Field.SHARE: "share", Field.CLASS: "record_class", Field.TYPE: "media_type"}
PEOPLE = {Field.AUTHOR, Field.FROM, Field.TO, Field.OWNER}

WORDS = st.sampled_from(
    ["fee", "Fees", "café", "CAFE\u0301", "ŵyl", "HR/20", "hr-20/1", "o'neill", "not", "AND", '"x"']
)
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)
SHARES = st.sampled_from(["HR", "hr", "50%_x", 'q"s'])
CLASSES = st.sampled_from([None, "A-1", "a-12"])
TYPES = st.sampled_from(["", "application/pdf", "image/pdf-x", "pdf"])
ENTRIES = st.builds(
    Entry,
    record=st.just(0),
    share=SHARES,
    path=TEXTS,
    name=TEXTS,
    record_class=CLASSES,
    media_type=TYPES,
    title=TEXTS,
    author=TEXTS,
    sender=TEXTS,
    text=TEXTS,
)
CORPORA = st.lists(ENTRIES, max_size=6)
TEXT_TERMS = st.builds(
    Term,
    value=st.one_of(WORDS, st.sampled_from(["fe", "caf", "hr", "neill not", "\U0001e900", "--"])),
    field=st.one_of(st.none(), st.sampled_from(sorted(TEXT_FIELDS))),
    kind=st.sampled_from(Kind),
)
EXACT_TERMS = st.builds(
    Term,
    value=st.sampled_from(["HR", "50%", "a-1", "A-12", "pdf", "Application/PDF", "image/", 'q"S']),
    field=st.sampled_from(sorted(EXACT)),
    kind=st.sampled_from(Kind),
)
TREES = st.recursive(
    st.one_of(TEXT_TERMS, EXACT_TERMS),
    lambda below: st.one_of(
        below.map(Not),
        st.lists(below, max_size=3).map(lambda parts: Or(tuple(parts))),
        st.lists(below, min_size=1, max_size=3).map(lambda parts: And(tuple(parts))),
    ),
    max_leaves=8,
)


def words_of(text):
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", bare.lower())


def stands_in(wanted, text, prefix):
    words, sought = words_of(text), words_of(wanted)
    if not sought:
        return False
    *body, last = sought
    for start in range(len(words) - len(body)):
        found = words[start + len(body)]
        ending = found.startswith(last) if prefix else found == last
        if words[start : start + len(body)] == body and ending:
            return True
    return False


def exact_holds(term, entry):
    actual, wanted = (getattr(entry, EXACT[term.field]) or "").casefold(), term.value.casefold()
    candidates = [actual]
    if term.field is Field.TYPE and "/" not in wanted:
        candidates += actual.split("/")[1:]
    prefix = term.kind is Kind.PREFIX
    return any(value.startswith(wanted) if prefix else value == wanted for value in candidates)


def holds(node, entry):
    if isinstance(node, And):
        return all(holds(part, entry) for part in node.parts)
    if isinstance(node, Or):
        return any(holds(part, entry) for part in node.parts)
    if isinstance(node, Not):
        return not holds(node.part, entry)
    if node.field in EXACT:
        return exact_holds(node, entry)
    fields = [TEXT_FIELDS[node.field]] if node.field else TEXT_FIELDS.values()
    spread = node.kind is Kind.WORD and node.field not in PEOPLE
    wanted = forms(node.value.casefold()) if spread else (node.value,)
    prefix = node.kind is Kind.PREFIX
    return any(
        stands_in(word, getattr(entry, field), prefix) for word in wanted for field in fields
    )


@pytest.fixture
def index(driver):
    engine = create_engine("sqlite://", module=driver)
    with engine.connect() as connection:
        yield SqliteSearchIndex(), connection
    engine.dispose()


def fill(index, corpus):
    search, connection = index
    search.recreate(connection)
    for number, entry in enumerate(corpus):
        fields = {name: getattr(entry, name) for name in entry.__slots__}
        search.put(connection, Entry(**(fields | {"record": number})))


SHARED_FIXTURE = settings(
    suppress_health_check=["function_scoped_fixture", "too_slow"], deadline=None, max_examples=100
)


@SHARED_FIXTURE
@given(corpus=CORPORA, trees=st.lists(TREES, min_size=1, max_size=8))
def test_the_index_answers_what_the_tree_says(index, corpus, trees):
    fill(index, corpus)
    search, connection = index
    for tree in trees:
        page = search.search(connection, Query("", tree), Window(50))
        expected = {number for number, entry in enumerate(corpus) if holds(tree, entry)}
        assert {hit.record for hit in page.hits} == expected
        assert page.total == len(expected)
        for hit in page.hits:
            assert all(0 <= a < b <= len(hit.snippet) for a, b in hit.highlights)


SIGNS = [*"()\"'*:^{}[]-+~?\\;%_|& \x00\ud800\ue000\U0001e900é"]
SIGNS += ["NEAR(a b)", "AND", "OR", "NOT", "title:", "text:", "share:", "type:", "fee"]
HOSTILE = st.one_of(
    st.text(st.characters(codec=None), max_size=40),
    st.lists(st.sampled_from(SIGNS), max_size=14).map("".join),
)


def answered(index, text):
    search, connection = index
    try:
        query = parse(text)
    except QueryError:
        return None
    return search.search(connection, query, Window(5))


@SHARED_FIXTURE
@given(texts=st.lists(HOSTILE, min_size=10, max_size=30))
def test_any_text_gets_a_query_error_or_an_answer(index, texts):
    fill(index, [Entry(0, "HR", "fee", "fee", text="NEAR(a b) fee"), Entry(0, "IT", "é", "x")])
    for text in texts:
        page = answered(index, text)
        assert page is None or page.total <= 2


@SHARED_FIXTURE
@given(value=st.text(st.characters(codec=None), max_size=40), text=HOSTILE)
def test_any_value_in_a_tree_made_by_hand_is_only_a_value(index, value, text):
    fill(index, [Entry(0, value, text, value, value, text, text=value)])
    search, connection = index
    for field in (None, Field.TITLE, *sorted(EXACT)):
        for kind in Kind:
            found = search.search(connection, Query("", Term(text, field, kind)), Window())
            assert found.total <= 1


@pytest.mark.parametrize(
    "text",
    ["a", "a b", "(a OR b) c", "a NOT b", "a NOT share:x", "title:a type:pdf", "NOT NOT a"],
)
def test_full_text_search_comes_first_wherever_the_meaning_allows(text):
    assert plan(parse(text).root).required


@pytest.mark.parametrize("text", ["NOT a", "share:x", "NOT share:x", "share:x NOT a"])
def test_a_query_without_a_positive_word_scores_nothing(text):
    assert plan(parse(text).root).match is None


@pytest.mark.parametrize("text", ["a OR share:x", "a OR NOT b"])
def test_a_query_that_only_may_match_words_is_scored_by_them(text):
    planned = plan(parse(text).root)
    assert planned.match is not None
    assert not planned.required
