"""Writers for text that needs no library: plain text, CSV, HTML, RTF and mail."""

import csv
import io
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from demo.page import Block, Page, plain_text
from demo.people import DOMAIN

MAIL_FIELDS = ("From", "To", "Cc", "Subject")
TAGS = {"title": "h1", "heading": "h2", "bullet": "li", "text": "p"}


def write_txt(page: Page) -> bytes:
    """Plain text as a Windows editor of its time saved it."""
    return plain_text(page).replace("\n", "\r\n").encode("utf-8")


def write_csv(page: Page) -> bytes:
    """The tables of the page; a page without one is written line by line."""
    target = io.StringIO()
    rows = [row for block in page.blocks for row in block.rows]
    csv.writer(target).writerows(rows or [[line] for line in plain_text(page).split("\n")])
    return target.getvalue().encode("utf-8")


def write_html(page: Page) -> bytes:
    """A page as an intranet editor exported it."""
    dated = (
        f'<meta name="dcterms.created" content="{page.created:%Y-%m-%d}">' if page.created else ""
    )
    head = f'<meta charset="utf-8"><title>{escape(page.title)}</title>{dated}'
    author = f'<meta name="author" content="{escape(page.author)}">'
    body = "\n".join(_element(block) for block in page.blocks)
    page_head = f'<!DOCTYPE html>\n<html lang="en"><head>{head}{author}</head>'
    return f"{page_head}\n<body>\n{body}\n</body></html>\n".encode()


def _element(block: Block) -> str:
    if block.kind == "gap":
        return ""
    if block.kind == "table":
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
        return "<table>" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
    tag = TAGS[block.kind]
    return f"<{tag}>{escape(block.text)}</{tag}>"


def write_rtf(page: Page) -> bytes:
    """Rich text; characters beyond ASCII as decimal escapes."""
    dates = "".join(
        rf"{{\{word}\yr{when.year}\mo{when.month}\dy{when.day}\hr{when.hour}\min{when.minute}}}"
        for word, when in (("creatim", page.created), ("revtim", page.modified))
        if when
    )
    info = rf"{{\info{{\title {_rtf(page.title)}}}{{\author {_rtf(page.author)}}}{dates}}}"
    lines = "\\par\n".join(_rtf(line) for line in plain_text(page).split("\n"))
    return (
        rf"{{\rtf1\ansi\ansicpg1252\deff0{{\fonttbl{{\f0 Arial;}}}}{info}\f0\fs21 " + lines + "}"
    ).encode("ascii")


def _rtf(value: str) -> str:
    out = []
    for char in value:
        if char in "\\{}":
            out.append("\\" + char)
        elif char == "\t":
            out.append("\\tab ")
        else:
            out.append(char if ord(char) < 128 else f"\\u{ord(char)}?")
    return "".join(out)


def write_eml(page: Page) -> bytes:
    """A mail; a table in the text also travels as an attached CSV file."""
    fields, body = _fields_and_body(page.body)
    mail = EmailMessage()
    mail["From"] = fields.get("From", f"{page.author} <office@{DOMAIN}>")
    mail["To"] = fields.get("To", f"enquiries@{DOMAIN}")
    if "Cc" in fields:
        mail["Cc"] = fields["Cc"]
    mail["Subject"] = fields.get("Subject", page.title)
    mark = sha256(page.body.encode()).hexdigest()[:24]
    if page.created:
        mail["Date"] = format_datetime(page.created.replace(tzinfo=UTC))
    mail["Message-ID"] = f"<{mark}@{DOMAIN}>"
    text = Page(body, page.author, page.created, page.modified)
    mail.set_content(plain_text(text))
    if any(block.rows for block in text.blocks):
        mail.add_attachment(write_csv(text), "text", "csv", filename="table.csv")
        mail.set_boundary(f"=_{mark}")
    return mail.as_bytes()


def _fields_and_body(body: str) -> tuple[dict[str, str], str]:
    fields: dict[str, str] = {}
    lines = body.split("\n")
    while lines and (parts := lines[0].partition(": "))[0] in MAIL_FIELDS:
        fields[parts[0]] = parts[2]
        lines.pop(0)
    return fields, "\n".join(lines).lstrip("\n")
