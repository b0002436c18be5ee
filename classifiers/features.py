"""What the cues look at: one text per place of a document.

Measured on real councils, the first page and the last 1,500 characters carry the kind of a
document; the middle is subject matter. Headings are the short lines before the first item of
business. That limit matters most of all: every agenda has an item called "Minutes of the last
meeting", and it must never read as a heading.
"""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import re2

from classifiers.issuer import Profile, Standing, letterhead_of, standing_of
from classifiers.matching import OPTIONS
from classifiers.model import Document
from classifiers.names import folder_words, name_words
from classifiers.plain import encodable, looks_marked_up, plain
from classifiers.shape import shape

FIRST_PAGE = 4_000
TAIL = 1_500
_RAW_HEAD, _RAW_MARKED_UP, _RAW_TAIL = 12_000, 60_000, 6_000
_COVER_SHEET = 200
_HEADING_LINES, _HEADING_LENGTH, _WORDS_OF_A_SENTENCE = 22, 120, 8

_ITEM = re2.compile(
    r"(?:\(?\d{1,3}[.):]?(?:\d{1,2}[.)]?)*|\(?[a-z][.)]|[ivx]{1,4}[.)]|[•●▪◦o*-])[ \t]+\S"
)
# A letterhead's address and a date begin with a number as well, and a title may follow them.
_NOT_AN_ITEM = re2.compile(
    r"\d{1,2}(?:st|nd|rd|th|ain|af|eg|il|ydd|fed)? (?:of )?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?"
    r"|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref"
    r"|tachwedd|rhagfyr)\b"
    r"|\d{1,3}[a-z]?(?:-\d{1,3})?,? (?:[\pL'.-]+ ){0,3}(?:street|road|lane|avenue|close|way|square"
    r"|drive|place|court|crescent|terrace|gardens|hill|grove|park|row|mews|walk|stryd|heol|ffordd)\b",
    OPTIONS,
)
_POSTCODE = re2.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
_BUSINESS = re2.compile(
    r"(?:apologies|declarations? of (?:members'? )?(?:\w+ )?interest"
    r"|public (?:participation|question|forum)|welcome\b|present\b|attendance\b|in attendance"
    r"|also present|members present|matters arising"
    r"|to (?:receive|consider|approve|note|confirm)\b"
    r"|ymddiheuriadau|datganiadau? o (?:fuddiant|gysylltiad)|yn bresennol|presennol\b)",
    OPTIONS,
)
_LAST_HEADING = re2.compile(r"(?:agenda|rhaglen|a g e n d a)\W*$", OPTIONS)
_LABEL = re2.compile(r"^(?:re|subject|title|parthed|teitl)\s*:\s*|^the\s+", OPTIONS)
_AFTER_COUNCIL = re2.compile(r"\b(?:council|cyngor \w+ \w+)(?:'s)?\b[^\w\n]*(\w.*)$", OPTIONS)
_PUNCTUATION = ".,;:()[]{}<>\"'*|/-_£!?"


@dataclass(frozen=True, slots=True)
class Features:
    """One document prepared for the cues."""

    views: Mapping[str, str]
    words: frozenset[str]
    name_words: frozenset[str]
    standing: Standing
    letterhead: Standing


def describe(document: Document, text: str, profile: Profile) -> Features:
    """Prepare a document; ``text`` is empty where its own text cannot be trusted."""
    first, beyond, tail = _ends(text)
    above_business = tuple(_above_business(first))
    headings = tuple(filter(_may_be_heading, above_business))
    lines = "\n".join(line for line in map(_squeezed, f"{first}\n{beyond}".split("\n")) if line)
    words = [word.strip(_PUNCTUATION) for word in lines.lower().split()]
    standing = standing_of(first, profile)
    traits = shape(lines, " ".join(above_business), " ".join(tail.split()), words)
    views = {
        "heading": "\n".join(_variants(headings)),
        "line": lines,
        "head": " ".join(first.split()),
        "tail": " ".join(tail.split()),
        "shape": " ".join((*traits, f"issuer-{standing}")),
        "name": name_words(document.name),
        "folder": "\n".join(map(folder_words, document.folders)),
        "metadata": "\n".join(
            f"{key}: {_squeezed(encodable(value))}" for key, value in document.metadata.items()
        ),
    }
    names = f"{views['name']} {views['folder']}"
    return Features(
        views=views,
        words=frozenset(words),
        name_words=frozenset(names.split()),
        standing=standing,
        letterhead=letterhead_of(first, profile),
    )


def _ends(text: str) -> tuple[str, str, str]:
    """The first page, what of the tail lies beyond it, and the tail, all as plain text.

    The cost does not grow with the text.
    """
    read = _RAW_MARKED_UP if looks_marked_up(encodable(text[:_RAW_HEAD])) else _RAW_HEAD
    head = plain(encodable(text[:read]))
    page_end = head.find("\f", _COVER_SHEET)
    first = head[: page_end if page_end > 0 else len(head)][:FIRST_PAGE]
    tail = plain(encodable(text[-_RAW_TAIL:]))[-TAIL:]
    beyond = head[len(first) :][-TAIL:] if len(text) <= read else tail
    return first.replace("\f", "\n"), beyond.replace("\f", "\n"), tail.replace("\f", "\n")


def _squeezed(line: str) -> str:
    return " ".join(line.split())


def _above_business(first: str) -> Iterable[str]:
    """The lines at the top, up to the first item of business."""
    lines = [line for line in map(_squeezed, first.split("\n")) if any(map(str.isalnum, line))]
    for line in lines[:_HEADING_LINES]:
        item = _ITEM.match(line) and not (_NOT_AN_ITEM.match(line) or _POSTCODE.search(line))
        if item or _BUSINESS.match(line):
            return
        yield line
        if _LAST_HEADING.search(line):
            return


def _may_be_heading(line: str) -> bool:
    """Whether a line is short, and not a sentence of a letter."""
    is_sentence = line.endswith(".") and line.count(" ") >= _WORDS_OF_A_SENTENCE
    return len(line) <= _HEADING_LENGTH and not is_sentence


def _variants(headings: tuple[str, ...]) -> Iterable[str]:
    """Each heading as it stands, without its lead, and joined to the line below.

    A line that begins with a small letter goes on with a sentence, and is no heading of its own.
    """
    for line, following in itertools.zip_longest(headings, headings[1:], fillvalue=""):
        if line[0].islower():
            continue
        bare = _LABEL.sub("", line.strip(" .:-_*=|#\"'"))
        yield bare
        after = _AFTER_COUNCIL.search(bare)
        if after:
            yield after.group(1)
        if following:
            yield f"{bare} {following}"
