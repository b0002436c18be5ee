"""What is asked: words, a person, a scope; kept and recorded exactly so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from indexer.search.query import And, Field, Kind, Node, Or, Query, QueryError, Term, parse
from indexer.search.written import written


@dataclass(frozen=True, slots=True)
class Scope:
    """Which records are asked about; an empty list is any, values inside one list are "or"."""

    shares: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def conditions(self) -> list[Node]:
        """What a record must meet, as terms of a query."""
        lists = ((Field.SHARE, self.shares), (Field.CLASS, self.classes))
        found: list[Node] = [
            Or(tuple(Term(value, name, Kind.PHRASE) for value in values))
            for name, values in lists
            if values
        ]
        days = ((Field.SINCE, self.first), (Field.UNTIL, self.last))
        return found + [Term(day.isoformat(), name, Kind.PHRASE) for name, day in days if day]

    def document(self) -> dict[str, Any]:
        """The scope as it is kept."""
        return {
            "shares": list(self.shares),
            "classes": list(self.classes),
            "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Question:
    """Words, a person by the name the office gave, or both; and where to look."""

    words: str = ""
    subject: str | None = None
    scope: Scope = field(default_factory=Scope)

    def document(self) -> dict[str, Any]:
        """The question as it is kept."""
        return {"words": self.words, "person": self.subject, **self.scope.document()}


def from_document(document: Mapping[str, Any]) -> Question:
    """The question that was kept as this document."""
    days = [document[key] and date.fromisoformat(document[key]) for key in ("from", "to")]
    scope = Scope(tuple(document["shares"]), tuple(document["classes"]), *days)
    return Question(document["words"], document["person"], scope)


def query_of(question: Question, about_person: Node | None) -> Query:
    """The query that a question comes to, with what its person's names come to.

    Raises:
        QueryError: the words cannot be read, or there is nothing to ask.
    """
    parts: list[Node] = []
    if question.words:
        root = parse(question.words).root
        parts += root.parts if isinstance(root, And) else [root]
    if about_person is not None:
        parts.append(about_person)
    if not parts:
        raise QueryError(0, "there is nothing to search for", "give at least one word or a person")
    return Query(question.words, And((*parts, *question.scope.conditions())))


def understood(query: Query) -> str:
    """A query as it was understood, in its own language, with every form that is looked for."""
    return written(query.root)
