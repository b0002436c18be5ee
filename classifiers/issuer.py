"""Whose record is it? Nearly every confident error is another body's paper.

Clubs, residents' groups and neighbouring councils write minutes that look like the council's own,
and a council keeps many of them. So the first 800 characters must name this council or, failing a
name, speak of a council at all; the body that is named first is taken as the one that issued the
paper.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import re2

from classifiers.matching import OPTIONS
from classifiers.model import Organisation

OPENING = 800
LETTERHEAD = 3


class Standing(StrEnum):
    """How the configured council stands to a document."""

    OURS = "ours"
    """The council is named, and before any other body."""
    COUNCIL = "council"
    """A council is spoken of, without a name that says which."""
    ADDRESSED = "addressed"
    """Another body comes first and the council after it, as on a supplier's invoice."""
    OTHER = "other"
    """Only other bodies or other councils are named."""
    UNKNOWN = "unknown"
    """No body is named."""


@dataclass(frozen=True, slots=True)
class Profile:
    """An organisation prepared for comparison: its names as written, and the places in them."""

    names: tuple[str, ...]
    places: tuple[tuple[str, ...], ...]


_GENERIC = re2.compile(
    r"\b(?:council|councils|councillors?|cllrs?|c?nghorau|cyngor|gyngor|chyngor|nghyngor"
    r"|cynghorydd|cynghorwyr|cyng)\b",
    OPTIONS,
)
# Councils in name only.
_NOT_A_COUNCIL = re2.compile(
    r"\b(?:parochial church|church|arts|sports?|school|youth|student|parents?|research|medical"
    r"|british|privy|works|tenants'?|residents'?|health|nursing|teaching|england|voluntary|national|security)"
    r" council\b|\bcouncil (?:of europe|of governors|for voluntary|of ministers|of the european)",
    OPTIONS,
)
_OTHER_BODY = re2.compile(
    r"\b(?:residents'? (?:association|group|society)|tenants'? association|community association"
    r"|association|club|society|charitable trust|trust|trustees|parochial church|parish church"
    r"|church|(?:village|memorial|community|church|parish) hall|women's institute"
    r"|neighbourhood watch|friends of"
    r"|federation|governing body|board of governors|school|academy|college|university|foundation"
    r"|charity|action group|user group|users group|steering group|partnership|rotary"
    r"|chamber of (?:trade|commerce)"
    r"|ltd|limited|llp|plc|inc|corporation|corp|gmbh|nhs|hospital|police|fire and rescue"
    r"|management committee|shareholders|directors|cymdeithas|clwb|ymddiriedolaeth|neuadd)\b",
    OPTIONS,
)
_NAMED_COUNCIL = re2.compile(r"\b(?:[Cc]ouncil|COUNCIL)\b")
_BOROUGH_OF = re2.compile(r"\b(?:[Bb]orough|BOROUGH|[Cc]ity|CITY) (?:of|OF) ([\pL-]+)")

_KINDS_OF_COUNCIL_WORDS = (
    "parish town city county borough district metropolitan community unitary islands council"
)
_KINDS_OF_COUNCIL = frozenset(_KINDS_OF_COUNCIL_WORDS.split())
_COMPASS_WORDS = "north south east west mid upper lower great little new old"
_COMPASS = frozenset(_COMPASS_WORDS.split())
# Words that stand before "council" in headings without being part of a council's name.
_NOT_A_PLACE_WORDS = (
    "the a an of for to and or by with from in on at this that your our its your each any all "
    "every full new newly annual ordinary extraordinary special meeting meetings minutes "
    "agenda draft notice summons report committee committees cabinet planning finance policy "
    "resources amenities staffing personnel members member local joint principal shadow "
    "executive chair chairman chairperson mayor clerk leader office offices website dear "
    "please via within as is was between welcome council's invoice bill statement"
)
_NOT_A_PLACE = frozenset(_NOT_A_PLACE_WORDS.split())


def profile_of(organisation: Organisation) -> Profile:
    """Prepare an organisation's names once for all documents."""
    names = tuple(
        name for name in map(_plainly, (organisation.name, *organisation.aliases)) if name
    )
    written = (organisation.name, *organisation.aliases)
    places = {place for name in written for place in (_place(name.split()),) if place}
    return Profile(names, tuple(sorted(places)))


