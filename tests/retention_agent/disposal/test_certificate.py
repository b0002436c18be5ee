"""The certificate says what became of every item, and its proofs hold years later too."""

import os
from collections import Counter

import pytest

from policies import State
from retention_agent.audit import bundle, reading, verify
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.errors import Refused
from retention_agent.register import batches
from retention_agent.workflow import review


def closed(council, site):
    """A batch with one item of every ending."""
    names = ("went", "excluded", "held", "restored", "changed", "gone", "kept")
    numbers = [council.add(f"{name}/{name}.txt", name.encode()) for name in names]
    name = council.propose(*numbers).batch
    with council.app.engine.begin() as connection:
        item = batches.items(connection, name)[1]
        review.exclude(connection, item, council.keys["omar"], "still needed", council.now)
    council.approve(name)
    (council.share / "changed/changed.txt").write_bytes(b"CHANGED")
    (council.share / "gone/gone.txt").unlink()
    council.work(dispose, name)
    site.restore(numbers[3])
    site.hold(paths=(("files", b"held"), ("files", b"kept")))
    council.now += council.undo
    council.work(purge, name)
    return name, dict(zip(names, numbers, strict=True))


def test_every_ending_is_on_the_certificate_and_the_evidence_verifies(council, site):
    name, _ = closed(council, site)
    document = site.certificate(name)
    assert [each["outcome"] for each in document["items"]] == [
        "destroyed", "excluded", "blocked-by-hold", "restored", "returned", "failed",
        "blocked-by-hold",
    ]  # fmt: skip
    assert [each["outcome"] for each in document["items"] if not each["proof"]] == [
        "blocked-by-hold", "blocked-by-hold",
    ]  # fmt: skip
    assert document["index_purge"]["records"] == 1
    assert site.problems() == []


def test_a_certificate_still_verifies_after_what_was_held_was_restored(council, site):
    name, numbers = closed(council, site)
    before = site.certificate(name)
    site.restore(numbers["held"])
    site.restore(numbers["kept"])
    assert site.certificate(name) == before
    assert site.problems() == []


def test_the_certificate_verifies_offline(council, site, tmp_path):
    name, _ = closed(council, site)
    site.certificate(name)
    app = council.app
    with app.engine.begin() as connection:
        bundle.export(connection, tmp_path / "bundle", app.service_key, council.now)
    problems = []
    report = verify.check(reading.read_bundle(tmp_path / "bundle", problems))
    assert problems + list(report.problems) == []


def test_an_open_batch_has_no_certificate_and_the_refusal_says_why(council, site):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    with pytest.raises(Refused, match="is disposing; its items are waiting"):
        site.certificate(name)


def test_copies_of_what_was_destroyed_are_named_wherever_they_lie(council, site):
    one, two = council.add("one.txt", b"same"), council.add("held/two.txt", b"same")
    three = council.add("three.txt", b"same")
    name = council.approved(one, two)
    council.work(dispose, name)
    site.hold(paths=(("files", b"held"),))
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.DESTROYED: 1, State.BLOCKED_BY_HOLD: 1})
    assert site.certificate(name)["known_copies"] == [
        "Nightly backup",
        f"record {two}, held/two.txt: the same content, in the bin",
        f"record {three}, three.txt: the same content",
    ]


def test_the_words_claim_no_more_than_was_done(council, site):
    name = council.approved(council.add("one.txt"))
    council.work(dispose, name)
    council.now += council.undo
    council.work(purge, name)
    document = site.certificate(name)
    assert document["assurance"]["class"] == "last-name-removed"
    assert (
        "storage media were not sanitised (NIST SP 800-88r2)"
        in (document["assurance"]["statement"])
    )
    assert document["method"]["name"] == "removal of the file-system name"
    assert len(document["not_claimed"]) == 3
    text = str(document).lower()
    assert not any(word in text for word in ("wiped", "shredded", "securely", "overwritten twice"))


def test_names_that_are_not_text_go_all_the_way(council, site):
    raw = b"a\xff/\xe2\x80\xae\x1b[31m\n.txt"
    number = council.add(raw, b"first")
    other = council.add(b"b\xfe.txt", b"second")
    name = council.approved(number, other)
    council.work(dispose, name)
    assert site.restore(other) == b"b\xfe.txt"
    council.now += council.undo
    assert council.work(purge, name) == Counter({State.DESTROYED: 1, State.RESTORED: 1})
    document = site.certificate(name)
    assert document["items"][0]["manifest"]["path"].isprintable()
    assert not os.path.lexists(os.fsencode(council.share) + b"/" + raw)
    assert site.problems() == []
