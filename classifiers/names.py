"""Reading file and folder names: words for the cues, a folded pattern for grouping.

``20240516_PlanningCttee-Minutes v2.docx`` reads as ``20240516 planning cttee minutes v2``. The
pattern keeps what names of one series share: runs of digits become ``9`` and months ``M``, so
``Minutes May 2016.pdf`` and ``Minutes June 2017.pdf`` fold together.
"""

import re2

_CAMEL = re2.compile(r"([a-z])([A-Z])")
# Form names such as P45 and F2508 keep their digits; a date glued to a word is parted from it.
_WORD_DIGIT = re2.compile(r"([A-Za-z]{3})(\d)")
_DIGIT_WORD = re2.compile(r"(\d)([A-Za-z]{3})")
_SEPARATORS = re2.compile(r"[^\pL\pN&£%']+")
_DIGITS = re2.compile(r"\d+")
_MONTHS = re2.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)\b"
)
_LONGEST_EXTENSION = 5


def name_words(name: str) -> str:
    """The words of a file name without its extension, lower case, one space apart."""
    return _words(_stem(name))


def folder_words(folder: str) -> str:
    """The words of a folder name, which has no extension to lose."""
    return _words(folder)


def name_pattern(name: str) -> str:
    """Fold a name to the pattern that it shares with the others of its series."""
    _, dot, extension = name.rpartition(".")
    folded = _MONTHS.sub("M", _DIGITS.sub("9", name_words(name)))
    return f"{folded}.{extension.lower()}" if dot and _stem(name) != name else folded


def _stem(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    looks_like_extension = (
        extension.isalnum() and len(extension) <= _LONGEST_EXTENSION and not extension.isdigit()
    )
    return stem if dot and stem and looks_like_extension else name


def _words(name: str) -> str:
    spaced = _CAMEL.sub(r"\1 \2", name)
    spaced = _DIGIT_WORD.sub(r"\1 \2", _WORD_DIGIT.sub(r"\1 \2", spaced))
    return str(_SEPARATORS.sub(" ", spaced)).strip().lower()
