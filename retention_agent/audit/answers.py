"""What people answered about the items of a batch, and what that makes of each item.

* A signed statement holds answers, each for some items, for a folder, or for the whole batch,
  which is the top folder. Within one statement the nearest answer counts: the item's own, else
  that of the nearest folder. No answer keeps the item.
* Between statements, of one person or of several, an answer that keeps outweighs every one that
  agrees, whichever came first. So order decides nothing, and nobody can be outvoted.
* `approve` agrees to what the schedule requires. What the schedule only lists for review is
  agreed to by the word `destroy` alone, and so is what the archive declined; what it keeps for
  ever, or only looks at on the way, by no word at all.

Pure, and standard library only but for its neighbour, because the offline verifier carries this
module.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retention_agent.audit.statement import Statement

PURPOSES = ("approve-batch", "answer-batch", "exclude-item", "reject-batch")
"""the statements that answer for items of a batch"""
APPROVALS_NEEDED = 2
TOP = b""
"""the folder that is the whole batch"""

WORDS: Mapping[str, str] = {
    "approve": "Do with it what the schedule requires.",
    "destroy": "It was reviewed and is to be destroyed; needed where the schedule says review.",
    "reject": "Keep it; it may be proposed again.",
    "exclude": "Keep it until somebody proposes it by its number.",
    "extend": "Keep it until the day given.",
    "reclassify": "Keep it; it belongs in the class given.",
    "transfer": "Keep it; it is to be offered to the archive.",
}
AGREEING = frozenset({"approve", "destroy"})

UNREADABLE = "unreadable"
"""stands for an answer that is in no form we know; it keeps"""
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_AGREED_BY = {
    "destroy": frozenset({"approve", "destroy"}),
    "transfer": frozenset({"approve"}),
}

Target = int | bytes
"""the number of an item, or a folder relative to the share"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a word of `WORDS`, why, and the day or class that goes with some words."""

    word: str
    reason: str = ""
    until: str = ""
    record_class: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What one statement answers, by target; an approval in it may count or not."""

    person: str
    targets: Mapping[Target, Answer]
    counts: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """An item as answers see it: where it stands, and by which words it is agreed to."""

    number: int
    path: bytes
    agreed_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who agrees about one item, and who keeps it, each with the answer."""

    agreed: frozenset[str]
    kept: tuple[tuple[str, Answer], ...]


def subject(number: int, entry: object) -> Subject:
    """The item with this manifest entry; one that makes no sense is agreed to by no word."""
    match entry:
        case {"path_b64": str(path), "action": str(action), **about}:
            return Subject(number, _raw(path) or b"", _agreed_by(action, about))
        case _:
            return Subject(number, b"", frozenset())


def serial(batch: str, number: int) -> str:
    """The subject of somebody's `number`th answer about a batch: a person says each only once."""
    return f"{batch}/answer-{number}"


def batch_of(subject: str) -> str:
    """The batch that the subject of a statement names."""
    return subject.partition("/")[0]


def content(terms: Mapping[str, object], given: Mapping[Target, Answer]) -> dict[str, object]:
    """What is signed: the batch's terms, and the answers, items with one answer together."""
    items: dict[Answer, list[int]] = {}
    folders = []
    for target, answer in given.items():
        if isinstance(target, int):
            items.setdefault(answer, []).append(target)
        else:
            folders.append(_document(answer) | _folder_document(target))
    gathered = [_document(answer) | {"items": numbers} for answer, numbers in items.items()]
    return {"terms": dict(terms), "answers": [*folders, *gathered]}


def read(said: Statement, terms: Mapping[str, object], *, stands: bool) -> Said:
    """What a statement of one of `PURPOSES` answers about a batch with these terms.

    An approval counts if it `stands` and is of exactly these terms; what keeps, keeps in any case.
    """
    agreed_to: object = said.content
    reason = str(said.content.get("reason", ""))
    match said.purpose:
        case "approve-batch":
            targets: Mapping[Target, Answer] = {TOP: Answer("approve")}
        case "reject-batch":
            targets = {TOP: Answer("reject", reason)}
        case "exclude-item":
            targets = {_item(said.subject): Answer("exclude", reason)}
        case _:
            targets, agreed_to = _targets(said.content.get("answers")), said.content.get("terms")
    return Said(said.person, targets, stands and agreed_to == dict(terms))


def nearest(targets: Mapping[Target, Answer], item: Subject) -> Answer | None:
    """What one statement answers about an item."""
    if item.number in targets:
        return targets[item.number]
    return next((targets[one] for one in folders(item.path) if one in targets), None)


def folders(path: bytes) -> Iterator[bytes]:
    """The folders that a path lies in, the nearest first and the top last."""
    while path:
        path = path.rpartition(b"/")[0]
        if path:
            yield path
    yield TOP


def judge(item: Subject, said: Iterable[Said]) -> Verdict:
    """Who agrees about the item and who keeps it."""
    agreed, kept = set(), []
    for one in said:
        answer = nearest(one.targets, item)
        if answer is None:
            continue
        if answer.word not in AGREEING:
            kept.append((one.person, answer))
        elif one.counts and answer.word in item.agreed_by:
            agreed.add(one.person)
    return Verdict(frozenset(agreed), tuple(kept))


def agrees(said: Statement, item: Subject) -> bool:
    """Whether a statement agrees about an item, whatever the terms it was made for."""
    known = said.content.get("terms", said.content)
    terms = known if isinstance(known, Mapping) else {}
    return bool(judge(item, [read(said, terms, stands=True)]).agreed)


def _agreed_by(action: str, about: Mapping[object, object]) -> frozenset[str]:
    if action != "review":
        return _AGREED_BY.get(action, frozenset())
    may_end = about.get("disposition") in ("destroy", "review") or about.get("reason") == "declined"
    return frozenset({"destroy"} if may_end and about.get("final", True) is True else ())


def _targets(answers: object) -> dict[Target, Answer]:
    """Answers by target; what cannot be read keeps the whole batch."""
    found: dict[Target, Answer] = {}
    for each in answers if isinstance(answers, Sequence) else [None]:
        answer = _answer(each)
        for target in _named(each) or [TOP]:
            found[target] = _stronger(found.get(target), answer)
    return found


def _answer(document: object) -> Answer:
    match document:
        case {"answer": str(word), "reason": str(reason), **rest} if word in WORDS and _named(rest):
            return Answer(word, reason, str(rest.get("until", "")), str(rest.get("class", "")))
        case _:
            return Answer(UNREADABLE)


def _named(document: object) -> list[Target]:
    match document:
        case {"items": list(items)} if all(type(each) is int for each in items):
            return items
        case {"folder_b64": str(folder)} if raw := _raw(folder):
            return [raw]
        case {"all": True}:
            return [TOP]
        case _:
            return []


def _stronger(old: Answer | None, new: Answer) -> Answer:
    return new if old is None or old.word in AGREEING else old


def _document(answer: Answer) -> dict[str, object]:
    extra = {"until": answer.until, "class": answer.record_class}
    given = {key: value for key, value in extra.items() if value}
    return {"answer": answer.word, "reason": answer.reason, **given}


def _folder_document(folder: bytes) -> dict[str, object]:
    return {"folder_b64": base64.b64encode(folder).decode()} if folder else {"all": True}


def _item(subject: str) -> Target:
    """The item that `<batch>/<number>` names; one that cannot be read means them all."""
    number = subject.partition("/")[2]
    return int(number) if _NUMBER.fullmatch(number) else TOP


def _raw(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None
