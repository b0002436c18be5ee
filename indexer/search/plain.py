"""Text made safe and findable before it is stored or searched for.

The same function cleans entries and query terms, so both sides always agree:

* NUL, other control characters and lone surrogates become a space: SQLite ends text at a NUL, and a
  lone surrogate cannot be written at all. Tab, line feed and carriage return stay.
* Private-use characters become a space. Office symbol fonts leave them glued to the first word of a
  bullet point, where the tokenizer would take them for letters; the index also marks highlights
  with two of them, so none may come from a document.
* Soft hyphens and zero-width characters vanish: they split words nobody sees split.
* The Latin ligatures that PDF fonts produce become the letters they stand for.
"""

import re
import unicodedata

_REPLACEMENTS = {
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_BLANKED = (
    "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
    "\\ud800-\\udfff\\ue000-\\uf8ff\\U000f0000-\\U0010ffff"
)
_SPECIAL = re.compile(f"[{_BLANKED}{''.join(_REPLACEMENTS)}]")


def plain(text: str) -> str:
    """Return the text as it is stored and searched."""
    return _SPECIAL.sub(lambda found: _REPLACEMENTS.get(found[0], " "), text)


def folded(value: str) -> str:
    """Return the form in which exact values (class, share, media type) are compared."""
    return unicodedata.normalize("NFKC", " ".join(plain(value).split())).casefold()
