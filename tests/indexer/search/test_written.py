import pytest

from indexer.search.query import Or, Query, QueryError, Records, parse
from indexer.search.written import written


@pytest.mark.parametrize(
    ("query", "meaning"),
    [
        ("budget", "(budget OR budgets)"),
        ("budget report", "(budget OR budgets) AND (report OR reports)"),
        ("title:cat OR from:Williams", '(title:cat OR title:cats) OR from:"Williams"'),
        ('"annual report" NOT (xy* OR share:hr)', '"annual report" AND NOT (xy* OR share:"hr")'),
        ("since:2019 folder:a/b", 'since:"2019" AND folder:"a/b"'),
        ("hr/1", "hr/1"),
    ],
)
def test_a_query_is_told_with_every_form_that_is_looked_for(query, meaning):
    assert written(parse(query).root) == meaning


def test_what_has_no_words_is_told_in_brackets():
    assert written(Or(())) == "[nothing]"
    assert written(Query("", Records(frozenset({4, 5}))).root) == "[2 records by number]"


@pytest.mark.parametrize("query", ["a b OR c", "a (b OR cd*) NOT d", 'NOT NOT "x y"', "type:pdf"])
def test_what_was_told_is_read_back_as_the_same_query(query):
    once = written(parse(query).root)
    assert written(parse(once).root).replace("(", "").replace(")", "") == once.replace(
        "(", ""
    ).replace(")", "")


@pytest.mark.parametrize("query", ["since:2019-13", "until:yesterday", "since:2019*", "until:19"])
def test_a_day_that_is_none_is_refused_with_how_to_write_one(query):
    with pytest.raises(QueryError, match="2019-04-30"):
        parse(query)
