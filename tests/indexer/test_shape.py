"""Messages, mailboxes and markup, told from text that only looks like them."""

import pytest

from indexer import shape

MESSAGE = "message/rfc822"
MEMO = b"From: Clerk\nTo: All staff\nDate: 3 March\nSubject: Parking\n\nPlease note"
SENT = b"Received: from mx\nMessage-ID: <1@x>\nSubject: a\n\nbody"


@pytest.mark.parametrize(
    ("head", "extension", "media_type"),
    [
        (SENT, "", MESSAGE),
        (SENT, "txt", MESSAGE),
        (SENT.replace(b"\n", b"\r\n"), "eml", MESSAGE),
        (MEMO, "txt", None),
        (MEMO, "eml", MESSAGE),
        (MEMO, "", MESSAGE),
        (b"Subject: only\n\nx", "eml", MESSAGE),
        (b"Subject: only\n\nx", "", None),
        (b"Just a letter.\nFrom: nobody\n", "eml", None),
        (b"From clerk@x Thu Mar  4 10:00:00 2021\n" + SENT, "", "application/mbox"),
        (b"From clerk@x Thu Mar  4 10:00:00 2021\n" + SENT, "eml", MESSAGE),
        (b"From clerk@x\n" + SENT, "eml", MESSAGE),
        (b"From the desk of the Thu Mar  4 10:00:00 2021\nDear all,\n", "", None),
        (b"Subject: folded\n line\nReceived: x\n\ty\nTo: z\n\n", "", MESSAGE),
    ],
)
def test_header_lines_make_a_message(head, extension, media_type):
    assert shape.mail(head, extension) == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"<html>", "text/html"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html PUBLIC 'x'>\n<!-- a -->\n<HTML lang=en>", "text/html"),
        (b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'b'>]><r/>", "application/xml"),
        (b"<?xml version='1.0'?><atom:feed>", "application/atom+xml"),
        (b"<b>not a document</b>", None),
        (b"plain", None),
        (b"a < b", None),
    ],
)
def test_the_root_element_tells_the_language(head, media_type):
    assert shape.markup(head) == media_type


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (b"plain\r\n\ttext\f", True),
        ("Tŷ £".encode("cp1252", "replace"), True),
        ("Tŷ".encode("utf-16"), True),
        (b"\x00binary", False),
        (b"\x01\x02\x03\x04abc", False),
    ],
)
def test_text_has_no_control_characters(head, is_text):
    assert shape.is_text(head) is is_text
