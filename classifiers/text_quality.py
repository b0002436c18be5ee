"""Is there text, and is it text?

Broken text layers betray themselves by control characters: glyph numbers that were never mapped to
letters. More than one in a hundred means garbled, and garbled text is treated as no text at all.
Words are not looked at: a test for English stop words would call Welsh and spreadsheets broken.
"""

from classifiers.model import TextQuality

SAMPLE = 20_000
GARBLED_SHARE = 0.01
FEWEST_CHARACTERS = 25

# Tab, line feed, vertical tab, form feed and carriage return lay text out; the other C0 and all C1
# controls, delete and the replacement character stand where a letter was lost.
_LAYOUT = "\t\n\v\f\r"
_LOST = (
    *(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in _LAYOUT),
    "\N{REPLACEMENT CHARACTER}",
)


def text_quality(text: str) -> TextQuality:
    """Say whether a text is absent, garbled or good, from its two ends."""
    sample = text if len(text) <= 2 * SAMPLE else text[:SAMPLE] + text[-SAMPLE:]
    lost = sum(map(sample.count, _LOST))
    written = len("".join(sample.split())) - lost
    if lost > GARBLED_SHARE * (written + lost):
        return "garbled"
    return "good" if written >= FEWEST_CHARACTERS else "none"
