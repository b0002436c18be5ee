"""Running text out of XML, under a parser that fetches and expands nothing.

No external entity is read, no document type is loaded, an internal entity is left unexpanded, and
the parser's own ceilings on depth, node size and entity amplification stay on. Elements are
dropped once read, so a part of any size needs little memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from indexer.limits import CHUNK, TextBuffer


@dataclass(frozen=True, slots=True)
class Grammar:
    """Which elements of a vocabulary carry text. All names are without their namespace.

    Attributes:
        text: elements whose own text counts, and what follows it.
        marks: elements that stand for a mark such as a line end.
        skip: elements passed over with all they contain.
    """

    text: Mapping[str, str]
    marks: Mapping[str, str]
    skip: frozenset[str]


def events(chunks: Iterable[bytes], *names: str) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of the named elements, or of all, as the bytes come in.

    Args:
        chunks: the XML document in pieces.
        names: local names in any namespace.

    Raises:
        etree.XMLSyntaxError: the document is not well formed, or asks for too much.
    """
    tags = [f"{{*}}{name}" for name in names] or None
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for chunk in chunks:
        parser.feed(chunk)
        yield from _settled(parser)
    parser.close()
    yield from _settled(parser)


def _settled(parser: etree.XMLPullParser) -> Iterator[tuple[str, etree._Element]]:
    settled: Iterator[Any] = parser.read_events()
    return settled


def feed(chunks: Iterable[bytes], listener: Any) -> None:
    """Tell a listener of every tag and text as the bytes come in.

    Args:
        chunks: the XML document in pieces.
        listener: has the methods ``start``, ``end``, ``data`` and ``close`` of a parser target.

    Raises:
        etree.XMLSyntaxError: the document is not well formed, or asks for too much.
    """
    parser = etree.XMLParser(
        target=listener,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    for chunk in chunks:
        parser.feed(chunk)
    parser.close()


def name_of(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def hollow(element: etree._Element) -> None:
    """Empty an element; what follows it in its parent stays."""
    tail = element.tail
    element.clear()
    element.tail = tail


def forget(element: etree._Element) -> None:
    """Free an element that was read, and all before it under the same parent."""
    hollow(element)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def running_text(chunks: Iterable[bytes], grammar: Grammar, into: TextBuffer) -> None:
    """Add the text of one XML part, in document order."""
    skipping = 0
    for event, element in events(chunks, *grammar.text, *grammar.marks, *grammar.skip):
        name = name_of(element)
        if name in grammar.skip:
            skipping += 1 if event == "start" else -1
        elif event == "end" and not skipping:
            if name in grammar.text:
                into.add((element.text or "") + grammar.text[name])
            elif not _is_definition(element):
                into.add(grammar.marks[name])
            if grammar.marks.get(name) == "\n":
                forget(element)


def whole_text(chunks: Iterable[bytes], names: tuple[str, ...], into: TextBuffer) -> None:
    """Add all that stands within the named elements of one XML part, a line each."""
    for event, element in events(chunks, *names):
        if event == "end":
            into.add(str(element.xpath("string()")).strip() + "\n")
            hollow(element)


def _is_definition(element: etree._Element) -> bool:
    """A tab stop of a paragraph's layout has the name of a tab but is none."""
    parent = element.getparent()
    return parent is not None and name_of(parent) == "tabs"


def stream(source: BinaryIO) -> Iterator[bytes]:
    """A file from its start, in pieces."""
    source.seek(0)
    while chunk := source.read(CHUNK):
        yield chunk


def fields(chunks: Iterable[bytes]) -> dict[str, str]:
    """The text of every leaf element of a small part, by local name; the first of a name counts."""
    found: dict[str, str] = {}
    for event, element in events(chunks):
        if event == "end":
            if not len(element) and element.text:
                found.setdefault(name_of(element), element.text)
            forget(element)
    return found
