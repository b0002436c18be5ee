"""Plain text out of marked-up text, ready for cues anchored to lines.

Markup goes first: a heading inside ``<h1>`` or after ``##`` must start its line. Compatibility
forms (ligatures, wide letters, hard spaces) become ordinary ones, curly quotes straight, and titles
set with spaced letters are closed up.
"""

import html
import unicodedata

import re2

_MARKUP = re2.compile(
    r"(?i)<(?:!doctype|html|head|body|p|div|br|table|tr|td|span|h[1-6]|ul|li|strong)\b[^<>]*>"
)
_HIDDEN = re2.compile(r"(?is)<(?:script|style|head)\b.*?</(?:script|style|head)>|<!--.*?-->")
_BLOCK = re2.compile(
    r"(?i)</?(?:p|div|br|tr|li|ul|ol|h[1-6]|table|section|article|header|footer|title|dt|dd)\b[^<>]*>"
)
_TAG = re2.compile(r"</?[A-Za-z!][^<>]*>")
_SPACED_CAPITALS = re2.compile(r"\b(?:[A-Z] ){3,}[A-Z]\b")
_MARKDOWN = re2.compile(r"(?m)^[ \t]*(?:#{1,6}|>+)[ \t]+|\*\*|__")
# Curly quotes, dashes; soft hyphen, zero-width space and byte order mark go.
_TYPOGRAPHY = str.maketrans(
    "\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"--", "\u00ad\u200b\ufeff"
)


def encodable(text: str) -> str:
    """Replace half characters, which broken documents hold and UTF-8 cannot."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def looks_marked_up(text: str) -> bool:
    """Whether the text carries tags of HTML."""
    return _MARKUP.search(text) is not None


def plain(text: str) -> str:
    """Strip markup and settle characters; lines and form feeds stay."""
    if looks_marked_up(text):
        text = _TAG.sub(" ", _BLOCK.sub("\n", _HIDDEN.sub(" ", text)))
        text = html.unescape(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_TYPOGRAPHY)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _MARKDOWN.sub("", text)
    return str(_SPACED_CAPITALS.sub(lambda match: match.group().replace(" ", ""), text))
