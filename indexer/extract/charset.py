"""Which characters the bytes of a plain text stand for.

A byte order mark decides; then the character set a header names, when the bytes agree; then UTF-16
when every second byte is zero; then UTF-8 when every byte fits; then Windows-1252, which is what
British offices wrote before UTF-8.
"""

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 4096
_LONGEST = 4
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_NOT_FOR_TEXT = {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"}
"""Codecs a header may name that no writer of text uses."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, and the warnings its bytes gave rise to."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, stated: str | None = None) -> Decoded:
    """Turn bytes into text.

    Args:
        data: a whole text.
        stated: the character set a header names, followed when the bytes agree.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _leniently(data[len(mark) :], codec, ())
    if stated and (text := _as_stated(data, stated)) is not None:
        return Decoded(text)
    wide = _wide(data[:_SAMPLE])
    if wide:
        return _leniently(data, wide, ("charset-guessed",))
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeError:
        return _leniently(data, "cp1252", ("charset-guessed",))


def _as_stated(data: bytes, codec: str) -> str | None:
    if codec.lower() in _NOT_FOR_TEXT:
        return None
    try:
        return data.decode(codec)
    except (LookupError, ValueError):
        return None


def _wide(sample: bytes) -> str | None:
    zeros = [sample[start::2].count(0) * 4 > len(sample) for start in (0, 1)]
    if zeros[0] == zeros[1]:
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _leniently(data: bytes, codec: str, warnings: tuple[str, ...]) -> Decoded:
    try:
        return Decoded(data.decode(codec), warnings)
    except UnicodeError:
        return Decoded(data.decode(codec, "replace"), (*warnings, "characters-lost"))


def without_half(data: bytes) -> bytes:
    """A text that was cut, less a UTF-8 character that may have been cut in two."""
    return data[:-_LONGEST] + data[-_LONGEST:].rstrip(_BEYOND_ASCII)
