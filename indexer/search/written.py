"""A syntax tree in words: what a query was taken to mean, for people who must answer for it."""

from indexer.search.inflection import forms
from indexer.search.nodes import EXACT_FIELDS, And, Field, Kind, Node, Not, Or, Records, Term
from indexer.search.plain import plain

_AS_GIVEN = EXACT_FIELDS | frozenset({Field.AUTHOR, Field.FROM, Field.TO, Field.OWNER})


def written(node: Node) -> str:
    """The node in the query language, each word with the plural or singular searched beside it."""
    match node:
        case Term():
            return _term(node)
        case Records(numbers):
            return f"[{len(numbers)} records by number]"
        case Not(part):
            return f"NOT {_inside(part)}"
        case And((part,)) | Or((part,)):
            return written(part)
        case And(parts):
            return " AND ".join(map(_inside, parts))
        case Or(parts):
            return " OR ".join(map(_inside, parts)) or "[nothing]"


def _inside(node: Node) -> str:
    several = isinstance(node, And | Or) and len(node.parts) > 1
    return f"({written(node)})" if several else written(node)


def _term(term: Term) -> str:
    field = f"{term.field}:" if term.field else ""
    if term.kind is Kind.PREFIX:
        return f"{field}{plain(term.value)}*"
    if term.kind is Kind.PHRASE or term.field in _AS_GIVEN:
        return f'{field}"{plain(term.value)}"'
    found = [f"{field}{form}" for form in forms(plain(term.value).casefold())]
    return f"({' OR '.join(found)})" if len(found) > 1 else found[0]
