from collections.abc import Callable

import pytest

from classifiers import MARGIN, REASONS, Document, Ruleset, classify

HEADING = {"where": "heading", "pattern": "^plot letter"}
LABELS = {"where": "line", "pattern": "^plot number"}
NAME = {"where": "name", "pattern": r"\bplot\b"}
ALLOTMENTS = {"A-1": [HEADING, LABELS, NAME]}
TEXT = "Wendale District Council\nPlot letter\nPlot number 7\nYours"

Make = Callable[..., Ruleset]
Paper = Callable[..., Document]


def test_two_kinds_and_the_margin_are_enough(make_ruleset: Make, make_document: Paper) -> None:
    found = classify(make_document(TEXT), make_ruleset(ALLOTMENTS))
    assert (found.record_class, found.origin, found.reason) == (
        "A-1",
        "automatic",
        "agreeing-evidence",
    )
    assert found.margin == 9.0 >= MARGIN
    assert found.confidence > 0.9
    assert {item.kind for item in found.evidence} == {"heading", "wording"}
    assert found.suggestions[0].record_class == "A-1"


def test_one_cue_alone_never_decides_however_heavy(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset({"A-1": [{**HEADING, "weight": 20}]})
    found = classify(make_document(TEXT), rules)
    assert (found.record_class, found.reason) == (None, "one-kind-of-evidence")
    assert found.proposed == "A-1"


def test_names_alone_never_decide(make_ruleset: Make, make_document: Paper) -> None:
    rules = make_ruleset(
        {"A-1": [{**NAME, "weight": 9}, {"where": "metadata", "pattern": "plot", "weight": 9}]}
    )
    paper = make_document("Wendale Council writes to you", "plot.docx", metadata={"title": "plot"})
    assert classify(paper, rules).reason == "one-kind-of-evidence"


def test_a_folder_alone_never_decides(make_ruleset: Make, make_document: Paper) -> None:
    rules = make_ruleset({"A-1": [HEADING, {"where": "folder", "pattern": "plots", "weight": 20}]})
    found = classify(make_document(TEXT, folders=("Plots",)), rules)
    assert found.reason == "one-kind-of-evidence"


def test_keywords_alone_never_decide(make_ruleset: Make, make_document: Paper) -> None:
    found = classify(make_document("Wendale Council: a plot and its tenancy"), make_ruleset())
    assert (found.record_class, found.reason, found.origin) == (None, "keywords-only", "suggested")
    assert found.confidence == 0.20


def test_nothing_at_all_is_no_evidence(make_ruleset: Make, make_document: Paper) -> None:
    found = classify(make_document("zzkq vvxj qqpl wwrt mmnb ggfd ppoi", "x.bin"), make_ruleset())
    assert (found.origin, found.reason, found.suggestions) == ("none", "no-evidence", ())
    assert found.proposed is None


@pytest.mark.parametrize(
    ("text", "quality", "reason"),
    [("", "none", "no-text"), ("Plot letter " + "\x01\x02" * 9, "garbled", "garbled-text")],
)
def test_without_good_text_the_name_may_suggest(
    make_ruleset: Make, make_document: Paper, text: str, quality: str, reason: str
) -> None:
    found = classify(make_document(text, "plot.pdf"), make_ruleset(ALLOTMENTS))
    assert (found.text_quality, found.reason, found.proposed) == (quality, reason, "A-1")
    assert {item.field for item in found.evidence} == {"name"}


@pytest.mark.parametrize("carried", ["> Plot letter", "The letter is attached.", "A B wrote:"])
def test_a_mail_is_never_what_it_carries(
    make_ruleset: Make, make_document: Paper, carried: str
) -> None:
    mail = make_document(f"{TEXT}\n{carried}", media_type="message/rfc822")
    assert classify(mail, make_ruleset(ALLOTMENTS)).reason == "mail-message"


def test_a_mail_that_speaks_for_itself_may_have_a_class(
    make_ruleset: Make, make_document: Paper
) -> None:
    mail = make_document(TEXT, media_type="message/rfc822")
    assert classify(mail, make_ruleset(ALLOTMENTS)).record_class == "A-1"


def test_the_name_of_a_mail_is_no_second_kind_of_evidence(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset({"A-1": [{**HEADING, "weight": 9}, NAME]})
    mail = make_document(TEXT, "plot.eml", media_type="message/rfc822")
    assert classify(mail, rules).reason == "mail-message"
    assert classify(make_document(TEXT, "plot.docx"), rules).origin == "automatic"


@pytest.mark.parametrize("reason", ["template", "guidance", "draft", "public-notice"])
def test_a_veto_asks_a_person(make_ruleset: Make, make_document: Paper, reason: str) -> None:
    veto = [{"reason": reason, "where": "tail", "pattern": "yours"}]
    assert classify(make_document(TEXT), make_ruleset(ALLOTMENTS, veto=veto)).reason == reason


def test_a_class_the_schedule_lacks_wins_and_is_not_proposed(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset(
        {"poster": [HEADING, LABELS], "A-1": [{**LABELS, "weight": 1}]}, unknown_classes="compete"
    )
    found = classify(make_document(TEXT), rules)
    assert (found.record_class, found.reason) == (None, "class-not-in-schedule")
    assert [one.record_class for one in found.suggestions] == ["A-1"]
    assert found.confidence == 0.20


@pytest.mark.parametrize(
    ("opening", "reason"),
    [
        ("Wenford Bowls Club", "another-body"),
        ("Wenford Town Council", "another-body"),
        ("Wenford Bowls Club to Wendale District Council", "another-body"),
        ("To whom it may concern", "issuer-unknown"),
    ],
)
def test_papers_of_others_are_suggested(
    make_ruleset: Make, make_document: Paper, opening: str, reason: str
) -> None:
    text = TEXT.replace("Wendale District Council", opening)
    assert classify(make_document(text), make_ruleset(ALLOTMENTS)).reason == reason


def test_a_received_paper_may_come_from_others_if_it_is_addressed_to_us(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset(ALLOTMENTS, received=["A-1"])
    ours = TEXT.replace("Wendale", "Carver Ltd to Wendale")
    assert classify(make_document(ours), rules).origin == "automatic"
    theirs = TEXT.replace("Wendale District Council", "Carver Ltd")
    assert classify(make_document(theirs), rules).reason == "another-body"


def test_a_paper_for_inside_use_need_not_name_a_council(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset(ALLOTMENTS, internal=["A-1"])
    text = TEXT.replace("Wendale District Council", "Parks")
    assert classify(make_document(text), rules).origin == "automatic"


def test_a_paper_for_inside_use_that_names_others_needs_three_kinds(
    make_ruleset: Make, make_document: Paper
) -> None:
    named = {"A-1": [HEADING, LABELS, {"where": "name", "pattern": "tenants?"}]}
    rules = make_ruleset(named, internal=["A-1"])
    text = TEXT.replace("Wendale District Council", "Parks") + "\nPaid to Carver Ltd"
    assert classify(make_document(text), rules).reason == "another-body"
    assert classify(make_document(text, "tenant 7.docx"), rules).origin == "automatic"


def test_a_paper_for_inside_use_under_another_letterhead_is_theirs(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset(ALLOTMENTS, internal=["A-1"])
    text = TEXT.replace("Wendale District Council", "Carver Ltd")
    assert classify(make_document(text, "plot 7.docx"), rules).reason == "another-body"


def test_a_name_that_says_otherwise_asks_a_person(make_ruleset: Make, make_document: Paper) -> None:
    classes = {**ALLOTMENTS, "B-1": [{"where": "name", "pattern": "bridge"}]}
    found = classify(make_document(TEXT, "bridge.docx"), make_ruleset(classes))
    assert found.reason == "name-contradicts-content"


def test_a_name_contradicts_even_where_the_content_speaks_against_its_class(
    make_ruleset: Make, make_document: Paper
) -> None:
    against = {"where": "heading", "pattern": "plot", "weight": -9}
    classes = {**ALLOTMENTS, "B-1": [{"where": "name", "pattern": "bridge"}, against]}
    found = classify(make_document(TEXT, "bridge.docx"), make_ruleset(classes))
    assert found.reason == "name-contradicts-content"


def test_a_close_second_asks_a_person_and_the_longer_kept_of_a_tie_is_first(
    make_ruleset: Make, make_document: Paper
) -> None:
    classes = {"A-1": [HEADING, LABELS], "B-1": [HEADING, LABELS]}
    found = classify(make_document(TEXT), make_ruleset(classes))
    assert (found.reason, found.margin, found.confidence) == ("narrow-margin", 0.0, 0.30)
    assert [one.record_class for one in found.suggestions] == ["B-1", "A-1"]


def test_a_rival_seen_in_passing_does_not_stand_against_two_kinds(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset({"B-1": [HEADING, LABELS], "A-1": [{**LABELS, "weight": 4}]})
    found = classify(make_document(TEXT), rules)
    assert (found.record_class, found.margin) == ("B-1", 8.0)


def test_a_rival_in_passing_that_is_kept_longer_does(
    make_ruleset: Make, make_document: Paper
) -> None:
    rules = make_ruleset({"A-1": [HEADING, LABELS], "B-1": [{**LABELS, "weight": 4}]})
    found = classify(make_document(TEXT), rules)
    assert (found.record_class, found.reason, found.margin) == (None, "narrow-margin", 5.0)


@pytest.mark.parametrize(
    "telling",
    [
        [{"where": "heading", "pattern": "letter", "weight": 4}],
        [{**LABELS, "weight": 2}, {"where": "tail", "pattern": "yours", "weight": 2}],
    ],
)
def test_a_rival_with_a_heading_or_two_kinds_does(
    make_ruleset: Make, make_document: Paper, telling: list[dict[str, object]]
) -> None:
    rules = make_ruleset({"B-1": [HEADING, LABELS], "A-1": telling})
    found = classify(make_document(TEXT), rules)
    assert (found.record_class, found.reason, found.margin) == (None, "narrow-margin", 5.0)


def test_the_class_of_anothers_paper_is_worth_little(
    make_ruleset: Make, make_document: Paper
) -> None:
    theirs = TEXT.replace("Wendale District Council", "Wenford Bowls Club")
    assert classify(make_document(theirs), make_ruleset(ALLOTMENTS)).confidence == 0.15


def test_what_is_destroyed_at_once_is_never_automatic(
    make_ruleset: Make, make_document: Paper
) -> None:
    found = classify(make_document(TEXT), make_ruleset({"C-1": [HEADING, LABELS]}))
    assert (found.record_class, found.reason) == (None, "destroyed-at-once")


def test_keywords_of_the_name_are_more_sure_than_those_of_the_text(
    make_ruleset: Make, make_document: Paper
) -> None:
    text = "Wendale Council wrote about nothing much at all"
    found = classify(make_document(text, "tenancy.docx"), make_ruleset())
    assert (found.reason, found.confidence) == ("keywords-only", 0.40)


def test_the_same_values_always_give_the_same_answer(
    make_ruleset: Make, make_document: Paper
) -> None:
    answers = {str(classify(make_document(TEXT), make_ruleset(ALLOTMENTS))) for _ in range(3)}
    assert len(answers) == 1


@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 500,
        "\ud800\udfff" * 300,
        "<html>" * 3_000,
        "<p>" + "&amp;" * 9_000,
        "£" * 10_000_000,
        "\n" * 2_000_000,
        "a" * 10_000_000,
        "1. " * 400_000,
        "Cofnodion y cyfarfod " * 3_000,
    ],
)
def test_no_text_is_too_odd_or_too_long(make_document: Paper, shipped: Ruleset, text: str) -> None:
    found = classify(make_document(text), shipped)
    assert found.record_class is None
    assert found.reason in REASONS
