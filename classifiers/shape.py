"""The build of a document: what kind of lines it is made of, whatever its subject.

An agenda summons people to what will be held and lists what there is *to receive*; minutes name who
was present, tell what *was resolved* and when the meeting closed. Each observation becomes a word
of the ``shape`` field (``attendance``, ``tense-past``...) that the cue table weighs like any other
evidence.
"""

import itertools
from collections.abc import Iterable

import re2

from classifiers.matching import OPTIONS

_ATTENDANCE = re2.compile(
    r"(?m)^(?:\d{1,3}[.)]?\s+)?(?:"
    r"(?:(?:members?|councillors?|cllrs?|those|also|persons?|yn) )?"
    r"(?:present|in attendance|attendance|attended by|bresennol)"
    r"(?:[^\w\n]*:|[^\w\n]*-|\W+(?:cllrs?|councillors?|mr|mrs|ms|miss|dr|the (?:town )?mayor"
    r"|y cynghorwyr|cynghorwyr|y cyng)\b)"
    r"|(?:the following |\d+ )?(?:members|councillors) (?:were|was) present"
    r"|there were present\b|presennol:|councillors?:? .*\((?:chair|vice|mayor)"
    r")",
    OPTIONS,
)
_SUMMONS = re2.compile(
    r"\bsummoned to\b|\bhereby summon"
    r"|\bnotice is (?:hereby )?given (?:that|of)\b.{0,120}\bmeeting"
    r"|\bhereby give (?:you )?notice\b.{0,120}\bmeeting"
    r"|\byou are (?:hereby |cordially )?(?:invited|requested|required) to attend"
    r"|\b(?:members|councillors) are (?:hereby |respectfully )?"
    r"(?:invited|requested|required) to attend"
    r"|\bgw[yŷ]s(?:ir|io)\b|\bgwahoddir chwi\b|\brhoddir rhybudd\b",
    OPTIONS,
)
_WILL_BE_HELD = re2.compile(
    r"\b(?:to be|will be|being) held\b|\b(?:to|will) take place\b|\ba gynhelir\b|\bi'w gynnal\b",
    OPTIONS,
)
_HELD = re2.compile(r"\bheld (?:on|at|in|via|by|remotely|virtually)\b|\ba gynhaliwyd\b", OPTIONS)
_CLOSING = re2.compile(
    r"\bmeeting (?:was |then )?(?:declared )?(?:closed|ended|finished|concluded|terminated|rose)\b"
    r"|\bmeeting closed\b|\bclosed the meeting\b|\bdeclared the meeting closed\b"
    r"|\bthere being no (?:further|other) business\b"
    r"|\bsigned (?:as a (?:true|correct)|by the chair)"
    r"|\bsigned\W+(?:\(?chair|date)|\bchair(?:man|person)?(?:'s signature)?\W{3,}dated?\b"
    r"|\bdaeth y cyfarfod i ben\b|\bterfynodd y cyfarfod\b|\bcaewyd y cyfarfod\b",
    OPTIONS,
)
_APOLOGIES_NOTED = re2.compile(
    r"\bapologies[^.]{0,60}\b(?:were|was|had been) (?:received|accepted|given|noted|submitted)"
    r"|\bapologies[^.]{0,20}\breceived from\b|\bderbyniwyd ymddiheuriadau\b",
    OPTIONS,
)
_ITEM = re2.compile(r"(?m)^\d{1,3}[.):]?(?:\d{1,2}[.)]?)?\s+\S[^\n]*$")
_AMOUNT = re2.compile(r"(?m)^[^\n]*(?:£ ?\d[\d,]*|\b\d[\d,]*\.\d\d\b)[^\n]*$")

_PAST_WORDS = (
    "resolved noted agreed received approved proposed seconded reported thanked confirmed "
    "welcomed declared accepted advised explained discussed asked stated carried elected was "
    "were penderfynwyd cytunwyd nodwyd derbyniwyd adroddodd cynigiwyd eiliwyd adroddwyd "
    "cadarnhawyd"
)
_PAST = frozenset(_PAST_WORDS.split())
_INFINITIVE_WORDS = (
    "receive consider approve note discuss agree confirm resolve review authorise adopt sign "
    "elect appoint hear accept record report declare determine decide ratify answer dderbyn "
    "ystyried gymeradwyo nodi drafod gytuno gadarnhau benderfynu ethol"
)
_INFINITIVE = frozenset(_INFINITIVE_WORDS.split())
_TO = frozenset(("to", "i"))

_FEWEST_VERBS = 4
_MOSTLY = 0.75
_SHORT_ITEM = 90
_FEWEST_ITEMS = 4
_FEWEST_AMOUNTS = 5


def tense_ratio(words: list[str]) -> float | None:
    """Share of past against infinitive verbs of business, or ``None`` when there are too few."""
    infinitive = sum(
        1 for before, word in itertools.pairwise(words) if word in _INFINITIVE and before in _TO
    )
    past = sum(1 for word in words if word in _PAST)
    verbs = past + infinitive
    return past / verbs if verbs >= _FEWEST_VERBS else None


def shape(lines: str, opening: str, tail: str, words: list[str]) -> Iterable[str]:
    """Name the traits of a document.

    Args:
        lines: the first page and the end, line by line.
        opening: the text before the first item, where a meeting is announced or reported.
        tail: the last part as running text, where a meeting closes.
        words: the lower-case words of the lines, in order.
    """
    running = " ".join(lines.split())
    yield from (
        trait
        for trait, pattern, text in (
            ("attendance", _ATTENDANCE, lines),
            ("summons", _SUMMONS, running),
            ("closing", _CLOSING, tail),
            ("apologies-noted", _APOLOGIES_NOTED, running),
        )
        if pattern.search(text)
    )
    if _WILL_BE_HELD.search(opening):
        yield "will-be-held"
    elif _HELD.search(opening):
        yield "was-held"
    yield from _tense(words)
    yield from _items(lines)
    if len(_AMOUNT.findall(lines)) >= _FEWEST_AMOUNTS:
        yield "amounts"


def _tense(words: list[str]) -> Iterable[str]:
    ratio = tense_ratio(words)
    if ratio is not None and ratio >= _MOSTLY:
        yield "tense-past"
    if ratio is not None and ratio <= 1 - _MOSTLY:
        yield "tense-infinitive"


def _items(lines: str) -> Iterable[str]:
    items = _ITEM.findall(lines)
    if len(items) >= _FEWEST_ITEMS:
        yield "items"
        short = sum(1 for item in items if len(item) <= _SHORT_ITEM)
        if short > _MOSTLY * len(items):
            yield "items-short"
