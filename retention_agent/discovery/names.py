"""One person's name in the ways that papers write it.

Each way is searched for as a phrase, in which case, accents and punctuation make no difference: so
`Smith Jane` also finds "Smith, Jane", and `J A Smith` also finds "J.A. Smith" and "j a smith". For
Jane Anne Smith:

    Jane Anne Smith    Smith Jane Anne    Jane Smith    Smith Jane
    J A Smith          Smith J A          JA Smith      Smith JA      J Smith    Smith J

Titles are left out, since a phrase without them finds those with them. The last word is the
surname, with a particle before it (`van der Berg`); `Smith Jones, Jane` says where it begins.
Married and earlier names, nicknames and misspellings are not guessed: they are aliases.
"""

import re

_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "cllr", "councillor"}
    | {"sir", "dame", "lord", "lady", "rev", "revd"}
)
_PARTICLES = frozenset(
    {"van", "von", "de", "der", "den", "del", "della", "da", "di", "du", "la", "le", "st"}
    | {"bin", "ibn", "al", "el", "ap", "ab", "ferch"}
)


def variants(name: str) -> tuple[str, ...]:
    """The ways in which a name is written, the name itself first; each once."""
    given, surname = _parts(name)
    if not given or not surname:
        return (" ".join(given or surname) or name,)
    initials = [word[0] for word in given]
    firsts = [given, given[:1], initials, ["".join(initials)], initials[:1]]
    written = [
        " ".join(order) for first in firsts for order in ((*first, *surname), (*surname, *first))
    ]
    return tuple(dict.fromkeys(written))


def _parts(name: str) -> tuple[list[str], list[str]]:
    before, comma, after = name.partition(",")
    if comma:
        return _words(after), _words(before)
    words = _words(name)
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return words[:start], words[start:]


def _words(text: str) -> list[str]:
    words = [word for word in re.split(r"[\s.]+", text) if any(map(str.isalnum, word))]
    while len(words) > 1 and words[0].casefold() in _TITLES:
        words = words[1:]
    return words
