"""Documents made by the libraries people make them with, and one way to read them."""

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from odf import opendocument
from odf import text as odf_text
from reportlab.pdfgen import canvas

from indexer.extract.base import Extraction
from indexer.extract.builtin import BuiltinExtractor
from indexer.signatures import DOCX, PPTX, XLSX

Extract = Callable[[bytes, str], Extraction]


@pytest.fixture
def extract() -> Extract:
    """Read bytes as a media type with the built-in extractor."""

    def read(data: bytes, media_type: str) -> Extraction:
        return BuiltinExtractor().extract(io.BytesIO(data), media_type)

    return read


@pytest.fixture(scope="session")
def word() -> bytes:
    document = docx.Document()
    document.add_heading("Minutes of the planning committee", 1)
    document.add_paragraph("Councillor Example declared an interest.")
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "Reference"
    table.cell(0, 1).text = "21/00417/FUL"
    document.sections[0].header.paragraphs[0].text = "OFFICIAL"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    document.core_properties.author = "Democratic Services"
    document.core_properties.title = "Planning minutes"
    return saved(document)


@pytest.fixture(scope="session")
def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Ledger"
    book.active.append(["Supplier", "Amount"])
    book.active.append(["Example Ltd", 1250])
    return saved(book)


@pytest.fixture(scope="session")
def slides() -> bytes:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Budget briefing"
    slide.placeholders[1].text = "Reserves fall in the second year"
    slide.notes_slide.notes_text_frame.text = "Mention the pension deficit"
    return saved(deck)


@pytest.fixture(scope="session")
def writer() -> bytes:
    document = opendocument.OpenDocumentText()
    paragraph = odf_text.P(text="Lease of")
    paragraph.addElement(odf_text.S(c=2))
    paragraph.addText("the depot")
    document.text.addElement(paragraph)
    return saved(document)


@pytest.fixture(scope="session")
def pdf() -> bytes:
    return make_pdf("Notice of decision", "The application is refused.")


@pytest.fixture(scope="session")
def message() -> bytes:
    return (
        b"From: Clerk <clerk@parish.example>\r\nTo: chair@parish.example\r\n"
        b"Subject: Allotments\r\nDate: Thu, 04 Mar 2021 10:00:00 +0000\r\n"
        b"Message-ID: <one@parish.example>\r\n\r\nThe rents are due.\r\n"
    )


@pytest.fixture(scope="session")
def every_format(  # one of each, by media type
    word: bytes, workbook: bytes, slides: bytes, writer: bytes, pdf: bytes, message: bytes
) -> dict[str, bytes]:
    return {
        DOCX: word,
        XLSX: workbook,
        PPTX: slides,
        "application/vnd.oasis.opendocument.text": writer,
        "application/pdf": pdf,
        "message/rfc822": message,
        "text/html": b"<html><head><title>T</title></head><body><p>Open day</p></body></html>",
        "application/xml": b"<note><to>All</to><body>Read this</body></note>",
        "application/rtf": rb"{\rtf1\ansi{\info{\title T}}Dear resident,\par thank you.}",
        "text/plain": b"A note for the file.",
        "text/csv": b"name,amount\nExample Ltd,12\n",
        "application/json": b'{"decision": "granted"}',
    }


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def make_pdf(title: str, *lines: str) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.setTitle(title)
    page.setAuthor("Planning Services")
    for number, line in enumerate(lines):
        page.drawString(72, 720 - 20 * number, line)
    page.save()
    return out.getvalue()


@pytest.fixture
def pack() -> Callable[[dict[str, bytes | str]], bytes]:
    """Write a zip archive."""

    def write(parts: dict[str, bytes | str]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name, data)
        return out.getvalue()

    return write


@pytest.fixture
def with_part() -> Callable[[bytes, str, bytes], bytes]:
    """A package with one entry replaced or added."""

    def write(package: bytes, name: str, data: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.infolist():
                if entry.filename != name:
                    new.writestr(entry, old.read(entry))
            new.writestr(name, data)
        return out.getvalue()

    return write
