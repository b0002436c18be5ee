import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_agent.audit import checkpoint, keys, log, merkle
from retention_agent.audit.canonical import NotCanonical
from retention_agent.audit.event import Event
from retention_agent.errors import IntegrityError
from retention_agent.register.engine import open_register
from retention_agent.register.tables import log_checkpoint, log_leaf, log_node, log_opening

START = datetime(2026, 5, 1, tzinfo=UTC)


def leaves(connection):
    return [row.leaf for row in connection.execute(sa.select(log_leaf).order_by("number"))]


def some(count):
    return [Event("capture", f"record:{number}") for number in range(count)]


def test_a_leaf_is_canonical_json_with_every_field(connection, council):
    log.append(connection, Event("scan", "scan:1/1", "incomplete", {"new": 3}), council.now)
    assert "".join(leaves(connection)) == (
        '{"facts":{"new":3},"number":0,"object":"scan:1/1","outcome":"incomplete",'
        '"private":{},"time":"2026-05-01T09:00:00Z","type":"scan","v":1}'
    )


def test_private_text_is_in_the_opening_and_only_its_commitment_in_the_leaf(connection, council):
    private = {"path": "/fin/Müller.pdf", "people": ["Ann", "Bob"]}
    number = log.append(connection, Event("capture", "record:1", private=private), council.now)
    (leaf,) = leaves(connection)
    assert not any(word in leaf for word in ("Müller", "Ann", "Bob", "/fin"))
    for opening in connection.execute(sa.select(log_opening)).all():
        salt = base64.b64decode(opening.salt)
        assert len(salt) == 16
        assert json.loads(opening.value) == private[opening.field]
        made = hashlib.sha256(salt + opening.value.encode()).digest()
        assert json.loads(leaf)["private"][opening.field] == base64.b64encode(made).decode()
        assert opening.number == number


def test_equal_text_has_different_commitments_each_time(connection, council):
    event = Event("capture", "record:1", private={"path": "/same", "name": "/same"})
    log.append_many(connection, [event, event], council.now)
    commitments = [
        one for leaf in leaves(connection) for one in json.loads(leaf)["private"].values()
    ]
    assert len(set(commitments)) == 4


def test_numbers_are_dense_over_many_appends(connection, council):
    numbers = [log.append(connection, event, council.now) for event in some(3)]
    numbers += log.append_many(connection, some(4), council.now)
    numbers += log.append_many(connection, [], council.now)
    assert numbers == list(range(7)) == [json.loads(leaf)["number"] for leaf in leaves(connection)]
    assert log.size(connection) == 7


@given(st.lists(st.integers(0, 9), max_size=8))
@settings(max_examples=20, deadline=None)
def test_however_appends_are_cut_the_root_is_that_of_the_leaves(tmp_path_factory, parts):
    engine = open_register(tmp_path_factory.mktemp("log") / "register.db")
    now = START
    with engine.begin() as connection:
        for count in parts:
            log.append_many(connection, some(count), now)
        hashes = [merkle.leaf_hash(leaf.encode()) for leaf in leaves(connection)]
        assert log.root(connection) == merkle.root(hashes)
        for size in range(len(hashes) + 1):
            assert log.root(connection, size) == merkle.root(hashes[:size])
        nodes = {
            (row.level, row.position): row.hash for row in connection.execute(sa.select(log_node))
        }
        assert nodes == merkle.nodes_of(hashes)
    engine.dispose()


def test_stored_nodes_give_proofs_that_verify(connection, council):
    log.append_many(connection, some(1_300), council.now)
    hashes = [merkle.leaf_hash(leaf.encode()) for leaf in leaves(connection)]
    root = log.root(connection)
    proofs = log.inclusions(connection, range(1_300), 1_300)
    for number, proof in enumerate(proofs):
        assert merkle.verify_inclusion(hashes[number], number, 1_300, proof, root)
    assert log.inclusion(connection, 700, 1_300) == proofs[700]
    for old in (1, 2, 511, 512, 513, 1_299, 1_300):
        proof = log.consistency(connection, old, 1_300)
        before = log.root(connection, old)
        assert merkle.verify_consistency(old, 1_300, before, root, proof)


