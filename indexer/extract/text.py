"""Plain text, CSV, Markdown, JSON and XML files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from lxml import etree

from indexer.extract.base import Extraction, tidy
from indexer.extract.charset import decode, without_half
from indexer.extract.markup import feed, stream
from indexer.limits import TEXT_LIMIT, TextBuffer, read_bounded

_BYTES_A_CHARACTER = 4


def read(source: BinaryIO) -> Extraction:
    """Read a file that is text as it stands."""
    data, cut = read_bounded(source, _BYTES_A_CHARACTER * TEXT_LIMIT)
    decoded = decode(without_half(data) if cut else data)
    text = TextBuffer()
    text.add(decoded.text)
    return Extraction(
        text=text.text(),
        metadata={},
        truncated=cut or text.truncated,
        warnings=decoded.warnings,
    )


def read_xml(source: BinaryIO) -> Extraction:
    """Read what people would read in an XML file; broken XML is read as it stands."""
    collector = _Collector()
    try:
        feed(stream(source), collector)
    except etree.XMLSyntaxError:
        raw = read(source)
        return replace(raw, warnings=(*raw.warnings, "markup-damaged"))
    return Extraction(
        text=collector.text.text(),
        metadata=tidy({"title": collector.title}),
        title=collector.title,
        truncated=collector.text.truncated,
    )


class _Collector:
    """Hears the parser: keeps the text, the first title, and attributes that are phrases."""

    def __init__(self) -> None:
        self.text = TextBuffer()
        self.title = ""
        self._in_title = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._in_title = not self.title and tag.rpartition("}")[2] == "title"
        for value in attributes.values():
            if " " in value.strip():
                self.text.add(f"{value}\n")

    def end(self, tag: str) -> None:
        del tag
        self._in_title = False
        self.text.add("\n")

    def data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        self.text.add(data if not data.isspace() else " ")

    def close(self) -> None:
        """The parser asks for a result; it is in the attributes."""
