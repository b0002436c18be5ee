"""A batch as reviewers work through it: each item with everybody's answer and what that makes."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.audit import answers, mandate
from retention_agent.audit.answers import AGREEING, Said, Subject
from retention_agent.register import batches
from retention_agent.register.batches import Item
from retention_agent.workflow.review import WAITING

APPROVED, KEPT, OPEN = "approved", "kept", "waiting"


@dataclass(frozen=True, slots=True)
class Line:
    """One item: its manifest entry, the word that counts of each person, and the result."""

    number: int
    record: int
    path: bytes
    entry: Mapping[str, Any]
    state: State
    answers: Mapping[str, str]
    result: str
    """approved, kept or waiting"""
    why: str


def lines(connection: sa.Connection, name: str, under: bytes = answers.TOP) -> list[Line]:
    """The items of a batch in a folder and below, in order.

    Raises:
        NotFound: there is no such batch.
        IntegrityError: the manifest is not the one that was signed.
    """
    batch = batches.find(connection, name)
    found = mandate.examine(connection, batch)
    items = batches.items(connection, name)
    said = mandate.spoken(connection, batch, len(items))
    made = [_line(item, said, found.lacking) for item in items]
    return [line for line in made if lies_in(line.path, under)]


def lies_in(path: bytes, folder: bytes) -> bool:
    """Whether a path is the folder or lies below it."""
    return path == folder or folder in answers.folders(path)


def tree(shown: Iterable[Line]) -> dict[bytes, Counter[str]]:
    """For each folder how many items in and below it are approved, kept and waiting."""
    counts: dict[bytes, Counter[str]] = {}
    for line in shown:
        for folder in answers.folders(line.path):
            counts.setdefault(folder, Counter())[line.result] += 1
    return dict(sorted(counts.items()))


def _line(item: Item, said: Sequence[Said], lacking: Mapping[int, str]) -> Line:
    entry = json.loads(item.manifest)
    subject = answers.subject(item.number, entry)
    result, why = _result(item, lacking.get(item.number, ""))
    return Line(
        number=item.number,
        record=item.record,
        path=subject.path,
        entry=entry,
        state=item.state,
        answers=_words(subject, said),
        result=result,
        why=why,
    )


def _words(subject: Subject, said: Sequence[Said]) -> dict[str, str]:
    """By person: the word that counts, one that keeps before one that agrees."""
    found: dict[str, str] = {}
    for one in said:
        answer = answers.nearest(one.targets, subject)
        if answer and found.get(one.person, "approve") in AGREEING:
            detail = answer.until or answer.record_class
            found[one.person] = f"{answer.word} {detail}".strip()
    return found


def _result(item: Item, lacking: str) -> tuple[str, str]:
    if item.state is State.PROPOSED:
        return OPEN, lacking
    if item.state in WAITING or item.outcome is None:
        return APPROVED, ""
    return KEPT, item.outcome
