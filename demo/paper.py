"""Writers for pages that are fixed: PDF with a text layer, and scans without one."""

import io
import random
from datetime import datetime
from xml.sax.saxutils import escape

import pikepdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from demo.page import Block, Page, plain_text

STYLES = getSampleStyleSheet()
STYLE_OF = {"title": "Heading1", "heading": "Heading3", "bullet": "Bullet", "text": "BodyText"}
GRID = [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
SHEET = (827, 1169)
LINE_WIDTH = 92
EXIF_TAKEN = 0x9003
EXIF_BLOCK = 0x8769


def write_pdf(page: Page) -> bytes:
    """A PDF with a text layer."""
    target = io.BytesIO()
    sheet = SimpleDocTemplate(
        target, pagesize=A4, title=page.title, author=page.author, invariant=1
    )
    sheet.build([_flowable(block) for block in page.blocks])
    return _dated(target.getvalue(), page)


def _flowable(block: Block) -> Flowable:
    if block.kind == "gap":
        return Spacer(1, 8)
    if block.kind == "table":
        width = max(len(row) for row in block.rows)
        cell = STYLES["BodyText"]
        rows = [
            [Paragraph(escape(value), cell) for value in (*row, *[""] * (width - len(row)))]
            for row in block.rows
        ]
        return Table(rows, style=GRID)
    bullet = "•" if block.kind == "bullet" else None
    return Paragraph(escape(block.text), STYLES[STYLE_OF[block.kind]], bulletText=bullet)


def _dated(content: bytes, page: Page) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for key, when in (("/CreationDate", page.created), ("/ModDate", page.modified)):
            if when:
                pdf.docinfo[key] = f"D:{when:%Y%m%d%H%M%S}Z"
            elif key in pdf.docinfo:
                del pdf.docinfo[key]
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def write_scan(page: Page) -> bytes:
    """A PDF that holds only a picture of the page."""
    target = io.BytesIO()
    when = (page.created or datetime(1998, 1, 1)).timetuple()
    _photograph(page).save(
        target, "PDF", resolution=100, quality=55, creationDate=when, modDate=when
    )
    return _dated(target.getvalue(), page)


def write_jpg(page: Page) -> bytes:
    """A photographed page, with the time of taking where the page has one."""
    target = io.BytesIO()
    exif = Image.Exif()
    if page.created:
        exif.get_ifd(EXIF_BLOCK)[EXIF_TAKEN] = f"{page.created:%Y:%m:%d %H:%M:%S}"
    _photograph(page).save(target, "JPEG", quality=55, exif=exif)
    return target.getvalue()


def write_png(page: Page) -> bytes:
    """A scanned page in black and white."""
    target = io.BytesIO()
    _photograph(page).convert("1").save(target, "PNG")
    return target.getvalue()


def _photograph(page: Page) -> Image.Image:
    rng = random.Random(page.body)
    sheet = Image.new("L", SHEET, 247)
    pen = ImageDraw.Draw(sheet)
    height = 70
    for line in _wrapped(page):
        pen.text((70, height), line, fill=rng.randint(20, 55), font=ImageFont.load_default(14))
        height += 20
    for _ in range(120):
        spot = (rng.randrange(SHEET[0]), rng.randrange(SHEET[1]))
        pen.point(spot, fill=rng.randint(60, 190))
    return sheet.rotate(rng.uniform(-1.1, 1.1), fillcolor=235)


def _wrapped(page: Page) -> list[str]:
    lines: list[str] = []
    for line in plain_text(page).split("\n"):
        words = line.replace("\t", "    ")
        while len(words) > LINE_WIDTH:
            cut = words.rfind(" ", 0, LINE_WIDTH)
            cut = cut if cut > 0 else LINE_WIDTH
            lines.append(words[:cut])
            words = words[cut:].lstrip()
        lines.append(words)
    return lines[:52]
