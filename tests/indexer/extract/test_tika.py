"""Old and rare formats, read by the compiled Tika."""

import io
import os
import sys
import zipfile

import pytest

from indexer.extract.base import Unreadable
from indexer.extract.tika import OWN, READS, TikaExtractor, _engine, _extraction
from indexer.limits import INPUT_LIMIT
from tests.fakes.compound import compound

MAILBOX = b"""From clerk@parish.example Thu Mar  4 10:00:00 2021
From: clerk@parish.example
Subject: Allotments
Date: Thu, 04 Mar 2021 10:00:00 +0000

The rents are due.

"""
OUTLOOK = {
    "__properties_version1.0": bytes(32),
    "__substg1.0_001A001F": "IPM.Note".encode("utf-16-le"),
    "__substg1.0_0037001F": "Lease of the depot".encode("utf-16-le"),
    "__substg1.0_1000001F": "The lease ends in May.".encode("utf-16-le"),
    "__nameid_version1.0/__substg1.0_00020102": bytes(16),
}
ATTACHED = {
    "__attach_version1.0_#00000000/__properties_version1.0": bytes(8),
    "__attach_version1.0_#00000000/__substg1.0_3707001F": "note.txt".encode("utf-16-le"),
    "__attach_version1.0_#00000000/__substg1.0_37010102": b"see the drainage survey",
}


def read(data, media_type):
    return TikaExtractor().extract(io.BytesIO(data), media_type)


def book(pack):
    return pack({
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container version="1.0" '
        'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
        'full-path="b.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "b.opf": '<package version="2.0" xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Drains</dc:title>'
        '<dc:creator>A. Clerk</dc:creator></metadata><manifest><item id="c" href="c.xhtml" '
        'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="c"/></spine>'
        "</package>",
        "c.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Gully cleaning</p></body>'
        "</html>",
    })  # fmt: skip


def test_an_electronic_book_has_its_text_and_facts(pack):
    found = read(book(pack), "application/epub+zip")
    assert "Gully cleaning" in found.text
    assert (found.title, found.metadata["author"]) == ("Drains", "A. Clerk")
    assert (found.reader, found.partial) == ("tika", False)


def test_a_message_of_outlook_is_read():
    found = read(compound(OUTLOOK), "application/vnd.ms-outlook")
    assert "The lease ends in May." in found.text
    assert found.title == "Lease of the depot"
    assert not found.partial


def test_what_is_attached_to_it_is_read_and_still_not_vouched_for():
    found = read(compound({**OUTLOOK, **ATTACHED}), "application/vnd.ms-outlook")
    assert "drainage survey" in found.text
    assert found.warnings[-1] == "embedded-parts-not-read"
    assert (found.parts, found.partial) == (2, True)


def test_a_sealed_message_of_outlook_is_encrypted():
    header = "Content-Type: multipart/encrypted; boundary=x\r\n\r\n".encode("utf-16-le")
    with pytest.raises(Unreadable, match="encrypted"):
        read(compound({**OUTLOOK, "__substg1.0_007D001F": header}), "application/vnd.ms-outlook")


def test_a_mailbox_and_an_archive_hold_many_documents(pack):
    archive = pack({"a.txt": "agenda", "b.txt": "minutes"})
    for data, kind, word in (
        (MAILBOX, "application/mbox", "rents"),
        (archive, "application/zip", "minutes"),
    ):
        found = read(data, kind)
        assert word in found.text
        assert found.warnings == (f"many-documents: {kind}",)
        assert found.partial


def test_it_reads_a_file_by_its_descriptor_and_leaves_none_open(tmp_path):
    (tmp_path / "note").write_bytes(MAILBOX)
    before = os.listdir("/proc/self/fd")
    with open(tmp_path / "note", "rb") as source:
        assert TikaExtractor().extract(source, "application/mbox") == read(
            MAILBOX, "application/mbox"
        )
    assert os.listdir("/proc/self/fd") == before


def test_damage_is_told_with_its_cause():
    with pytest.raises(Unreadable, match="corrupt") as caught:
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword")
    assert caught.value.__cause__ is not None


def test_what_does_not_fit_in_memory_is_not_given_to_it():
    class Huge(io.BytesIO):
        def seek(self, *_):
            return INPUT_LIMIT + 1

    with pytest.raises(Unreadable, match="too-large"):
        TikaExtractor().extract(Huge(b"x"), "application/msword")


def test_pictures_sound_and_programs_are_not_its_business():
    families = {media_type.partition("/")[0] for media_type in READS}
    assert families == {"application", "text", "message"}
    assert not {"application/octet-stream", "application/x-executable"} & READS
    assert len(OWN) < len(READS)


def test_a_part_that_cannot_be_read_is_told(pack):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("word/document.xml", "<w:document")
        archive.writestr("[Content_Types].xml", "<Types")
    found = read(pack({"broken.docx": inner.getvalue(), "a.txt": "agenda"}), "application/zip")
    assert any(warning.startswith("part-damaged: ") for warning in found.warnings)


def test_where_it_cannot_start_no_file_is_called_damaged(monkeypatch):
    monkeypatch.setitem(sys.modules, "iscc_tika", None)
    _engine.cache_clear()
    with pytest.raises(Unreadable, match="no-extractor: the reader of this format cannot start"):
        read(MAILBOX, "application/mbox")
    monkeypatch.undo()
    assert "rents" in read(MAILBOX, "application/mbox").text


def test_a_format_that_only_remarks_on_its_lock_is_encrypted_when_it_says_nothing():
    locked = {"wordperfect:Encrypted": ["true"]}
    with pytest.raises(Unreadable, match="encrypted"):
        _extraction(" \n", locked)
    assert _extraction("open to all", locked).text == "open to all"
    assert _extraction("", {"wordperfect:Encrypted": ["false"]}).text == ""


def test_a_picture_that_cannot_be_read_is_no_missing_text():
    remarks = {
        "X-TIKA:EXCEPTION:embedded_exception": [
            "TikaException: from org.apache.tika.parser.image.JpegParser@1\n\tat x",
            "TikaException: from org.apache.tika.parser.rtf.RTFParser@1\n\tat x",
            "",
        ]
    }
    (warning,) = _extraction("text", remarks).warnings
    assert "RTFParser" in warning
