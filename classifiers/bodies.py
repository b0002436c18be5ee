"""Other bodies than councils: which of those a text mentions may have written it?

Bodies are named more often than they write. A school, the police or a hospital in running text is
no writer unless it is named, a hall where a meeting was held is a place, and a company behind a
label (``Premises:``) is a party to the matter.
"""

from collections.abc import Iterable

import re2

from classifiers.matching import OPTIONS

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
_LAST_OF_A_NAME = frozenset(("ltd", "limited", "llp", "plc", "inc", "corp", "gmbh"))
# Where a meeting or an address is, and statutes: "held at Wenford Village Hall", "12 Church Road",
# "Town Police Clauses Act 1847".
_NO_BODY = re2.compile(
    r"(?m)^[ \t]*(?:venue|place|location|where|held at|lleoliad|man cyfarfod)\b[^\n]*"
    r"|\b(?:at|in|via|yn|in front of|outside) (?:the )?(?:[\pL'.-]+ ){0,4}?"
    r"(?:hall|church|school|academy|college|club|neuadd)\b"
    r"|\b(?:church|school|college|hospital|club|university|academy|police) (?:road|lane|street"
    r"|close|avenue|drive|hill|way|walk|green|field|row|view|terrace|gardens|station)\b"
    r"|\b(?:[\pL'()-]+ ){1,8}act (?:18|19|20)\d\d\b",
    OPTIONS,
)
# What stands behind such a label is a party to the matter and not the writer of the paper.
_PARTY = re2.compile(
    r"(?:^|\s)(?:(?:full |trading )?name(?: and address)? of (?:the )?|the )?"
    r"(?:food |licensed |main |previous |current |former )?(?:premises|propert\w+|builder"
    r"|contractor|company|employer|site|address|location|school|hospital|gp|doctor|surgery|agent"
    r"|applicant|tenant|landlord|client|customer|trader|operator|payee|bidder|tenderer"
    r"|trading as|business|firm|visitor|to|for the attention of|attention|present|attendees"
    r"|attended by|agencies|referred by|referrer|placement|manufacturer|insurer|owner|keeper"
    r"|occupier|proprietor|licence holder|complainant|subject of complaint)"
    r"(?: (?:name|details|address))?[ \t]*[:\t][^:\t]*$",
    OPTIONS,
)
_NO_NAME_WORDS = (
    "the a an our your their his her this that these to of for by with from at in on and or dear "
    "any all each every please"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())


def other_bodies(opening: str, letterhead_end: int) -> Iterable[int]:
    """Where other bodies stand: any in the letterhead, below it only those with a name."""
    spared = _NO_BODY.sub(_blank, opening)
    return (
        match.start()
        for match in _OTHER_BODY.finditer(spared)
        if match.start() < letterhead_end or _has_name(spared, match)
    )


def _has_name(text: str, body: re2._Match) -> bool:
    """Whether capitals make a body's name, as in ``Mill Road Residents' Association``."""
    kind = body.group()
    before = text[: body.start()].rpartition("\n")[2].split()
    if kind.lower() in _LAST_OF_A_NAME:
        return bool(before)
    if not kind[:1].isupper():
        return False
    return " " in kind or (
        bool(before)
        and before[-1][:1].isupper()
        and before[-1][-1:] not in ".:;,"
        and before[-1].lower() not in _NO_NAME
    )


def is_party(opening: str, at: int) -> bool:
    """Whether a body stands behind the label of a party to the matter."""
    return _PARTY.search(opening[opening.rfind("\n", 0, at) + 1 : at]) is not None


def _blank(match: re2._Match) -> str:
    return " " * len(match.group())
