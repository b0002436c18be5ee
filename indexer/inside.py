"""A look inside compound files and zip archives: which program's document is it?

Nothing here trusts the container to be whole. What cannot be opened is judged by what its first
bytes show, or not at all.
"""

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO

from olefile import OleFileIO

from indexer import signatures
from indexer.limits import BoundedZip

_LOCAL_HEADER = struct.Struct("<26xHH")
_DECLARED = re.compile(rb"[a-z]+/[\w.+-]+?(?=PK|\s|$)")
_MACROS = ".macroenabled"
_CONTENT_TYPES = "[content_types].xml"
_MANIFEST = "META-INF/manifest.xml"


def compound(source: BinaryIO, extension: str) -> tuple[str, str] | None:
    """The media type of a compound (OLE) file, and what showed it."""
    try:
        with OleFileIO(source) as opened:
            streams = {"/".join(path).casefold() for path in opened.listdir()}
            class_id = opened.root.clsid
    except Exception:  # noqa: BLE001 - its reader may stumble over ruins in any way
        return None
    if "encryptedpackage" in streams:
        office = {name: media_type for media_type, name in signatures.OOXML.items()}
        return office.get(extension, "application/encrypted"), "ole stream EncryptedPackage"
    for stream, media_type in signatures.OLE_STREAMS.items():
        if stream in streams:
            return media_type, f"ole stream {stream}"
    if class_id in signatures.OLE_CLASSES:
        return signatures.OLE_CLASSES[class_id], f"ole class {class_id}"
    return None


def package(source: BinaryIO, head: bytes, extension: str) -> tuple[str, str] | None:
    """The media type of a zip archive, and what showed it."""
    declared = _declared(head)
    if declared:
        return declared, "zip entry mimetype"
    try:
        found = next(_clues(BoundedZip(source)), None)
    except Exception:  # noqa: BLE001 - its reader may stumble over ruins in any way
        return next(_remains(head), None)
    if found is None and extension in signatures.ZIP_NAMES:
        return signatures.ZIP_NAMES[extension], "zip and name"
    return found


def _declared(head: bytes) -> str | None:
    """The media type that an OpenDocument or EPUB file carries in its first, unpacked entry."""
    if not head.startswith(b"mimetype", _LOCAL_HEADER.size):
        return None
    match = _DECLARED.match(head, _LOCAL_HEADER.size + sum(_LOCAL_HEADER.unpack_from(head)))
    return match[0].decode("ascii") if match else None


def _clues(archive: BoundedZip) -> Iterator[tuple[str, str]]:
    for name in archive.names:
        if name.casefold() == _CONTENT_TYPES:
            yield from _content_types(archive.read(name))
    if _MANIFEST in archive.names:
        root = signatures.MANIFEST_ROOT.search(archive.read(_MANIFEST))
        declared = signatures.MANIFEST_TYPE.search(root[0]) if root else None
        if declared:
            yield declared[1].decode("ascii", "replace"), "zip manifest"
    for part, media_type in signatures.ZIP_PARTS.items():
        if part in archive.names:
            yield media_type, f"zip entry {part}"


def _content_types(part: bytes) -> Iterator[tuple[str, str]]:
    """The main part's content type gives the media type of the whole.

    Word, Excel and PowerPoint drop the suffix and number their macro formats; Visio keeps it.
    """
    for match in signatures.MAIN_CONTENT.finditer(part):
        stated, stem = (group.decode("ascii", "replace") for group in match.groups())
        if "visio" in stem:
            yield stated, "zip main part"
        elif stem.casefold().endswith(_MACROS):
            yield f"{stem[: -len(_MACROS)]}.macroEnabled.12", "zip main part"
        else:
            yield stem, "zip main part"
    for content_type, media_type in signatures.ZIP_CONTENT.items():
        if content_type in part:
            yield media_type, f"zip content type {content_type.decode()}"


def _remains(head: bytes) -> Iterator[tuple[str, str]]:
    for folder, media_type in signatures.ZIP_FOLDERS.items():
        if folder in head:
            yield media_type, f"zip entry {folder.decode()} of a damaged archive"
