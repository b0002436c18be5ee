"""What a file is, by its bytes first and its name last.

The order: a look inside compound and zip containers, where libmagic is unsure; known first bytes;
the shape of text (mailbox, message, markup); then the name, and only between kinds of text, whose
bytes look alike; then libmagic; then PRONOM's own media type. The PRONOM identifier comes from
siegfried's signatures, which see the bytes and not the name. Every disagreement is recorded.

libmagic is the system's when there is one, else the copy that pylibmagic brings; :func:`libmagic`
says which. siegfried's runtime can end the process, so this belongs in a worker.
"""

import ctypes
import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from indexer import inside, shape, signatures

_VAGUE = {signatures.UNKNOWN, signatures.ZIP, signatures.OLE, "text/plain", "application/xml"}
"""Types so general that a more exact one does not contradict them."""
_PRONOM_UNKNOWN = "UNKNOWN"
_NAMELESS = "extension mismatch"
"""siegfried's remark on every file, as it is shown none of their names."""


@dataclass(frozen=True, slots=True)
class Identification:
    """What one file was found to be.

    Attributes:
        media_type: its media type; ``application/octet-stream`` when nothing knows it.
        basis: what showed it.
        puid: its PRONOM identifier, when exactly that one matches.
        puid_basis: what showed that.
        warnings: disagreements, each ``code: detail``.
    """

    media_type: str
    basis: str
    puid: str | None
    puid_basis: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pronom:
    puid: str | None = None
    basis: str = ""
    media_types: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def identify(fd: int, name: str, head: bytes) -> Identification:
    """Identify an open file.

    Args:
        fd: a descriptor open for reading; its position is moved.
        name: the file's name, for hints.
        head: its first bytes, some thousands at least; empty only for an empty file.
    """
    if not head:
        return Identification(signatures.EMPTY, "no bytes", None, "")
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    pronom = _pronom(fd)
    media_type, basis = next(_findings(fd, extension, head, pronom))
    media_type = signatures.ALIASES.get(media_type, media_type)
    return Identification(
        media_type=media_type,
        basis=basis,
        puid=pronom.puid,
        puid_basis=pronom.basis,
        warnings=(*pronom.warnings, *_disagreements(media_type, extension, pronom)),
    )


def _findings(fd: int, extension: str, head: bytes, pronom: _Pronom) -> Iterator[tuple[str, str]]:
    """Every answer, the surest first."""
    yield from _contained(fd, extension, head)
    for offset, start, media_type in signatures.FIRST_BYTES:
        if head.startswith(start, offset):
            yield media_type, f"bytes at {offset}"
    yield from _shaped(extension, head)
    by_magic = _by_magic(fd)
    if signatures.ALIASES.get(by_magic, by_magic) not in _VAGUE:
        yield by_magic, f"libmagic ({libmagic().origin})"
    for media_type in pronom.media_types:
        yield media_type, f"PRONOM {pronom.puid}"
    yield by_magic, f"libmagic ({libmagic().origin})"


def _contained(fd: int, extension: str, head: bytes) -> Iterator[tuple[str, str]]:
    with open(fd, "rb", closefd=False) as source:
        found = None
        if head.startswith(signatures.OLE_START):
            found = inside.compound(source, extension)
        elif head.startswith(signatures.ZIP_START):
            found = inside.package(source, head, extension)
    if found:
        yield found


def _shaped(extension: str, head: bytes) -> Iterator[tuple[str, str]]:
    mail = shape.mail(head, extension)
    if mail:
        yield mail, "header lines"
    if not shape.is_text(head):
        return
    markup = shape.markup(head)
    if markup:
        yield markup, "root element"
    if extension in signatures.TEXT_NAMES:
        yield signatures.TEXT_NAMES[extension], "text and name"


@dataclass(frozen=True, slots=True)
class Libmagic:
    """The libmagic in use.

    Attributes:
        origin: ``system`` or ``bundled``.
        version: its number, such as 544.
        reader: the open library.
        failure: what it raises.
    """

    origin: str
    version: int
    reader: Any
    failure: type[Exception]


@cache
def libmagic() -> Libmagic:
    """Load libmagic: the system's if it has one, so that its updates count, else the bundled."""
    origin = "system" if _system_has_libmagic() else "bundled"
    if origin == "bundled":
        # On import it makes the loader of shared libraries find its own copy.
        importlib.import_module("pylibmagic")
    magic = importlib.import_module("magic")
    return Libmagic(origin, magic.version(), magic.Magic(mime=True), magic.MagicException)


def libmagic_source() -> str:
    """Which libmagic is in use, such as ``system 5.44``."""
    loaded = libmagic()
    return f"{loaded.origin} {loaded.version // 100}.{loaded.version % 100:02}"


def _system_has_libmagic() -> bool:
    try:
        ctypes.CDLL("libmagic.dylib" if sys.platform == "darwin" else "libmagic.so.1")
    except OSError:
        return False
    return True


def _by_magic(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    loaded = libmagic()
    try:
        return str(loaded.reader.from_descriptor(fd))
    except loaded.failure:
        return signatures.UNKNOWN


@cache
def _siegfried() -> Any:
    """Siegfried's bindings, or None where there is no build of them."""
    try:
        return importlib.import_module("pygfried")
    except ImportError:
        return None


def _pronom(fd: int) -> _Pronom:
    siegfried = _siegfried()
    if siegfried is None:
        return _Pronom(basis="siegfried is not installed")
    try:
        report = siegfried.identify(f"/proc/self/fd/{fd}", detailed=True)
    except OSError as error:
        return _Pronom(warnings=(f"puid-failed: {error}",))
    matches = [match for match in report["files"][0]["matches"] if match["id"] != _PRONOM_UNKNOWN]
    if len(matches) > 1:
        listed = ", ".join(match["id"] for match in matches)
        return _Pronom(warnings=(f"puid-ambiguous: {listed}",))
    return _matched(matches[0]) if matches else _Pronom()


def _matched(match: dict[str, str]) -> _Pronom:
    remarks = [part.strip() for part in match["warning"].split(";")]
    notes = [part for part in remarks if part and part != _NAMELESS]
    return _Pronom(
        puid=match["id"],
        basis="; ".join([match["basis"], *notes]),
        media_types=tuple(part.strip() for part in match["mime"].split(",") if part.strip()),
    )


def _disagreements(media_type: str, extension: str, pronom: _Pronom) -> Iterator[str]:
    theirs = {signatures.ALIASES.get(name, name).casefold() for name in pronom.media_types}
    if theirs and media_type.casefold() not in theirs and not theirs & _VAGUE:
        yield f"types-disagree: {pronom.puid} is {', '.join(pronom.media_types)}"
    promised = signatures.EXTENSIONS.get(extension, media_type)
    if promised != media_type:
        yield f"name-disagrees: .{extension} promises {promised}"
