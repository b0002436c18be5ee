"""What became of a file is told as it is, with proof, and never by a guess."""

import hashlib
import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from policies import State
from retention_agent.audit import canonical, log
from retention_agent.audit.event import Event
from retention_agent.disposal.not_held import Request, Verdict, answer
from retention_agent.disposal.purge import purge
from retention_agent.disposal.run import dispose
from retention_agent.disposal.trace import Standing, Tracer
from retention_agent.errors import UsageError
from retention_agent.register import lookup
from retention_agent.register.lookup import Match
from retention_agent.register.tables import (
    batch_item,
    certificate,
    log_checkpoint,
    log_leaf,
    record,
    schedule,
)


@pytest.fixture
def desk(council, site):
    return Desk(council, site)


class Desk:
    """Somebody who has to answer a request."""

    def __init__(self, council, site):
        self.council, self.site = council, site

    def trace(self, **sought):
        with self.council.app.engine.begin() as connection:
            key = self.council.app.service_key.public_key()
            tracer = Tracer(connection, key, self.council.undo)
            return tracer.trace(self.matches(connection, **sought))

    def matches(self, connection, name=None, content=None, number=None):
        if name is not None:
            return lookup.by_name(connection, name)
        if content is not None:
            return lookup.by_content(connection, hashlib.sha256(content).hexdigest())
        return {number: Match.NUMBER}

    def ask(self, received, regime="foi", **sought):
        request = Request(received, regime, self.council.app.config.zone)
        return answer(self.trace(**sought), request)

    def destroyed(self, *numbers):
        name = self.council.approved(*numbers)
        self.council.work(dispose, name)
        self.council.now += self.council.undo
        self.council.work(purge, name)
        self.sign()
        return name

    def sign(self):
        """As every command does at its end."""
        with self.council.app.engine.begin() as connection:
            log.publish(connection, self.council.app.service_key, self.council.now)

    def alter(self, number, **values):
        with self.council.app.engine.begin() as connection:
            connection.execute(record.update().where(record.c.id == number).values(values))

    def log(self, kind, number, **private):
        with self.council.app.engine.begin() as connection:
            event = Event(kind, f"record:{number}", private=private)
            log.append(connection, event, self.council.now)

    def everything(self, statement):
        with self.council.app.engine.begin() as connection:
            connection.execute(statement)


TODAY = date(2026, 11, 23)
LATER = date(2027, 2, 1)


def test_what_was_destroyed_is_told_with_rule_people_and_proof(desk, council, site):
    number = council.add("fin/Rechnung-É.txt", b"an invoice")
    name = desk.destroyed(number)
    document = site.certificate(name)
    (one,) = desk.trace(content=b"an invoice")
    assert (one.record, one.standing, one.match) == (number, Standing.DESTROYED, Match.CONTENT)
    batch = one.in_batch
    assert (batch.batch, batch.item, batch.at) == (name, 0, "2026-12-23T09:00:00Z")
    assert (batch.title, batch.manifest["authority"]) == ("Invoices", "Limitation Act 1980 s.2")
    assert batch.kept.startswith("6 years after the end of the financial year")
    assert [each.person for each in (*batch.requested, *batch.approved)] == ["rita", "ann", "omar"]
    assert batch.proven
    assert batch.certificate == hashlib.sha256(canonical.dumps(document)).hexdigest()


@pytest.mark.parametrize("sought", ["rechnung-é", "RECHNUNG-E\u0301", "files:FIN/rech", "fin/"])
def test_a_name_is_found_whatever_its_case_or_accents(desk, council, sought):
    number = council.add("fin/Rechnung-É.txt")
    council.add("other.txt", b"another")
    assert [one.record for one in desk.trace(name=sought)] == [number]


def test_a_share_is_no_part_of_a_name_unless_it_is_written_as_one(desk, council):
    number = council.add("one.txt")
    desk.destroyed(council.add("two.txt", b"two"))
    assert desk.trace(name="files") == []
    assert number in [one.record for one in desk.trace(name="files:")]


def test_a_name_that_is_no_text_is_found_as_it_is_shown(desk, council):
    number = council.add(b"a\xff\x1b.txt")
    assert [one.record for one in desk.trace(name="a\\xff\\x1b")] == [number]


def test_a_file_is_found_by_what_it_was_called_before(desk, council):
    number = council.add("new.txt")
    desk.log("filename change", number, old={"path": "Old.txt"}, new={"path": "new.txt"})
    (one,) = desk.trace(name="old.TXT")
    assert (one.record, one.match) == (number, Match.EARLIER_NAME)