def test_an_append_that_fails_leaves_neither_the_event_nor_the_change(council):
    def change_and_log():
        with council.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE changed (x)"))
            log.append(connection, Event("scan", "scan:1"), council.now)
            log.append(connection, Event("scan", "scan:2", private={"size": 1.5}), council.now)

    with pytest.raises(NotCanonical):
        change_and_log()
    with council.engine.begin() as connection:
        assert log.size(connection) == 0
        assert not sa.inspect(connection).has_table("changed")


def test_an_append_to_a_damaged_tree_is_refused(connection, council):
    log.append_many(connection, some(5), council.now)
    connection.execute(sa.delete(log_node).where(log_node.c.level == 2))
    with pytest.raises(IntegrityError, match="stored tree lacks 1 nodes"):
        log.append(connection, Event("scan", "scan:1"), council.now)


def test_a_published_checkpoint_covers_the_log_as_it_stands(connection, council):
    log.append_many(connection, some(5), council.now)
    note = log.publish(connection, council.service_key, council.now)
    opened = checkpoint.open_checkpoint(note, council.verifier)
    assert (opened.size, opened.root) == (5, log.root(connection))


def test_publishing_the_same_size_again_gives_the_stored_checkpoint(connection, council):
    log.append_many(connection, some(5), council.now)
    note = log.publish(connection, council.service_key, council.now)
    assert log.publish(connection, council.service_key, council.later()) == note
    log.append(connection, Event("scan", "scan:1"), council.now)
    assert log.publish(connection, council.service_key, council.later()) != note
    assert connection.execute(sa.select(sa.func.count()).select_from(log_checkpoint)).scalar() == 2


def test_an_empty_log_can_be_signed(connection, council):
    note = log.publish(connection, council.service_key, council.now)
    assert checkpoint.open_checkpoint(note, council.verifier).size == 0


def test_nothing_is_signed_over_a_log_that_lost_its_tail(connection, council):
    log.append_many(connection, some(8), council.now)
    log.publish(connection, council.service_key, council.now)
    connection.execute(sa.delete(log_leaf).where(log_leaf.c.number == 7))
    with pytest.raises(IntegrityError, match="does not begin with the 8 events"):
        log.publish(connection, council.service_key, council.now)


def test_nothing_is_signed_over_a_log_rewritten_with_its_tree(connection, council):
    log.append_many(connection, some(8), council.now)
    log.publish(connection, council.service_key, council.now)
    for table in (log_node, log_leaf):
        connection.execute(sa.delete(table))
    log.append_many(connection, some(9), council.later())
    with pytest.raises(IntegrityError, match="does not begin with the 8 events"):
        log.publish(connection, council.service_key, council.now)


def test_another_service_key_cannot_continue_the_log(connection, council, tmp_path):
    log.publish(connection, council.service_key, council.now)
    with pytest.raises(IntegrityError, match="not signed by this service key"):
        log.publish(connection, keys.new_service_key(tmp_path / "other.pem"), council.now)


def test_erasing_removes_the_clear_text_and_changes_no_leaf_or_root(connection, council):
    events = [Event("capture", f"record:{n}", private={"path": f"/p{n}"}) for n in range(9)]
    log.append_many(connection, events, council.now)
    before, root = leaves(connection), log.root(connection)
    number = log.erase(connection, [7, 2, 3, 4, 3], council.now)
    left = connection.execute(sa.select(log_opening.c.number)).scalars().all()
    assert left == [0, 1, 5, 6, 8]
    assert (leaves(connection)[:9], log.root(connection, 9)) == (before, root)
    assert json.loads(leaves(connection)[number])["facts"] == {"count": 4, "numbers": "2-4,7"}


def test_many_numbers_can_be_erased_at_once(connection, council):
    events = [Event("capture", f"record:{n}", private={"path": "/p"}) for n in range(1_200)]
    log.append_many(connection, events, council.now)
    log.erase(connection, range(1_200), council.now)
    assert not connection.execute(sa.select(log_opening)).all()


def test_the_log_says_when_in_utc(connection, council):
    log.append(connection, Event("scan", "scan:1"), council.now)
    with pytest.raises(ValueError, match="not a UTC time"):
        log.append(connection, Event("scan", "scan:1"), council.now.replace(tzinfo=None))
