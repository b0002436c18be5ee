"""The reader of old and rare formats in service: confined, expendable, kept from the net."""

import gzip
import io
import socket
import zipfile
from dataclasses import replace

import pytest
from docx import Document

from retention_agent.capture.pool import Pool
from tests.fakes.compound import compound

MESSAGE = {
    "__properties_version1.0": bytes(32),
    "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
    "__substg1.0_1000001F": "The lease ends in May.".encode("utf-16-le"),
}
MAILBOX = (
    b"From a@b.example Thu Mar  4 10:00:00 2021\nFrom: a@b.example\nSubject: Rents\n\nThey rise.\n"
)


@pytest.fixture
def pool(settings):
    return Pool(replace(settings, memory_bytes=1 << 30))


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return file.getvalue()


def with_an_object(text, name, content):
    """A document of Word that another one lies in."""
    file = io.BytesIO()
    document = Document()
    document.add_paragraph(text)
    document.save(file)
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(f"word/embeddings/{name}", content)
    return file.getvalue()


def test_old_and_rare_formats_are_read_by_a_confined_worker(office, pool):
    office.write("lease.msg", compound(MESSAGE))
    office.write("inbox.mbox", MAILBOX * 3)
    office.write("old.zip", zipped({"minutes.txt": "the drainage works"}))
    office.write("note.txt", "read by the first")
    office.write("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(64))
    office.scan()
    result = office.capture(pool)
    assert (result.captured, dict(result.unreadable)) == (4, {"no-extractor": 1})
    assert office.found("lease") == ["lease.msg"]
    assert office.found("drainage") == ["old.zip"]
    rows = {name.decode(): row for name, row in office.rows().items()}
    partial = {name for name, row in rows.items() if row["partial"]}
    assert partial == {"inbox.mbox", "old.zip"}
    assert rows["lease.msg"]["identification"]["reader"] == "tika"
    assert rows["note.txt"]["identification"]["reader"] == "builtin"


def test_what_lies_in_a_document_is_found_and_the_document_stays_partial(office, pool):
    inner = compound({"__substg1.0_1000001F": b"x"})
    office.write("report.docx", with_an_object("the report", "oleObject1.bin", inner))
    office.write("mail.eml", mail_with(b"the attached valuation"))
    office.scan()
    assert office.capture(pool).captured == 2
    assert office.found("valuation") == ["mail.eml"]
    row = office.row("mail.eml")
    assert row["identification"]["reader"] == "builtin+tika"
    assert row["metadata"]["subject"] == "Valuation"
    assert row["partial"]
    assert office.row("report.docx")["partial"]


def mail_with(attached):
    return (
        b"From: a@b.example\nSubject: Valuation\nContent-Type: multipart/mixed; boundary=x\n\n"
        b"--x\n\nSee below.\n--x\nContent-Type: text/plain\n"
        b"Content-Disposition: attachment; filename=v.txt\n\n" + attached + b"\n--x--\n"
    )


@pytest.mark.parametrize("mishap", ["die SIGSEGV", "leave 3", "hang"])
def test_a_file_that_cost_a_worker_is_read_by_the_first_alone(mishap, fake_pool, files):
    with fake_pool(seconds=2.0, workers=1) as pool:
        given = files(f"once {mishap}", "a note")
        texts = {file.path[-8:]: outcome.text for file, outcome in filter(None, pool.read(given))}
    reason = "time-limit" if mishap == "hang" else "worker-died"
    assert texts == {b"0000.txt": f"lost before: {reason}", b"0001.txt": "a note"}


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def remote(port):
    """Documents that ask their reader to fetch something, by name."""
    url = f"http://127.0.0.1:{port}"
    entity = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{url}/x">]><a>&x; asked</a>'
    page = f'<html><head><link rel=stylesheet href="{url}/a.css"></head><img src="{url}/b">asked'
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/attachedTemplate" Target="{url}/t.dotm" TargetMode="External"/>'
        "</Relationships>"
    )
    word = with_an_object("asked", "oleObject1.bin", b"x")
    package = io.BytesIO(word)
    with zipfile.ZipFile(package, "a") as archive:
        archive.writestr("word/_rels/settings.xml.rels", relation)
    return {
        "entity.xml": entity.encode(),
        "page.html": page.encode(),
        "template.docx": package.getvalue(),
        "picture.rtf": rb'{\rtf1 asked {\field{\*\fldinst INCLUDEPICTURE "'
        + url.encode()
        + rb'/p"}}\par}',
        "archive.zip": zipped({"entity.xml": entity, "page.html": page, "drawing.svg": entity}),
        "mail.mbox": MAILBOX + b"\nContent-Type: text/html\n\n" + page.encode(),
        "mail.eml": mail_with(page.encode()).replace(b"text/plain", b"text/html"),
    }


def test_no_document_makes_a_worker_reach_for_the_network(office, pool, listener):
    for name, content in remote(listener.getsockname()[1]).items():
        office.write(name, content)
    office.scan()
    result = office.capture(pool)
    assert result.captured == len(office.rows())
    assert len(office.found("asked")) >= 5
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_bombs_and_floods_end_as_records_or_reasons(office, pool):
    flood = gzip.compress(b"abcdefgh " * (1 << 23))
    office.write("flood.gz", flood)
    office.write("quine.zip", zipped({"a.zip": zipped({"b.zip": zipped({"c.gz": flood})})}))
    office.write("broken.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 40)
    office.write("broken.msg", compound({**MESSAGE, "__properties_version1.0": b"\xff" * 9000}))
    office.write("note.txt", "and the next one is read")
    office.scan()
    result = office.capture(pool)
    assert result.captured + result.unreadable.total() == 5
    assert not {"worker-died", "time-limit", "memory-limit"} & set(result.unreadable)
    assert office.found("next") == ["note.txt"]
    assert all(
        row["partial"] or row["capture"] == "unreadable"
        for name, row in office.rows().items()
        if name in {b"flood.gz", b"quine.zip", b"broken.doc"}
    )