def test_a_file_is_found_by_the_name_under_which_it_was_approved(desk, council):
    number = council.add("before.txt")
    desk.destroyed(number)
    desk.alter(number, path=b"after.txt")
    assert [one.match for one in desk.trace(name="before")] == [Match.EARLIER_NAME]


def test_what_still_stands_is_held(desk, council):
    (one,) = desk.trace(number=council.add("one.txt"))
    assert (one.standing, one.in_batch, one.until) == (Standing.HELD, None, None)
    assert desk.ask(TODAY, number=one.record).verdict is Verdict.HELD


def test_what_is_in_the_bin_says_until_when_it_can_be_restored(desk, council):
    number = council.add("one.txt")
    council.work(dispose, council.approved(number))
    (one,) = desk.trace(number=number)
    assert (one.standing, one.until) == (Standing.IN_BIN, "2026-12-23T09:00:00Z")
    desk.alter(number, state="armed")
    assert desk.trace(number=number)[0].until is None


def test_what_vanished_was_not_destroyed_by_us(desk, council):
    number = council.add("one.txt")
    desk.alter(number, present=False, last_changed="2026-10-01T00:00:00Z")
    (one,) = desk.trace(number=number)
    assert (one.standing, one.since) == (Standing.VANISHED, "2026-10-01T00:00:00Z")
    assert desk.ask(TODAY, number=number).verdict is Verdict.UNEXPLAINED


def test_content_that_was_overwritten_is_not_called_held(desk, council):
    number = council.add("one.txt", b"new")
    digest = hashlib.sha256(b"old").hexdigest()
    desk.log("capture", number, path="one.txt", sha256=digest)
    (one,) = desk.trace(content=b"old")
    assert (one.standing, one.match) == (Standing.CHANGED, Match.EARLIER_CONTENT)
    assert desk.ask(TODAY, content=b"old").verdict is Verdict.UNEXPLAINED
    assert "changed or gone" in desk.ask(date(2025, 1, 1), content=b"old").alarms[0][1]


def test_copies_with_the_same_content_are_followed(desk, council):
    one, two = council.add("one.txt", b"same"), council.add("else/two.txt", b"same")
    empty = council.add("void.txt", b""), council.add("void2.txt", b"")
    desk.destroyed(one)
    found = desk.trace(name="one.txt")
    assert [(each.record, each.copy_of) for each in found] == [(one, None), (two, one)]
    assert desk.ask(LATER, name="one.txt").verdict is Verdict.HELD
    assert [each.record for each in desk.trace(number=empty[0])] == [empty[0]]


def test_never_seen_is_no_answer_for_a_requester(desk):
    assert desk.trace(name="nothing") == []
    said = desk.ask(TODAY, content=b"nothing")
    assert (said.verdict, said.draft) == (Verdict.NEVER_SEEN, "")


def test_the_draft_says_why_and_by_whose_role_and_names_nobody(desk, council):
    name = desk.destroyed(council.add("one.txt", b"1"))
    draft = desk.ask(LATER, name="one.txt").draft
    for words in (
        "We received your request on 1 February 2027.",
        "We do not hold this information: it had been destroyed before that day",
        "1 file was destroyed on 23 December 2026, as class FIN-1 (Invoices) of the schedule.",
        "kept for 6 years after the end of the financial year",
        "Limitation Act 1980 s.2",
        "The period began on 1 May 2015.",
        "2 other officers with the role of approver had approved it by 23 November 2026.",
        f"certificate of disposal {name}",
    ):
        assert words in draft, words
    assert not any(person in draft.lower() for person in ("rita", "ann ", "omar", "one.txt"))


def test_files_that_went_together_are_told_together(desk, council):
    desk.destroyed(council.add("a/1.txt", b"1"), council.add("a/2.txt", b"2"))
    draft = desk.ask(LATER, name="a/").draft
    assert "2 files were destroyed on 23 December 2026" in draft
    assert draft.count("certificate of disposal") == 1


@pytest.mark.parametrize(
    ("regime", "law"), [("foi", "Section 1"), ("eir", "12(4)(a)"), ("sar", "Article 15")]
)
def test_the_draft_names_the_law_asked_under(desk, council, regime, law):
    desk.destroyed(council.add("one.txt"))
    assert law in desk.ask(LATER, regime, name="one").draft


def test_a_law_nobody_knows_is_refused(desk):
    with pytest.raises(UsageError, match="'gdpr' is no regime: foi, eir, sar"):
        desk.ask(TODAY, "gdpr", name="one")


