"""PDF: text, forms, comments, dates; scans and locks."""

import io

import pikepdf
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from indexer.extract.base import Unreadable

PDF = "application/pdf"


def scan(pages: int, text_on_first: str = "", width: int = 500) -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out)
    for number in range(pages):
        page.drawImage(ImageReader(Image.new("RGB", (20, 20), "grey")), 0, 0, width, 700)
        for line, written in enumerate(text_on_first.splitlines() if number == 0 else []):
            page.drawString(72, 700 - 20 * line, written)
        page.showPage()
    page.save()
    return out.getvalue()


def edited(data: bytes, **save: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, **save)
    return out.getvalue()


def dated(data: bytes, **info: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for key, value in info.items():
            document.docinfo[f"/{key}"] = value
        document.save(out)
    return out.getvalue()


def test_text_title_author_and_pages_are_read(extract, pdf):
    found = extract(pdf, PDF)
    assert "The application is refused." in found.text
    assert found.title == "Notice of decision"
    assert found.metadata["author"] == "Planning Services"
    assert found.metadata["pages"] == "1"


def test_dates_keep_their_offset(extract, pdf):
    data = dated(pdf, CreationDate="D:20210304101500+01'00'", ModDate="D:20210305Z")
    assert [(date.kind, date.on, date.origin) for date in extract(data, PDF).dates] == [
        ("created", "2021-03-04T10:15:00+01:00", "pdf:CreationDate"),
        ("modified", "2021-03-05T00:00:00+00:00", "pdf:ModDate"),
    ]


def test_an_impossible_date_is_set_aside_with_a_warning(extract, pdf):
    found = extract(dated(pdf, CreationDate="D:00010101000000", ModDate="yesterday"), PDF)
    assert found.dates == ()
    assert found.warnings == (
        "date-out-of-range: pdf:CreationDate",
        "date-unreadable: pdf:ModDate",
    )


def test_a_password_makes_it_unreadable(extract, pdf):
    locked = edited(pdf, encryption=pikepdf.Encryption(user="secret", owner="owner"))
    with pytest.raises(Unreadable) as caught:
        extract(locked, PDF)
    assert caught.value.reason == "encrypted"


def test_a_file_anyone_may_open_is_read_although_it_is_encrypted(extract, pdf):
    open_to_all = edited(pdf, encryption=pikepdf.Encryption(user="", owner="owner"))
    assert "refused" in extract(open_to_all, PDF).text


def test_a_scan_is_unreadable_not_empty(extract):
    with pytest.raises(Unreadable) as caught:
        extract(scan(2), PDF)
    assert caught.value.reason == "no-text-layer"


def test_pages_that_are_only_pictures_are_counted(extract):
    found = extract(scan(3, "A covering letter says more than a stamp does.\n" * 5), PDF)
    assert "A covering letter" in found.text
    assert "pages-without-text: 2 of 3" in found.warnings


def test_a_scan_with_a_stamp_on_it_is_still_a_scan(extract):
    found = extract(scan(1, "Received 4 March 2021 - page 1 of 2"), PDF)
    assert "Received 4 March 2021" in found.text
    assert "pages-without-text: 1 of 1" in found.warnings
    assert found.partial


def test_a_short_text_beside_a_small_picture_is_all_there_is(extract):
    assert not extract(scan(1, "Yours sincerely", width=100), PDF).partial


def test_what_was_filled_into_a_form_is_text(extract):
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(72, 720, "Applicant")
    page.acroForm.textfield(name="who", value="Mrs Example", x=72, y=680)
    page.save()
    assert "Mrs Example" in extract(out.getvalue(), PDF).text


def test_a_comment_is_text(extract, pdf):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Text,
            Rect=[0, 0, 10, 10],
            Contents="Refer to counsel",
        )
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([note]))
        document.save(out)
    assert "Refer to counsel" in extract(out.getvalue(), PDF).text


def test_an_attached_file_is_counted_and_named(extract, pdf):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.attachments["plan.dwg"] = b"drawing"
        document.save(out)
    found = extract(out.getvalue(), PDF)
    assert found.parts == 2
    assert found.metadata["attachments"] == "plan.dwg"
    assert "embedded-parts-not-read" in found.warnings


def test_blank_pages_are_empty_and_drawn_ones_a_picture(extract):
    for draw, reason in ((False, "empty"), (True, "no-text-layer")):
        out = io.BytesIO()
        page = canvas.Canvas(out)
        if draw:
            page.rect(72, 72, 200, 200)
        page.showPage()
        page.save()
        with pytest.raises(Unreadable) as caught:
            extract(out.getvalue(), "application/pdf")
        assert caught.value.reason == reason


def test_bookmarks_are_read_where_they_say_more_than_the_pages(extract):
    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawString(72, 720, "The depot")
    for title in ("Appendix: drainage survey", "the DEPOT"):
        page.bookmarkPage(title)
        page.addOutlineEntry(title, title)
    page.save()
    text = extract(out.getvalue(), "application/pdf").text
    assert text.count("drainage survey") == 1
    assert text.casefold().count("the depot") == 1


def test_a_scan_with_something_attached_is_read_in_part(extract):
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["survey.txt"] = b"the drainage survey"
        out = io.BytesIO()
        document.save(out)
    found = extract(out.getvalue(), "application/pdf")
    assert found.partial
    assert found.metadata["attachments"] == "survey.txt"
