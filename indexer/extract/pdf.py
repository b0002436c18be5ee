"""PDF files (ISO 32000), by PDFium.

Text comes from the pages, from filled-in form fields and from comments. A file whose pages carry
no text at all is a scan, which is not the same as a file that says nothing: it is unreadable. When
only some pages are pictures the rest is read and a warning names how many are not. A stamp or page
number over a picture does not make it a page that was read.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import BinaryIO

import pypdfium2 as pdfium
from pypdfium2 import raw

from indexer.extract import dates
from indexer.extract.base import Extraction, Unreadable, tidy
from indexer.extract.novelty import without_said, words_of
from indexer.limits import TextBuffer

_XFA = {raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND}
_LOCKED = {raw.FPDF_ERR_PASSWORD: "encrypted", raw.FPDF_ERR_SECURITY: "rights-protected"}
_LINE_END_HYPHEN = "\x02"
_BROKEN_WORD = re.compile(f"{_LINE_END_HYPHEN}(?=[a-z])")
"""A hyphen at a line's end, before a small letter: most likely it only divides a word."""
_PICTURE_DEPTH = 3
_OUTLINE_DEPTH = 15
_MOST_BOOKMARKS = 10_000
_STAMP = 150
"""Letters and digits at the most of what is put over a scan."""
_FACTS = {
    "title": "Title",
    "author": "Author",
    "subject": "Subject",
    "keywords": "Keywords",
    "producer": "Producer",
}


@dataclass(slots=True)
class _Pages:
    """What was gathered from the pages so far."""

    text: TextBuffer
    spoken: bool = False
    drawn: bool = False
    pictures: int = 0
    damaged: int = 0


def read(source: BinaryIO) -> Extraction:
    """Read a PDF file."""
    source.seek(0)
    with _opened(source) as document:
        pages = _Pages(TextBuffer())
        for number in range(len(document)):
            _add_page(document, number, pages)
            if pages.text.truncated:
                break
        pages.text.add(_outline(document, pages.text))
        if not pages.spoken and not document.count_attachments():
            raise _silence(document, pages)
        return _described(document, pages)


def _opened(source: BinaryIO) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        reason = _LOCKED.get(error.err_code)
        if reason is None:
            raise
        raise Unreadable(reason, "it opens only with a password or a licence") from error
    document.init_forms()
    return document


def _add_page(document: pdfium.PdfDocument, number: int, pages: _Pages) -> None:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        pages.damaged += 1
        return
    with closing(page), closing(page.get_textpage()) as layer:
        found = "\n".join([layer.get_text_bounded(), *_annotations(page)])
        pages.pictures += _is_picture(page, found)
        pages.drawn = pages.drawn or next(page.get_objects(max_depth=1), None) is not None
        if found.strip():
            pages.spoken = True
            joined = _BROKEN_WORD.sub("", found).replace(_LINE_END_HYPHEN, "-")
            pages.text.add(joined + "\n")


def _silence(document: pdfium.PdfDocument, pages: _Pages) -> Unreadable:
    """Why a document says nothing: it is a picture, or there is nothing on its pages."""
    if pages.drawn or pages.damaged:
        return Unreadable("no-text-layer", f"none of the {len(document)} pages has text")
    return Unreadable("empty", f"nothing is on any of the {len(document)} pages")


def _outline(document: pdfium.PdfDocument, text: TextBuffer) -> str:
    """Titles of bookmarks that say what the pages do not."""
    found = islice(document.get_toc(max_depth=_OUTLINE_DEPTH), _MOST_BOOKMARKS)
    try:
        titles = "".join(f"{bookmark.get_title()}\n" for bookmark in found)
    except (pdfium.PdfiumError, UnicodeError):
        return ""
    return without_said(titles, words_of(text.text())) if titles else ""


def _is_picture(page: pdfium.PdfPage, found: str) -> bool:
    """Whether the page is a picture, bare or with a stamp over it."""
    said = sum(map(str.isalnum, found))
    if said > _STAMP:
        return False
    whole = page.get_width() * page.get_height()
    pictures = page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=_PICTURE_DEPTH)
    return any(not said or 2 * _area(picture) > whole for picture in pictures)


def _area(picture: pdfium.PdfObject) -> float:
    left, bottom, right, top = map(float, picture.get_bounds())
    return (right - left) * (top - bottom)


def _annotations(page: pdfium.PdfPage) -> Iterator[str]:
    """Values of form fields and the wording of comments; neither is part of the page's text."""
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if annotation:
            try:
                yield from filter(None, _wording(page, annotation))
            finally:
                raw.FPDFPage_CloseAnnot(annotation)


def _wording(page: pdfium.PdfPage, annotation: object) -> Iterator[str]:
    yield _wide_text(partial(raw.FPDFAnnot_GetStringValue, annotation, b"Contents"))
    if page.formenv and raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET:
        yield _wide_text(partial(raw.FPDFAnnot_GetFormFieldValue, page.formenv, annotation))


def _wide_text(read_into: Callable[[object, int], int]) -> str:
    """A string of PDFium's: ask for its size in bytes, then for its UTF-16 units."""
    size = read_into(None, 0)
    units = (ctypes.c_ushort * (size // 2))()
    read_into(units, size)
    return bytes(units).decode("utf-16-le", "replace").rstrip("\0")


def _described(document: pdfium.PdfDocument, pages: _Pages) -> Extraction:
    stated, doubts = dates.believable(
        [
            ("created", "pdf:CreationDate", _date(document, "CreationDate")),
            ("modified", "pdf:ModDate", _date(document, "ModDate")),
        ]
    )
    names = list(_embedded(document))
    facts = tidy(
        {key: document.get_metadata_value(name) for key, name in _FACTS.items()}
        | {"pages": str(len(document)), "attachments": "; ".join(names)}
    )
    return Extraction(
        text=pages.text.text(),
        metadata=facts,
        dates=stated,
        title=facts.get("title", ""),
        parts=1 + len(names),
        truncated=pages.text.truncated,
        warnings=(*doubts, *_warnings(document, pages), *_unread(names)),
    )


def _date(document: pdfium.PdfDocument, key: str) -> datetime | str | None:
    return dates.from_pdf(document.get_metadata_value(key))


def _embedded(document: pdfium.PdfDocument) -> Iterator[str]:
    for index in range(document.count_attachments()):
        yield document.get_attachment(index).get_name()


def _warnings(document: pdfium.PdfDocument, pages: _Pages) -> Iterator[str]:
    if pages.pictures:
        yield f"pages-without-text: {pages.pictures} of {len(document)}"
    if pages.damaged:
        yield f"part-damaged: {pages.damaged} of {len(document)} pages"
    if document.get_formtype() in _XFA:
        yield "xfa-form-not-read"


def _unread(names: list[str]) -> list[str]:
    return ["embedded-parts-not-read"] if names else []
