"""Writers for word processor, spreadsheet and presentation files, all of them zip packages.

The libraries stamp packages with the present time; `settled` rewrites the package with the
document's own time, so that the same seed gives the same bytes.
"""

import io
import re
import zipfile
from datetime import datetime

import docx
import openpyxl
import pptx
from docx.shared import Pt
from odf import dc, meta, table, teletype, text
from odf.opendocument import OpenDocument, OpenDocumentSpreadsheet, OpenDocumentText
from openpyxl.styles import Font
from pptx.util import Pt as SlidePt

from demo.page import Block, Page

NUMBER = re.compile(r"-?£?(0|[1-9][\d,]*)(\.\d\d)?")
CORE = "docProps/core.xml"
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
STAMPS = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
EPOCH = datetime(1998, 1, 1)

# odfpy declares the namespaces it has met so far in the process, and meets the last of them when it
# first writes; writing once beforehand makes every later file the same.
OpenDocumentText().write(io.BytesIO())


def settled(package: bytes, page: Page) -> bytes:
    """The package with the page's dates in place of the present ones."""
    when = page.modified or EPOCH
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            entry = zipfile.ZipInfo(member.filename, when.timetuple()[:6])
            entry.compress_type = member.compress_type
            new.writestr(
                entry,
                _dated(content, page) if member.filename == CORE else content,
                compresslevel=1,
            )
    return target.getvalue()


def _dated(core: bytes, page: Page) -> bytes:
    if page.created is None or page.modified is None:
        return STAMPS.sub(b"", core)
    stamps = {b"created": page.created, b"modified": page.modified}
    return STAMP.sub(
        lambda match: match[1] + f"{stamps[match[2]]:%Y-%m-%dT%H:%M:%SZ}".encode() + match[3], core
    )


def write_docx(page: Page) -> bytes:
    """A Word document."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(10.5)
    properties = document.core_properties
    properties.author = properties.last_modified_by = page.author
    properties.title, properties.comments = page.title, ""
    properties.created = page.created or EPOCH
    properties.modified = page.modified or EPOCH
    for block in page.blocks:
        _into_word(document, block)
    target = io.BytesIO()
    document.save(target)
    return settled(target.getvalue(), page)


def _into_word(document: "docx.document.Document", block: Block) -> None:
    if block.kind == "table":
        width = max(len(row) for row in block.rows)
        grid = document.add_table(rows=len(block.rows), cols=width, style="Table Grid")
        for cells, row in zip(grid.rows, block.rows, strict=True):
            for cell, value in zip(cells.cells, row, strict=False):
                cell.text = value
    elif block.kind in ("title", "heading"):
        document.add_heading(block.text, level=1 if block.kind == "title" else 2)
    else:
        document.add_paragraph(block.text, style="List Bullet" if block.kind == "bullet" else None)


def write_xlsx(page: Page) -> bytes:
    """A workbook of one sheet, figures as numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    book.properties.creator = book.properties.lastModifiedBy = page.author
    book.properties.title = page.title
    book.properties.created = page.created or EPOCH
    for block in page.blocks:
        if block.kind == "table":
            for row in block.rows:
                sheet.append([_figure(cell) for cell in row])
        else:
            sheet.append([block.text])
            sheet.cell(sheet.max_row, 1).font = Font(bold=block.kind in ("title", "heading"))
    for column in "ABCDEF":
        sheet.column_dimensions[column].width = 22
    target = io.BytesIO()
    book.save(target)
    return settled(target.getvalue(), page)


def _figure(cell: str) -> str | float:
    return float(cell.replace(",", "").replace("£", "")) if NUMBER.fullmatch(cell) else cell


def write_pptx(page: Page) -> bytes:
    """Slides: every title or heading opens one."""
    deck = pptx.Presentation()
    properties = deck.core_properties
    properties.author, properties.title = page.author, page.title
    properties.created = page.created or EPOCH
    properties.modified = page.modified or EPOCH
    frame = None
    for block in page.blocks:
        if block.kind in ("title", "heading") or frame is None:
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = block.text or page.title
            frame = slide.placeholders[1].text_frame
            continue
        for line in ["  ".join(row) for row in block.rows] or [block.text]:
            paragraph = frame.add_paragraph()
            paragraph.text = line
            paragraph.font.size = SlidePt(16)
    target = io.BytesIO()
    deck.save(target)
    return settled(target.getvalue(), page)


def write_odt(page: Page) -> bytes:
    """An OpenDocument text."""
    document = OpenDocumentText()
    for block in page.blocks:
        if block.kind == "table":
            document.text.addElement(_odf_table(block))
        elif block.kind in ("title", "heading"):
            level = 1 if block.kind == "title" else 2
            document.text.addElement(text.H(outlinelevel=level, text=block.text))
        else:
            document.text.addElement(_odf_paragraph(block.text))
    return _odf_package(document, page)


def write_ods(page: Page) -> bytes:
    """An OpenDocument spreadsheet."""
    document = OpenDocumentSpreadsheet()
    rows = [row for block in page.blocks for row in block.rows or ((block.text,),)]
    document.spreadsheet.addElement(_odf_table(Block("table", rows=tuple(rows))))
    return _odf_package(document, page)


def _odf_paragraph(value: str) -> text.P:
    paragraph = text.P()
    teletype.addTextToElement(paragraph, value)
    return paragraph


def _odf_table(block: Block) -> table.Table:
    grid = table.Table(name="Sheet1")
    grid.addElement(table.TableColumn(numbercolumnsrepeated=max(len(row) for row in block.rows)))
    for row in block.rows:
        line = table.TableRow()
        for value in row:
            cell = table.TableCell(valuetype="string")
            cell.addElement(_odf_paragraph(value))
            line.addElement(cell)
        grid.addElement(line)
    return grid


def _odf_package(document: OpenDocument, page: Page) -> bytes:
    document.meta.addElement(dc.Title(text=page.title))
    document.meta.addElement(meta.InitialCreator(text=page.author))
    if page.created and page.modified:
        document.meta.addElement(meta.CreationDate(text=page.created.isoformat()))
        document.meta.addElement(dc.Date(text=page.modified.isoformat()))
    target = io.BytesIO()
    document.write(target)
    return settled(target.getvalue(), page)
