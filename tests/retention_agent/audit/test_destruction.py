"""What must be found when files were destroyed without a mandate, and the log says so truly."""

import pytest

from retention_agent.audit import keyring, log, verify
from retention_agent.audit.answers import TOP, Answer
from retention_agent.audit.event import Event
from retention_agent.audit.gather import gather


@pytest.fixture
def founded(connection, council):
    council.found(connection)
    return connection


def codes(council, connection) -> set[str]:
    log.publish(connection, council.service_key, council.later())
    report = verify.check(gather(connection, council.service_key.public_key()))
    return {problem.code for problem in report.problems}


def test_destruction_after_a_request_and_two_approvals_is_covered(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.destroy(founded, "B1", [0, 2])
    assert codes(council, founded) == set()


@pytest.mark.parametrize("names", [[], ["ada"]])
def test_destruction_with_fewer_than_two_approvals_is_found(founded, council, names):
    council.approve(founded, "B1", council.propose(founded, "B1", 3), names)
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_destruction_before_the_second_approval_is_found(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms, ["ada"])
    council.destroy(founded, "B1", [0])
    council.approve(founded, "B1", terms, ["amy"])
    assert codes(council, founded) == {"approval-missing"}


@pytest.mark.parametrize("change", [{"root": "00" * 32}, {"policy": "x"}, {"hold_epoch": 4}])
def test_an_approval_of_other_terms_does_not_count(founded, council, change):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms, ["ada"])
    council.approve(founded, "B1", terms | change, ["amy"])
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_the_requester_cannot_be_one_of_the_approvers(founded, council):
    both = council.person("rita").roles | {"approver"}
    keyring.enrol(
        founded, type(council.person("rita"))("rita", "Rita", both, council.person("rita").key)
    )
    for name in ("ada", "abe"):
        keyring.sign(founded, council.keys[name], council.later())
    council.approve(founded, "B1", council.propose(founded, "B1", 3), ["rita", "ada"])
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_an_approver_revoked_before_destruction_does_not_count(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3), ["ada", "amy"])
    council.destroy(founded, "B1", [0])
    council.revise(founded)
    assert codes(council, founded) == set()
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-missing"}


def test_the_two_approvers_cannot_both_be_the_adopters_of_the_schedule(founded, council):
    for name in ("ada", "abe"):
        council.say(founded, name, "adopt-schedule", "digest-1")
    council.approve(founded, "B1", council.propose(founded, "B1", 3), ["ada", "abe"])
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_adoptions_of_different_classes_or_by_one_person_twice_make_nobody_an_adopter(
    founded, council
):
    for name, codes_ in (("ada", ["A"]), ("abe", ["B"])):
        council.say(founded, name, "adopt-schedule", "schedule:1", {"codes": codes_})
    council.approve(founded, "B1", council.propose(founded, "B1", 3), ["ada", "abe"])
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == set()


def test_approvals_must_not_have_expired_when_a_file_goes_to_the_bin(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.move(founded, "B1", 0, "binned")
    council.later(days=90)
    council.move(founded, "B1", 0, "destroyed")
    assert codes(council, founded) == set()
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-late"}


def with_second_requester(founded, council) -> None:
    roles = council.person("olga").roles | {"requester"}
    olga = council.person("olga")
    keyring.enrol(founded, type(olga)("olga", "Olga", roles, olga.key))
    for name in ("ada", "abe"):
        keyring.sign(founded, council.keys[name], council.later())


def test_a_second_request_does_not_lengthen_the_approvals_of_the_first(founded, council):
    with_second_requester(founded, council)
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms)
    council.say(founded, "olga", "request-batch", "B1", terms | {"expires": "2036-01-01T00:00:00Z"})
    council.later(days=90)
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-late"}


