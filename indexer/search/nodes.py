"""The syntax tree of a query: what was asked, free of any search engine."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Field(StrEnum):
    """The fields a term may be restricted to, as people write them before the colon."""

    TITLE = "title"
    TEXT = "text"
    PATH = "path"
    NAME = "name"
    CLASS = "class"
    SHARE = "share"
    TYPE = "type"
    AUTHOR = "author"
    FROM = "from"
    TO = "to"
    OWNER = "owner"
    FOLDER = "folder"
    SINCE = "since"
    UNTIL = "until"


DAY_FIELDS = frozenset({Field.SINCE, Field.UNTIL})
"""Fields that take a year, a month or a day, which counts as inside; an unknown day is inside."""

EXACT_FIELDS = DAY_FIELDS | {Field.CLASS, Field.SHARE, Field.TYPE, Field.FOLDER}
"""Fields compared as a whole value, not word by word."""


class Kind(StrEnum):
    """How the value of a term is to be matched."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"


@dataclass(frozen=True, slots=True)
class Term:
    """One word, phrase or prefix; without a field it may stand in any text field."""

    value: str
    field: Field | None = None
    kind: Kind = Kind.WORD


@dataclass(frozen=True, slots=True)
class And:
    """Every part holds."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; with no parts, nothing does."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Records:
    """The record is one of these; for what the register knows and the index does not."""

    numbers: frozenset[int]


Node: TypeAlias = Term | And | Or | Not | Records
