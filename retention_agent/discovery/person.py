"""One person's names turned into phrases to search for."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from indexer.search.query import Kind, Node, Or, Records, Term
from retention_agent.discovery.names import variants
from retention_agent.register import subjects
from retention_agent.register.subjects import Subject, SubjectName


def expanded(subject: Subject) -> Mapping[SubjectName, tuple[str, ...]]:
    """Every name that is searched for, with the phrases it comes to.

    A name or alias comes to all its ways of writing; an address or reference stays as it is.
    """
    return {
        each: variants(each.value) if each.kind in {"name", "alias"} else (each.value,)
        for each in subject.current
    }


def about(connection: sa.Connection, subject: Subject, closed: AbstractSet[int]) -> Node:
    """Any of the person's phrases, or a record that the register ties to one of their references.

    Nothing at all where every name was withdrawn; of closed records not even that they are tied.
    """
    phrases = dict.fromkeys(phrase for written in expanded(subject).values() for phrase in written)
    references = [each.value for each in subject.current if each.kind == "reference"]
    tied = subjects.tied(connection, references) - closed
    terms: list[Node] = [Term(phrase, None, Kind.PHRASE) for phrase in phrases]
    return Or((*terms, Records(tied)) if tied else tuple(terms))
