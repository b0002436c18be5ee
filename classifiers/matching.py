"""Matching many patterns at once, in time linear in the text.

RE2 has no backtracking, so neither a hostile document nor a council's own pattern can stall
classification. One set finds which patterns occur; only those are searched again for the words that
go into the evidence.
"""

from collections.abc import Iterable, Sequence

import re2


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = 64 << 20
    return options


OPTIONS = _options()


class PatternSet:
    """Patterns that are looked for together in one text."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile patterns that ``problem_of`` has found sound."""
        self._single = tuple(re2.compile(f"(?m){pattern}", OPTIONS) for pattern in patterns)
        self._together = re2.Set.SearchSet(OPTIONS)
        # A set that runs out of memory answers "nothing matches", which is indistinguishable from a
        # true answer; this last pattern always matches, so its absence tells the two apart.
        for pattern in (*(f"(?m){pattern}" for pattern in patterns), ""):
            self._together.Add(pattern)
        try:
            self._together.Compile()
        except re2.error:  # together they pass the memory limit that each of them keeps
            self._together = None

    def search(self, text: str) -> Iterable[tuple[int, str]]:
        """Yield the index of each pattern that occurs, with the words it matched."""
        encoded = text.encode()  # once, where each search of a text would encode it again
        for index in self._occurring(encoded):
            match = self._single[index].search(encoded)
            if match:
                yield index, match.group().decode()

    def _occurring(self, text: bytes) -> Iterable[int]:
        found = (self._together.Match(text) if self._together else None) or ()
        sentinel = len(self._single)
        if sentinel not in found:
            return range(sentinel)
        return sorted(index for index in found if index != sentinel)


def problem_of(pattern: str) -> str | None:
    """Say what is wrong with a pattern, or ``None`` when it is sound."""
    try:
        compiled = re2.compile(pattern, OPTIONS)
    except re2.error as error:
        return f"is not a pattern RE2 can read: {_readable(error)}"
    return "matches an empty text, so it would match everything" if compiled.search("") else None


def _readable(error: Exception) -> str:
    reason = error.args[0]
    return reason.decode() if isinstance(reason, bytes) else str(reason)
