"""The extractor that needs no server: one small module for each family of formats.

The media type picks the family. Before any of them starts, the file is asked whether it is locked,
because a protected document of today's Office looks like one of yesterday's.
"""

from collections.abc import Mapping
from dataclasses import replace
from os import SEEK_END
from typing import BinaryIO

from indexer.extract import html, mail, odf, ooxml, pdf, protection, rtf, spreadsheet, text
from indexer.extract.base import Extraction, Reader, Unreadable, clean, reading, tidy
from indexer.signatures import ODF, OOXML, VISIO

_TEXTS = (
    "application/json",
    "application/x-ndjson",
    "application/javascript",
    "application/sql",
    "application/yaml",
)
"""Text under names that do not say so."""
_READERS: Mapping[str, Reader] = {
    "application/pdf": pdf.read,
    "application/vnd.ms-excel": spreadsheet.read,
    "application/rtf": rtf.read,
    "text/html": html.read,
    "application/xhtml+xml": html.read,
    "message/rfc822": mail.read,
    "multipart/related": mail.read,
    "application/xml": text.read_xml,
    **dict.fromkeys(_TEXTS, text.read),
    **dict.fromkeys(OOXML, ooxml.read),
    **dict.fromkeys(ODF, odf.read),
}


class BuiltinExtractor:
    """Reads documents in this process.

    A hostile file can still end or hang the process: run it in a worker that may be killed.
    """

    name = "builtin"

    def extract(self, source: BinaryIO, media_type: str) -> Extraction:
        """Read one file; see :class:`indexer.extract.base.Extractor`."""
        with reading():
            if source.seek(0, SEEK_END) == 0:
                return Extraction(text="", metadata={}, warnings=("empty-file",), reader=self.name)
            protection.require_open(source, media_type)
            found = _reader(media_type)(source)
            return replace(
                found,
                text=clean(found.text),
                title=tidy({"title": found.title}).get("title", ""),
                reader=self.name,
            )


def _reader(media_type: str) -> Reader:
    if media_type in _READERS:
        return _READERS[media_type]
    if media_type.startswith(VISIO):
        return ooxml.read
    if media_type.endswith("+xml"):
        return text.read_xml
    if media_type.startswith("text/"):
        return text.read
    raise Unreadable("no-extractor", f"nothing here reads {media_type}")
