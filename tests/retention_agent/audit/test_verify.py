"""Evidence put together wrongly, piece by piece."""

import dataclasses

import pytest

from retention_agent.audit import checkpoint, log, people, statement, verify
from retention_agent.audit.checkpoint import Checkpoint
from retention_agent.audit.event import Event
from retention_agent.audit.gather import gather
from retention_agent.audit.problem import CODES
from retention_agent.audit.statement import Signed, Statement


@pytest.fixture
def evidence(connection, council):
    """The whole history as values that can be changed, signed to its end."""
    council.history(connection)
    log.publish(connection, council.service_key, council.later())
    found = gather(connection, council.service_key.public_key())
    return dataclasses.replace(
        found,
        leaves=list(found.leaves),
        openings=list(found.openings),
        manifests={batch: list(entries) for batch, entries in found.manifests.items()},
        certificates=list(found.certificates),
        still_growing=False,
    )


def codes(evidence, *kept, **change) -> set[str]:
    report = verify.check(dataclasses.replace(evidence, **change), kept)
    found = {problem.code for problem in report.problems}
    assert found <= CODES.keys()
    assert report.sound == (not found)
    return found


def test_true_evidence_adds_up_and_is_counted(evidence):
    report = verify.check(evidence)
    assert report.sound
    assert report.size == len(evidence.leaves)
    assert report.covered == {
        "checkpoints": 3,
        "keyrings": 2,
        "statements": 12,
        "batches": 3,
        "certificates": 1,
        "destroyed": 6,
        "transferred": 0,
    }


def test_a_key_that_is_none_ends_the_check(evidence):
    assert codes(evidence, key="nonsense") == {"key-malformed"}


def test_a_log_without_checkpoints_is_not_evidence(evidence):
    found = codes(evidence, checkpoints=[])
    assert {"checkpoint-missing"} <= found


def test_a_log_cut_at_any_place_is_found(evidence):
    for size in range(len(evidence.leaves)):
        assert "log-cut" in codes(evidence, leaves=evidence.leaves[:size])


def test_an_entry_after_the_last_checkpoint_is_unsigned_in_a_bundle_and_allowed_in_the_register(
    evidence, connection, council
):
    log.append(connection, Event("scan", "scan:1"), council.later())
    leaves = list(gather(connection, council.service_key.public_key()).leaves)
    assert codes(evidence, leaves=leaves) == {"log-unsigned"}
    assert codes(evidence, leaves=leaves, still_growing=True) == set()


def test_neighbouring_entries_exchanged_are_found_everywhere(evidence):
    for place in range(0, len(evidence.leaves) - 1, 7):
        leaves = list(evidence.leaves)
        leaves[place : place + 2] = reversed(leaves[place : place + 2])
        assert {"leaf-number", "log-changed"} <= codes(evidence, leaves=leaves)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"v":1', b'"v":2'),
        (b'"number":3', b'"number":"3"'),
        (b'"outcome":"success",', b""),
        (b"2026-05-01T", b"2026-05-01 "),
        (b'"facts":{}', b'"facts":[]'),
        (b"{", b"["),
    ],
)
def test_a_malformed_entry_is_found_and_the_rest_is_checked(evidence, old, new):
    leaves = list(evidence.leaves)
    leaves[3] = leaves[3].replace(old, new)
    assert leaves[3] != evidence.leaves[3]
    assert {"leaf-malformed", "log-changed"} <= codes(evidence, leaves=leaves)


def test_entries_whose_facts_are_of_the_wrong_kind_are_survived(evidence):
    for fact in (b'"digest"', b'"version"', b'"numbers"', b'"to"'):
        for value in (b"[]", b"null", b'"9-1"', b'"0-99999999999999999"'):
            leaves = [
                leaf.replace(fact + b":", fact + b":" + value + b',"x":')
                for leaf in evidence.leaves
            ]
            assert codes(evidence, leaves=leaves)


def test_checkpoints_out_of_order_or_repeated_are_found(evidence):
    one, two, three = evidence.checkpoints
    assert "checkpoint-order" in codes(evidence, checkpoints=[two, one, three])
    assert codes(evidence, checkpoints=[one, two, two, three]) == {"checkpoint-order"}


def test_a_checkpoint_by_another_key_is_found(evidence, council):
    tree = Checkpoint(council.verifier.name, 7, bytes(32))
    forged = checkpoint.sign(tree, council.keys["ada"])
    assert codes(evidence, checkpoints=[forged, *evidence.checkpoints]) == {"checkpoint-bad"}


def test_a_signed_checkpoint_of_another_history_is_found(evidence, council):
    other = checkpoint.sign(Checkpoint(council.verifier.name, 7, bytes(32)), council.service_key)
    assert codes(evidence, checkpoints=[other, *evidence.checkpoints]) == {"log-changed"}


