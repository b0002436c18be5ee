from collections.abc import Callable
from datetime import date

import pytest

from policies import Hold, HoldScope, Record, covers, holds_on, in_force

BUILD = Callable[..., Record]
TODAY = date(2025, 6, 1)


@pytest.mark.parametrize(
    ("prefix", "covered"),
    [
        (b"", True),
        (b"legal", True),
        (b"legal/", True),
        (b"/legal", True),
        (b"legal/case 1", True),
        (b"legal/case 1/claim.pdf", True),
        (b"legal/case", False),
        (b"legal/case 10", False),
        (b"legal/case 1/claim.pdf/x", False),
        (b"case 1", False),
    ],
)
def test_a_path_covers_itself_and_what_is_below_on_whole_components(
    make_record: BUILD, prefix: bytes, covered: bool
) -> None:
    record = make_record(share="s", path=b"legal/case 1/claim.pdf")
    assert covers(HoldScope(paths=(("s", prefix),)), record) is covered
    assert not covers(HoldScope(paths=(("other", prefix),)), record)


def test_a_path_that_is_not_text_can_be_held(make_record: BUILD) -> None:
    record = make_record(share="s", path=b"caf\xe9/a.txt")
    assert covers(HoldScope(paths=(("s", b"caf\xe9"),)), record)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Legal/CASE 1", "legal/case 1"),
        ("caf\u00e9", "cafe\u0301"),
        ("cafe\u0301", "caf\u00e9"),
        ("CAF\u00c9", "cafe\u0301"),
        ("\uff21\uff11", "a1"),
    ],
)
def test_a_path_spelt_another_way_that_looks_the_same_is_covered(
    make_record: BUILD, typed: str, stored: str
) -> None:
    record = make_record(share="s", path=f"{stored}/letter.txt".encode())
    assert covers(HoldScope(paths=(("s", typed.encode()),)), record)


def test_references_and_fields_spelt_another_way_match(make_record: BUILD) -> None:
    record = make_record(references=frozenset({"CAFE\u0301-1"}), fields={"Author": "Rene\u0301"})
    assert covers(HoldScope(references=frozenset({"caf\u00e9-1"})), record)
    assert covers(HoldScope(fields={"author": "ren\u00e9"}), record)


def test_any_value_of_a_criterion_is_enough(make_record: BUILD) -> None:
    record = make_record(references=frozenset({"CON-2"}))
    assert covers(HoldScope(references=frozenset({"CON-1", "CON-2"})), record)
    assert covers(HoldScope(classes=frozenset({"X", "FIN-001"})), record)
    assert covers(HoldScope(paths=(("x", b""), ("finance", b"invoices"))), record)


def test_every_criterion_given_must_match(make_record: BUILD) -> None:
    scope = HoldScope(classes=frozenset({"FIN-001"}), references=frozenset({"CON-9"}))
    assert not covers(scope, make_record())
    assert covers(scope, make_record(references=frozenset({"CON-9"})))
    assert not covers(scope, make_record(references=frozenset({"CON-9"}), record_class="X"))


def test_references_are_compared_without_regard_to_case_and_blanks(make_record: BUILD) -> None:
    assert covers(HoldScope(references=frozenset({" con-1 "})), make_record())


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        *[("jo smith", True), ("JO SMITH", True), ("jo*", True), ("*smith", True), ("j? *", True)],
        *[("[jk]o smith", True), ("smith", False), ("jo", False)],
    ],
)
def test_a_field_is_matched_by_pattern_without_regard_to_case(
    make_record: BUILD, pattern: str, covered: bool
) -> None:
    assert covers(HoldScope(fields={"AUTHOR": pattern}), make_record()) is covered


def test_each_field_of_a_scope_is_a_criterion_of_its_own(make_record: BUILD) -> None:
    scope = HoldScope(fields={"Author": "jo*", "Subject": "*claim*"})
    assert not covers(scope, make_record())
    assert covers(scope, make_record(fields={"author": "Jo", "subject": "the claim of"}))


def test_what_is_unknown_about_an_unreadable_record_counts_as_a_match(make_record: BUILD) -> None:
    scopes = [
        HoldScope(fields={"Subject": "*claim*"}),
        HoldScope(references=frozenset({"CON-9"})),
        HoldScope(classes=frozenset({"LEG-001"})),
    ]
    readable = make_record(record_class=None)
    unreadable = make_record(record_class=None, readable=False)
    assert [covers(scope, readable) for scope in scopes] == [False, False, False]
    assert [covers(scope, unreadable) for scope in scopes] == [True, True, True]


def test_what_is_known_about_an_unreadable_record_is_compared(make_record: BUILD) -> None:
    record = make_record(readable=False)
    assert not covers(HoldScope(fields={"Author": "someone else"}), record)
    assert not covers(HoldScope(classes=frozenset({"LEG-001"})), record)
    assert not covers(HoldScope(paths=(("legal", b""),)), record)


@pytest.mark.parametrize(
    ("grace_ends", "holding"),
    [
        (None, True),
        (date(2025, 6, 2), True),
        (date(2025, 6, 1), True),
        (date(2025, 5, 31), False),
    ],
)
def test_a_released_hold_stays_in_force_until_its_grace_has_passed(
    make_hold: Callable[..., Hold], grace_ends: date | None, holding: bool
) -> None:
    hold = make_hold(HoldScope(classes=frozenset({"X"})), grace_ends=grace_ends)
    assert in_force(hold, TODAY) is holding


def test_a_review_date_that_went_by_releases_nothing(make_hold: Callable[..., Hold]) -> None:
    hold = make_hold(HoldScope(classes=frozenset({"X"})), review_by=date(2000, 1, 1))
    assert in_force(hold, TODAY)


def test_every_hold_that_covers_the_record_is_named_in_order(
    make_record: BUILD, make_hold: Callable[..., Hold]
) -> None:
    mine, others = HoldScope(classes=frozenset({"FIN-001"})), HoldScope(classes=frozenset({"X"}))
    holds = [
        make_hold(mine, id="H3"),
        make_hold(others, id="H2"),
        make_hold(mine, id="H1"),
        make_hold(mine, id="H4", grace_ends=date(2025, 1, 1)),
    ]
    assert holds_on(make_record(), holds, TODAY) == ("H1", "H3")


def test_a_query_counts_as_matching_until_the_record_was_read_and_does_not_match(
    make_record: BUILD,
) -> None:
    scope = HoldScope(query="bridge")
    assert covers(scope, make_record())
    assert covers(scope, make_record(unmatched=frozenset({"road"})))
    assert not covers(scope, make_record(unmatched=frozenset({"road", "bridge"})))
    assert covers(scope, make_record(unmatched=frozenset({"bridge"}), readable=False))


def test_a_query_is_a_criterion_beside_the_others(make_record: BUILD) -> None:
    scope = HoldScope(query="bridge", classes=frozenset({"X"}))
    assert not covers(scope, make_record())
    assert covers(scope, make_record(record_class="X"))


def test_what_was_moved_out_of_a_held_folder_is_still_covered(make_record: BUILD) -> None:
    record = make_record(share="s", path=b"bin/a.pdf", former=frozenset({b"legal/case 1/a.pdf"}))
    assert covers(HoldScope(paths=(("s", b"Legal/case 1"),)), record)
    assert not covers(HoldScope(paths=(("s", b"legal/case"),)), record)
    assert not covers(HoldScope(paths=(("other", b"legal/case 1"),)), record)
