import pytest

from indexer.search.inflection import forms


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("invoice", "invoices"),
        ("policy", "policies"),
        ("survey", "surveys"),
        ("church", "churches"),
        ("tax", "taxes"),
        ("address", "addresses"),
        ("house", "houses"),
        ("fee", "fees"),
        ("child", "children"),
        ("person", "people"),
        ("résumé", "résumés"),
    ],
)
def test_singular_and_plural_lead_to_each_other(singular, plural):
    assert plural in forms(singular)
    assert singular in forms(plural)


@pytest.mark.parametrize("word", ["invoice", "taxes", "hr", "bs12345", "a/b", "news", "status", ""])
def test_the_word_itself_always_comes_first(word):
    assert forms(word)[0] == word


@pytest.mark.parametrize("word", ["hr", "bs12345", "one-off", "x@y.uk", "news", "series", ""])
def test_words_without_another_number_stay_alone(word):
    assert forms(word) == (word,)


@pytest.mark.parametrize("word", ["class", "status", "analysis", "bus", "gas"])
def test_a_final_s_is_not_always_a_plural(word):
    assert word[:-1] not in forms(word)