def test_two_approvals_of_different_requests_are_not_two_approvals(founded, council):
    with_second_requester(founded, council)
    terms = council.propose(founded, "B1", 3)
    others = terms | {"hold_epoch": 4}
    council.say(founded, "olga", "request-batch", "B1", others)
    council.approve(founded, "B1", terms, ["ada"])
    council.approve(founded, "B1", others, ["amy"])
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_terms_that_name_no_day_of_expiry_have_expired(founded, council):
    with_second_requester(founded, council)
    terms = council.propose(founded, "B1", 3)
    endless = {key: value for key, value in terms.items() if key != "expires"}
    council.say(founded, "olga", "request-batch", "B1", endless)
    council.approve(founded, "B1", endless)
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-late"}


def test_a_file_that_never_went_to_the_bin_cannot_have_been_destroyed_in_time(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.move(founded, "B1", 0, "destroyed")
    assert codes(council, founded) == {"destroyed-unbinned"}


@pytest.mark.parametrize("back", ["returned", "restored"])
def test_a_file_that_came_back_from_the_bin_must_go_there_again(founded, council, back):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    for state in ("binned", back, "destroyed"):
        council.move(founded, "B1", 0, state)
    assert codes(council, founded) == {"destroyed-unbinned"}


def test_one_record_cannot_be_destroyed_in_two_batches(founded, council):
    for batch in ("B1", "B2"):
        council.approve(founded, batch, council.propose(founded, batch, 1))
        council.move(founded, batch, 0, "binned")
        event = Event("deletion", f"batch:{batch}/0", facts={"record": 12, "to": "destroyed"})
        log.append(founded, event, council.later())
    assert codes(council, founded) == {"destroyed-twice"}


def test_an_item_that_a_reviewer_took_out_must_not_be_destroyed(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.say(founded, "amy", "exclude-item", "B1/1")
    council.destroy(founded, "B1", [0, 1])
    assert codes(council, founded) == {"destroyed-excluded"}


def test_nothing_of_a_rejected_batch_may_be_destroyed(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.say(founded, "abe", "reject-batch", "B1")
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"destroyed-rejected"}


APPROVE, DESTROY = Answer("approve"), Answer("destroy", "reviewed")
KEEPING = {
    "reject": "destroyed-rejected",
    "exclude": "destroyed-excluded",
    "extend": "destroyed-kept",
    "reclassify": "destroyed-kept",
    "transfer": "destroyed-kept",
}


@pytest.mark.parametrize("target", [1, b"fin", TOP])
@pytest.mark.parametrize("word", KEEPING)
def test_an_item_that_an_answer_keeps_must_not_be_destroyed(founded, council, word, target):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms)
    council.answer(founded, "abe", "B1", terms, {target: Answer(word, "wanted")})
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {KEEPING[word]}


def test_an_answer_that_keeps_one_item_leaves_the_others(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms)
    council.answer(founded, "abe", "B1", terms, {1: Answer("extend", "x", "2031-01-01")})
    council.answer(founded, "amy", "B1", terms, {b"another": Answer("reject", "x")})
    council.destroy(founded, "B1", [0, 2])
    assert codes(council, founded) == set()


def test_an_answer_that_came_after_the_destruction_does_not_blame_it(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms)
    council.destroy(founded, "B1", [1])
    council.answer(founded, "abe", "B1", terms, {1: Answer("reject", "too late")})
    assert codes(council, founded) == set()


def test_an_answer_that_keeps_outlives_the_one_who_gave_it(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.answer(founded, "ada", "B1", terms, {1: Answer("reject", "wanted")})
    council.approve(founded, "B1", terms, ["abe", "amy"])
    council.revise(founded)
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"destroyed-rejected"}


@pytest.mark.parametrize("word", ["approve", "destroy"])
def test_two_who_agree_about_an_item_cover_it_and_nothing_else(founded, council, word):
    terms = council.propose(founded, "B1", 3)
    yes = Answer(word, "seen")
    council.answer(founded, "ada", "B1", terms, {1: yes})
    council.answer(founded, "amy", "B1", terms, {b"fin": yes})
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == set()
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"approval-missing"}


