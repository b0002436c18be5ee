"""`retention trace`: what became of a file, and what may be told to whoever asked for it."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import filelock
import pytest
import sqlalchemy as sa

from retention_agent.cli.tracing import lines
from retention_agent.disposal.not_held import Answer, Verdict
from retention_agent.register.tables import batch_item

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def gone(tmp_path_factory, new_desk):
    """An office that destroyed one of three files for good."""
    desk = new_desk(tmp_path_factory.mktemp("gone"))
    desk.open()
    for name in ("one", "two", "three"):
        desk.mail(f"fin/{name}.eml", f"Invoice {name}.")
    desk.scan()
    numbers = desk.classify("fin/one.eml", "fin/two.eml", "fin/three.eml")
    desk.content = (desk.share / "fin/one.eml").read_bytes()
    desk.batch = desk.approved(numbers[0])
    desk.do("dispose", desk.batch)
    desk.do("purge", desk.batch)
    desk.do("certificate", desk.batch)
    desk.numbers = numbers
    return desk


def test_a_destroyed_file_is_found_by_name_content_number_and_a_copy_of_it(gone):
    copy = gone.folder / "copy.eml"
    copy.write_bytes(gone.content)
    digest = hashlib.sha256(gone.content).hexdigest()
    asked = (["ONE.eml"], [digest.upper()], [str(gone.numbers[0])], ["--file", str(copy)])
    for arguments in asked:
        (said,) = gone.ask("trace", *arguments)
        (found,) = said["findings"]
        assert (found["record"], found["standing"]) == (gone.numbers[0], "destroyed")
        assert found["in_batch"]["proven"]
        assert found["in_batch"]["batch"] == gone.batch
        assert (said["verdict"], said["draft"], said["alarms"]) == (None, None, [])


def test_the_words_tell_rule_people_and_proof(gone):
    said = gone.do("trace", "one.eml").out
    for words in (
        "DESTROYED on",
        "class FIN-003",
        "Authority:",
        "Asked for by rita (",
        "approved by ann (",
        " and omar (",
        f"Batch {gone.batch}, item 0; certificate ",
        "the proof holds",
        "A name is no proof",
    ):
        assert words in said, words


def test_what_stands_and_what_was_never_seen_are_told_apart(gone):
    assert "STILL HELD" in gone.do("trace", "two.eml").out
    assert "nowhere.doc: never seen on any share." in gone.do("trace", "nowhere.doc").out
    held = gone.do("trace", "two.eml", "--request-received", TODAY).out
    assert '"not held" would be untrue' in held
    assert "does not show that the council" in (
        gone.do("trace", "nowhere.doc", "--request-received", TODAY).out.replace("\n", " ")
    )


def test_a_request_that_came_before_the_destruction_raises_the_alarm_and_is_logged(gone):
    said = gone.do("trace", "one.eml", "--request-received", TODAY, code=4)
    for words in (
        "STOP: what was asked for was destroyed",
        "section 77 of the Freedom of Information Act 2000",
        "approved by ann (",
        "Tell the monitoring officer today",
        "retention hold place",
    ):
        assert words in said.err, words
    assert "DRAFT" not in said.text
    last = gone.ask("log", "list", "--last", 1)[0]
    assert last["type"] == "destruction after request"
    assert "one.eml" not in json.dumps(last["facts"])
    gone.do("verify")


@pytest.mark.parametrize(("regime", "law"), [("eir", "regulation 19"), ("sar", "section 173")])
def test_the_alarm_names_the_law_asked_under(gone, regime, law):
    (said,) = gone.ask("trace", "one.eml", "--request-received", TODAY, "--regime", regime, code=4)
    assert said["verdict"] == "alarm"
    assert said["alarms"][0]["record"] == gone.numbers[0]
    assert law in gone.journal[-1].err


def test_the_alarm_comes_even_where_it_cannot_be_logged(gone):
    with filelock.FileLock(gone.state / "lock"):
        said = gone.do("trace", "one.eml", "--request-received", TODAY, code=4)
    assert "STOP" in said.err
    assert "This was NOT logged" in said.err


def test_what_lies_in_the_bin_says_how_to_bring_it_back(desk):
    number = desk.number("fin/one.eml")
    desk.do("dispose", desk.approved(number))
    said = desk.do("trace", "one.eml", "--request-received", TODAY, code=4)
    assert "IN THE DISPOSAL BIN" in said.out
    assert f"retention restore {number} --reason" in said.err
    desk.do("restore", number, "--reason", "FOI 114")
    assert "STILL HELD" in desk.do("trace", "one.eml").out


def test_what_vanished_is_not_called_destroyed(desk):
    (desk.share / "fin/one.eml").unlink()
    (desk.share / "fin/two.eml").write_bytes(b"something else\n")
    old = desk.number("fin/two.eml")
    desk.scan()
    said = desk.do("trace", desk.number("fin/one.eml")).out
    assert "VANISHED, not by this program" in said
    assert str(old) in desk.do("trace", "two.eml").out


def test_a_request_cannot_have_come_tomorrow(gone):
    later = TODAY + timedelta(days=1)
    assert (
        "lies in the future" in gone.do("trace", "one.eml", "--request-received", later, code=2).err
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "say what is sought"),
        (["one", "--file", "config.toml"], "not both"),
        (["--file", "no-such-file"], "there is no such file"),
        (["--file", "/dev/null"], "there is no such file"),
        (["999999"], "no record is numbered 999999"),
        (["one", "--regime", "fio"], "Did you mean 'foi'?"),
    ],
)
def test_what_cannot_be_sought_is_refused(gone, arguments, complaint):
    assert complaint in gone.do("trace", *arguments, code=2).err


def test_a_log_that_does_not_bear_it_out_is_no_proof(gone):
    engine = sa.create_engine(f"sqlite:///{gone.state / 'register.db'}")
    with engine.begin() as connection:
        before = connection.scalar(sa.select(batch_item.c.leaf))
        connection.execute(batch_item.update().values(leaf=0))
    said = gone.do("trace", "one.eml", code=5)
    assert "THE PROOF DOES NOT HOLD" in said.out
    assert "does not bear out what became of 1 records" in said.err
    with engine.begin() as connection:
        connection.execute(batch_item.update().values(leaf=before))
    engine.dispose()


def test_a_draft_is_printed_line_by_line():
    said = Answer(Verdict.NOT_HELD, "DRAFT\n\nWe do not hold it.", ())
    printed = lines("one", [], said, ["A name is no proof."], None)
    assert printed[-5:] == ["A name is no proof.", "", "DRAFT", "", "We do not hold it."]
