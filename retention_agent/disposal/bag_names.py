"""Names under which files are stored in a bag: the same on any machine the archive may have.

A name keeps its text where that is safe everywhere. Whatever is not is written as `=` and two
hexadecimal digits a byte: bytes that are not UTF-8, control and direction characters, characters
that Windows forbids, a dot or blank at the end, names of devices, and `=` itself. `%` is written so
too: RFC 8493 (2.1.3) has it encoded in manifests, and checkers in wide use do not decode it, so a
bag without any is the only one that all of them read alike.

Two names that differ only in case or in the form of an accent would be one file on many machines;
the later of them has its first character written as digits. A name that would become too long is
replaced. `metadata/names.csv` of the bag gives the bytes of each changed name.
"""

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping

PAYLOAD = "data"
LONGEST_NAME = 255
_FORBIDDEN = frozenset('<>:"\\|?*%=')
_LAST_ASCII = 0x7F
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|(com|lpt)[0-9])(\.|$)")
_ENDING = re.compile(rb"\.[A-Za-z0-9]{1,16}$")


def stored_paths(paths: Mapping[int, bytes]) -> dict[int, str]:
    """The path in the bag for each item's path on its share, below `data/`."""
    taken: dict[str, bytes] = {}
    return {number: _stored(raw, taken) for number, raw in sorted(paths.items())}


def portable(name: bytes) -> str:
    """One name as it may stand on any file system."""
    text = "".join(_kept(each) for each in _characters(name))
    if _DEVICE.match(text):
        text = _digits(text[0].encode()) + text[1:]
    if text.endswith((".", " ")):
        text = text[:-1] + _digits(text[-1].encode())
    return text


def _stored(raw: bytes, taken: dict[str, bytes]) -> str:
    stored, here = PAYLOAD, b""
    for name in raw.split(b"/"):
        here += b"/" + name
        folder = stored
        paths = (f"{folder}/{candidate}" for candidate in _candidates(name))
        stored = next(path for path in paths if taken.setdefault(_folded(path), here) == here)
    return stored


def _candidates(name: bytes) -> Iterator[str]:
    """The name, then others for where it would be taken for one that is there; without end."""
    plain = portable(name)
    fitting = [plain, _digits(name[:1]) + portable(name[1:]), _digits(name)]
    yield from (each for each in fitting if len(each.encode()) <= LONGEST_NAME)
    ending = _ENDING.search(name)
    last = ending.group().decode() if ending else ""
    yield from (f"long-name-{_short(name, number)}{last}" for number in itertools.count())


def _short(name: bytes, number: int) -> str:
    return hashlib.sha256(b"%d/%s" % (number, name)).hexdigest()[:32]


def _characters(name: bytes) -> Iterator[bytes]:
    """Characters where the name is text in its usual form, else single bytes."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = ""
    if text and unicodedata.is_normalized("NFC", text):
        yield from (each.encode() for each in text)
    else:
        yield from (name[place : place + 1] for place in range(len(name)))


def _kept(character: bytes) -> str:
    if len(character) == 1 and character[0] > _LAST_ASCII:
        return _digits(character)
    text = character.decode()
    return text if text.isprintable() and text not in _FORBIDDEN else _digits(character)


def _digits(raw: bytes) -> str:
    return "".join(f"={byte:02X}" for byte in raw)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
