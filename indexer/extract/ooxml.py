"""Word, PowerPoint, Excel and Visio files of the Office Open XML family (ECMA-376).

Everything people can read in the file is text: body, tables, text boxes, headers, footers, notes,
comments, chart labels and diagrams; tracked deletions too, for a search under a legal hold has to
find them. Documents embedded in it are counted, not read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from lxml import etree

from indexer.extract import dates, spreadsheet
from indexer.extract.base import Extraction, tidy
from indexer.extract.markup import Grammar, fields, running_text, whole_text
from indexer.limits import BoundedZip, TextBuffer

_GRAMMAR = Grammar(
    text={"t": "", "delText": "", "v": "\n", "text": "\n"},
    marks={"p": "\n", "br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-", "comment": "\n"},
    skip=frozenset({"Fallback"}),
)
_DRAWN = (r"charts/chart[^/]*\.xml", r"diagrams/data[^/]*\.xml")
_PARTS: Mapping[str, tuple[str, ...]] = {
    "word": (
        r"word/document\d*\.xml",
        r"word/footnotes[^/]*\.xml",
        r"word/endnotes[^/]*\.xml",
        r"word/comments[^/]*\.xml",
        r"word/header[^/]*\.xml",
        r"word/footer[^/]*\.xml",
        *(f"word/{part}" for part in _DRAWN),
    ),
    "ppt": (
        r"ppt/slides/[^/]*\.xml",
        r"ppt/notesSlides/[^/]*\.xml",
        r"ppt/comments/[^/]*\.xml",
        *(f"ppt/{part}" for part in _DRAWN),
    ),
    "xl": (
        r"xl/comments[^/]*(/[^/]*)?\.xml",
        r"xl/threadedComments/[^/]*\.xml",
        r"xl/drawings/[^/]*\.xml",
        *(f"xl/{part}" for part in _DRAWN),
    ),
    "visio": (r"visio/pages/page\d+\.xml", r"visio/masters/master\d+\.xml", r"visio/comments\.xml"),
}
_MAIN = {"word": r"word/document\d*\.xml", "ppt": r"ppt/presentation\d*\.xml",
         "xl": r"xl/workbook\d*\.(xml|bin)", "visio": r"visio/document\.xml"}  # fmt: skip
_SHAPE_TEXTS = ("Text", "CommentEntry")
_CORE, _APP = "docProps/core.xml", "docProps/app.xml"
_PROPERTIES = {_CORE, _APP}
_EMBEDDED = re.compile(
    r"(word|ppt|xl|visio)/(embeddings/[^/]+|(afchunk|altChunk)[^/]*)"
    r"|.*\.(doc|docx|xls|xlsx|ppt|pptx|odt|ods|rtf|txt|html?|xhtml|mht|mhtml|pdf|msg|eml)",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"(word|ppt|xl|visio)/media/[^/]+", re.IGNORECASE)


def read(source: BinaryIO) -> Extraction:
    """Read a document, presentation or workbook."""
    package = BoundedZip(source)
    family = _family(package)
    text = TextBuffer()
    parts = list(_ordered(package, family))
    package.measure([*parts, *_PROPERTIES & set(package.names)])
    if family == "xl":
        spreadsheet.add_cells(source, package, text)
    damaged = [name for name in parts if not _add(package, name, text)]
    core, app = _properties(package, _CORE), _properties(package, _APP)
    stated, doubts = dates.believable(
        [
            ("created", "ooxml:created", dates.from_iso(core.get("created"))),
            ("modified", "ooxml:modified", dates.from_iso(core.get("modified"))),
        ]
    )
    embedded = [name for name in package.names if _EMBEDDED.fullmatch(name)]
    pictures = any(map(_PICTURE.fullmatch, package.names))
    return Extraction(
        text=text.text(),
        metadata=tidy(_facts(core, app, embedded)),
        dates=stated,
        title=core.get("title", ""),
        parts=1 + len(embedded),
        truncated=text.truncated,
        warnings=(
            *doubts,
            *(f"part-damaged: {name}" for name in damaged),
            *(["embedded-parts-not-read"] if embedded else []),
            *(["pages-without-text: pictures only"] if pictures and text.blank else []),
        ),
    )


def _family(package: BoundedZip) -> str:
    for family, pattern in _MAIN.items():
        if _matching(package, pattern):
            return family
    raise ValueError("the package has no main document")


def _ordered(package: BoundedZip, family: str) -> Iterator[str]:
    for pattern in _PARTS[family]:
        yield from _matching(package, pattern)


def _matching(package: BoundedZip, pattern: str) -> list[str]:
    found = [name for name in package.names if re.fullmatch(pattern, name, re.IGNORECASE)]
    return sorted(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])


def _add(package: BoundedZip, name: str, text: TextBuffer) -> bool:
    """Add one part's text; a damaged side part does not cost the rest of the document."""
    try:
        if name.startswith("visio/"):
            whole_text(package.chunks(name), _SHAPE_TEXTS, text)
        else:
            running_text(package.chunks(name), _GRAMMAR, text)
    except etree.XMLSyntaxError:
        if any(re.fullmatch(pattern, name, re.IGNORECASE) for pattern in _MAIN.values()):
            raise
        return False
    text.add("\n")
    return True


def _properties(package: BoundedZip, part: str) -> dict[str, str]:
    try:
        return fields(package.chunks(part)) if part in package.names else {}
    except etree.XMLSyntaxError:
        return {}


def _facts(
    core: Mapping[str, str], app: Mapping[str, str], embedded: list[str]
) -> dict[str, str | None]:
    return {
        "title": core.get("title"),
        "author": core.get("creator"),
        "last_author": core.get("lastModifiedBy"),
        "subject": core.get("subject"),
        "keywords": core.get("keywords"),
        "description": core.get("description"),
        "company": app.get("Company"),
        "producer": app.get("Application"),
        "pages": app.get("Slides") or app.get("Pages"),
        "attachments": "; ".join(name.rpartition("/")[2] for name in embedded),
    }
