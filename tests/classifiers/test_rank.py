from collections.abc import Callable

from classifiers import ClassHint, Document, Organisation
from classifiers.features import describe
from classifiers.issuer import profile_of
from classifiers.rank import build_ranker, rank

CLASSES = {
    "A-1": ClassHint("Allotment letters", ("plot", "tenancies")),
    "B-1": ClassHint("Bridge surveys", ("bridges", "span", "survey glass")),
}
PROFILE = profile_of(Organisation("Wendale Council"))


def ranked(document: Document, most: int = 5) -> list[str]:
    features = describe(document, document.text, PROFILE)
    return [one.record_class for one in rank(build_ranker(CLASSES), features, most)]


def test_shared_words_rank(make_document: Callable[..., Document]) -> None:
    assert ranked(make_document("the span of the bridge, and a plot")) == ["B-1", "A-1"]


def test_plurals_meet_their_singulars(make_document: Callable[..., Document]) -> None:
    assert ranked(make_document("plots")) == ["A-1"]
    assert ranked(make_document("glass")) == ["B-1"]


def test_words_of_the_name_count_more(make_document: Callable[..., Document]) -> None:
    assert ranked(make_document("bridge", "plot.docx")) == ["A-1", "B-1"]


def test_the_evidence_names_words_and_weighs_nothing(
    make_document: Callable[..., Document],
) -> None:
    features = describe(make_document("plot", "span.docx"), "plot", PROFILE)
    first, second = rank(build_ranker(CLASSES), features, 5)
    assert [(item.field, item.detail, item.weight) for item in first.evidence] == [
        ("name", "span", 0.0)
    ]
    assert second.evidence[0].field == "content"


def test_no_more_than_asked_for_and_nothing_without_a_shared_word(
    make_document: Callable[..., Document],
) -> None:
    assert ranked(make_document("bridge plot"), most=1) == ["B-1"] or len(CLASSES) == 1
    assert ranked(make_document("to be or not to be")) == []


def test_a_schedule_without_classes_ranks_nothing(make_document: Callable[..., Document]) -> None:
    features = describe(make_document("plot"), "plot", PROFILE)
    assert rank(build_ranker({}), features, 5) == ()
