"""Rich Text Format, up to version 1.9.

Body, headers, footers, notes, comments and text boxes are text. Groups that hold settings, pictures
or embedded objects are passed over; the objects are counted.
"""

import codecs
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from indexer.extract import dates
from indexer.extract.base import Extraction, tidy
from indexer.limits import TextBuffer, read_bounded

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|([^\\{}\r\n]+)"
)
_BINARY = re.compile(rb"\\bin(\d{1,10}) ?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BODY, _NOWHERE = "body", ""
_PASSED_OVER = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "nonshppict", "shprslt", "objdata",
    "objclass", "objname", "sp", "fldinst", "listtable",
    "filetbl", "themedata", "xe", "tc", "bkmkstart", "bkmkend", "atnid", "atnauthor"
})  # fmt: skip
_ASIDES = frozenset({
    "annotation", "footnote", "shptxt", "header", "headerl", "headerr", "headerf", "footer",
    "footerl", "footerr", "footerf",
})  # fmt: skip
_STARRED_TEXT = frozenset({"shpinst", "ud"})
_FACTS = {
    "title": "title",
    "author": "author",
    "operator": "last_author",
    "subject": "subject",
    "keywords": "keywords",
    "doccomm": "description",
    "company": "company",
    "generator": "producer",
}
_TIMES = {"creatim", "revtim"}
_CLOCK = ("yr", "mo", "dy", "hr", "min", "sec")
_MARKS = {
    **dict.fromkeys(["par", "line", "sect", "page", "row", "nestrow"], "\n"),
    **dict.fromkeys(["tab", "cell", "nestcell"], "\t"),
    **dict.fromkeys(["emspace", "enspace", "qmspace"], " "),
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
}
_SYMBOLS = {"~": "\xa0", "_": "-", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}
_CHARSETS = {
    128: "cp932", 129: "cp949", 134: "gbk", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850", 77: "mac_roman",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside one pair of braces; restored when it closes."""

    into: str = _BODY
    font: str = ""
    aside: bool = False
    """Whether the text interrupts a paragraph it is no part of, as a footnote does."""
    fallback: int = 1
    """Characters that follow a Unicode character for readers that do not know it."""


@dataclass(slots=True)
class _Reader:
    """Follows the tokens; bytes wait until their character set is certain."""

    text: TextBuffer = field(default_factory=TextBuffer)
    facts: dict[str, str] = field(default_factory=dict)
    clock: dict[tuple[str, str], int] = field(default_factory=dict)
    objects: int = 0
    codec: str = "cp1252"
    fonts: dict[str, str] = field(default_factory=dict)
    group: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)
    starred: bool = False
    skip: int = 0

    def brace(self, brace: str) -> None:
        self.flush()
        self.skip, self.starred = 0, False
        if brace == "{":
            self.outer.append(self.group)
        elif self.outer:
            ended, self.group = self.group, self.outer.pop()
            if ended.aside and not self.group.aside:
                self.send("\n")

    def word(self, word: str, number: str | None) -> None:
        starred, self.starred = self.starred, False
        self.objects += word == "objdata"
        if word in _ASIDES:
            self.emit("\n")
            self.group = replace(self.group, aside=True)
        elif starred and word not in _STARRED_TEXT | _FACTS.keys():
            self.group = replace(self.group, into=_NOWHERE)
        elif word == "u" and number:
            self.emit(chr(int(number) % 0x10000))
            self.skip = self.group.fallback
        elif word in _MARKS:
            self.emit(_MARKS[word])
        elif number is not None:
            self.setting(word, number)
        else:
            self.destination(word)

    def setting(self, word: str, number: str) -> None:
        """A control word with a number."""
        if word == "f":
            self.flush()
            self.group = replace(self.group, font=number)
        elif word == "fcharset":
            self.fonts[self.group.font] = _CHARSETS.get(int(number), "")
        elif word == "ansicpg":
            self.codec = _codec(number)
        elif word == "uc":
            self.group = replace(self.group, fallback=int(number))
        elif word in _CLOCK:
            self.clock[self.group.into, word] = int(number)

    def destination(self, word: str) -> None:
        """A control word that may say where the text of its group goes."""
        if word in _FACTS or word in _TIMES:
            self.group = replace(self.group, into=word)
        elif word in _PASSED_OVER:
            self.group = replace(self.group, into=_NOWHERE)

    def symbol(self, symbol: str) -> None:
        if symbol == "*":
            self.starred = True
        elif symbol in _SYMBOLS:
            self.emit(_SYMBOLS[symbol])

    def take(self, data: bytes) -> None:
        """Bytes of text, less those that only stand in for a Unicode character."""
        left = data[self.skip :]
        self.skip -= len(data) - len(left)
        self.waiting += left

    def emit(self, text: str) -> None:
        self.flush()
        self.skip = 0
        self.send(text)

    def flush(self) -> None:
        if self.waiting:
            codec = self.fonts.get(self.group.font) or self.codec
            self.send(self.waiting.decode(codec, "replace"))
            self.waiting.clear()

    def send(self, text: str) -> None:
        if self.group.into == _BODY:
            self.text.add(text)
        elif self.group.into:
            self.facts[self.group.into] = self.facts.get(self.group.into, "") + text


def read(source: BinaryIO) -> Extraction:
    """Read a Rich Text document."""
    data, cut = read_bounded(source)
    reader = _Reader()
    for token in _TOKEN.finditer(_without_binary(data).decode("latin-1")):
        _follow(reader, token)
    reader.flush()
    stated, doubts = dates.believable(
        [
            ("created", "rtf:creatim", _moment(reader, "creatim")),
            ("modified", "rtf:revtim", _moment(reader, "revtim")),
        ]
    )
    facts = tidy({key: reader.facts.get(word) for word, key in _FACTS.items()})
    return Extraction(
        text=_paired(reader.text.text()),
        metadata=facts,
        dates=stated,
        title=facts.get("title", ""),
        parts=1 + reader.objects,
        truncated=cut or reader.text.truncated,
        warnings=(*doubts, *(["embedded-parts-not-read"] if reader.objects else [])),
    )


def _follow(reader: _Reader, token: re.Match[str]) -> None:
    word, number, byte, symbol, brace, plain = token.groups()
    if plain:
        reader.take(plain.encode("latin-1"))
    elif word:
        reader.word(word, number)
    elif brace:
        reader.brace(brace)
    elif byte:
        reader.take(bytes.fromhex(byte))
    else:
        reader.symbol(symbol)


def _without_binary(data: bytes) -> bytes:
    """Cut out raw bytes announced by their number, which may look like anything."""
    kept, position = [], 0
    while match := _BINARY.search(data, position):
        kept.append(data[position : match.start()])
        position = match.end() + int(match[1])
    return b"".join([*kept, data[position:]])


def _codec(number: str) -> str:
    codec = "utf-8" if number == "65001" else f"cp{number}"
    try:
        codecs.lookup(codec)
    except LookupError:
        return "cp1252"
    return codec


def _moment(reader: _Reader, word: str) -> datetime | str | None:
    numbers = {unit: reader.clock[word, unit] for unit in _CLOCK if (word, unit) in reader.clock}
    if not numbers:
        return None
    year, month, day, hour, minute, second = (numbers.get(unit, 0) for unit in _CLOCK)
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - none is stated
    except ValueError:
        return "-".join(map(str, numbers.values()))


def _paired(text: str) -> str:
    """Join the halves of characters beyond the basic plane."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
