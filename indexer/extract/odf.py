"""Text documents, sheets, slides and drawings in the OpenDocument format (ISO/IEC 26300).

OpenOffice.org 1 files have the same shape in other namespaces, so elements are known by their
local names. Headers, footers, notes, comments and tracked deletions are text. A sheet's cells are
those stored: a cell repeated a million times to fill a sheet is read once.
"""

import re
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from lxml import etree

from indexer.extract import dates
from indexer.extract.base import Extraction, Unreadable, tidy
from indexer.extract.markup import events, fields, forget, hollow, name_of
from indexer.limits import BoundedZip, TextBuffer

_MANIFEST = "META-INF/manifest.xml"
_PARTS = {"content.xml", "styles.xml", "meta.xml", _MANIFEST}
_EMBEDDED = re.compile(r"[^/]+/content\.xml|Object [^/]+")
"""A document in a folder of its own, or one of another program in a single entry."""
_SPACES = {"tab": "\t", "line-break": "\n"}
_REPEATED_SPACES = 100


def read(source: BinaryIO) -> Extraction:
    """Read an OpenDocument file."""
    package = BoundedZip(source)
    package.measure(_PARTS & set(package.names))
    _require_open(package)
    text = TextBuffer()
    _add(package.chunks("content.xml"), text)
    if "styles.xml" in package.names:
        _add(package.chunks("styles.xml"), text)
    facts = fields(package.chunks("meta.xml")) if "meta.xml" in package.names else {}
    stated, doubts = dates.believable(
        [
            ("created", "odf:creation-date", dates.from_iso(facts.get("creation-date"))),
            ("modified", "odf:date", dates.from_iso(facts.get("date"))),
        ]
    )
    embedded = [name for name in package.names if _EMBEDDED.fullmatch(name)]
    pictures = any(name.startswith("Pictures/") for name in package.names)
    metadata = _metadata(facts, embedded)
    return Extraction(
        text=text.text(),
        metadata=metadata,
        dates=stated,
        title=metadata.get("title", ""),
        parts=1 + len(embedded),
        truncated=text.truncated,
        warnings=(
            *doubts,
            *(["embedded-parts-not-read"] if embedded else []),
            *(["pages-without-text: pictures only"] if pictures and text.blank else []),
        ),
    )


def _metadata(facts: Mapping[str, str], embedded: Iterable[str]) -> dict[str, str]:
    return tidy(
        {
            "title": facts.get("title"),
            "author": facts.get("initial-creator") or facts.get("creator"),
            "last_author": facts.get("creator"),
            "subject": facts.get("subject"),
            "keywords": facts.get("keyword"),
            "description": facts.get("description"),
            "producer": facts.get("generator"),
            "attachments": "; ".join(name.partition("/")[0] for name in embedded),
        }
    )


def _require_open(package: BoundedZip) -> None:
    if _MANIFEST in package.names and any(events(package.chunks(_MANIFEST), "encryption-data")):
        raise Unreadable("encrypted", "the document opens with a password")


def _add(chunks: Iterable[bytes], text: TextBuffer) -> None:
    for event, element in events(
        chunks, "p", "h", "s", "tab", "line-break", "note-citation", "annotation", "table-row"
    ):
        if event == "end":
            _close(name_of(element), element, text)


def _close(name: str, element: etree._Element, text: TextBuffer) -> None:
    """Act at the end of an element; what stands inside a paragraph is settled before it ends."""
    if name in {"p", "h"}:
        text.add(str(element.xpath("string()")))
        text.add("\t" if _in_cell(element) else "\n")
        forget(element)
    elif name == "table-row":
        text.add("\n")
        forget(element)
    elif name == "s":
        element.text = " " * _count(element)
    elif name in _SPACES:
        element.text = _SPACES[name]
    else:
        hollow(element)


def _in_cell(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and name_of(parent) == "table-cell"


def _count(element: etree._Element) -> int:
    written = next((str(value) for key, value in element.items() if str(key).endswith("}c")), "1")
    return min(int(written), _REPEATED_SPACES) if written.isdecimal() else 1
