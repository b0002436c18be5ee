"""Word, PowerPoint and Excel: everything people can read, and what the properties say."""

import io
from datetime import datetime

import docx
import openpyxl
import pytest

from indexer.extract.base import ExtractedDate, Unreadable
from indexer.signatures import DOCX, PPTX, XLSX

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def test_a_word_document_gives_its_body_tables_header_and_footer(extract, word):
    found = extract(word, DOCX)
    for phrase in ("Minutes of the planning committee", "21/00417/FUL", "OFFICIAL", "Page foot"):
        assert phrase in found.text
    assert found.title == "Planning minutes"
    assert found.metadata["author"] == "Democratic Services"
    assert found.parts == 1


def test_paragraphs_stand_on_lines_of_their_own(extract, word):
    assert "Minutes of the planning committee\nCouncillor Example" in extract(word, DOCX).text


def test_the_date_of_the_library_template_is_not_believed(extract, word):
    found = extract(word, DOCX)
    assert found.dates == ()
    assert "date-of-template: ooxml:created" in found.warnings


def test_core_dates_are_reported_with_their_offset(extract):
    document = docx.Document()
    document.core_properties.created = datetime(2019, 5, 1, 9, 30)
    document.core_properties.modified = datetime(2020, 6, 2, 8, 0)
    document.add_paragraph("x")
    out = io.BytesIO()
    document.save(out)
    assert extract(out.getvalue(), DOCX).dates == (
        ExtractedDate("created", "2019-05-01T09:30:00+00:00", "ooxml:created"),
        ExtractedDate("modified", "2020-06-02T08:00:00+00:00", "ooxml:modified"),
    )


@pytest.mark.parametrize("part", ["footnotes", "endnotes", "comments"])
def test_notes_and_comments_are_text(extract, word, with_part, part):
    xml = f'<w:x xmlns:w="{W}"><w:p><w:r><w:t>hidden remark</w:t></w:r></w:p></w:x>'
    assert "hidden remark" in extract(with_part(word, f"word/{part}.xml", xml.encode()), DOCX).text


def test_a_text_box_is_read_once_and_a_tracked_deletion_is_read(extract, word, with_part):
    xml = (
        f'<w:document xmlns:w="{W}" xmlns:mc="{MC}"><w:body><w:p><w:pPr><w:tabs><w:tab/></w:tabs>'
        "</w:pPr><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t>"
        "</w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>boxed</w:t></w:r>"
        "</w:p></mc:Fallback></mc:AlternateContent></w:r><w:del><w:r><w:delText>struck out"
        "</w:delText></w:r></w:del><w:r><w:tab/><w:t>kept</w:t></w:r></w:p></w:body></w:document>"
    )
    text = extract(with_part(word, "word/document.xml", xml.encode()), DOCX).text
    assert text.count("boxed") == 1
    assert "struck out\tkept" in text


def test_an_embedded_document_is_counted_and_named(extract, word, with_part):
    found = extract(with_part(word, "word/embeddings/Annex.xlsx", b"PK"), DOCX)
    assert found.parts == 2
    assert found.metadata["attachments"] == "Annex.xlsx"
    assert "embedded-parts-not-read" in found.warnings


def test_a_damaged_side_part_does_not_cost_the_body(extract, word, with_part):
    found = extract(with_part(word, "word/comments.xml", b"<w:comments"), DOCX)
    assert "Councillor Example" in found.text
    assert "part-damaged: word/comments.xml" in found.warnings


def test_a_damaged_body_is_corrupt(extract, word, with_part):
    with pytest.raises(Unreadable) as caught:
        extract(with_part(word, "word/document.xml", b"<w:document><w:body>"), DOCX)
    assert caught.value.reason == "corrupt"


def test_a_package_without_a_main_document_is_corrupt(extract, pack):
    with pytest.raises(Unreadable) as caught:
        extract(pack({"readme.txt": "nothing"}), DOCX)
    assert caught.value.reason == "corrupt"


def test_slides_come_in_order_and_with_their_notes(extract, slides):
    found = extract(slides, PPTX)
    assert found.text.index("Budget briefing") < found.text.index("Reserves fall")
    assert "Mention the pension deficit" in found.text


def test_a_sheet_gives_rows_as_lines_and_cells_between_tabs(extract, workbook):
    assert extract(workbook, XLSX).text.startswith("Ledger\nSupplier\tAmount\nExample Ltd\t1250\n")


def test_comments_in_a_sheet_are_text(extract):
    book = openpyxl.Workbook()
    book.active["A1"] = "total"
    book.active["A1"].comment = openpyxl.comments.Comment("checked by audit", "A")
    out = io.BytesIO()
    book.save(out)
    assert "checked by audit" in extract(out.getvalue(), XLSX).text


@pytest.mark.parametrize("part", ["header_first", "footer-even", "commentsIds2"])
def test_a_part_under_an_unusual_name_is_read(extract, word, with_part, part):
    xml = f'<w:x xmlns:w="{W}"><w:p><w:r><w:t>set apart</w:t></w:r></w:p></w:x>'
    assert "set apart" in extract(with_part(word, f"word/{part}.xml", xml.encode()), DOCX).text


@pytest.mark.parametrize("name", ["word/part1.mht", "word/media/letter.RTF", "chunk.docx"])
def test_a_document_inside_is_known_by_its_extension_wherever_it_lies(
    extract, word, with_part, name
):
    found = extract(with_part(word, name, b"x"), DOCX)
    assert found.parts == 2
    assert found.partial


def test_pictures_without_any_text_are_a_scan_and_not_an_empty_document(extract, with_part):
    out = io.BytesIO()
    docx.Document().save(out)
    assert extract(out.getvalue(), DOCX).warnings[2:] == ()
    found = extract(with_part(out.getvalue(), "word/media/image1.png", b"x"), DOCX)
    assert found.warnings[2:] == ("pages-without-text: pictures only",)
    assert found.partial


def test_a_picture_beside_text_hides_nothing(extract, word, with_part):
    assert not extract(with_part(word, "word/media/image1.png", b"x"), DOCX).partial


def test_the_words_on_a_drawing_are_read(extract, pack):
    package = pack({
        "visio/document.xml": "<VisioDocument/>",
        "visio/pages/page1.xml": "<PageContents><Shapes><Shape><Text><cp IX='0'/>Depot<pp/> gate"
        "</Text></Shape></Shapes></PageContents>",
        "visio/comments.xml": "<Comments><CommentEntry>widen it</CommentEntry></Comments>",
    })  # fmt: skip
    found = extract(package, "application/vnd.ms-visio.drawing.main+xml")
    assert found.text.split("\n")[:3] == ["Depot gate", "", "widen it"]
