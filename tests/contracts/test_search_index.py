"""What every implementation of `indexer.search.base.SearchIndex` must do."""

import sqlite3
from importlib.util import find_spec

import pytest
from sqlalchemy import create_engine

from indexer.search.base import FACETS, Count, Cursor, Entry, Place, Window
from indexer.search.query import (
    Field,
    Or,
    Query,
    Records,
    narrowed,
    parse,
    restricted,
    trimmed,
)
from indexer.search.sqlite import SqliteSearchIndex

IMPLEMENTATIONS = {"sqlite3": (SqliteSearchIndex, sqlite3)}
if find_spec("pysqlite3"):
    import pysqlite3.dbapi2

    IMPLEMENTATIONS["pysqlite3"] = (SqliteSearchIndex, pysqlite3.dbapi2)


class Shelf:
    """An index with its connection, spoken to in queries and record numbers."""

    def __init__(self, index, connection):
        self.index = index
        self.connection = connection

    def put(self, record, text="", **fields):
        required = {"share": "HR", "path": f"folder/{record}", "name": str(record)}
        self.index.put(self.connection, Entry(record=record, text=text, **(required | fields)))

    def page(self, query, size=50, after=None):
        return self.index.search(self.connection, parse(query), Window(size, after))

    def records(self, query):
        return {hit.record for hit in self.page(query).hits}

    def hit(self, query):
        (hit,) = self.page(query).hits
        return hit


@pytest.fixture(params=sorted(IMPLEMENTATIONS))
def shelf(request, tmp_path):
    implementation, driver = IMPLEMENTATIONS[request.param]
    engine = create_engine(f"sqlite:///{tmp_path / 'index.db'}", module=driver)
    with engine.connect() as connection:
        index = implementation()
        index.prepare(connection)
        yield Shelf(index, connection)
    engine.dispose()


def highlighted(hit):
    return [hit.snippet[start:end] for start, end in hit.highlights]


def test_an_entry_is_found_by_a_word_of_its_text(shelf):
    shelf.put(1, "The budget was agreed")
    shelf.put(2, "Nothing of note")
    page = shelf.page("budget")
    assert [hit.record for hit in page.hits] == [1]
    assert page.total == 1
    assert page.next is None


def test_a_hit_names_the_record_where_it_lies_and_its_class(shelf):
    shelf.put(7, "budget", share="Finance", path="a/b/Budget.docx", record_class="FIN-012")
    hit = shelf.hit("budget")
    assert (hit.record, hit.share) == (7, "Finance")
    assert (hit.path, hit.record_class) == ("a/b/Budget.docx", "FIN-012")
    shelf.put(8, "forecast")
    assert shelf.hit("forecast").record_class is None


def test_putting_a_record_again_replaces_its_entry(shelf):
    shelf.put(1, "first draft")
    shelf.put(1, "second version")
    assert shelf.records("first") == set()
    assert shelf.page("second").total == 1


def test_a_removed_record_is_gone_from_results_and_its_text_with_it(shelf):
    shelf.put(1, "budget")
    shelf.put(2, "budget")
    shelf.index.remove(shelf.connection, [1, 99])
    shelf.index.remove(shelf.connection, [])
    assert shelf.records("budget") == {2}
    assert shelf.records("NOT nothing") == {2}
    assert shelf.index.text(shelf.connection, 1) is None


def test_recreating_leaves_an_empty_index_that_works(shelf):
    shelf.put(1, "budget")
    shelf.index.recreate(shelf.connection)
    assert shelf.page("budget").total == 0
    shelf.put(1, "budget")
    assert shelf.records("budget") == {1}


def test_preparing_again_keeps_what_is_there(shelf):
    shelf.put(1, "budget")
    shelf.index.prepare(shelf.connection)
    assert shelf.records("budget") == {1}


