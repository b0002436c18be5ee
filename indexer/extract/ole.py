"""Compound files of older Office programs: their properties, and whether they are protected.

The properties follow MS-OLEPS, the marks of protection MS-OFFCRYPTO: a package of today's Office
under a password, or under rights management, is stored as a compound file too.
"""

from datetime import UTC, datetime
from typing import BinaryIO

import msoffcrypto
from msoffcrypto.exceptions import FileFormatError
from olefile import OleFileIO, OleMetadata

from indexer.extract import dates
from indexer.extract.base import Extraction, Unreadable, tidy
from indexer.limits import TextBuffer

_UTF_8 = 65001
_ATTACHMENT = "__attach_version1.0_"  # MS-OXMSG 2.2.2
_CONTENT_ID = "__substg1.0_3712"  # MS-OXPROPS, PidTagAttachContentId
_CONTENT = "__substg1.0_37010102"  # MS-OXPROPS, PidTagAttachDataBinary
_BEGINNING = 256
_OBJECTS = "objectpool"  # MS-DOC 2.1.10
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def require_open(source: BinaryIO) -> None:
    """Refuse a compound file that cannot be read without a password or a server.

    Raises:
        Unreadable: encrypted or rights-protected.
    """
    source.seek(0)
    if source.read(len(MAGIC)) != MAGIC:
        return
    names = stream_names(source)
    if any("drmencrypted" in name or name == "\tdrmcontent" for name in names):
        raise Unreadable("rights-protected", "opening it needs the rights-management server")
    if "encryptedpackage" in names or _has_password(source):
        raise Unreadable("encrypted", "the document opens with a password")


def stream_names(source: BinaryIO) -> frozenset[str]:
    """Case-folded paths of all streams, their folders separated by ``/``."""
    source.seek(0)
    with OleFileIO(source) as compound:
        return frozenset("/".join(path).casefold() for path in compound.listdir())


def embedded(source: BinaryIO) -> frozenset[str]:
    """Folders of a message's attachments, but for pictures shown in it, and of Word's objects."""
    shown, found = set(), set()
    for name in stream_names(source):
        folder, _, rest = name.partition("/")
        if folder.startswith(_ATTACHMENT):
            found.add(folder)
            shown |= {folder} if rest.startswith(_CONTENT_ID) else set()
        elif folder == _OBJECTS:
            found.add(rest.partition("/")[0])
    return frozenset(found - shown)


def attached(source: BinaryIO) -> list[bytes]:
    """How each document that is attached to a message of Outlook begins."""
    source.seek(0)
    if source.read(len(MAGIC)) != MAGIC:
        return []
    source.seek(0)
    with OleFileIO(source) as compound:
        names = [path for path in compound.listdir() if path[-1].casefold() == _CONTENT]
        return [compound.openstream(path).read(_BEGINNING) for path in names]


def _has_password(source: BinaryIO) -> bool:
    source.seek(0)
    try:
        return bool(msoffcrypto.OfficeFile(source).is_encrypted())
    except FileFormatError:
        return False


def described(source: BinaryIO, text: TextBuffer) -> Extraction:
    """Join text read elsewhere with the compound file's own properties."""
    source.seek(0)
    if source.read(len(MAGIC)) != MAGIC:
        return Extraction(text=text.text(), metadata={}, truncated=text.truncated)
    source.seek(0)
    with OleFileIO(source) as compound:
        properties = compound.get_metadata()
    stated, doubts = dates.believable(
        [
            ("created", "ole:create_time", _utc(properties.create_time)),
            ("modified", "ole:last_saved_time", _utc(properties.last_saved_time)),
        ]
    )
    facts = tidy(_facts(properties))
    return Extraction(
        text=text.text(),
        metadata=facts,
        dates=stated,
        title=facts.get("title", ""),
        truncated=text.truncated,
        warnings=doubts,
    )


def _facts(properties: OleMetadata) -> dict[str, str | None]:
    found = {
        "title": properties.title,
        "author": properties.author,
        "last_author": properties.last_saved_by,
        "subject": properties.subject,
        "keywords": properties.keywords,
        "description": properties.comments,
        "company": properties.company,
        "producer": properties.creating_application,
    }
    codec = _codec(properties.codepage)
    return {key: _decoded(value, codec) for key, value in found.items()}


def _codec(codepage: int | None) -> str:
    """The code page is a signed 16-bit number: UTF-8 is written as -535."""
    number = (codepage or 1252) % 0x10000
    codec = "utf-8" if number == _UTF_8 else f"cp{number}"
    try:
        "".encode(codec)
    except LookupError:
        return "cp1252"
    return codec


def _decoded(value: bytes | str | None, codec: str) -> str | None:
    return value.decode(codec, "replace") if isinstance(value, bytes) else value


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
