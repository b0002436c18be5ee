"""Is there text, and is it text?

Broken text layers betray themselves in three ways, and garbled text is treated as no text at all:

* control characters: glyph numbers that were never mapped to letters. More than one in a hundred.
* characters of private use, which mean something in one font only. More than one in five; a list
  with bullets of such a font stays below.
* letters that were mapped to other letters: four consonants or four vowels in a row, or no vowel,
  in most words. The real documents tried (about 1,600 of thirty words or more: English, Welsh
  place names, spreadsheets, code) were spelled like words in more than 0.62 of theirs; with the
  letters exchanged at random, three in five fell below. What else falls below is keys and base64.

No list of words is looked at: one of English would call Welsh and spreadsheets broken.
"""

import re

from classifiers.model import TextQuality

SAMPLE = 20_000
SPELLED = 5_000  # of either end of the sample
GARBLED_SHARE = 0.01
PRIVATE_SHARE = 0.2
SPELLED_SHARE = 0.6
FEWEST_CHARACTERS = 25
FEWEST_WORDS = 50

# Tab, line feed, vertical tab, form feed and carriage return lay text out; the other C0 and all C1
# controls, delete and the replacement character stand where a letter was lost.
_LAYOUT = "\t\n\v\f\r"
_LOST = (
    *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _LAYOUT),
    "\N{REPLACEMENT CHARACTER}",
)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_WORD = re.compile("[A-Za-z\u00c0-\u024f]{4,}")
_VOWEL = re.compile("[aeiouyw\u00c0-\u024f]", re.IGNORECASE)
_UNSPOKEN = re.compile("[bcdfghjklmnpqrstvxz]{4}|[aeiou]{4}", re.IGNORECASE)


def text_quality(text: str) -> TextQuality:
    """Say whether a text is absent, garbled or good, from its two ends."""
    sample = _ends(text, SAMPLE)
    lost = sum(map(sample.count, _LOST))
    written = len("".join(sample.split())) - lost
    if lost > GARBLED_SHARE * (written + lost):
        return "garbled"
    if len(_PRIVATE.findall(sample)) > PRIVATE_SHARE * written or not _spelled(sample):
        return "garbled"
    return "good" if written >= FEWEST_CHARACTERS else "none"


def _ends(text: str, size: int) -> str:
    return text if len(text) <= 2 * size else text[:size] + text[-size:]


def _spelled(sample: str) -> bool:
    """Whether the words, where there are enough of them, could be spoken."""
    words = _WORD.findall(_ends(sample, SPELLED))
    spoken = sum(bool(_VOWEL.search(word)) and not _UNSPOKEN.search(word) for word in words)
    return len(words) < FEWEST_WORDS or spoken >= SPELLED_SHARE * len(words)
