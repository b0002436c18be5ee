"""The nearest answer counts within a statement; between statements, whoever keeps wins."""

import base64
import itertools

import pytest

from retention_agent.audit import answers
from retention_agent.audit.answers import TOP, Answer, Said, judge, nearest, subject
from retention_agent.audit.statement import Statement

TERMS = {"root": "00", "size": 3}
YES, NO, LATER = Answer("approve"), Answer("reject", "no"), Answer("extend", "x", "2031-01-01")


def item(number=0, path=b"a/b/one.txt", action="destroy", disposition=None, final=True):
    about = {"action": action, "disposition": disposition, "final": final}
    entry = {"path_b64": base64.b64encode(path).decode(), **about}
    return subject(number, entry)


def statement(content, purpose="answer-batch", about="B1/answer-1", person="ann"):
    return Statement(purpose, about, person, content)


def read(content, **about):
    return answers.read(statement(content, **about), TERMS, stands=True)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({TOP: YES}, YES),
        ({TOP: YES, b"a": NO}, NO),
        ({TOP: NO, b"a": NO, b"a/b": YES}, YES),
        ({b"a/b": YES, b"a": NO, 0: LATER}, LATER),
        ({b"a/b/one": NO, 7: NO}, None),
        ({b"a/bb": NO, b"b": NO}, None),
        ({}, None),
    ],
)
def test_the_nearest_answer_of_a_statement_counts(targets, expected):
    assert nearest(targets, item()) == expected


def test_an_answer_for_everything_reaches_an_item_without_a_path():
    assert nearest({TOP: NO}, subject(0, None)) == NO


def test_whoever_keeps_wins_in_any_order_and_however_near_the_others_are():
    said = [
        Said("ann", {0: YES}, True),
        Said("ann", {TOP: NO}, True),
        Said("omar", {b"a/b": YES}, True),
    ]
    for order in itertools.permutations(said):
        verdict = judge(item(), order)
        assert verdict.kept == (("ann", NO),)
        assert verdict.agreed == {"ann", "omar"}


def test_an_approval_that_does_not_count_is_none_but_keeping_always_counts():
    assert judge(item(), [Said("ann", {TOP: YES}, False)]).agreed == frozenset()
    assert judge(item(), [Said("ann", {TOP: NO}, False)]).kept == (("ann", NO),)


@pytest.mark.parametrize(
    ("action", "disposition", "words"),
    [
        ("destroy", "destroy", {"approve", "destroy"}),
        ("destroy", None, {"approve", "destroy"}),
        ("review", "review", {"destroy"}),
        ("review", "destroy", {"destroy"}),
        ("review", "transfer", set()),
        ("review", "permanent", set()),
        ("review", None, set()),
        ("review", ["destroy"], set()),
        ("transfer", "transfer", {"approve"}),
        ("retain", "destroy", set()),
        ("permanent", "permanent", set()),
    ],
)
def test_what_the_schedule_only_lists_for_review_needs_its_own_word(action, disposition, words):
    assert item(action=action, disposition=disposition).agreed_by == words


def test_what_the_archive_declined_is_agreed_to_by_its_own_word():
    entry = {"path_b64": "", "action": "review", "disposition": "transfer", "reason": "declined"}
    assert subject(0, entry).agreed_by == {"destroy"}
    assert subject(0, entry | {"final": False}).agreed_by == set()


@pytest.mark.parametrize("final", [False, None, 1, "true"])
def test_a_review_on_the_way_ends_nothing(final):
    assert item(action="review", disposition="review", final=final).agreed_by == set()


@pytest.mark.parametrize("entry", [None, [], {}, {"path_b64": 1, "action": "destroy"}])
def test_an_entry_that_makes_no_sense_is_agreed_to_by_no_word(entry):
    assert subject(3, entry) == answers.Subject(3, b"", frozenset())


def test_a_path_that_is_no_base64_is_no_path():
    assert subject(3, {"path_b64": "?", "action": "destroy"}).path == b""


def test_what_is_signed_is_read_back_as_it_was_given():
    given = {
        0: YES,
        5: YES,
        b"a\xff": LATER,
        TOP: Answer("reclassify", "wrong", record_class="FIN-1"),
    }
    content = answers.content(TERMS, given)
    assert content["terms"] == TERMS
    assert {"answer": "approve", "reason": "", "items": [0, 5]} in content["answers"]
    found = read(content)
    assert found == Said("ann", given, True)


def test_an_approval_counts_for_the_very_terms_only():
    content = answers.content(TERMS | {"size": 4}, {TOP: YES})
    assert not read(content).counts
    assert read(dict(TERMS), purpose="approve-batch", about="B1").counts
    assert not read({"root": "00"}, purpose="approve-batch", about="B1").counts


def test_rejecting_and_excluding_are_answers_too():
    assert read({"reason": "r"}, purpose="reject-batch", about="B1").targets == {
        TOP: Answer("reject", "r")
    }
    assert read({}, purpose="exclude-item", about="B1/7").targets == {7: Answer("exclude")}


@pytest.mark.parametrize("about", ["B1/x", "B1/", "B1/" + "9" * 5_000])
def test_an_excluded_item_whose_number_cannot_be_read_keeps_them_all(about):
    assert read({}, purpose="exclude-item", about=about).targets == {TOP: Answer("exclude")}


@pytest.mark.parametrize(
    "given",
    [
        None,
        "approve",
        [None],
        [{"answer": "approve", "all": True}],
        [{"answer": "approve", "reason": ""}],
        [{"answer": "approve", "reason": "", "items": []}],
        [{"answer": "approve", "reason": "", "items": [True]}],
        [{"answer": "approve", "reason": "", "folder_b64": ""}],
        [{"answer": "approve", "reason": "", "folder_b64": "?"}],
        [{"answer": "approve", "reason": "", "all": 1}],
        [{"answer": "burn", "reason": "", "all": True}],
    ],
)
def test_answers_that_cannot_be_read_keep_and_never_mean_everything(given):
    found = read({"terms": TERMS, "answers": given})
    assert found.targets == {TOP: Answer(answers.UNREADABLE)}
    verdict = judge(item(), [found, Said("ann", {0: YES}, True), Said("omar", {0: YES}, True)])
    assert verdict.kept


def test_two_answers_for_one_target_in_a_statement_keep():
    both = [
        {"answer": "reject", "reason": "r", "items": [0]},
        {"answer": "approve", "reason": "", "items": [0, 1]},
    ]
    for order in (both, both[::-1]):
        found = read({"terms": TERMS, "answers": order})
        assert found.targets == {0: Answer("reject", "r"), 1: YES}


def test_subjects_name_their_batch():
    assert answers.serial("B1", 4) == "B1/answer-4"
    assert answers.batch_of("B1/answer-4") == answers.batch_of("B1") == "B1"