def standing_of(text: str, profile: Profile) -> Standing:
    """Say how the council stands to a document, from its first 800 characters."""
    opening = text[:OPENING]
    named = tuple(_councils_named(opening))
    ours = _first((*_of_ours(named, profile), *_by_name(opening, named, profile)))
    another = tuple(_of_another(named, profile))
    others = _first((*another, *(match.start() for match in _OTHER_BODY.finditer(opening))))
    if ours is not None:
        return Standing.OURS if others is None or ours < others else Standing.ADDRESSED
    generic = _GENERIC.search(_NOT_A_COUNCIL.sub(_blank, opening))
    if generic is None or another:
        return Standing.UNKNOWN if others is None else Standing.OTHER
    return Standing.COUNCIL if others is None or generic.start() < others else Standing.ADDRESSED


def letterhead_of(text: str, profile: Profile) -> Standing:
    """Say the same from the first three lines alone, where a body puts its own name.

    Forms name a supplier, a bank or a school further down without coming from it.
    """
    lines = (line for line in text[:OPENING].split("\n") if line.strip())
    return standing_of("\n".join(itertools.islice(lines, LETTERHEAD)), profile)


def _first(offsets: Sequence[int]) -> int | None:
    return min(offsets, default=None)


def _blank(match: re2._Match) -> str:
    return " " * len(match.group())


def _of_ours(named: Sequence[tuple[int, tuple[str, ...]]], profile: Profile) -> Iterable[int]:
    return (offset for offset, place in named if _same_place(place, profile))


def _of_another(named: Sequence[tuple[int, tuple[str, ...]]], profile: Profile) -> Iterable[int]:
    """Without a configured place, no named council can be told from our own."""
    return (offset for offset, place in named if profile.places and not _same_place(place, profile))


def _by_name(
    opening: str, named: Sequence[tuple[int, tuple[str, ...]]], profile: Profile
) -> Iterable[int]:
    """Where a configured name stands, unless it is the end of another council's name."""
    plainly = _settled(opening)
    for name in profile.names:
        offset = plainly.find(f" {name} ")
        inside_another = any(
            offset <= at <= offset + len(name) and not _same_place(place, profile)
            for at, place in named
        )
        if offset >= 0 and not inside_another:
            yield offset


def _councils_named(opening: str) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Where councils are named, with their places; a name may run over a line's end."""
    spared = _NOT_A_COUNCIL.sub(_blank, opening)
    for mention in _NAMED_COUNCIL.finditer(spared):
        lines = spared[: mention.start()].split("\n")
        words = lines[-1].split()
        if all(word.lower() in _KINDS_OF_COUNCIL for word in words):
            words = [*"".join(lines[-2:-1]).split(), *words]
        place = _place([*words, mention.group()])
        if place:
            yield mention.start(), place
    for mention in _BOROUGH_OF.finditer(spared):
        yield mention.start(), (mention.group(1).lower(),)


def _place(words: Sequence[str]) -> tuple[str, ...]:
    """The capitalised words before the kind of council, as in ``Great Snoring Parish Council``."""
    place: list[str] = []
    for word in reversed(words):
        bare = word.strip(".,;:()[]'\"*-")
        if not place and bare.lower() in _KINDS_OF_COUNCIL:
            continue
        if (
            not bare[:1].isupper()
            or bare.lower() in _NOT_A_PLACE
            or bare.lower() in _KINDS_OF_COUNCIL
        ):
            break
        place.insert(0, bare.lower())
    return tuple(place)


def _same_place(place: tuple[str, ...], profile: Profile) -> bool:
    return any(_ends_with(place, ours) for ours in profile.places)


def _ends_with(place: tuple[str, ...], ours: tuple[str, ...]) -> bool:
    """Words of the line may precede the name, but ``North Ashby`` is not ``Ashby``."""
    before = place[: -len(ours)]
    return place[-len(ours) :] == ours and not (before and before[-1] in _COMPASS)


def _plainly(text: str) -> str:
    return " ".join(_settled(text).split())


def _settled(text: str) -> str:
    """Lower case, letters and digits at their offsets, all else spaces; padded at both ends."""
    settled = "".join(character if character.isalnum() else " " for character in text)
    return f" {settled} ".lower()
