"""Digests by mail from the command line, to a real server."""

import pytest

from tests.fakes import mail_server

MAIL = """
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "retention@council.example"
[mail.addresses]
ann = "ann@council.example"
omar = "omar@council.example"
"""
SOL = 'sol = "sol@council.example"\n'


@pytest.fixture
def server():
    taken = mail_server.Taken()
    running = mail_server.Running(taken)
    running.start()
    yield running, taken
    running.stop()


def configure(desk, text):
    desk.config.write_text(desk.config.read_text("utf-8") + text, encoding="utf-8")


def test_a_digest_goes_to_each_person_once(desk, server):
    running, taken = server
    configure(desk, MAIL.format(port=running.port))
    batch = desk.propose()
    shown = desk.do("notify")
    assert f"Batch {batch}: 4 files wait for your answer" in shown.out
    assert {line["person"] for line in desk.ask("notify")} == {"ann", "omar", "sol"}
    unaddressed = desk.do("notify", "--send", code=3)
    assert "sol: no address in [mail.addresses]" in unaddressed.err
    assert sorted(letter["To"] for letter in taken.letters) == [
        "ann@council.example",
        "omar@council.example",
    ]
    assert "fin/one.eml" not in taken.letters[0].get_content()
    assert desk.ask("notify", "--send", code=3)[0] == {"sent": 0, "failed": 1}
    assert len(taken.letters) == 2
    assert "sol" in desk.do("notify", "--failed").out


def test_what_the_server_refuses_is_kept_and_tried_again(desk, server):
    running, taken = server
    taken.refuse = frozenset({"omar@council.example"})
    configure(desk, MAIL.format(port=running.port) + SOL)
    desk.propose()
    refused = desk.do("notify", "--send", code=3)
    assert "omar: 550 no such mailbox here \\x1b[31m" in refused.err
    assert desk.ask("notify", "--failed")[0]["attempts"] == 1
    taken.refuse = frozenset()
    assert "1 messages sent." in desk.do("notify", "--send").out
    assert "Nothing is new; nothing was sent." in desk.do("notify", "--send").out
    assert "Nothing failed." in desk.do("notify", "--failed").out


def test_without_a_mail_section_nothing_is_sent(desk):
    assert "there is no [mail] section" in desk.do("notify", "--send", code=2).err
    desk.do("notify", "--send", "--failed", code=2)


def test_delegating_says_what_it_does(desk):
    days = ("--from", "2026-01-01", "--until", "2036-01-01")
    told = desk.do("delegate", "omar", *days, "--reason", "leave", "--key", "ann.pem")
    assert told.out == "From 2026-01-01 until 2036-01-01, omar is reminded instead of ann.\n"
    (said,) = desk.ask("delegate", "sol", *days, "--reason", "leave", "--key", "omar.pem")
    assert said == {"person": "omar", "to": "sol", "from": "2026-01-01", "until": "2036-01-01"}


def test_an_office_with_nothing_to_do_says_so(desk):
    desk.share.joinpath("note.txt").unlink()
    desk.scan()
    assert desk.do("notify").out == "Nothing waits for anybody.\n"
