"""A message or archive of which not every part was read is never due, and is listed as such.

Others took what came out of a container for all that is in it: a mailbox that ended early, or an
attachment that failed, was simply shorter. Here whatever holds other documents counts as read in
part; its text is found, a person may class it, and nothing proposes it.
"""

import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import pytest


def message(**attached):
    made = EmailMessage()
    made["From"] = "sam@thornbridge.example"
    made["Date"] = format_datetime(datetime(2014, 4, 2, 10, tzinfo=UTC))
    made["Subject"] = "Invoice"
    made.set_content("Thornbridge District Council\nAn invoice.")
    for name, content in attached.items():
        made.add_attachment(content, maintype="application", subtype="zip", filename=name)
    return made.as_bytes()


def archive(cut):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("survey.txt", b"the drainage survey " * 50)
    return out.getvalue()[:-cut] if cut else out.getvalue()


@pytest.fixture
def filed(desk):
    desk.file("plain.eml", message())
    desk.file("whole.eml", message(parts=archive(0)))
    desk.file("short.eml", message(parts=archive(60)))
    desk.file("inbox.mbox", b"From a Thu Mar  4 10:00:00 2014\n" + message()[:-30])
    desk.file("old.zip", archive(0))
    desk.scan()
    names = ("plain.eml", "whole.eml", "short.eml", "inbox.mbox", "old.zip")
    return desk, dict(zip(names, desk.classify(*names), strict=True))


def test_only_what_was_read_whole_can_come_due(filed):
    desk, numbers = filed
    due = {line["record"] for line in desk.ask("due", "--as-of", "2060-01-01")}
    assert due & set(numbers.values()) == {numbers["plain.eml"]}
    for name in ("whole.eml", "short.eml", "inbox.mbox", "old.zip"):
        answer = desk.run("propose", "files", "--key", "rita.pem", "--record", numbers[name])
        assert answer.code != 0, name


def test_what_may_be_missing_is_listed_and_what_was_read_is_found(filed):
    desk, numbers = filed
    listed = {line["path"]: line["reason"] for line in desk.ask("unreadable", "--partial")}
    assert listed == {
        "whole.eml": "embedded-parts-not-read",
        "short.eml": "embedded-parts-not-read",
        "inbox.mbox": "many-documents",
        "old.zip": "many-documents",
    }
    found = {line["record"] for line in desk.ask("find", "drainage")}
    assert {numbers["whole.eml"], numbers["old.zip"]} <= found
