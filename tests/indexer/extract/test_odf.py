"""OpenDocument: white space written as elements, notes, sheets, protection."""

import pytest

from indexer.extract.base import Unreadable

ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def content(body: str) -> str:
    return (
        f"<office:document-content {NS}><office:body>{body}</office:body></office:document-content>"
    )


def test_spaces_tabs_and_line_breaks_are_white_space(extract, writer):
    assert "Lease of  the depot\n" in extract(writer, ODT).text


def test_a_note_is_text_beside_the_paragraph_it_belongs_to(extract, pack):
    body = (
        "<text:p>The fee<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        "<text:p>Excluding tax</text:p></text:note-body></text:note> is fixed"
        "<text:tab/>now<text:line-break/>on</text:p>"
    )
    text = extract(pack({"content.xml": content(body)}), ODT).text
    assert text == "Excluding tax\nThe fee is fixed\tnow\non\n"


def test_a_row_is_a_line_and_repeated_cells_are_read_once(extract, pack):
    cell = "<table:table-cell {}='16384'><text:p>x</text:p></table:table-cell>"
    wide = cell.format("table:number-columns-repeated")
    tall = "<table:table-row table:number-rows-repeated='1048576'>"
    body = f"<table:table>{tall}{wide}{wide}</table:table-row></table:table>"
    assert extract(pack({"content.xml": content(body)}), ODS).text == "x\tx\t\n"


def test_properties_and_dates_come_from_the_metadata(extract, pack):
    meta = (
        f"<office:document-meta {NS}><office:meta><meta:creation-date>2012-02-01T09:00:00"
        "</meta:creation-date><dc:title>Lease</dc:title><meta:initial-creator>Estates"
        "</meta:initial-creator></office:meta></office:document-meta>"
    )
    found = extract(pack({"content.xml": content("<text:p>x</text:p>"), "meta.xml": meta}), ODT)
    assert found.title == "Lease"
    assert found.metadata["author"] == "Estates"
    assert [(date.kind, date.on) for date in found.dates] == [("created", "2012-02-01T09:00:00")]


def test_an_encrypted_document_says_so(extract, pack):
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry>'
        "<m:encryption-data/></m:file-entry></m:manifest>"
    )
    with pytest.raises(Unreadable) as caught:
        extract(pack({"content.xml": b"\x8f\x01", "META-INF/manifest.xml": manifest}), ODT)
    assert caught.value.reason == "encrypted"


def test_an_embedded_object_is_counted(extract, pack):
    parts = {"content.xml": content("<text:p>x</text:p>"), "Object 1/content.xml": content("")}
    found = extract(pack(parts), ODT)
    assert found.parts == 2
    assert "embedded-parts-not-read" in found.warnings


@pytest.mark.parametrize("name", ["Object 1", "Object 1/content.xml", "Annex/content.xml"])
def test_an_embedded_object_is_counted_however_it_is_stored(extract, pack, name):
    found = extract(pack({"content.xml": content("<text:p>x</text:p>"), name: "y"}), ODT)
    assert found.parts == 2
    assert found.partial


def test_pictures_without_any_text_are_a_scan_and_not_an_empty_document(extract, pack):
    picture = {"Pictures/1.png": "x"}
    assert not extract(pack({"content.xml": content("")}), ODT).partial
    assert not extract(pack({"content.xml": content("<text:p>x</text:p>"), **picture}), ODT).partial
    found = extract(pack({"content.xml": content("<text:p/>"), **picture}), ODT)
    assert found.warnings == ("pages-without-text: pictures only",)
    assert found.partial
