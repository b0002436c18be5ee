r"""Names of files as text that is safe to print, and as JSON that loses nothing.

A name on a share is bytes and may hold anything but `/` and NUL: escape codes, line breaks,
characters that turn the direction of writing, bytes that are not UTF-8. `display` shows each of
those as an escape, so neither terminal, log line nor table can be led astray:

* `\xNN` a byte that is not UTF-8, or an ASCII control character
* `\uNNNN`, `\UNNNNNNNN` any other character that is not printable: C1 controls, format and bidi
  controls, line and paragraph separators, odd spaces, private use
* a backslash of the name itself is doubled, so two different names never look the same text

The text is for reading only; access always goes by the raw bytes.
"""

import base64
import binascii
from collections.abc import Mapping

_LAST_ASCII = 0x7F
_LAST_SHORT = 0xFFFF
_UNDECODABLE = range(0xDC80, 0xDD00)  # where `surrogateescape` puts the bytes 0x80 to 0xFF


def display(raw: bytes) -> str:
    """`raw` as printable text on one line."""
    text = raw.decode("utf-8", "surrogateescape")
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(map(_shown, text))


def printable(text: str) -> str:
    """Any other text of strangers in the same way; a backslash, as in an account, stays one."""
    return "".join(each if each == "\\" else _shown(each) for each in text)


def as_json(raw: bytes) -> dict[str, str]:
    """`path` for reading; `path_b64` too where the text is not the very bytes of the name."""
    text = display(raw)
    if text.encode() == raw:
        return {"path": text}
    return {"path": text, "path_b64": base64.b64encode(raw).decode()}


def from_json(document: Mapping[str, str]) -> bytes:
    """The raw bytes behind what `as_json` wrote.

    Raises:
        ValueError: `path_b64` is not base64.
    """
    if "path_b64" not in document:
        return document["path"].encode()
    try:
        return base64.b64decode(document["path_b64"], validate=True)
    except binascii.Error as error:
        raise ValueError(f"path_b64 is not base64 ({error}): {document['path_b64']!r}") from error


def _shown(character: str) -> str:
    if character == "\\":
        return "\\\\"
    if character.isprintable():
        return character
    code = ord(character)
    if code in _UNDECODABLE:
        return f"\\x{code - _UNDECODABLE.start + 0x80:02x}"
    if code <= _LAST_ASCII:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _LAST_SHORT else f"\\U{code:08x}"
