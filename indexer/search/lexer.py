"""Cuts a query into terms, operators and brackets, and says exactly where it cannot.

Signs that other search tools give a meaning (`-word`, `wom?n`, `*word`) are refused with the way to
write them here. Read as plain text they would find something else than was meant, in silence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from indexer.search.nodes import DAY_FIELDS, EXACT_FIELDS, Field, Kind, Term
from indexer.search.plain import plain

_QUOTES = '"\u201c\u201d\u201e'
_TOKEN = re.compile(
    rf"(?P<space>\s+)|(?P<bracket>[()])|(?P<quote>[{_QUOTES}])|(?P<word>[^\s(){_QUOTES}]+)"
)
_FIELD = re.compile(r"([^\W\d_][\w-]*):")
_QUOTE = re.compile(f"[{_QUOTES}]")
_SHORTEST_PREFIX = 2
_DAY = re.compile(r"\d{4}(-\d\d){0,2}")


class QueryError(ValueError):
    """A query that cannot be read.

    Attributes:
        position: offset in the query where the trouble starts; may equal its length.
        problem: what is wrong.
        suggestion: what to write instead.
    """

    def __init__(self, position: int, problem: str, suggestion: str) -> None:
        super().__init__(f"{problem}; {suggestion} (at character {position + 1})")
        self.position = position
        self.problem = problem
        self.suggestion = suggestion


class Symbol(StrEnum):
    """The kinds of token."""

    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    TERM = "term"


_OPERATORS = {symbol.value: symbol for symbol in Symbol if symbol is not Symbol.TERM}


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it starts; only a `TERM` carries a term."""

    symbol: Symbol
    position: int
    term: Term | None = None


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query.

    Raises:
        QueryError: at the first thing that is not part of the language.
    """
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise AssertionError("the token pattern covers every character")
        start, position = position, found.end()
        if found["quote"]:
            value, position = _quoted(text, start)
            yield Token(Symbol.TERM, start, Term(value, None, Kind.PHRASE))
        elif found[0] in _OPERATORS:
            yield Token(_OPERATORS[found[0]], start)
        elif found["word"]:
            term, position = _word(text, start, found[0])
            yield Token(Symbol.TERM, start, term)


def _word(text: str, start: int, word: str) -> tuple[Term, int]:
    end = start + len(word)
    named = _FIELD.match(word)
    if named is None:
        return _bare(word, start, None), end
    field = _field(named[1], start)
    value = word[named.end() :]
    if value and field in DAY_FIELDS:
        return _day(value, start + named.end(), field), end
    if value:
        return _bare(value, start + named.end(), field), end
    if end < len(text) and text[end] in _QUOTES:
        phrase, after = _quoted(text, end)
        if field in DAY_FIELDS:
            return _day(phrase, end, field), after
        return Term(phrase, field, Kind.PHRASE), after
    if text[end : end + 1] == "(":
        problem, suggestion = "a field takes one word or phrase, not brackets", "repeat the field"
        raise QueryError(end, problem, f"{suggestion}: {field}:one OR {field}:two")
    raise QueryError(
        end, f'nothing follows "{named[0]}"', f"write {field}:word with no space after the colon"
    )


def _field(name: str, position: int) -> Field:
    try:
        return Field(name.casefold())
    except ValueError:
        nearest = get_close_matches(name.casefold(), list(Field), n=1, cutoff=0.5)
        meant = f'did you mean "{nearest[0]}"?' if nearest else f"the fields are {', '.join(Field)}"
        advice = f"{meant} To search for the text itself, put it in quotes"
        raise QueryError(position, f'there is no field "{name}"', advice) from None


def _quoted(text: str, start: int) -> tuple[str, int]:
    closing = _QUOTE.search(text, start + 1)
    if closing is None:
        raise QueryError(start, "this quotation mark is never closed", 'add a " after the phrase')
    value = text[start + 1 : closing.start()]
    _require_letters(value, start)
    if text[closing.end() : closing.end() + 1] == "*":
        problem = "a phrase cannot end in *"
        raise QueryError(closing.end(), problem, "use * after a single word, without quotes")
    return value, closing.end()


def _bare(word: str, start: int, field: Field | None) -> Term:
    if field is None and len(word) > 1 and word[0] in "-+":
        written = f"NOT {word[1:]}" if word[0] == "-" else word[1:]
        raise QueryError(start, f'"{word[0]}" before a word means nothing here', f"write {written}")
    _require_letters(word, start)
    stem = word.removesuffix("*")
    _refuse_wildcards(stem, start)
    if stem == word:
        return Term(word, field)
    if field not in EXACT_FIELDS and sum(map(str.isalnum, stem)) < _SHORTEST_PREFIX:
        problem = f'"{word}" would match almost everything'
        raise QueryError(
            start, problem, f"give at least {_SHORTEST_PREFIX} characters before the *"
        )
    return Term(stem, field, Kind.PREFIX)


def _day(value: str, start: int, field: Field) -> Term:
    if not _is_day(value):
        advice = f"write {field}:2019, {field}:2019-04 or {field}:2019-04-30"
        raise QueryError(start, f'"{value}" is no year, month or day', advice)
    return Term(value, field, Kind.PHRASE)


def _is_day(value: str) -> bool:
    """Whether this is a year, a month or a day, as ISO 8601 writes them."""
    if _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value + "-01-01"[: 10 - len(value)])
    except ValueError:
        return False
    return True


def _refuse_wildcards(stem: str, start: int) -> None:
    wildcard = re.search(r"\*|\?(?=\w)", stem)
    if wildcard is not None:
        position = start + wildcard.start()
        problem = f'"{wildcard[0]}" cannot stand inside or before a word'
        raise QueryError(position, problem, "use * at the end of a word, or quotes for exact text")


def _require_letters(value: str, position: int) -> None:
    if not any(map(str.isalnum, plain(value))):
        problem = "there is no letter or digit here to search for"
        raise QueryError(position, problem, "leave it out, or write AND, OR, NOT as words")
