"""The search record: what was searched, how, and how far, so that a search can be answered for.

A person is entitled to what a reasonable and proportionate search finds (UK GDPR article 15(1A),
put in by section 78 of the Data (Use and Access) Act 2025); whether one was made has to be shown.
The record says what was asked and how it was understood, where, when, by whom, with what program,
how many were found, and which files in scope could not be searched.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from retention_agent import __version__
from retention_agent.discovery import person
from retention_agent.discovery.answer import Asked, Desk, ask, in_scope, numbers
from retention_agent.discovery.question import understood
from retention_agent.register import records, subjects
from retention_agent.register.coverage import coverage
from retention_agent.register.tables import share

LIMITS = (
    "Only the file shares listed here were searched: no mail servers, other systems or backups.",
    "Documents attached to a message are found by their names, not by what stands in them.",
    "Text in pictures and scans without a text layer was not searched.",
    "A file counts as it was when it was last read; the shares' last scans say when that was.",
    "The searcher was named on the command line, not proven.",
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said of the search from outside it."""

    organisation: str
    request: str | None
    made: datetime


def describe(desk: Desk, asked: Asked, found: Sequence[sa.RowMapping]) -> dict[str, Any]:
    """All that the register can say of a search, as JSON."""
    question = asked.question
    return {
        "searcher": {
            "person": desk.who.person or None,
            "name": desk.who.name or None,
            "roles": sorted(desk.who.roles),
        },
        "asked": question.document(),
        "understood": understood(asked.query),
        "person": _person(desk, question.subject),
        "shares": _shares(desk, asked, found),
        "found": len(found),
        "different_files": len({row["sha256"] or row["id"] for row in found}),
        "withheld": _withheld(desk, asked),
    }


def complete(
    described: Mapping[str, Any], about: Particulars, outcome: Mapping[str, Any]
) -> dict[str, Any]:
    """The search record: what was described, who it was made for, and what was written out."""
    return {
        "search_record": 1,
        "program": f"Retention Agent {__version__}",
        "organisation": about.organisation,
        "request": about.request,
        "made": records.instant(about.made),
        **described,
        **outcome,
        "limits": list(LIMITS),
    }


def _person(desk: Desk, name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    searched = person.expanded(subjects.find(desk.connection, name))
    return {
        "id": name,
        "names": [
            {"kind": each.kind, "value": each.value, "searched_as": list(phrases)}
            for each, phrases in searched.items()
        ],
    }


def _shares(desk: Desk, asked: Asked, found: Sequence[sa.RowMapping]) -> list[dict[str, Any]]:
    """Each share in scope: its last scans, what was found there, and how far it was read."""
    wanted = sa.select(share.c.name, share.c.last_scan, share.c.last_complete_scan)
    names = asked.question.scope.shares
    if names:
        wanted = wanted.where(share.c.name.in_(names))
    scanned = {row.name: row for row in desk.connection.execute(wanted.order_by(share.c.name))}
    described = []
    for name in [*scanned, *(name for name in names if name not in scanned)]:
        gaps = coverage(desk.connection, (name,), in_scope(desk, asked.question.scope))
        row = scanned.get(name)
        described.append(
            {
                "share": name,
                "last_scan": row.last_scan if row else None,
                "last_complete_scan": row.last_complete_scan if row else None,
                "found": sum(each["share_name"] == name for each in found),
                "files": gaps.captured + gaps.unreadable + gaps.pending,
                "unread": gaps.unreadable,
                "pending": gaps.pending,
                "partial": gaps.partial,
                "folders_not_entered": gaps.folders_not_entered,
            }
        )
    return described


def _withheld(desk: Desk, asked: Asked) -> dict[str, Any]:
    """Whether parts of the shares are closed to the searcher, and how much those would add.

    The number is told only where every closed part may be counted by the searcher: whoever may not
    know of a part learns nothing of what is in it, not even whether this search met it.
    """
    countable = all(desk.who.roles.intersection(part.counted_by) for part in desk.parts)
    if not desk.parts or not countable:
        return {"closed_parts": bool(desk.parts), "records": None}
    every = ask(replace(desk, parts=(), closed=frozenset()), asked.question)
    return {"closed_parts": True, "records": len(desk.closed.intersection(numbers(desk, every)))}
