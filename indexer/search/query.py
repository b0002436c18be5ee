"""The query language of `retention find`, the same whatever index answers it.

    budget report             both words, in any text field; a plain word also finds its plural
    "budget report"           these words in this order, exactly as written
    invoice*                  any word beginning so
    HR/2019/0042              a reference, hyphenated word or address: its parts, in order
    budget OR forecast        AND, OR, NOT in capitals; NOT binds tightest, then AND, then OR
    (leave OR sick*) NOT draft
    title:minutes  from:"Jane Smith"  type:pdf  share:HR  class:FIN-012  path:payroll*
    class:none                   what has no class yet
    folder:HR/cases              everything below that folder of any share
    since:2019-04 until:2020     dated within these days; a month or a year counts whole

Case and accents make no difference. The fields class, share, type and folder compare whole values
(type also without the part before the slash); every other field but the dates is searched by word.

A query is data from a stranger: its length, its number of terms and its depth are limited, and
nothing in it reaches the search engine except as a quoted term.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from indexer.search.lexer import QueryError, Symbol, Token, tokens
from indexer.search.nodes import And, Field, Kind, Node, Not, Or, Records, Term

__all__ = ["And", "Field", "Kind", "Node", "Not", "Or", "Query", "QueryError", "Records", "Term"]
__all__ += ["narrowed", "parse", "restricted", "trimmed"]

MAX_LENGTH = 2_000
MAX_TERMS = 64
MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was written, and what it means."""

    text: str
    root: Node
    closed: frozenset[int] | None = None
    """records that are as good as not there; None means that nothing is closed to the searcher"""


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: with the position of the mistake and what to write instead.
    """
    if len(text) > MAX_LENGTH:
        problem = f"the query is {len(text):,} characters long"
        raise QueryError(MAX_LENGTH, problem, f"keep it to {MAX_LENGTH:,} or split it")
    found = list(tokens(text))
    if not found:
        raise QueryError(0, "there is nothing to search for", "give at least one word")
    terms = [token for token in found if token.symbol is Symbol.TERM]
    if len(terms) > MAX_TERMS:
        problem = f"the query has {len(terms)} terms"
        raise QueryError(terms[MAX_TERMS].position, problem, f"keep it to {MAX_TERMS} or split it")
    return Query(text, _Parser(found, len(text)).parse())


def narrowed(query: Query, field: Field, values: Iterable[str]) -> Query:
    """Return the query restricted to records whose field has one of the values; none, no hits."""
    return restricted(query, Or(tuple(Term(value, field, Kind.PHRASE) for value in values)))


def restricted(query: Query, condition: Node) -> Query:
    """Return the query restricted to records of which the condition holds as well."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    return replace(query, root=And((*parts, condition)))


def trimmed(query: Query, closed: Iterable[int]) -> Query:
    """Return the query for somebody to whom these records are closed, be they none today.

    Nothing of the answer depends on them: not hits, counts, facets, order or scores. So hits are
    ranked by where the words stand in each alone, for the usual measure weighs how rare a word is
    in the whole index.
    """
    return replace(query, closed=(query.closed or frozenset()) | frozenset(closed))


class _Parser:
    """Recursive descent over the tokens: or, and, not, then a term or a bracket."""

    def __init__(self, found: list[Token], end: int) -> None:
        self._tokens = found
        self._end = end
        self._next = 0

    def parse(self) -> Node:
        node = self._either(0)
        if self._symbol is Symbol.CLOSE:
            raise QueryError(self._position, "this ) closes nothing", "remove it, or add a (")
        return node

    @property
    def _symbol(self) -> Symbol | None:
        return self._tokens[self._next].symbol if self._next < len(self._tokens) else None

    @property
    def _position(self) -> int:
        return self._tokens[self._next].position if self._next < len(self._tokens) else self._end

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._symbol is Symbol.OR:
            self._next += 1
            parts.append(self._all(depth))
        flat = [leaf for part in parts for leaf in (part.parts if isinstance(part, Or) else [part])]
        return Or(tuple(flat)) if len(flat) > 1 else flat[0]

    def _all(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._symbol not in {None, Symbol.OR, Symbol.CLOSE}:
            if self._symbol is Symbol.AND:
                self._next += 1
            parts.append(self._one(depth))
        flat = [
            leaf for part in parts for leaf in (part.parts if isinstance(part, And) else [part])
        ]
        return And(tuple(flat)) if len(flat) > 1 else flat[0]

    def _one(self, depth: int) -> Node:
        symbol, position = self._symbol, self._position
        if depth > MAX_DEPTH:
            problem = "brackets and NOTs are nested too deeply"
            raise QueryError(position, problem, f"keep to {MAX_DEPTH} levels")
        if symbol not in {Symbol.TERM, Symbol.NOT, Symbol.OPEN}:
            raise QueryError(position, *self._missing(symbol))
        token = self._tokens[self._next]
        self._next += 1
        if token.term is not None:
            return token.term
        if symbol is Symbol.NOT:
            return Not(self._one(depth + 1))
        return self._bracket(depth + 1, position)

    def _bracket(self, depth: int, opened: int) -> Node:
        node = self._either(depth)
        if self._symbol is not Symbol.CLOSE:
            raise QueryError(opened, "this ( is never closed", "add a ) where the group ends")
        self._next += 1
        return node

    def _missing(self, symbol: Symbol | None) -> tuple[str, str]:
        before = self._tokens[self._next - 1].symbol if self._next else None
        if before is Symbol.OPEN:
            return "nothing stands inside this bracket", "put a word after the ( or remove it"
        if before is not None:
            return f"{before} needs something to follow it", 'add a word, or write "and" in quotes'
        return f"{symbol} needs something before it", "start with a word, a phrase or NOT"
