"""Attacks on the live register by somebody who can write SQL but holds no key."""

import pytest
import sqlalchemy as sa

from retention_agent.audit import log, statement
from retention_agent.audit.event import Event
from retention_agent.audit.gather import verify_register
from retention_agent.audit.statement import Statement
from retention_agent.register.tables import signature


@pytest.fixture
def lived(connection, council):
    council.history(connection)
    log.publish(connection, council.service_key, council.later())
    return connection


def codes(council, connection, kept=()) -> set[str]:
    report = verify_register(connection, council.service_key.public_key(), kept)
    return {problem.code for problem in report.problems}


def test_the_live_register_adds_up_and_may_be_ahead_of_its_checkpoint(lived, council):
    assert codes(council, lived) == set()
    log.append(lived, Event("scan", "scan:2"), council.later())
    assert codes(council, lived) == set()


def test_an_empty_register_says_that_nothing_is_signed_yet(connection, council):
    assert codes(council, connection) == {"checkpoint-missing"}


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        (
            "UPDATE log_leaf SET leaf = replace(leaf, 'success', 'x') WHERE number = 9",
            "log-changed",
        ),
        ("DELETE FROM log_leaf WHERE number = 9", "leaf-number"),
        ("DELETE FROM log_leaf WHERE number > 90", "log-cut"),
        ("UPDATE log_node SET hash = zeroblob(32) WHERE position = 3", "tree-differs"),
        ("UPDATE log_node SET hash = zeroblob(32) WHERE level = 6", "tree-differs"),
        ("DELETE FROM log_node WHERE level = 2", "tree-differs"),
        ("INSERT INTO log_node VALUES (0, 5000, zeroblob(32))", "tree-differs"),
        ("INSERT INTO log_node VALUES (7, 0, zeroblob(32))", "tree-differs"),
        ("UPDATE log_opening SET value = '\"x\"' WHERE number = 2", "opening-changed"),
        ("DELETE FROM log_opening WHERE number = 2", "opening-missing"),
        ("UPDATE log_checkpoint SET note = replace(note, '—', '-')", "checkpoint-bad"),
        ("DELETE FROM log_checkpoint", "checkpoint-missing"),
        ("UPDATE keyring SET document = replace(document, 'Amy', 'Eve')", "keyring-broken"),
        ("UPDATE keyring SET active = 0", "keyring-log"),
        ("DELETE FROM signature WHERE purpose = 'approve-batch'", "approval-missing"),
        ("UPDATE signature SET signature = 'x' WHERE subject = 'B1'", "statement-refused"),
        ("UPDATE batch_item SET manifest = '{}' WHERE batch = 'B1'", "manifest-differs"),
        ("DELETE FROM certificate", "certificate-missing"),
        ("UPDATE certificate SET signature = 'ü'", "certificate-forged"),
        ("UPDATE certificate SET document = replace(document, '26', '27')", "certificate-forged"),
    ],
)
def test_an_attack_with_sql_is_found(lived, council, attack, code):
    lived.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    lived.exec_driver_sql(attack)
    assert code in codes(council, lived)
    lived.rollback()


def test_an_approval_row_written_with_sql_is_found(lived, council):
    said = Statement("approve-batch", "B3", "amy", {})
    forged = statement.sign(council.keys["olga"], said, council.now)
    lived.execute(
        sa.insert(signature).values(
            purpose="approve-batch",
            subject="B3",
            person="amy",
            statement=forged.text,
            signature=forged.signature,
            signed="",
        )
    )
    assert codes(council, lived) == {"statement-unlogged"}


def test_a_register_restored_from_an_older_backup_is_found_by_a_kept_checkpoint(lived, council):
    log.append(lived, Event("scan", "scan:9"), council.later())
    kept = log.publish(lived, council.service_key, council.later())
    assert codes(council, lived, [kept]) == set()
    last = "(SELECT max(number) FROM log_leaf)"
    for rolled_back in (
        f"log_checkpoint WHERE size > {last}",
        f"log_node WHERE level = 0 AND position = {last}",
        f"log_leaf WHERE number = {last}",
    ):
        lived.exec_driver_sql(f"DELETE FROM {rolled_back}")
    assert "kept-differs" in codes(council, lived, [kept])