def test_rebuilding_in_another_order_gives_the_same_answer(shelf):
    entries = [(n, f"budget {'extra ' * (n % 3)}") for n in range(1, 12)]
    for record, text in entries:
        shelf.put(record, text)
    before = shelf.page("budget extra OR budget")
    shelf.index.recreate(shelf.connection)
    for record, text in reversed(entries):
        shelf.put(record, text)
    assert shelf.page("budget extra OR budget") == before


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("cafe", "Café"),
        ("CAFÉ", "cafe\u0301"),
        ("wyl", "ŵyl"),
        ("ŷd", "YD"),
        ("HR/2019/0042", "see HR/2019/0042, overleaf"),
        ("bs12345", "ref BS12345."),
        ("jane.o'neill@example.gov.uk", "From: Jane.O'Neill@example.gov.uk"),
        ("one-off", "a one-off payment"),
        ("finance", "\ufb01nance"),
        ("information", "infor\u00admation"),
        ("budget", "\uf0b7Budget"),
        ("budget", "the\x00budget\x07"),
        ("invoice", "invoices"),
        ("invoices", "an invoice"),
        ("policies", "policy"),
        ("child", "children"),
        ("invo*", "Invoices"),
        ("HR/20*", "HR/2019"),
        ('"annual report"', "Annual\nReport"),
        ("\u201cannual report\u201d", "annual report"),
    ],
)
def test_words_are_found_as_people_write_them(shelf, query, text):
    shelf.put(1, text)
    shelf.put(2, "unrelated")
    assert shelf.records(query) == {1}


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("HR/2019/0042", "HR 0042 of 2019"),
        ("one-off", "off one"),
        ('"annual report"', "report annual"),
        ('"invoice"', "invoices"),
        ("police", "policy"),
        ("bs1234", "BS12345"),
    ],
)
def test_what_was_not_asked_for_is_not_found(shelf, query, text):
    shelf.put(1, text)
    assert shelf.records(query) == set()


def test_a_phrase_does_not_run_on_from_one_field_into_the_next(shelf):
    shelf.put(1, "report", title="annual")
    assert shelf.records('"annual report"') == set()
    assert shelf.records("annual report") == {1}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("title:minutes", "title"),
        ("name:minutes", "name"),
        ('path:"x/minutes"', "path"),
        ("author:minutes", "author"),
        ("from:minutes", "sender"),
        ("to:minutes", "recipients"),
        ("owner:minutes", "owner"),
        ("text:minut*", "text"),
    ],
)
def test_a_field_restricts_a_term_to_itself(shelf, query, field):
    others = ("title", "name", "path", "author", "sender", "recipients", "owner", "text")
    shelf.put(1, **{field: "x/minutes"})
    shelf.put(2, **{other: "x/minutes" for other in others if other != field})
    assert shelf.records(query) == {1}
    assert shelf.records("minutes") == {1, 2}


def test_names_of_people_are_matched_without_plurals(shelf):
    shelf.put(1, author="Ann Williams")
    shelf.put(2, author="William Ann")
    assert shelf.records("author:williams") == {1}


@pytest.mark.parametrize(
    "query",
    [
        "share:hr",
        'share:"human resources"',
        "class:hr-001",
        "class:HR-0*",
        "type:application/pdf",
        "type:pdf",
        "type:application/*",
        "type:pd*",
    ],
)
def test_exact_fields_compare_the_whole_value_whatever_its_case(shelf, query):
    wide = "share:hr" not in query
    share = "Human  Resources" if wide else "HR"
    shelf.put(1, share=share, record_class="HR-001", media_type="application/PDF")
    shelf.put(2, share="HR old", record_class="HR-1", media_type="text/x-pdf-like")
    assert shelf.records(query) == {1}


def test_wildcard_signs_in_exact_values_are_ordinary_characters(shelf):
    shelf.put(1, share="50%_off")
    shelf.put(2, share="500xoff")
    assert shelf.records("share:50%_*") == {1}


def test_operators_combine_text_and_exact_fields(shelf):
    shelf.put(1, "leave draft", share="HR")
    shelf.put(2, "leave", share="HR")
    shelf.put(3, "sickness", share="Finance")
    shelf.put(4, "sickness draft", share="HR")
    assert shelf.records("leave") == {1, 2}
    assert shelf.records("leave OR sickness") == {1, 2, 3, 4}
    assert shelf.records("(leave OR sickness) NOT draft") == {2, 3}
    assert shelf.records("leave OR share:finance") == {1, 2, 3}
    assert shelf.records("draft NOT share:hr") == set()
    assert shelf.records("(leave OR sickness) NOT draft NOT leave") == {3}
    assert shelf.records("(leave OR sickness) NOT (draft leave)") == {2, 3, 4}
    assert shelf.records("share:hr NOT draft") == {2}
    assert shelf.records("NOT draft") == {2, 3}
    assert shelf.records("NOT share:hr") == {3}
    assert shelf.records("NOT (leave OR share:finance)") == {4}
    assert shelf.records("NOT NOT draft") == {1, 4}
    assert shelf.records("NOT leave OR NOT draft") == {2, 3, 4}


