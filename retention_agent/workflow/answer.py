"""Answering for items, folders or all of a batch in one signed statement.

Every mistake in it is reported at once, and then nothing is done. What keeps an item takes effect
with the first answer; what agrees needs a second person. No answer keeps the item.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies import State
from retention_agent.audit import answers, log, mandate, signatures
from retention_agent.audit.answers import AGREEING, Answer, Subject, Target
from retention_agent.audit.event import Event
from retention_agent.audit.statement import Statement
from retention_agent.audit.transition import move_items
from retention_agent.errors import UsageError
from retention_agent.register import batches, schedules
from retention_agent.register.batches import Item
from retention_agent.register.tables import record
from retention_agent.shares.paths import display
from retention_agent.workflow import review
from retention_agent.workflow.propose import require_role

_BECOMES = {
    "reject": State.DUE,
    "exclude": State.DEFERRED,
    "extend": State.CLASSIFIED,
    "reclassify": State.CLASSIFIED,
    "transfer": State.CLASSIFIED,
}

Answered = tuple[Item, Subject, Answer]


@dataclass(frozen=True, slots=True)
class Effect:
    """What one statement did."""

    answered: Mapping[str, int]
    """items by the word that counts for them"""
    unmoved: int
    """items answered `approve` that the schedule lists for review, so that it says nothing"""
    approved: int
    """items of the batch that two people agree on now"""
    waiting: int
    """items that still wait for an answer or a second one"""
    reclassified: tuple[int, ...]
    """records that have another class now"""


def give(
    connection: sa.Connection,
    name: str,
    private_key: Ed25519PrivateKey,
    given: Mapping[Target, Answer],
    now: datetime,
    today: date,
) -> Effect:
    """Sign answers for batch `name` and carry out what they mean.

    Raises:
        UsageError: some answer cannot be; every one is listed, and nothing was done.
        Refused: wrong role, or the batch is not open; for agreeing also: own request, no sample
            seen, expired.
    """
    batch = review.open_batch(connection, name)
    person = require_role(connection, private_key, "approver")
    everything = batches.items(connection, name)
    waiting = [item for item in everything if item.state in review.WAITING]
    answered = _answered(waiting, given)
    _require_possible(connection, given, waiting, answered, today)
    if any(answer.word in AGREEING for _, _, answer in answered):
        shown = review.require_approver(connection, batch, person, now)
        review.sign_sample(connection, private_key, shown, now)
    subject = _next_subject(connection, name)
    content = answers.content(mandate.terms(batch, len(everything)), given)
    said = Statement("answer-batch", subject, person.id, content)
    review.sign(connection, private_key, said, now)
    _keep(connection, answered, person.id, now, today)
    review.settle(connection, name, now)
    left = Counter(item.state for item in batches.items(connection, name, *review.WAITING))
    return Effect(
        answered=Counter(answer.word for _, item, answer in answered if _counts(item, answer)),
        unmoved=sum(not _counts(item, answer) for _, item, answer in answered),
        approved=left[State.APPROVED],
        waiting=left[State.PROPOSED],
        reclassified=tuple(i.record for i, _, each in answered if each.word == "reclassify"),
    )


def _answered(waiting: Sequence[Item], given: Mapping[Target, Answer]) -> list[Answered]:
    about = [(item, review.subject_of(item)) for item in waiting]
    nearest = [(item, subject, answers.nearest(given, subject)) for item, subject in about]
    return [(item, subject, answer) for item, subject, answer in nearest if answer]


def _counts(item: Subject, answer: Answer) -> bool:
    return answer.word not in AGREEING or answer.word in item.agreed_by


def _require_possible(
    connection: sa.Connection,
    given: Mapping[Target, Answer],
    waiting: Sequence[Item],
    answered: Sequence[Answered],
    today: date,
) -> None:
    codes = set(schedules.in_force(connection).rules)
    mistakes = [
        *(f"{_named(target)}: {why}" for target, why in _targets_amiss(given, waiting)),
        *(
            f"{_named(target)}: {why}"
            for target, answer in given.items()
            for why in _amiss(answer, codes, today)
        ),
        *(
            f"item {item.number}: {why}"
            for item, subject, answer in answered
            if item.number in given and (why := _no_such_end(subject, answer))
        ),
    ]
    if not mistakes and not any(_counts(subject, each) for _, subject, each in answered):
        mistakes = ["all of that is listed for review: answer destroy, or one that keeps"]
    if mistakes:
        raise UsageError(f"{len(mistakes)} mistake(s) in the answers; nothing was done", *mistakes)


def _targets_amiss(
    given: Mapping[Target, Answer], waiting: Sequence[Item]
) -> Iterator[tuple[Target, str]]:
    numbers = {item.number for item in waiting}
    folders = {one for item in waiting for one in answers.folders(review.subject_of(item).path)}
    for target in given:
        if isinstance(target, int):
            if target not in numbers:
                yield target, "is not open; `retention review BATCH --list` shows what is"
        elif target not in folders:
            yield target, "no open item of the batch lies there"


def _amiss(answer: Answer, codes: set[str], today: date) -> Iterator[str]:
    if not answer.reason and answer.word != "approve":
        yield f"{answer.word} needs a reason"
    if bool(answer.until) != (answer.word == "extend"):
        yield "a day is given with extend, and only with it"
    elif answer.until:
        yield from _day_amiss(answer.until, today)
    if bool(answer.record_class) != (answer.word == "reclassify"):
        yield "a class is given with reclassify, and only with it"
    elif answer.record_class and answer.record_class not in codes:
        yield f"the schedule has no class {answer.record_class!r}"


def _day_amiss(until: str, today: date) -> Iterator[str]:
    try:
        day = date.fromisoformat(until)
    except ValueError:
        day = None
    if day is None or day.isoformat() != until:
        yield f"{until!r} is not a date; write it as 2026-11-23"
    elif day <= today:
        yield f"{until} has passed; extend keeps until a day to come"


def _no_such_end(item: Subject, answer: Answer) -> str:
    if _counts(item, answer):
        return ""
    if item.agreed_by:
        return f"is agreed to by {' or '.join(sorted(item.agreed_by))}, not {answer.word}"
    return "its rule does not let it end here; answer one that keeps"


def _keep(
    connection: sa.Connection,
    answered: Sequence[Answered],
    person: str,
    now: datetime,
    today: date,
) -> None:
    groups: dict[Answer, list[Item]] = {}
    for item, _, answer in answered:
        if answer.word not in AGREEING:
            groups.setdefault(answer, []).append(item)
    for answer, items in groups.items():
        why = f"{answer.word} by a reviewer: {answer.reason}"
        move_items(connection, items, _BECOMES[answer.word], now, why)
        rows = [{"number": item.record} for item in items]
        values = {"reviewed": today.isoformat(), **_values(answer, today)}
        there = record.update().where(record.c.id == sa.bindparam("number"))
        connection.execute(there.values(values), rows)
        if answer.word == "exclude":
            review.mark_excluded(connection, items, person)
        if answer.word == "reclassify":
            facts = {"class": answer.record_class, "origin": "manual"}
            events = [
                Event("classification", f"record:{item.record}", facts=facts) for item in items
            ]
            log.append_many(connection, events, now)


def _values(answer: Answer, today: date) -> dict[str, object]:
    match answer.word:
        case "extend":
            known = sa.func.coalesce(record.c.keep_until, "")
            return {"keep_until": sa.func.max(known, answer.until)}
        case "reclassify":
            code = answer.record_class
            return {"record_class": code, "class_origin": "manual", "confidence": 1.0}
        case "transfer":
            return {"archive_wanted": today.isoformat()}
        case _:
            return {}


def _next_subject(connection: sa.Connection, name: str) -> str:
    given = [
        signed
        for purpose, _, signed in signatures.load_answers(connection, name)
        if purpose == "answer-batch"
    ]
    return answers.serial(name, len(given) + 1)


def _named(target: Target) -> str:
    if isinstance(target, int):
        return f"item {target}"
    return f"folder {display(target)}" if target else "the whole batch"