@pytest.mark.parametrize(
    ("received", "verdict"),
    [
        (date(2026, 12, 22), Verdict.ALARM),
        (date(2026, 12, 23), Verdict.ALARM),
        (date(2026, 12, 24), Verdict.NOT_HELD),
    ],
)
def test_the_day_it_was_received_counts_as_after(desk, council, received, verdict):
    desk.destroyed(council.add("one.txt"))
    said = desk.ask(received, name="one")
    assert said.verdict is verdict
    assert bool(said.draft) is (verdict is Verdict.NOT_HELD)


def test_the_day_is_that_of_the_records_time_zone(desk, council):
    council.now = council.now.replace(month=5, hour=23, minute=30)  # the next day in London
    council.undo = timedelta(days=1)
    desk.destroyed(council.add("one.txt"))
    assert desk.ask(date(2026, 5, 25), name="one").verdict is Verdict.ALARM
    assert desk.ask(date(2026, 5, 26), name="one").verdict is Verdict.NOT_HELD


def test_what_lies_in_the_bin_raises_the_alarm_whenever_it_went_there(desk, council):
    council.work(dispose, council.approved(council.add("one.txt")))
    said = desk.ask(LATER, name="one")
    assert (said.verdict, said.draft) == (Verdict.ALARM, "")
    assert "lies in the disposal bin" in said.alarms[0][1]


def test_what_vanished_since_raises_the_alarm(desk, council):
    number = council.add("one.txt")
    desk.alter(number, present=False, last_changed="2026-11-23T00:00:00Z")
    assert "this program did not destroy it" in desk.ask(TODAY, name="one").alarms[0][1]


def test_what_was_approved_since_raises_the_alarm_while_it_still_stands(desk, council):
    council.approved(council.add("one.txt"))
    assert "was approved on or after" in desk.ask(TODAY, name="one").alarms[0][1]
    assert desk.ask(LATER, name="one").verdict is Verdict.HELD
    council.propose(council.add("two.txt", b"2"))
    assert desk.ask(TODAY, name="two").verdict is Verdict.HELD


def test_one_of_many_that_went_too_late_spoils_the_draft(desk, council):
    early, late = council.add("a/1.txt", b"1"), council.add("a/2.txt", b"2")
    desk.destroyed(early)
    received = council.now.date() + timedelta(days=1)
    council.now += timedelta(days=2)
    desk.destroyed(late)
    said = desk.ask(received, name="a/")
    assert [one.record for one, _ in said.alarms] == [late]
    assert said.draft == ""


def test_what_was_transferred_is_for_the_archive_to_answer(desk, council, site):
    number = council.add("one.txt")
    name = council.approved(number)
    council.work(dispose, name)
    site.move(name, State.PURGE_ARMED, State.TRANSFERRED)
    with council.app.engine.begin() as connection:
        log.publish(connection, council.app.service_key, council.now)
    document = {"items": [{"number": 0, "accession": "ACC/1"}]}
    desk.everything(
        certificate.insert().values(
            batch=name, issued="", document=json.dumps(document), signature=""
        )
    )
    (one,) = desk.trace(number=number)
    assert (one.standing, one.in_batch.accession) == (Standing.TRANSFERRED, "ACC/1")
    assert desk.ask(LATER, number=number).verdict is Verdict.TRANSFERRED


TAMPERING = {
    "the leaf": log_leaf.update().values(leaf=sa.func.replace(log_leaf.c.leaf, "B2026", "B2025")),
    "no leaf": batch_item.update().values(leaf=None),
    "another leaf": batch_item.update().values(leaf=0),
    "a leaf not yet there": batch_item.update().values(leaf=10_000),
    "an earlier time": batch_item.update().values(finished="2026-01-01T00:00:00Z"),
    "the checkpoint": log_checkpoint.update().values(note="nothing"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_the_log_does_not_prove_is_never_drafted(desk, council, what):
    number = council.add("one.txt")
    desk.destroyed(number)
    desk.everything(TAMPERING[what])
    assert not desk.trace(number=number)[0].in_batch.proven
    assert desk.ask(LATER, number=number).verdict is Verdict.UNPROVEN


def test_a_rule_nobody_has_any_more_is_left_out(desk, council):
    desk.destroyed(council.add("one.txt"), council.add("two.txt", b"2"))
    desk.everything(schedule.delete())
    said = desk.ask(LATER, name="txt")
    assert "as class FIN-1 of the schedule. The authority" in said.draft


def test_a_destruction_without_a_date_of_trigger_is_told_without_one(desk, council):
    desk.destroyed(council.add("one.txt"))
    changed = sa.func.json_set(batch_item.c.manifest, "$.trigger_date", None, "$.due", None)
    desk.everything(batch_item.update().values(manifest=changed))
    draft = desk.ask(LATER, name="one").draft
    assert "The day for destruction was [not recorded]." in draft
    assert "The period began" not in draft