def test_one_who_agrees_twice_is_one(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms, ["ada"])
    council.answer(founded, "ada", "B1", terms, {1: APPROVE})
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-missing"}


@pytest.mark.parametrize("change", [{"root": "00" * 32}, {"size": 4}, {"expires": "2036-01-01"}])
def test_an_answer_about_other_terms_approves_nothing(founded, council, change):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms, ["ada"])
    council.answer(founded, "amy", "B1", terms | change, {1: APPROVE})
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-missing"}


def test_an_answer_about_another_batch_approves_nothing(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.propose(founded, "B12", 3)
    council.approve(founded, "B1", terms, ["ada"])
    council.answer(founded, "amy", "B12", terms, {1: APPROVE})
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-missing"}


def test_what_is_listed_for_review_is_not_covered_by_approval(founded, council):
    terms = council.propose(founded, "B1", 3, "review", "review")
    council.approve(founded, "B1", terms)
    council.answer(founded, "ada", "B1", terms, {TOP: DESTROY})
    council.answer(founded, "amy", "B1", terms, {0: DESTROY, 1: APPROVE})
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == set()
    council.destroy(founded, "B1", [1])
    assert codes(council, founded) == {"approval-missing"}


@pytest.mark.parametrize("action", ["review", "transfer"])
def test_what_is_kept_for_ever_is_covered_by_no_answer_to_destroy(founded, council, action):
    terms = council.propose(founded, "B1", 3, action, "transfer")
    for name in ("ada", "amy"):
        council.answer(founded, name, "B1", terms, {TOP: DESTROY})
    council.destroy(founded, "B1", [0])
    assert "approval-missing" in codes(council, founded)


def test_an_answer_that_cannot_be_read_keeps(founded, council):
    terms = council.propose(founded, "B1", 3)
    council.approve(founded, "B1", terms)
    content = {"terms": terms, "answers": [{"answer": "burn"}]}
    council.say(founded, "abe", "answer-batch", "B1/answer-9", content)
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == {"destroyed-kept"}


def test_no_file_can_be_destroyed_twice(founded, council):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.destroy(founded, "B1", [0, 1, 0])
    assert codes(council, founded) == {"destroyed-twice"}


@pytest.mark.parametrize("item", ["3", "99", "x", "007", "9" * 5_000])
def test_an_item_outside_the_manifest_is_not_covered(founded, council, item):
    council.approve(founded, "B1", council.propose(founded, "B1", 3))
    council.destroy(founded, "B1", [item])
    assert codes(council, founded) == {"approval-missing", "destroyed-uncovered"}


@pytest.mark.parametrize("what", ["record:12", "batch:B9", "batch:B9/0"])
def test_a_deletion_that_belongs_to_no_batch_is_not_covered(founded, council, what):
    log.append(founded, Event("deletion", what), council.later())
    assert codes(council, founded) == {"approval-missing", "destroyed-uncovered"}


def test_a_manifest_other_than_the_one_asked_for_is_found(founded, council):
    council.propose(founded, "B1", 3)
    founded.exec_driver_sql("UPDATE batch_item SET manifest = '{}' WHERE number = 1")
    assert codes(council, founded) == {"manifest-differs"}


def test_destruction_before_there_was_a_keyring_is_found(connection, council):
    council_event = Event("deletion", "batch:B1/0")
    log.append(connection, council_event, council.now)
    council.found(connection)
    council.approve(connection, "B1", council.propose(connection, "B1", 1))
    assert codes(council, connection) == {"approval-missing"}


@pytest.fixture
def offered(founded, council):
    """A batch of three for the archive, approved."""
    terms = council.propose(founded, "B1", 3, action="transfer")
    council.approve(founded, "B1", terms)
    return council, founded


STEPS = {
    "copied": lambda council, log: council.hand_over(log, "B1"),
    "accepted": lambda council, log: council.archive(log, "B1", 0, True),
    "declined": lambda council, log: council.archive(log, "B1", 0, False),
    "half said": lambda council, log: council.archive(log, "B1", 0, "true"),
    "another accepted": lambda council, log: council.archive(log, "B1", 1, True),
    "binned": lambda council, log: council.move(log, "B1", 0, "binned"),
    "returned": lambda council, log: council.move(log, "B1", 0, "returned"),
    "transferred": lambda council, log: council.move(log, "B1", 0, "transferred"),
    "destroyed": lambda council, log: council.move(log, "B1", 0, "destroyed"),
    "weeks go by": lambda council, _: council.later(days=90),
    "excluded": lambda council, log: council.say(log, "amy", "exclude-item", "B1/0", {}),
    "rejected": lambda council, log: council.say(log, "amy", "reject-batch", "B1", {}),
}


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (["copied", "accepted", "binned", "transferred"], set()),
        (["copied", "weeks go by", "accepted", "binned", "transferred"], set()),
        (["copied", "declined", "accepted", "binned", "transferred"], set()),
        (["weeks go by", "copied", "accepted", "binned", "transferred"], {"approval-late"}),
        (["copied", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["accepted", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["binned", "transferred"], {"transfer-unconfirmed"}),
        (["accepted", "copied", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "binned", "accepted", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "binned", "transferred", "accepted"], {"transfer-unconfirmed"}),
        (["copied", "declined", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "half said", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "another accepted", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "accepted", "declined", "binned", "transferred"], {"transfer-unconfirmed"}),
        (["copied", "accepted", "transferred"], {"destroyed-unbinned"}),
        (["copied", "accepted", "binned", "returned", "transferred"], {"destroyed-unbinned"}),
        (["copied", "accepted", "binned", "destroyed"], {"transfer-unasked"}),
        (["copied", "accepted", "binned", "transferred", "transferred"], {"destroyed-twice"}),
        (["copied", "excluded", "accepted", "binned", "transferred"], {"destroyed-excluded"}),
        (["rejected", "copied", "accepted", "binned", "transferred"], {"destroyed-rejected"}),
    ],
)
def test_a_transfer_needs_its_steps_in_their_order(offered, steps, found):
    council, connection = offered
    for step in steps:
        STEPS[step](council, connection)
    assert codes(council, connection) == found


@pytest.mark.parametrize("names", [[], ["ada"]])
def test_a_transfer_with_fewer_than_two_approvals_is_found(founded, council, names):
    terms = council.propose(founded, "B1", 3, action="transfer")
    council.approve(founded, "B1", terms, names)
    for step in ("copied", "accepted", "binned", "transferred"):
        STEPS[step](council, founded)
    assert codes(council, founded) == {"approval-missing"}


@pytest.mark.parametrize(
    "about", [{}, {"action": "destroy"}, {"action": "transfer", "final": False}]
)
def test_what_was_not_signed_for_to_leave_for_the_archive_does_not(founded, council, about):
    council.approve(founded, "B1", council.propose(founded, "B1", 3, **about))
    for step in ("copied", "accepted", "binned", "transferred"):
        STEPS[step](council, founded)
    assert codes(council, founded) == {"transfer-unasked"}


def test_a_name_that_looks_like_a_transfer_makes_none(founded, council):
    terms = council.propose(founded, "B1", 3, title='","action":"transfer')
    council.approve(founded, "B1", terms)
    council.destroy(founded, "B1", [0])
    assert codes(council, founded) == set()


@pytest.mark.parametrize(
    ("then", "found"), [((), set()), (("waiting",), {"approval-missing"})], ids=["at once", "later"]
)
def test_approvals_must_stand_at_the_intent_that_was_carried_out(founded, council, then, found):
    council.approve(founded, "B1", council.propose(founded, "B1", 3), ["ada", "amy"])
    for state in ("binned", "purge-armed", *then):
        council.move(founded, "B1", 0, state)
    council.revise(founded)
    council.move(founded, "B1", 0, "destroyed")
    assert codes(council, founded) == found
