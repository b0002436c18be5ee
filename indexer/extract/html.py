"""HTML pages: what a reader sees, and what the head says.

The parser takes time in the square of the nesting depth, so a page nested deeper than any
person or program would write is refused.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from selectolax.lexbor import LexborHTMLParser

from indexer.extract.base import Extraction, tidy
from indexer.extract.charset import decode
from indexer.limits import LimitExceededError, TextBuffer, read_bounded

DEPTH = 10_000
"""Elements open at once."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CHARSET = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_PRESCAN = 1024
"""How far a page may hide its character set (HTML Living Standard, 4.2.5.5)."""
_UNNESTED = frozenset({
    "area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "source", "td", "th", "tr", "wbr",
})  # fmt: skip
_UNSEEN = ["script", "style", "template", "title"]
_BLOCKS = (
    "address,article,aside,blockquote,br,caption,center,dd,details,div,dl,dt,fieldset,figcaption,"
    "figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,legend,li,main,nav,ol,option,p,pre,section,"
    "summary,table,tr,ul"
)
_CELLS = "td,th"
_META = {
    "author": "author",
    "keywords": "keywords",
    "description": "description",
    "generator": "producer",
    "subject": "subject",
}
_LINE, _CELL = "\x1e", "\x1f"
_SPACES = re.compile(r"[ \t\r\n\v\f]+")
_BREAKS = re.compile(f"[ {_CELL}]*{_LINE}[ {_LINE}]*")


def read(source: BinaryIO) -> Extraction:
    """Read an HTML page."""
    data, cut = read_bounded(source)
    stated = _CHARSET.search(data, 0, _PRESCAN)
    decoded = decode(data, stated[1].decode("ascii") if stated else None)
    page = parse(decoded.text)
    title = " ".join(node.text() for node in page.css("head > title")[:1]).strip()
    text = TextBuffer()
    text.add(visible_text(page))
    return Extraction(
        text=text.text(),
        metadata=tidy(dict(_facts(page)) | {"title": title}),
        title=" ".join(title.split()),
        truncated=cut or text.truncated,
        warnings=decoded.warnings,
    )


def parse(page: str) -> LexborHTMLParser:
    """Parse a page that is not nested too deep.

    Raises:
        LimitExceededError: it is.
    """
    if page.count("<") > DEPTH:
        _require_shallow(page)
    return LexborHTMLParser(page)


def _require_shallow(page: str) -> None:
    depth = 0
    for closing, name in _TAG.findall(page):
        if name.lower() not in _UNNESTED:
            depth += -1 if closing else 1
            if depth > DEPTH:
                raise LimitExceededError(f"the page nests more than {DEPTH:,} elements")


def visible_text(page: LexborHTMLParser) -> str:
    """The text a reader sees: a block element on a line of its own, cells apart.

    Line ends of the source mean nothing in HTML, so two control characters stand for the real
    ones until everything else is folded into single spaces.
    """
    page.strip_tags(_UNSEEN)
    for node in page.css(_BLOCKS):
        node.insert_before(_LINE)
        node.insert_after(_LINE)
    for node in page.css(_CELLS):
        node.insert_after(_CELL)
    root = page.body or page.root
    folded = _SPACES.sub(" ", root.text() if root else "")
    return _BREAKS.sub("\n", folded).replace(_CELL, "\t").strip()


def _facts(page: LexborHTMLParser) -> Iterator[tuple[str, str | None]]:
    for node in page.css("meta[name]"):
        key = _META.get((node.attributes.get("name") or "").strip().lower())
        if key:
            yield key, node.attributes.get("content")
