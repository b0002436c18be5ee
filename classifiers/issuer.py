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

from classifiers.bodies import is_party, other_bodies
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
_SENDER = re2.compile(r"(?m)^(?:from|oddi wrth):[^\n]*@[^\n]*", OPTIONS)
_DOMAIN = re2.compile(r"(?:@|www\.)([a-z0-9-]+)\.[a-z0-9.-]+", OPTIONS)
_COUNCIL_IN_DOMAIN = re2.compile(r"(?:[a-z]?[bcdt]c|pc|mbc|(?:parish|town|city)?council|gov)?")
_LINE = re2.compile(r"[^\n]+")
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
    written = (organisation.name, *organisation.aliases)
    abridged = (short for name in written for short in _abridged(name.split()))
    names = tuple(name for name in map(_plainly, (*written, *abridged)) if name)
    places = {place for name in written for place in (_place(name.split()),) if place}
    return Profile(names, tuple(sorted(places)))


def _abridged(words: Sequence[str]) -> Iterable[str]:
    """The ways to shorten the kind of council: ``Wendale D.C.``, ``Wendale DC``."""
    kind = [word for word in words if word.lower() in _KINDS_OF_COUNCIL]
    place = " ".join(word for word in words if word.lower() not in _KINDS_OF_COUNCIL)
    if place and len(kind) > 1:
        initials = [word[0] for word in kind]
        yield f"{place} {' '.join(initials)}"
        yield f"{place} {''.join(initials)}"


def standing_of(text: str, profile: Profile) -> Standing:
    """Say how the council stands to a document, from its first 800 characters."""
    opening = text[:OPENING]
    return _standing(opening, other_bodies(opening, _letterhead_end(opening)), profile)


def letterhead_of(text: str, profile: Profile) -> Standing:
    """Say the same from the first three lines alone, where a body puts its own name.

    Forms name a supplier, a bank or a school further down, or behind a label, without coming from
    it.
    """
    opening = text[:OPENING]
    end = _letterhead_end(opening)
    writers = (at for at in other_bodies(opening[:end], end) if not is_party(opening, at))
    return _standing(opening[:end], writers, profile)


def _standing(opening: str, bodies: Iterable[int], profile: Profile) -> Standing:
    named = tuple(_councils_named(opening))
    own_domains = tuple(_own_domains(opening, profile))
    ours = _first((*_of_ours(named, profile), *_by_name(opening, named, profile), *own_domains))
    another = tuple(_of_another(named, profile))
    others = _first((*another, *bodies, *_senders(opening, own_domains)))
    if ours is not None:
        return Standing.OURS if others is None or ours < others else Standing.ADDRESSED
    generic = _GENERIC.search(_NOT_A_COUNCIL.sub(_blank, opening))
    if generic is None or another:
        return Standing.UNKNOWN if others is None else Standing.OTHER
    return Standing.COUNCIL if others is None or generic.start() < others else Standing.ADDRESSED


def _letterhead_end(opening: str) -> int:
    """Where the third line with text ends."""
    lines = (line for line in _LINE.finditer(opening) if line.group().strip())
    ends = [line.end() for line in itertools.islice(lines, LETTERHEAD)]
    return ends[-1] if ends else 0


def _own_domains(opening: str, profile: Profile) -> Iterable[int]:
    """Where an address of this council stands, as ``planning@wendale-dc.gov.uk``."""
    ours = ["".join(place) for place in profile.places]
    for domain in _DOMAIN.finditer(opening):
        label = domain.group(1).lower().replace("-", "")
        if any(
            label.startswith(place) and _COUNCIL_IN_DOMAIN.fullmatch(label[len(place) :])
            for place in ours
        ):
            yield domain.start()


def _senders(opening: str, own_domains: Sequence[int]) -> Iterable[int]:
    """Where a mail names a sender with an address that is not ours."""
    for sender in _SENDER.finditer(opening):
        if not any(sender.start() <= at < sender.end() for at in own_domains):
            yield sender.start()


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
        words = lines[-1].rpartition("\t")[2].split()
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
            or word[-1] in ":;,"
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
