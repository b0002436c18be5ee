"""Certificates forged by a holder of the service key, and harmed by somebody who has none."""

import base64
import dataclasses

import pytest

from retention_agent.audit import authority, certified, statement, verify, walk
from retention_agent.audit.answers import Answer
from retention_agent.audit.certified import Certificate
from retention_agent.audit.gather import gather
from retention_agent.audit.statement import Statement


@pytest.fixture
def done(connection, council):
    """A batch of four: three destroyed, one restored; not yet certified."""
    council.found(connection)
    council.scan(connection, 3)
    council.approve(connection, "B1", council.propose(connection, "B1", 4))
    council.destroy(connection, "B1", [0, 1, 3])
    council.move(connection, "B1", 2, "restored")
    return council, connection


def codes(council, connection) -> set[str]:
    report = verify.check(gather(connection, council.service_key.public_key()))
    return {problem.code for problem in report.problems}


def test_a_true_certificate_adds_up(done):
    council, connection = done
    council.issue(connection, "B1")
    assert codes(council, connection) == set()


def test_a_certificate_shows_answers_item_by_item(connection, council):
    council.found(connection)
    terms = council.propose(connection, "B1", 2)
    council.approve(connection, "B1", terms, ["ada"])
    council.answer(connection, "amy", "B1", terms, {1: Answer("approve")})
    council.destroy(connection, "B1", [1])
    document = council.certificate(connection, "B1")
    council.issue(connection, "B1", document)
    assert codes(council, connection) == set()


def test_a_certificate_that_withholds_an_answer_does_not_show_two_approvals(connection, council):
    council.found(connection)
    terms = council.propose(connection, "B1", 2)
    council.approve(connection, "B1", terms, ["ada"])
    council.answer(connection, "amy", "B1", terms, {1: Answer("approve")})
    council.destroy(connection, "B1", [1])
    document = council.certificate(connection, "B1")
    document["answers"] = []
    council.issue(connection, "B1", document)
    assert codes(council, connection) == {"approval-missing"}


def test_answers_about_another_batch_do_not_count_in_a_certificate(done):
    council, connection = done
    terms = council.propose(connection, "B2", 2)
    council.answer(connection, "amy", "B2", terms, {1: Answer("approve")})
    document = council.certificate(connection, "B1")
    document["answers"] = council.certificate(connection, "B2")["answers"]
    council.issue(connection, "B1", document)
    assert codes(council, connection) == {"approval-missing"}


def forged(done, change) -> set[str]:
    """What is found when the service key signs, and the log records, an untrue certificate."""
    council, connection = done
    document = council.certificate(connection, "B1")
    change(document)
    council.issue(connection, "B1", document)
    return codes(council, connection)


def without_an_approval(document):
    document["approvals"].pop()


def with_one_approval_twice(document):
    document["approvals"][1] = document["approvals"][0]


def with_a_changed_approval(document):
    document["approvals"][0]["statement"]["content"]["size"] = 9


def with_another_requester(document):
    document["requester"] = "amy"


def with_other_terms(document):
    document["manifest"]["policy"] = "00" * 32


def with_fewer_terms(document):
    del document["manifest"]["hold_epoch"]


@pytest.mark.parametrize(
    "change",
    [
        without_an_approval,
        with_one_approval_twice,
        with_a_changed_approval,
        with_another_requester,
        with_other_terms,
        with_fewer_terms,
    ],
)
def test_a_certificate_without_its_mandate_is_found(done, change):
    assert forged(done, change) == {"approval-missing"}


def without_an_item(document):
    document["items"].pop()


def with_items_exchanged(document):
    document["items"].reverse()


def with_another_file_in_the_manifest(document):
    document["items"][0]["manifest"]["path"] = "/fin/harmless.pdf"


def with_a_destruction_kept_quiet(document):
    document["items"][0].update(outcome="restored", leaf=None, proof=[])


def with_a_destruction_made_up(document):
    document["items"][2]["outcome"] = "destroyed"


def with_another_end(document):
    document["items"][2]["outcome"] = "deferred"


def with_a_transfer_made_up(document):
    document["items"][2].update(outcome="transferred", leaf=None, proof=[])


def with_another_date(document):
    document["items"][0]["at"] = "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "change",
    [
        without_an_item,
        with_items_exchanged,
        with_another_file_in_the_manifest,
        with_a_destruction_kept_quiet,
        with_a_destruction_made_up,
        with_another_date,
        with_another_end,
        with_a_transfer_made_up,
    ],
)
def test_a_certificate_with_untrue_items_is_found(done, change):
    assert "certificate-items" in forged(done, change)


def with_a_wrong_proof(document):
    document["items"][0]["proof"][0] = base64.b64encode(bytes(32)).decode()


def with_another_leaf(document):
    document["items"][2]["leaf"] -= 1


def with_a_leaf_made_up(document):
    document["items"][2].update(leaf=0, proof=[])


@pytest.mark.parametrize("change", [with_a_wrong_proof, with_another_leaf, with_a_leaf_made_up])
def test_a_certificate_with_a_wrong_proof_is_found(done, change):
    assert forged(done, change) == {"certificate-proof"}


def with_no_checkpoint(document):
    document["checkpoint"] = "none"


