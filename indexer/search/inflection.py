"""Plural and singular of a searched word.

People who look for `invoice` expect `invoices`, and the reverse. The forms are added to the query
rather than stemmed away in the index. A stemmer also merges `policy` with `police` and `organ` with
`organise`, makes a quoted phrase inexact, and loses documents in silence: it stores `general` as
`gener`, so that the prefix `genera*` would no longer find it. An added form that does not exist
costs nothing; quotation marks turn the addition off.
"""

_SHORTEST = 3
_IRREGULAR_PAIRS = (("child", "children"), ("man", "men"), ("woman", "women"), ("person", "people"))
_IRREGULAR = dict(_IRREGULAR_PAIRS) | {plural: single for single, plural in _IRREGULAR_PAIRS}
_INVARIABLE = frozenset({"news", "series", "species", "wales"})
_SIBILANTS = ("s", "x", "z", "ch", "sh")


def forms(word: str) -> tuple[str, ...]:
    """Return the word followed by its other grammatical number, where it can have one."""
    if len(word) < _SHORTEST or not word.isalpha() or word in _INVARIABLE:
        return (word,)
    if word in _IRREGULAR:
        return (word, _IRREGULAR[word])
    return (word, *(_singulars(word) if _looks_plural(word) else (_plural(word),)))


def _looks_plural(word: str) -> bool:
    return len(word) > _SHORTEST and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _singulars(word: str) -> tuple[str, ...]:
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("es") and word[:-2].endswith(_SIBILANTS):
        return (word[:-1], word[:-2])
    return (word[:-1],)


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(_SIBILANTS) else "s")
