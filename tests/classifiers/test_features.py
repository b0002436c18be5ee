from collections.abc import Callable

from classifiers import Document, Organisation, Standing
from classifiers.features import Features, describe
from classifiers.issuer import profile_of

PROFILE = profile_of(Organisation("Wendale District Council"))


def features(document: Document) -> Features:
    return describe(document, document.text, PROFILE)


def headings(text: str, make_document: Callable[..., Document]) -> list[str]:
    return features(make_document(text)).views["heading"].split("\n")


def test_headings_end_at_the_first_item_of_business(make_document: Callable[..., Document]) -> None:
    text = "Wendale\nAgenda\n1. Minutes of the last meeting\nMinutes"
    assert "Agenda" in headings(text, make_document)
    assert not [line for line in headings(text, make_document) if line.startswith("Minutes")]


def test_headings_end_at_apologies_and_lists_of_those_present(
    make_document: Callable[..., Document],
) -> None:
    for line in ("Apologies: Cllr Moss", "Present: A Hill", "Ymddiheuriadau", "To receive reports"):
        assert "Minutes" not in headings(f"Council\n{line}\nMinutes", make_document)


def test_an_address_or_a_date_is_no_item(make_document: Callable[..., Document]) -> None:
    for line in (
        "12 Mill Road",
        "4a High Street, Wenford",
        "14 May 2019",
        "3ydd Mawrth 2020",
        "7 The Leat, WD4 5QT",
    ):
        assert "Invoice" in headings(f"Carver\n{line}\nInvoice", make_document)


def test_an_item_that_begins_like_a_month_is_an_item(
    make_document: Callable[..., Document],
) -> None:
    assert "Minutes" not in headings("Council\n1 Mayor's announcements\nMinutes", make_document)


def test_a_title_over_two_lines_is_joined(make_document: Callable[..., Document]) -> None:
    assert "Risk Assessment" in headings("Risk\nAssessment", make_document)


def test_a_title_behind_the_council_or_a_label_stands_alone(
    make_document: Callable[..., Document],
) -> None:
    assert "Invoice" in headings("Wendale District Council - Invoice", make_document)
    assert "Tender 4" in headings("Subject: Tender 4", make_document)


def test_sentences_and_their_later_lines_are_no_headings(
    make_document: Callable[..., Document],
) -> None:
    letter = "Dear Sir\nPlease find with this letter the\nminutes of the meeting and the invoice"
    assert not [
        line for line in headings(letter, make_document) if line.lower().startswith("minutes")
    ]
    sentence = "The minutes of the last meeting were sent to you in May."
    assert headings(sentence, make_document) == [""]


def test_only_the_first_page_and_the_end_are_read(make_document: Callable[..., Document]) -> None:
    text = "first " + "x" * 5_000 + " middle " + "y" * 5_000 + " last"
    views = features(make_document(text)).views
    assert "first" in views["head"]
    assert "last" in views["tail"]
    assert "middle" not in views["head"] + views["tail"] + views["line"]


def test_a_short_text_is_not_counted_twice(make_document: Callable[..., Document]) -> None:
    text = "Ledger\n" + "\n".join(f"row {n} 1{n}.50" for n in range(4))
    assert "amounts" not in features(make_document(text)).views["shape"]


def test_the_first_page_ends_at_a_page_break_but_not_at_a_cover_sheet(
    make_document: Callable[..., Document],
) -> None:
    cover = features(make_document("cover\f" + "inside " * 40)).views["head"]
    assert "inside" in cover
    page = features(make_document("front " * 50 + "\f" + "back " * 2_000)).views["head"]
    assert "back" not in page


def test_ten_megabytes_cost_no_more_than_ten_pages(make_document: Callable[..., Document]) -> None:
    huge = make_document("Minutes\n" + "The council resolved and noted. " * 330_000)
    assert len(huge.text) > 10_000_000
    assert sum(map(len, features(huge).views.values())) < 30_000


def test_marked_up_pages_are_read_deeper_for_their_text(
    make_document: Callable[..., Document],
) -> None:
    page = "<html><body>" + '<div class="menu"></div>' * 800 + "<h1>Invoice</h1></body></html>"
    assert "Invoice" in features(make_document(page)).views["heading"]


def test_names_folders_and_properties_have_views_of_their_own(
    make_document: Callable[..., Document],
) -> None:
    document = make_document(
        "", "PetryCash_May.xlsx", folders=("Finance", "Petty Cash"), metadata={"title": "A\n B"}
    )
    found = features(document)
    assert found.views["name"] == "petry cash may"
    assert found.views["folder"] == "finance\npetty cash"
    assert found.views["metadata"] == "title: A B"
    assert {"petry", "finance"} <= found.name_words


def test_no_text_gives_no_headings(make_document: Callable[..., Document]) -> None:
    found = features(make_document(""))
    assert found.views["heading"] == ""
    assert found.standing is Standing.UNKNOWN


def test_half_characters_do_no_harm(make_document: Callable[..., Document]) -> None:
    document = make_document("Minutes \ud800 of the council", metadata={"title": "\udfff"})
    assert "Minutes ? of" in features(document).views["head"]


def test_the_issuer_is_a_trait(make_document: Callable[..., Document]) -> None:
    found = features(make_document("Wendale District Council\nAgenda"))
    assert "issuer-ours" in found.views["shape"]
