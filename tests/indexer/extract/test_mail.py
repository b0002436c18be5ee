"""Messages: headers, bodies, attachments, and headers no one should write."""

import time
from contextlib import suppress
from email.message import EmailMessage

import pytest

from indexer.extract.base import Unreadable

MAIL = "message/rfc822"


def composed(plain: str = "", html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Clerk <clerk@parish.example>"
    mail["To"] = "chair@parish.example"
    mail["Cc"] = "press@parish.example"
    mail["Subject"] = "Réunion"
    mail["Date"] = "Thu, 04 Mar 2021 10:00:00 +0100"
    mail["In-Reply-To"] = "<earlier@parish.example>"
    if plain:
        mail.set_content(plain)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def test_headers_are_metadata_and_text(extract):
    found = extract(composed("body").as_bytes(), MAIL)
    assert found.metadata == {
        "from": "Clerk <clerk@parish.example>",
        "to": "chair@parish.example",
        "cc": "press@parish.example",
        "subject": "Réunion",
        "in_reply_to": "<earlier@parish.example>",
    }
    assert found.text.startswith("From: Clerk <clerk@parish.example>\nTo: chair")
    assert found.title == "Réunion"


def test_the_date_is_when_it_was_sent(extract):
    (sent,) = extract(composed("x").as_bytes(), MAIL).dates
    assert (sent.kind, sent.on, sent.origin) == ("sent", "2021-03-04T10:00:00+01:00", "mail:Date")


@pytest.mark.parametrize("date", [b"yesterday", b"Wed, 15 Dec 2010 59:99 -0500", b"99 99 99"])
def test_a_broken_date_is_no_date(extract, date):
    found = extract(b"From: a@b.example\r\nDate: " + date + b"\r\n\r\nx", MAIL)
    assert found.dates == ()
    assert found.warnings == ("date-unreadable: mail:Date",)


def test_a_message_is_dated_by_the_later_of_its_date_and_its_receipt(extract):
    found = extract(
        b"Received: from a by b with SMTP; Fri, 5 Mar 2021 09:00:00 +0000 (UTC)\r\n"
        b"Received: from c by a; Thu, 4 Mar 2021 09:00:00 +0000\r\n"
        b"From: a@b.example\r\nDate: Tue, 1 Jan 2002 00:00:10 +0000\r\n\r\nx",
        MAIL,
    )
    assert [(date.on, date.origin) for date in found.dates] == [
        ("2002-01-01T00:00:10+00:00", "mail:Date"),
        ("2021-03-05T09:00:00+00:00", "mail:Received"),
    ]


def test_a_receipt_without_a_time_says_nothing(extract):
    found = extract(b"Received: from a by b\r\nFrom: a@b.example\r\nSubject: s\r\n\r\nx", MAIL)
    assert (found.dates, found.warnings) == ((), ())


def test_of_two_versions_the_plain_one_is_read_whole_and_of_the_other_what_it_adds(extract):
    plain = "Dear all,\n\nplain words"
    mail = composed(plain, "<p>Dear all</p><p>plain <b>words</b></p><p>words left out</p>")
    body = extract(mail.as_bytes(), MAIL).text.partition("\n\n")[2]
    assert body == "Dear all,\n\nplain words\n\nwords left out\n"


def test_an_invitation_beside_the_text_is_read(extract):
    mail = composed("You are invited.")
    mail.add_alternative("BEGIN:VCALENDAR\nLOCATION:Committee room\nEND:VCALENDAR", "calendar")
    assert "LOCATION:Committee room" in extract(mail.as_bytes(), MAIL).text


def test_html_is_read_when_there_is_nothing_else(extract):
    mail = composed()
    mail.set_content("<p>Only <b>rich</b></p><script>no()</script>", subtype="html")
    assert extract(mail.as_bytes(), MAIL).text.endswith("Only rich\n")


def test_html_nested_without_end_is_refused_in_a_message_too(extract):
    mail = composed()
    mail.set_content("<div>" * 100_000, subtype="html")
    with pytest.raises(Unreadable) as caught:
        extract(mail.as_bytes(), MAIL)
    assert caught.value.reason == "too-large"


def test_attachments_are_named_counted_and_not_read(extract, word):
    mail = composed("see attached")
    mail.add_attachment(word, maintype="application", subtype="msword", filename="../../etc/pässwd")
    mail.add_attachment(composed("forwarded secret"))
    found = extract(mail.as_bytes(), MAIL)
    assert found.parts == 3
    assert found.metadata["attachments"].startswith("../../etc/pässwd; ")
    assert "forwarded secret" not in found.text
    assert "embedded-parts-not-read" in found.warnings


def test_a_picture_shown_in_the_body_is_no_document(extract):
    mail = composed("x", "<img src='cid:logo'>")
    mail.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")
    assert extract(mail.as_bytes(), MAIL).parts == 1


def test_bytes_outside_the_stated_character_set_are_still_read(extract):
    data = b"Subject: caf\xe9\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\xa3250 due"
    found = extract(data, MAIL)
    assert found.title == "café"
    assert "£250 due" in found.text


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "encrypted"),
        ("multipart/encrypted; boundary=b", "encrypted"),
        ("application/x-microsoft-rpmsg-message", "rights-protected"),
    ],
)
def test_a_sealed_message_says_so(extract, kind, reason):
    with pytest.raises(Unreadable) as caught:
        extract(f"From: a@b.example\r\nContent-Type: {kind}\r\n\r\nMIAG".encode(), MAIL)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"From: \r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n",
        b"Content-Type: text/plain; charset*=bad'x'%ff\r\n\r\nx",
        b"Content-Type: text/plain; charset=hex\r\n\r\nx",
        b"Content-Type: text/plain; charset=idna\r\n\r\nx",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: =?utf-8?b?////?= <\r\nTo: ,,,;:<>@\r\nSubject: =?x?y?z?=\r\n\r\nx",
        b"From: a\x00b@c\r\nDate: \x00\r\n\r\n\x00",
        b"Content-Type: message/rfc822\r\n\r\n" * 300 + b"x",
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nx",
        b"To: " + b"a@b.example, " * 50_000 + b"\r\n\r\nx",
        b"Content-Type: text/plain; " + b"a=b; " * 50_000 + b"\r\n\r\nx",
    ],
    ids=range(14),
)
def test_a_malformed_message_is_read_or_unreadable(extract, data):
    started = time.monotonic()
    with suppress(Unreadable):
        extract(data, MAIL)
    assert time.monotonic() - started < 30