def test_a_record_without_a_class_is_outside_every_class(shelf):
    shelf.put(1, "x")
    shelf.put(2, "x", record_class="HR-001")
    assert shelf.records("NOT class:HR-001") == {1}
    assert shelf.records("class:none") == {1}
    assert shelf.records("x NOT class:NONE") == {2}
    assert shelf.records("class:non*") == set()


def test_a_query_narrowed_to_shares_answers_from_those_alone(shelf):
    shelf.put(1, "budget", share="HR")
    shelf.put(2, "budget", share="Finance")
    shelf.put(3, "forecast", share='Odd "name"')

    def answered(query, shares):
        trimmed = narrowed(parse(query), Field.SHARE, shares)
        page = shelf.index.search(shelf.connection, trimmed, Window())
        assert page.total == len(page.hits)
        return {hit.record for hit in page.hits}

    assert answered("budget", ["hr"]) == {1}
    assert answered("budget OR forecast", ["HR", 'Odd "name"']) == {1, 3}
    assert answered("NOT forecast", ["Finance"]) == {2}
    assert answered("budget", []) == set()


def test_title_and_name_outrank_the_text(shelf):
    shelf.put(1, "budget and other matters of the year")
    shelf.put(2, "and other matters of the year", title="Budget")
    shelf.put(3, "nothing here")
    shelf.put(4, "and other matters of the year", name="budget.docx")
    assert [hit.record for hit in shelf.page("budget").hits] == [2, 4, 1]


def test_scores_fall_from_the_first_hit_to_the_last(shelf):
    for record in range(1, 8):
        shelf.put(record, "budget " * record + "filler " * 20)
    scores = [hit.score for hit in shelf.page("budget").hits]
    assert len(set(scores)) == 7
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("query", ["budget", "NOT forecast", "budget OR share:hr", "share:hr"])
def test_pages_cover_every_hit_once_even_where_scores_are_equal(shelf, query):
    for record in range(1, 24):
        shelf.put(record * 3 % 47, "budget" + " again" * (record % 2))
    whole = shelf.page(query)
    collected, after = [], None
    for _ in range(6):
        page = shelf.page(query, size=4, after=after)
        assert page.total == 23
        collected += page.hits
        after = page.next
    assert after is None
    assert tuple(collected) == whole.hits
    assert [(-hit.score, hit.record) for hit in whole.hits] == sorted(
        (-hit.score, hit.record) for hit in whole.hits
    )


def test_a_page_after_the_last_hit_is_empty_and_still_knows_the_total(shelf):
    shelf.put(1, "budget")
    page = shelf.page("budget", after=Cursor(-1.0, 0))
    assert (page.hits, page.next, page.total) == ((), None, 1)


def test_a_page_that_ends_with_the_last_hit_offers_no_next(shelf):
    shelf.put(1, "budget")
    shelf.put(2, "budget")
    assert shelf.page("budget", size=2).next is None
    assert shelf.page("budget", size=1).next is not None


def test_a_snippet_shows_the_match_in_the_text_with_its_offsets(shelf):
    shelf.put(1, "opening " * 200 + "the annual\nbudget was agreed " + "closing " * 200)
    hit = shelf.hit("budget")
    assert highlighted(hit) == ["budget"]
    assert "annual budget was" in hit.snippet
    assert len(hit.snippet) <= 400


def test_every_matched_word_and_whole_phrases_are_highlighted(shelf):
    shelf.put(1, "Annual report of the Café, with invoices")
    assert highlighted(shelf.hit('"annual report" cafe invoice')) == [
        "Annual report",
        "Café",
        "invoices",
    ]


def test_a_match_outside_the_text_is_shown_where_it_was_found(shelf):
    shelf.put(1, "nothing to see", title="Budget for the year")
    hit = shelf.hit("budget")
    assert highlighted(hit) == ["Budget"]
    assert hit.snippet == "Budget for the year"


