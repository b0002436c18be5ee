"""Apache Tika, compiled natively (`iscc-tika`): old and rare formats, and a second look.

It knows hundreds of formats, several times slower than the readers beside it, so it stands
behind them (`indexer.extract.layered`). It is loaded with the first file it is given, since what it
starts must be confined as its process is. It reads a copy in memory by the name the kernel gives
to an open descriptor, and is content without any place to write: what it cannot do then (some
pictures, some documents within documents, OneNote) it reports, and so does this module.

An encrypted file raises nothing and has no text: its remarks tell it apart.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any, BinaryIO

from indexer.extract import dates, ole
from indexer.extract.base import DateKind, Extraction, Unreadable, clean, reading, tidy
from indexer.limits import INPUT_LIMIT, TEXT_LIMIT
from indexer.signatures import ODF, OOXML

ARCHIVES = frozenset({
    "application/zip", "application/gzip", "application/x-tar", "application/x-7z-compressed",
    "application/x-bzip2", "application/x-xz", "application/x-archive", "application/mbox",
})  # fmt: skip
"""Files that are nothing but a wrapping of others."""
OWN = ARCHIVES | {
    "application/msword", "application/vnd.ms-powerpoint", "application/vnd.ms-outlook",
    "application/vnd.visio", "application/x-mspublisher", "application/vnd.ms-htmlhelp",
    "application/vnd.wordperfect", "application/x-quattro-pro", "application/x-dbf",
    "application/x-hwp", "application/epub+zip",
    "application/vnd.ms-xpsdocument", "application/vnd.adobe.indesign-idml-package",
    "application/vnd.apple.pages", "application/vnd.apple.numbers", "application/vnd.apple.keynote",
    "application/vnd.google-earth.kmz", "application/pkcs7-mime", "application/warc",
}  # fmt: skip
"""Formats that nothing else here reads."""
SHARED = frozenset({
    "application/pdf", "application/vnd.ms-excel", "application/rtf", "application/xml",
    "application/xhtml+xml", "text/html", "text/plain", "text/csv", "message/rfc822",
    *OOXML, *ODF,
})  # fmt: skip
"""Formats that other readers know as well."""
READS = OWN | SHARED

_ENCRYPTED = ("EncryptedDocument", "iworks-protected", "multipart/encrypted", "enveloped-data")
_PICTURE = re.compile(r"parser\.image\.|\bimage/")
_LONGEST_REMARK = 200
_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("dc:title",),
    "author": ("dc:creator",),
    "last_author": ("meta:last-author",),
    "subject": ("dc:subject",),
    "keywords": ("meta:keyword",),
    "description": ("dc:description",),
    "company": ("extended-properties:Company",),
    "producer": ("extended-properties:Application", "xmp:CreatorTool"),
    "pages": ("xmpTPg:NPages",),
    "from": ("Message:Raw-Header:From", "Message-From"),
    "to": ("Message:Raw-Header:To", "Message-To"),
    "cc": ("Message:Raw-Header:Cc", "Message-Cc"),
    "message_id": ("mapi:internet-message-id", "Message:Raw-Header:Message-ID"),
    "in_reply_to": ("Message:Raw-Header:In-Reply-To",),
}
_DATES: tuple[tuple[DateKind, str], ...] = (
    ("created", "dcterms:created"),
    ("modified", "dcterms:modified"),
    ("sent", "mapi:client-submit-time"),
    ("sent", "mapi:message-delivery-time"),
)

Remarks = Mapping[str, list[str]]


class TikaExtractor:
    """Reads documents in this process; run it in a worker that may be killed."""

    name = "tika"

    def extract(self, source: BinaryIO, media_type: str) -> Extraction:
        """Read one file; see :class:`indexer.extract.base.Extractor`."""
        with reading():
            size = source.seek(0, os.SEEK_END)
            if not size:
                return Extraction(text="", metadata={}, warnings=("empty-file",), reader=self.name)
            if media_type not in READS:
                raise Unreadable("no-extractor", f"nothing here reads {media_type}")
            if size > INPUT_LIMIT:
                raise Unreadable("too-large", f"it has more than {INPUT_LIMIT:,} bytes")
            with _named(source) as name:
                text, remarks = _engine().extract_file_to_string(name)
            found = _extraction(clean(text), remarks)
            return _with_parts(found, _embedded(source), media_type)


@cache
def _engine() -> Any:
    """The engine, started at the first use; it answers with characters up to one past the limit.

    Raises:
        Unreadable: it is not installed, or cannot start here; no file is to blame for that.
    """
    try:
        import iscc_tika  # noqa: PLC0415  (117 MB that few files need)

        engine = iscc_tika.Extractor().set_extract_string_max_length(TEXT_LIMIT + 1)
        engine.extract_file_to_string(iscc_tika.__file__)  # reading anything starts it
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # its panics stand outside Exception
        detail = f"the reader of this format cannot start: {error}"
        raise Unreadable("no-extractor", detail[:_LONGEST_REMARK]) from error
    return engine


@contextmanager
def _named(source: BinaryIO) -> Iterator[str]:
    """A name under which the source can be opened; without a descriptor, that of a copy."""
    try:
        descriptor = source.fileno()
    except OSError:
        copy = os.memfd_create("copy", os.MFD_CLOEXEC)
        try:
            source.seek(0)
            os.write(copy, source.read())
            yield f"/proc/self/fd/{copy}"
        finally:
            os.close(copy)
    else:
        yield f"/proc/self/fd/{descriptor}"


def _extraction(text: str, remarks: Remarks) -> Extraction:
    if any(sign in remark for remark in _all(remarks, text) for sign in _ENCRYPTED):
        raise Unreadable("encrypted", "it opens with a password or a private key")
    stated, doubts = dates.believable(
        (kind, f"tika:{key}", dates.from_iso(_first(remarks, key))) for kind, key in _DATES
    )
    facts = tidy({key: _first(remarks, *names) for key, names in _NAMES.items()})
    return Extraction(
        text=text[:TEXT_LIMIT],
        metadata=facts,
        dates=stated,
        title=facts.get("title", ""),
        truncated=len(text) > TEXT_LIMIT,
        warnings=(*doubts, *_failures(remarks)),
        reader=TikaExtractor.name,
    )


def _with_parts(found: Extraction, embedded: int, media_type: str) -> Extraction:
    """Say that there are other documents inside, since nobody proved that all were read."""
    doubts = [f"many-documents: {media_type}"] if media_type in ARCHIVES else []
    doubts += ["embedded-parts-not-read"] if embedded else []
    return replace(found, parts=1 + embedded, warnings=(*found.warnings, *doubts))


def _embedded(source: BinaryIO) -> int:
    source.seek(0)
    return len(ole.embedded(source)) if source.read(len(ole.MAGIC)) == ole.MAGIC else 0


def _all(remarks: Remarks, text: str) -> Iterator[str]:
    for key, values in remarks.items():
        if key.endswith("ncrypted") and "true" in values and not text.strip():
            yield "EncryptedDocument"
        if key in {"X-TIKA:warning", "Content-Type", "Message:Raw-Header:Content-Type"}:
            yield from values


def _failures(remarks: Remarks) -> Iterator[str]:
    """What it could not read within the file; a picture has no text that could be missed."""
    for key, values in remarks.items():
        if key.startswith("X-TIKA:EXCEPTION:"):
            for first, *_ in filter(None, map(str.splitlines, values)):
                if not _PICTURE.search(first):
                    yield f"part-damaged: {clean(first)[:_LONGEST_REMARK]}"


def _first(remarks: Remarks, *keys: str) -> str | None:
    return next((value for key in keys for value in remarks.get(key, []) if value), None)
