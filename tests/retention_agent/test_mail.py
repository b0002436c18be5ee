"""Letters reach a real server, encrypted and verified, or the reason is the server's own words."""

from datetime import UTC, datetime

import pytest

from retention_agent.config import Mail
from retention_agent.errors import RetentionError, UsageError
from retention_agent.mail import Letter, message, password_of, send
from tests.fakes import mail_server

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LETTER = Letter("ann@council.example", "Retention: 1 new", "A batch waits: é\n", ("k",))


@pytest.fixture
def serve():
    running = []

    def serve(taken, **options):
        server = mail_server.Running(taken, **options)
        server.start()
        running.append(server)
        return server.port

    yield serve
    for server in running:
        server.stop()


def settings(port, security="none", **about):
    return Mail("127.0.0.1", "retention@council.example", port, security, **about)


def test_a_letter_is_taken_as_it_was_written(serve):
    taken = mail_server.Taken()
    send(settings(serve(taken)), None, LETTER, NOW)
    (got,) = taken.letters
    assert got.get_content().replace("\r\n", "\n") == LETTER.text
    assert (got["To"], got["Subject"]) == (LETTER.address, LETTER.subject)
    assert got.get_content_type() == "text/plain"
    assert got["Auto-Submitted"] == "auto-generated"


def test_the_same_matters_have_the_same_message_id():
    again = Letter(LETTER.address, "Retention: later", "other words", LETTER.matters)
    other = Letter(LETTER.address, LETTER.subject, LETTER.text, ("another",))
    ids = [message("r@council.example", each, NOW)["Message-ID"] for each in (LETTER, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@council.example>")


@pytest.mark.parametrize("field", ["address", "subject"])
def test_a_line_break_cannot_make_a_header(serve, field):
    taken = mail_server.Taken()
    about = {"address": LETTER.address, "subject": LETTER.subject}
    about[field] += "\r\nBcc: thief@evil.example"
    letter = Letter(text="x", matters=("k",), **about)
    with pytest.raises(RetentionError):
        send(settings(serve(taken)), None, letter, NOW)
    assert taken.letters == []


def test_starttls_with_a_certificate_we_trust_and_a_password(serve, tmp_path):
    pem = mail_server.certificate(tmp_path)
    taken = mail_server.Taken()
    port = serve(
        taken,
        tls_context=mail_server.context(pem),
        require_starttls=True,
        auth_required=True,
        authenticator=mail_server.only("right"),
    )
    good = settings(port, "starttls", ca_file=str(pem), username="retention")
    send(good, "right", LETTER, NOW)
    assert len(taken.letters) == 1
    with pytest.raises(RetentionError, match="535"):
        send(good, "wrong", LETTER, NOW)
    assert len(taken.letters) == 1


def test_a_server_whose_certificate_nobody_vouches_for_is_given_nothing(serve, tmp_path):
    pem = mail_server.certificate(tmp_path)
    taken = mail_server.Taken()
    port = serve(taken, tls_context=mail_server.context(pem))
    with pytest.raises(RetentionError, match="CERTIFICATE_VERIFY_FAILED"):
        send(settings(port, "starttls"), None, LETTER, NOW)
    assert taken.letters == []


def test_a_server_without_encryption_is_given_nothing(serve):
    taken = mail_server.Taken()
    with pytest.raises(RetentionError, match="STARTTLS"):
        send(settings(serve(taken), "starttls"), None, LETTER, NOW)
    with pytest.raises(RetentionError, match="SSL"):
        send(settings(serve(taken), "tls"), None, LETTER, NOW)
    assert taken.letters == []


def test_tls_from_the_first_byte(serve, tmp_path):
    pem = mail_server.certificate(tmp_path)
    taken = mail_server.Taken()
    port = serve(taken, ssl_context=mail_server.context(pem))
    send(settings(port, "tls", ca_file=str(pem)), None, LETTER, NOW)
    assert len(taken.letters) == 1


def test_a_refusal_is_told_in_the_servers_words(serve):
    taken = mail_server.Taken(refuse=frozenset({LETTER.address}))
    with pytest.raises(RetentionError, match="550 no such mailbox here"):
        send(settings(serve(taken)), None, LETTER, NOW)
    with pytest.raises(RetentionError, match="452 mailbox full"):
        send(settings(serve(mail_server.Taken(answer="452 mailbox full"))), None, LETTER, NOW)


def test_a_server_that_hangs_up_or_is_not_there_has_taken_nothing(serve):
    with pytest.raises(RetentionError, match=r"Disconnected|reset"):
        send(settings(serve(mail_server.Taken(drop=True))), None, LETTER, NOW)
    with pytest.raises(RetentionError, match="refused"):
        send(settings(1), None, LETTER, NOW)


def test_the_password_comes_from_a_file_or_the_environment(tmp_path):
    kept = tmp_path / "password"
    kept.write_text("secret\n")
    named = settings(1, username="u", password_file=str(kept))
    assert password_of(named, None) == "secret"
    assert password_of(settings(1, username="u"), "other") == "other"
    assert password_of(settings(1), "other") is None
    with pytest.raises(UsageError, match="there is no password"):
        password_of(settings(1, username="u"), None)
    kept.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        password_of(named, None)