def test_without_a_match_to_show_the_snippet_is_the_opening_of_the_text(shelf):
    shelf.put(1, "Dear\tMadam,\n" + "x" * 5000)
    hit = shelf.hit("NOT budget")
    assert hit.snippet.startswith("Dear Madam, xxx")
    assert len(hit.snippet) <= 400
    assert hit.highlights == ()


def test_a_snippet_stays_short_where_the_text_has_no_spaces(shelf):
    shelf.put(1, "A" * 9000 + "\nbudget\n" + "B" * 9000)
    hit = shelf.hit("budget")
    assert len(hit.snippet) <= 400
    assert highlighted(hit) == ["budget"]


def test_markup_in_a_document_stays_text_and_offsets_stay_true(shelf):
    shelf.put(1, "<b>bold</b> \ue000fake\ue001 <script>budget</script>")
    hit = shelf.hit("budget")
    assert hit.snippet == "<b>bold</b>  fake  <script>budget</script>"
    assert highlighted(hit) == ["budget"]


def test_text_is_given_back_with_unsafe_characters_blanked(shelf):
    shelf.put(1, "a\x00b\ud800c\x1bd\te\nf\u200bg \U0001f600 ŵ")
    assert shelf.index.text(shelf.connection, 1) == "a b c d\te\nfg \U0001f600 ŵ"
    assert shelf.index.text(shelf.connection, 2) is None


def test_unsafe_characters_are_harmless_in_every_field(shelf):
    nasty = "x\x00\ud800\ue000\x1b"
    names = ("share", "path", "name", "record_class", "media_type", "title", "author")
    names += ("sender", "recipients", "owner", "text")
    shelf.put(1, **dict.fromkeys(names, nasty))
    assert shelf.records("x share:x class:x type:x") == {1}


def test_a_letter_the_index_does_not_know_matches_nothing_rather_than_everything(shelf):
    shelf.put(1, "budget")
    assert shelf.records("\U0001e900") == set()
    assert shelf.records("budget \U0001e900") == set()
    assert shelf.records("budget NOT \U0001e900") == {1}


def test_a_rolled_back_change_leaves_the_index_as_it_was(shelf):
    shelf.put(1, "budget")
    shelf.connection.commit()
    shelf.put(2, "budget")
    shelf.index.remove(shelf.connection, [1])
    shelf.connection.rollback()
    assert shelf.records("budget") == {1}


def test_the_largest_queries_the_language_allows_are_answered(shelf):
    shelf.put(1, "budget a0")
    assert shelf.records(" OR ".join(f"w{n}" for n in range(63)) + " OR budget") == {1}
    assert shelf.records("NOT (" * 7 + "budget" + ")" * 7) == set()
    assert shelf.records('"' + "a " * 999 + '"') == set()
    assert shelf.records("(budget OR share:x) " * 32) == {1}


def test_a_text_of_several_megabytes_is_searched_to_its_end(shelf):
    shelf.put(1, "filler words " * 250_000 + "needle")
    assert highlighted(shelf.hit("needle")) == ["needle"]


@pytest.mark.parametrize(
    ("query", "records"),
    [
        ("folder:hr/cases", {1, 2}),
        ("folder:/HR/Cases/", {1, 2}),
        ('folder:"hr/cases/one.txt"', {1}),
        ("folder:hr/ca*", {1, 2, 3}),
        ("folder:HR", {1, 2, 3}),
        ("NOT folder:HR", {4}),
    ],
)
def test_a_folder_holds_what_lies_below_it_and_no_folder_of_a_longer_name(shelf, query, records):
    shelf.put(1, path="HR/Cases/one.txt")
    shelf.put(2, path="HR/cases/deep/two.txt")
    shelf.put(3, path="HR/cases-old/three.txt")
    shelf.put(4, path="four HR/cases")
    assert shelf.records(query) == records


@pytest.mark.parametrize(
    ("query", "records"),
    [
        ("since:2019", {1, 2, 3, 4}),
        ("since:2019-05", {2, 3, 4}),
        ("until:2019-04", {1, 4}),
        ("until:2019-05-02", {1, 2, 4}),
        ("since:2019-05 until:2019", {2, 4}),
        ('since:"2020-01-01"', {3, 4}),
    ],
)
def test_days_count_whole_and_an_unknown_one_is_inside(shelf, query, records):
    for record, day in enumerate(("2019-04-30", "2019-05-02", "2020-01-01", ""), 1):
        shelf.put(record, day=day)
    assert shelf.records(query) == records