def test_a_certificate_resting_on_a_checkpoint_the_log_never_had_is_found(done):
    assert forged(done, with_no_checkpoint) == {"certificate-checkpoint"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("certificate", "retention-agent/certificate/v2"),
        ("batch", "B2"),
        ("items", {}),
        ("items", [7]),
        ("manifest", None),
        ("request", {}),
        ("approvals", [{}]),
        ("approvals", ["yes"]),
        ("requester", True),
        ("checkpoint", 7),
    ],
)
def test_a_certificate_that_lacks_something_is_found(done, key, value):
    assert forged(done, lambda document: document.update({key: value})) == {"certificate-malformed"}


@pytest.mark.parametrize(
    ("key", "value"),
    [("number", True), ("manifest", "x"), ("outcome", 1), ("leaf", "7"), ("proof", ["ü"])],
)
def test_an_item_that_lacks_something_is_found(done, key, value):
    def change(document):
        document["items"][0][key] = value

    assert forged(done, change) == {"certificate-malformed"}


def test_an_approval_of_another_batch_does_not_serve(done):
    council, connection = done
    other = council.propose(connection, "B2", 2)
    council.approve(connection, "B2", other)

    def change(document):
        document["approvals"] = borrowed

    borrowed = council.certificate(connection, "B2")["approvals"]
    assert forged(done, change) == {"approval-missing"}


def test_an_approval_that_never_came_in_does_not_serve(done):
    council, _ = done

    def change(document):
        terms = dict(statement.read(statement.from_document(document["request"])).content)
        said = Statement("approve-batch", "B1", "abe", terms)
        signed = statement.sign(council.keys["abe"], said, council.now)
        document["approvals"][0] = signed.document()

    assert forged(done, change) == {"approval-missing"}


def judge(council, connection):
    """Check one certificate on its own, against a log walked once."""
    evidence = gather(connection, council.service_key.public_key())
    problems: list[object] = []
    sizes = set(range(1_000))
    log = walk.walk(evidence.leaves, evidence.openings, sizes, problems)
    established = authority.establish(evidence.keyrings, evidence.statements, log, problems)
    assert not problems

    def check(document: bytes, signature: bytes) -> set[str]:
        found: list[object] = []
        issued = [("B1", Certificate(document, signature))]
        certified.check_certificates(issued, council.verifier, log, established, found)
        return {problem.code for problem in found}

    return check


def test_every_bit_of_a_certificate_and_its_signature_counts(done):
    council, connection = done
    council.issue(connection, "B1")
    ((_, issued),) = gather(connection, council.service_key.public_key()).certificates
    check = judge(council, connection)
    assert check(issued.document, issued.signature) == set()
    for place in range(len(issued.document)):
        changed = bytearray(issued.document)
        changed[place] ^= 1 << (place % 8)
        assert {"certificate-forged", "certificate-differs"} <= check(
            bytes(changed), issued.signature
        )
    for place in range(len(issued.signature) * 8):
        changed = bytearray(issued.signature)
        changed[place // 8] ^= 1 << (place % 8)
        assert check(issued.document, bytes(changed)) == {"certificate-forged"}


def test_a_missing_certificate_is_missed(done):
    council, connection = done
    council.issue(connection, "B1")
    evidence = gather(connection, council.service_key.public_key())
    report = verify.check(dataclasses.replace(evidence, certificates=[]))
    assert {problem.code for problem in report.problems} == {"certificate-missing"}


@pytest.fixture
def handed_over(connection, council):
    """A batch of three for the archive: two transferred, one declined; not yet certified."""
    council.found(connection)
    terms = council.propose(connection, "B1", 3, action="transfer")
    council.approve(connection, "B1", terms)
    council.hand_over(connection, "B1")
    for number, accepted in enumerate([True, True, False]):
        council.archive(connection, "B1", number, accepted)
    for number in (0, 1):
        council.move(connection, "B1", number, "binned")
        council.move(connection, "B1", number, "transferred")
    council.move(connection, "B1", 2, "due")
    return council, connection


def test_a_true_certificate_of_a_transfer_adds_up(handed_over):
    council, connection = handed_over
    council.issue(connection, "B1")
    assert codes(council, connection) == set()


def with_a_transfer_called_destruction(document):
    document["items"][0]["outcome"] = "destroyed"


def with_a_transfer_kept_quiet(document):
    document["items"][0].update(outcome="due", leaf=None, proof=[])


def with_the_declined_one_transferred(document):
    document["items"][2]["outcome"] = "transferred"


def with_the_declined_one_transferred_without_proof(document):
    document["items"][2].update(outcome="transferred", leaf=None, proof=[])


def with_another_day_of_transfer(document):
    document["items"][1]["at"] = "2025-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "change",
    [
        with_a_transfer_called_destruction,
        with_a_transfer_kept_quiet,
        with_the_declined_one_transferred,
        with_the_declined_one_transferred_without_proof,
        with_another_day_of_transfer,
    ],
)
def test_a_certificate_with_an_untrue_transfer_is_found(handed_over, change):
    assert "certificate-items" in forged(handed_over, change)


@pytest.mark.parametrize("change", [without_an_approval, with_one_approval_twice])
def test_a_certificate_of_a_transfer_shows_two_approvals(handed_over, change):
    assert forged(handed_over, change) == {"approval-missing"}


def test_a_transfer_that_the_archive_never_confirmed_is_found_whatever_is_certified(
    connection, council
):
    council.found(connection)
    terms = council.propose(connection, "B1", 1, action="transfer")
    council.approve(connection, "B1", terms)
    council.hand_over(connection, "B1")
    council.move(connection, "B1", 0, "binned")
    council.move(connection, "B1", 0, "transferred")
    council.issue(connection, "B1")
    assert codes(council, connection) == {"transfer-unconfirmed"}
