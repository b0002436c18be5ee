from classifiers import Evidence
from classifiers.cues import KINDS, PLACES, SUPPORTING_ONLY, USUAL, Cue, candidates
from classifiers.cues import independent_kinds as kinds


def cue(weight: float, kind: str = "heading", record_class: str = "A") -> Cue:
    return Cue(record_class, "content", "heading", "x", weight, kind)


def evidence(kind: str, detail: str, field: str = "content", weight: float = 3.0) -> Evidence:
    return Evidence(kind, field, detail, weight)


def test_a_kind_counts_once_by_its_strongest_row() -> None:
    (found,) = candidates([(cue(6.0), "invoice"), (cue(4.0), "tax invoice")])
    assert found.score == 6.0
    assert len(found.evidence) == 2


def test_a_form_title_is_a_heading_seen_again() -> None:
    (found,) = candidates([(cue(6.0), "a"), (cue(5.0, "form-title"), "b")])
    assert found.score == 6.0


def test_doubt_counts_beside_support() -> None:
    (found,) = candidates([(cue(6.0), "a"), (cue(-4.0), "b"), (cue(-1.0), "c")])
    assert found.score == 2.0


def test_the_best_class_comes_first_and_ties_are_in_order_of_code() -> None:
    found = candidates([(cue(3.0, record_class=code), "a") for code in "CAB"])
    assert [one.record_class for one in found] == ["A", "B", "C"]


def test_matched_words_are_shown_on_one_line_and_cut() -> None:
    (found,) = candidates([(cue(6.0), "two\n  words " + "x" * 200)])
    assert found.evidence[0].detail.startswith("two words x")
    assert len(found.evidence[0].detail) == 80


def test_two_kinds_with_words_of_their_own_are_two() -> None:
    assert kinds([evidence("heading", "invoice"), evidence("labels", "sort code")]) == 2


def test_the_same_words_seen_twice_are_one() -> None:
    assert kinds([evidence("heading", "Invoice"), evidence("labels", "invoice number")]) == 1
    assert kinds([evidence("heading", "Invoice"), evidence("name", "invoice", "name")]) == 2
    assert kinds([evidence("labels", "Invoice no"), evidence("name", "invoice", "name")]) == 1


def test_statutory_wording_is_wording() -> None:
    assert kinds([evidence("wording", "a b"), evidence("statutory", "section 7")]) == 1


def test_folder_tense_and_doubt_are_no_kinds_of_their_own() -> None:
    weak = [evidence("folder", "minutes", "folder"), evidence("tense", "tense-past")]
    assert kinds(weak) == 0
    assert kinds([evidence("heading", "agenda", weight=-3.0)]) == 0


def test_places_have_their_usual_kind_and_weight() -> None:
    assert {place for places in PLACES.values() for place in places} == set(USUAL)
    assert all(kind in KINDS and weight > 0 for kind, weight in USUAL.values())
    assert SUPPORTING_ONLY - {"keyword"} <= KINDS