def test_facets_count_all_hits_by_each_of_their_values(shelf):
    common = {"text": "budget", "share": "HR", "media_type": "Text/Plain", "owner": "ann (7)"}
    shelf.put(1, path="a/b/one", day="2019-01-02", record_class="HR-001", **common)
    shelf.put(2, path="a/two", day="2019-12-31", **common)
    shelf.put(3, "budget", share="IT", path="three", media_type="", day="")
    shelf.put(4, "forecast", share="IT")
    facets = shelf.index.facets(shelf.connection, parse("budget"))
    assert {name: [(c.value, c.hits) for c in counts] for name, counts in facets.items()} == {
        "share": [("HR", 2), ("IT", 1)],
        "folder": [("HR:a", 2), ("IT:", 1)],
        "class": [("", 2), ("HR-001", 1)],
        "type": [("text/plain", 2), ("", 1)],
        "year": [("2019", 2), ("", 1)],
        "owner": [("ann (7)", 2), ("", 1)],
    }


@pytest.mark.parametrize("query", ["budget", "NOT forecast", "share:hr", "budget OR share:hr"])
def test_each_facet_adds_up_to_all_hits_and_to_what_matches(shelf, query):
    for record in range(1, 260):
        shelf.put(record, "budget", owner=str(record % 7), day=f"20{record % 30:02}-01-01")
    facets = shelf.index.facets(shelf.connection, parse(query))
    assert tuple(facets) == FACETS
    assert {sum(count.hits for count in counts) for counts in facets.values()} == {259}
    assert shelf.index.matching(shelf.connection, parse(query)) == list(range(1, 260))


def test_facets_of_no_hits_are_empty(shelf):
    shelf.put(1, "budget")
    assert set(shelf.index.facets(shelf.connection, parse("xyzzy")).values()) == {()}


def test_records_named_by_number_are_found_like_any_other_term(shelf):
    for record in range(1, 40):
        shelf.put(record, "budget" if record % 2 else "forecast")
    named = Query("", Or((parse("budget").root, Records(frozenset({2, 4, 999})))))
    found = set(shelf.index.matching(shelf.connection, named))
    assert found == {2, 4, *range(1, 40, 2)}
    many = restricted(parse("budget"), Records(frozenset(range(5, 100_000))))
    assert shelf.index.search(shelf.connection, many, Window()).total == 18


def test_closed_records_are_not_in_hits_counts_or_facets(shelf):
    for record in range(1, 7):
        shelf.put(record, "budget", share="HR" if record % 2 else "IT")
    mine = trimmed(trimmed(parse("budget OR share:hr"), [1, 2]), [3])
    page = shelf.index.search(shelf.connection, mine, Window(2))
    assert (page.total, [hit.record for hit in page.hits]) == (3, [4, 5])
    assert shelf.index.matching(shelf.connection, mine) == [4, 5, 6]
    facets = shelf.index.facets(shelf.connection, mine)
    assert facets["share"] == (Count("IT", 2), Count("HR", 1))


def test_where_records_may_be_closed_hits_are_ordered_by_where_the_words_stand(shelf):
    for record, fields in enumerate(
        (
            {"text": "budget " * 9},
            {"title": "Budget"},
            {"name": "budget.docx", "text": "budget"},
            {"path": "budget/x"},
            {"author": "Budget"},
            {"text": "budget"},
        ),
        1,
    ):
        shelf.put(record, **fields)
    hits = shelf.index.search(shelf.connection, trimmed(parse("budget"), []), Window()).hits
    assert [hit.record for hit in hits] == [2, 3, 4, 5, 1, 6]
    assert [hit.score for hit in hits] == [8.0, 7.0, 3.0, 2.0, 1.0, 1.0]


def test_an_entry_says_where_its_record_lies_and_one_that_is_missing_says_nothing(shelf):
    shelf.put(3, path="a/\ufb01le", record_class="HR-001")
    shelf.put(4)
    places = shelf.index.places(shelf.connection, 1, 3)
    assert places == {3: Place("HR", "a/file", "HR-001")}
