"""What one version of a text says that another does not."""

import re

_WORD = re.compile(r"\w+")


def words_of(text: str) -> set[str]:
    """Every word of a text, case-folded."""
    return set(_WORD.findall(text.casefold()))


def without_said(text: str, said: set[str]) -> str:
    """The text without the lines all of whose words are among those `said`."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not said or not said.issuperset(words_of(line)))