def test_a_kept_checkpoint_of_the_same_history_is_continued(evidence):
    assert codes(evidence, *evidence.checkpoints) == set()


def test_a_log_rewritten_by_the_holder_of_the_service_key_is_found_by_a_kept_checkpoint(
    evidence, council
):
    for kept in (
        checkpoint.sign(Checkpoint(council.verifier.name, 7, bytes(32)), council.service_key),
        checkpoint.sign(Checkpoint(council.verifier.name, 9_999, bytes(32)), council.service_key),
        evidence.checkpoints[0].replace("\n\n", "\n"),
    ):
        assert codes(evidence, kept) == {"kept-differs"}


def changed_opening(evidence, **change):
    place = len(evidence.openings) // 2
    openings = list(evidence.openings)
    openings[place] = dataclasses.replace(openings[place], **change)
    return openings


@pytest.mark.parametrize("change", [{"value": '"x"'}, {"salt": "AAAA"}, {"salt": "ü"}])
def test_clear_text_that_is_not_what_was_committed_to_is_found(evidence, change):
    openings = changed_opening(evidence, **change)
    assert codes(evidence, openings=openings) == {"opening-changed"}


@pytest.mark.parametrize("change", [{"field": "other"}, {"number": 0}, {"number": 10**6}])
def test_clear_text_filed_elsewhere_is_found(evidence, change):
    openings = changed_opening(evidence, **change)
    assert {"opening-unknown", "opening-missing"} <= codes(evidence, openings=openings)


def test_clear_text_that_is_missing_without_a_word_is_found(evidence):
    assert codes(evidence, openings=evidence.openings[:-1]) == {"opening-missing"}


def test_clear_text_that_survived_its_erasure_is_found(connection, council):
    log.append(connection, Event("capture", "record:1", private={"path": "/x"}), council.now)
    before = list(gather(connection, council.service_key.public_key()).openings)
    log.erase(connection, [0], council.now)
    log.publish(connection, council.service_key, council.now)
    found = gather(connection, council.service_key.public_key())
    report = verify.check(dataclasses.replace(found, openings=before))
    assert [problem.code for problem in report.problems] == ["opening-not-erased"]


def test_a_draft_or_an_unsigned_version_among_the_keyrings_is_found(evidence):
    one, two = evidence.keyrings
    assert "keyring-broken" in codes(evidence, keyrings=[one, two, two])
    halved = people.Entry(two.document, two.signatures[:1])
    assert "keyring-broken" in codes(evidence, keyrings=[one, halved])
    turned = people.Entry(two.document, two.signatures[::-1])
    assert codes(evidence, keyrings=[one, turned]) == {"keyring-broken"}


def test_a_keyring_the_log_never_saw_is_found(evidence):
    found = codes(evidence, keyrings=evidence.keyrings[:1])
    assert "keyring-log" in found


def test_without_keyrings_nothing_counts(evidence):
    found = codes(evidence, keyrings=[])
    assert {"keyring-log", "statement-refused", "approval-missing"} <= found


def test_statements_repeated_or_out_of_order_are_found(evidence):
    said = evidence.statements
    assert codes(evidence, statements=[*said, said[-1]]) == {"statement-order"}
    assert codes(evidence, statements=[said[1], said[0], *said[2:]]) == {"statement-order"}


def test_a_statement_that_the_log_did_not_see_is_found(evidence, council):
    late = Statement("approve-batch", "B3", "amy", {})
    signed = statement.sign(council.keys["amy"], late, council.now)
    found = codes(evidence, statements=[*evidence.statements, signed])
    assert found == {"statement-unlogged"}


def test_a_statement_taken_away_is_missed(evidence):
    assert codes(evidence, statements=evidence.statements[1:]) == {"statement-missing"}


@pytest.mark.parametrize("signature", ["", "ü", "AAAA"])
def test_a_statement_whose_signature_was_changed_is_found(evidence, signature):
    first, *rest = evidence.statements
    broken = Signed(first.text, signature)
    assert "statement-missing" in codes(evidence, statements=[broken, *rest])


def test_a_statement_moved_under_anothers_signature_is_found(evidence):
    one, two, *rest = evidence.statements
    mixed = [Signed(two.text, one.signature), Signed(one.text, two.signature), *rest]
    assert "statement-refused" in codes(evidence, statements=mixed)


def test_a_manifest_taken_away_or_added_is_found(evidence):
    rest = {batch: entries for batch, entries in evidence.manifests.items() if batch != "B3"}
    assert codes(evidence, manifests=rest) == {"manifest-missing"}
    more = evidence.manifests | {"B9": [b"{}"]}
    assert codes(evidence, manifests=more) == {"manifest-unsigned"}
