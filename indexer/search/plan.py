"""Turns a query into what SQLite is asked: one FTS5 expression and one SQL condition.

FTS5 has no NOT on its own and knows nothing of the exact fields, so the tree is split. A part made
of text terms only, with something positive in it, becomes one FTS5 expression; all else becomes SQL
over the entries. Every term is quoted, so no text of a user is ever read as FTS5 syntax.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    column,
    false,
    func,
    not_,
    or_,
    select,
    table,
    true,
)

from indexer.search.inflection import forms
from indexer.search.nodes import (
    DAY_FIELDS,
    EXACT_FIELDS,
    And,
    Field,
    Kind,
    Node,
    Not,
    Or,
    Records,
    Term,
)
from indexer.search.plain import folded, plain

ENTRIES = table(
    "search_entry",
    column("document", Integer),
    column("record", Integer),
    column("share", String),
    column("path", String),
    column("class", String),
    column("share_key", String),
    column("class_key", String),
    column("type_key", String),
    column("path_key", String),
    column("owner", String),
    column("day", String),
)
"""One row a record: its exact values as given and folded, and the FTS5 row that holds its text."""

TEXTS = table(
    "search_text",
    column("rowid", Integer),
    column("search_text", String),
    column("title", String),
    column("name", String),
    column("path", String),
    column("author", String),
    column("sender", String),
    column("recipients", String),
    column("owner", String),
    column("text", String),
)
"""The FTS5 table; its column of the same name is the one FTS5 compares with MATCH."""

_COLUMNS = {
    Field.TITLE: "title",
    Field.NAME: "name",
    Field.PATH: "path",
    Field.AUTHOR: "author",
    Field.FROM: "sender",
    Field.TO: "recipients",
    Field.OWNER: "owner",
    Field.TEXT: "text",
}
_KEYS = {
    Field.SHARE: "share_key",
    Field.CLASS: "class_key",
    Field.TYPE: "type_key",
    Field.FOLDER: "path_key",
}
NO_CLASS = "none"
_PEOPLE = frozenset({Field.AUTHOR, Field.FROM, Field.TO, Field.OWNER})


@dataclass(frozen=True, slots=True)
class Plan:
    """How a query is answered.

    Attributes:
        match: the FTS5 expression that scores hits and marks snippets, if any term can.
        required: whether a hit must satisfy `match`, or is merely scored by it.
        condition: what else a hit must satisfy.
        positive: the FTS5 expression for any of the terms that speak for a hit.
        alone: whether each hit is to be scored by itself, without a look at the others.
    """

    match: str | None
    required: bool
    condition: ColumnElement[bool]
    positive: str | None
    alone: bool


def plan(root: Node, closed: frozenset[int] | None = None) -> Plan:
    """Plan a query so that FTS5 narrows it down first wherever its meaning allows."""
    positive = " OR ".join(dict.fromkeys(_positive(root))) or None
    textual, rest = _split(root.parts if isinstance(root, And) else (root,))
    conditions = [true(), *map(_condition, rest)] if textual else [_condition(root)]
    if closed:
        conditions.append(not_(_numbered(closed)))
    return Plan(
        match=textual or positive,
        required=textual is not None,
        condition=and_(*conditions),
        positive=positive,
        alone=closed is not None,
    )


def matched(expression: str) -> Select[int]:
    """Select the documents that satisfy an FTS5 expression."""
    return select(TEXTS.c.rowid).where(TEXTS.c.search_text.op("MATCH")(expression))


def _split(parts: Iterable[Node]) -> tuple[str | None, list[Node]]:
    """Join what FTS5 can answer of a conjunction; return that, and the parts left over."""
    wanted: list[str] = []
    unwanted: list[str] = []
    negatives: list[Node] = []
    rest: list[Node] = []
    for part in parts:
        if (expression := _textual(part)) is not None:
            wanted.append(expression)
        elif isinstance(part, Not) and (expression := _textual(part.part)) is not None:
            unwanted.append(expression)
            negatives.append(part)
        else:
            rest.append(part)
    if not wanted:
        return None, negatives + rest
    positive = " AND ".join(wanted)
    return (f"(({positive}) NOT ({' OR '.join(unwanted)}))" if unwanted else f"({positive})"), rest


def _textual(node: Node) -> str | None:
    """Return the FTS5 expression of a node, unless it takes SQL to answer it."""
    match node:
        case Term():
            return None if node.field in EXACT_FIELDS else _term(node)
        case Not(Not(part)):
            return _textual(part)
        case Not() | Records():
            return None
        case And(parts):
            expression, rest = _split(parts)
            return None if rest else expression
        case Or(parts):
            expressions = [found for part in parts if (found := _textual(part)) is not None]
            complete = bool(parts) and len(expressions) == len(parts)
            return f"({' OR '.join(expressions)})" if complete else None


def _term(term: Term) -> str:
    words: tuple[str, ...] = (term.value,)
    if term.kind is Kind.WORD and term.field not in _PEOPLE:
        words = forms(plain(term.value).casefold())
    quoted = ['"' + plain(word).replace('"', '""') + '"' for word in words]
    expression = f"({' OR '.join(quoted)})"
    if term.kind is Kind.PREFIX:
        expression = f"{quoted[0]} *"
    return expression if term.field is None else f"({{{_COLUMNS[term.field]}}} : {expression})"


def _condition(node: Node) -> ColumnElement[bool]:
    expression = _textual(node)
    if expression is not None:
        return ENTRIES.c.document.in_(matched(expression))
    match node:
        case Term():
            return _exact(node)
        case Records(numbers):
            return _numbered(numbers)
        case Not(part):
            return not_(_condition(part))
        case Or(parts):
            return or_(false(), *map(_condition, parts))
        case And(parts):
            textual, rest = _split(parts)
            found = [] if textual is None else [ENTRIES.c.document.in_(matched(textual))]
            return and_(true(), *found, *map(_condition, rest))


def _numbered(numbers: frozenset[int]) -> ColumnElement[bool]:
    """One parameter however many there are, for a statement can have only so many."""
    listed = func.json_each(json.dumps(sorted(numbers))).table_valued("value")
    return ENTRIES.c.record.in_(select(listed.c.value))


def _within(field: Field, value: str) -> ColumnElement[bool]:
    day = ENTRIES.c.day
    first = func.substr(day, 1, len(value), type_=String)
    return or_(day == "", first >= value if field is Field.SINCE else first <= value)


def _exact(term: Term) -> ColumnElement[bool]:
    field = term.field or Field.TYPE
    if field in DAY_FIELDS:
        return _within(field, term.value)
    key: ColumnElement[str] = ENTRIES.c[_KEYS[field]]
    value = folded(term.value).strip("/" if field is Field.FOLDER else None)
    if field is Field.CLASS and value == NO_CLASS:
        return key == ""
    prefix = term.kind is Kind.PREFIX
    whole = key.startswith(value, autoescape=True) if prefix else key == value
    if field is Field.FOLDER:
        return or_(whole, key.startswith(f"{value}/", autoescape=True))
    if field is not Field.TYPE or "/" in value:
        return whole
    inner = key.contains(f"/{value}", autoescape=True)
    return or_(whole, inner if prefix else key.endswith(f"/{value}", autoescape=True))


def _positive(node: Node) -> Iterator[str]:
    """Yield the text terms that speak for a hit, which are the ones that can score it."""
    match node:
        case Term():
            if node.field not in EXACT_FIELDS:
                yield _term(node)
        case Not(Not(part)):
            yield from _positive(part)
        case Not() | Records():
            return
        case And(parts) | Or(parts):
            for part in parts:
                yield from _positive(part)
