"""What the inside of a file says about its type: tables, and no decisions.

Media types are those registered with IANA where one is registered, else the name most tools agree
on. Extensions only ever choose between types whose bytes cannot be told apart.
"""

import re
from collections.abc import Mapping

EMPTY = "inode/x-empty"
UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
OLE = "application/x-ole-storage"
MESSAGE = "message/rfc822"
MBOX = "application/mbox"
HTML = "text/html"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_START = (b"PK\3\4", b"PK\5\6")

_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
XLSX = f"{_OFFICE}.spreadsheetml.sheet"
PPTX = f"{_OFFICE}.presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"

OOXML: Mapping[str, str] = {
    DOCX: "docx",
    "application/vnd.ms-word.document.macroEnabled.12": "docm",
    f"{_OFFICE}.wordprocessingml.template": "dotx",
    "application/vnd.ms-word.template.macroEnabled.12": "dotm",
    XLSX: "xlsx",
    XLSB: "xlsb",
    "application/vnd.ms-excel.sheet.macroEnabled.12": "xlsm",
    f"{_OFFICE}.spreadsheetml.template": "xltx",
    "application/vnd.ms-excel.template.macroEnabled.12": "xltm",
    "application/vnd.ms-excel.addin.macroEnabled.12": "xlam",
    PPTX: "pptx",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12": "pptm",
    f"{_OFFICE}.presentationml.template": "potx",
    "application/vnd.ms-powerpoint.template.macroEnabled.12": "potm",
    f"{_OFFICE}.presentationml.slideshow": "ppsx",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.12": "ppsm",
}
"""Office Open XML documents, each with its usual extension."""
VISIO = "application/vnd.ms-visio."
"""How the media types of today's Visio drawings begin; they are packages of the same family."""

ODF: Mapping[str, str] = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.text-template": "ott",
    "application/vnd.oasis.opendocument.text-master": "odm",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.spreadsheet-template": "ots",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.presentation-template": "otp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    "application/vnd.oasis.opendocument.formula": "odf",
    "application/vnd.sun.xml.writer": "sxw",
    "application/vnd.sun.xml.calc": "sxc",
    "application/vnd.sun.xml.impress": "sxi",
}
"""OpenDocument files and their forerunners, each with its usual extension."""

ALIASES: Mapping[str, str] = {
    "text/rtf": "application/rtf",
    "text/xml": "application/xml",
    "application/csv": "text/csv",
    "application/x-gzip": "application/gzip",
    "application/x-rar": "application/vnd.rar",
    "application/x-zip-compressed": ZIP,
    "application/x-mspowerpoint": "application/vnd.ms-powerpoint",
    "application/vnd.ms-office": OLE,
    "application/CDFV2": OLE,
    "application/x-CDFV2": OLE,
    "audio/x-m4a": "audio/mp4",
    "audio/x-flac": "audio/flac",
    "image/x-ms-bmp": "image/bmp",
    "image/x-icon": "image/vnd.microsoft.icon",
    "image/x-wmf": "image/wmf",
    "image/x-emf": "image/emf",
    "text/x-vcard": "text/vcard",
    "text/x-markdown": "text/markdown",
    "video/x-m4v": "video/mp4",
}
"""Other names of the same type."""

OLE_STREAMS: Mapping[str, str] = {
    "__properties_version1.0": "application/vnd.ms-outlook",
    "worddocument": "application/msword",
    "workbook": "application/vnd.ms-excel",
    "book": "application/vnd.ms-excel",
    "powerpoint document": "application/vnd.ms-powerpoint",
    "visiodocument": "application/vnd.visio",
    "quill/quillsub/contents": "application/x-mspublisher",
    "bodytext/section0": "application/x-hwp",
    "nativecontent_main": "application/x-quattro-pro",
    "perfectoffice_main": "application/x-quattro-pro",
}
"""Streams that only one program writes, case-folded, the surest first."""

OLE_CLASSES: Mapping[str, str] = {
    "00020D0B-0000-0000-C000-000000000046": "application/vnd.ms-outlook",
    "00020906-0000-0000-C000-000000000046": "application/msword",
    "00020900-0000-0000-C000-000000000046": "application/msword",
    "00020810-0000-0000-C000-000000000046": "application/vnd.ms-excel",
    "00020820-0000-0000-C000-000000000046": "application/vnd.ms-excel",
    "64818D10-4F9B-11CF-86EA-00AA00B929E8": "application/vnd.ms-powerpoint",
    "00021A14-0000-0000-C000-000000000046": "application/vnd.visio",
    "00021201-0000-0000-00C0-000000000046": "application/x-mspublisher",
    "74B78F3A-C8C8-11D1-BE11-00C04FB6FAF1": "application/vnd.ms-project",
    "000C1084-0000-0000-C000-000000000046": "application/x-msi",
}
"""Class identifiers of a compound file's root."""

ZIP_FOLDERS: Mapping[bytes, str] = {b"word/": DOCX, b"xl/": XLSX, b"ppt/": PPTX}
"""What a cut-short package was going to be."""

ZIP_CONTENT: Mapping[bytes, str] = {
    b"application/vnd.ms-package.xps-fixeddocumentsequence+xml": "application/vnd.ms-xpsdocument",
    b"application/vnd.openxmlformats-officedocument.theme+xml": "application/vnd.ms-officetheme",
}
"""Content types that stand for a whole package without a main part."""

ZIP_PARTS: Mapping[str, str] = {
    "doc.kml": "application/vnd.google-earth.kmz",
    "META-INF/MANIFEST.MF": "application/java-archive",
}

ZIP_NAMES: Mapping[str, str] = {
    "pages": "application/vnd.apple.pages",
    "numbers": "application/vnd.apple.numbers",
    "key": "application/vnd.apple.keynote",
    "kmz": "application/vnd.google-earth.kmz",
    "jar": "application/java-archive",
    "epub": "application/epub+zip",
}
"""Extensions believed of a zip archive that nothing else explains."""

XML_ROOTS: Mapping[str, str] = {
    "svg": "image/svg+xml",
    "rss": "application/rss+xml",
    "feed": "application/atom+xml",
    "kml": "application/vnd.google-earth.kml+xml",
    "xliff": "application/xliff+xml",
    "xmpmeta": "application/rdf+xml",
    "RDF": "application/rdf+xml",
}

TEXT_NAMES: Mapping[str, str] = {
    "txt": "text/plain",
    "text": "text/plain",
    "log": "text/plain",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "json": "application/json",
    "ics": "text/calendar",
    "vcs": "text/calendar",
    "vcf": "text/vcard",
    "css": "text/css",
    "js": "text/javascript",
    "sql": "application/sql",
    "yaml": "application/yaml",
    "yml": "application/yaml",
}
"""Extensions believed of text, whose bytes look alike."""

FIRST_BYTES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "application/onenote"),
    (40, b" EMF", "image/emf"),
    (0, b"HWP Document File", "application/x-hwp"),
    (0, b"!BDN", "application/vnd.ms-outlook-pst"),
    (0, b"\x00\x01\x00\x00Standard Jet DB", "application/x-msaccess"),
    (0, b"\x00\x01\x00\x00Standard ACE DB", "application/x-msaccess"),
    (0, b"\x97JB2\r\n\x1a\n", "image/x-jbig2"),
)
"""Offset, bytes, type: where libmagic is unsure or disagrees between versions."""

EXTENSIONS: Mapping[str, str] = {
    **{extension: media_type for media_type, extension in {**OOXML, **ODF}.items()},
    "pdf": "application/pdf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
    "vsd": "application/vnd.visio",
    "rtf": "application/rtf",
    "html": HTML,
    "htm": HTML,
    "xml": "application/xml",
    "eml": MESSAGE,
    "mbox": MBOX,
    "zip": ZIP,
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
}
"""What an extension promises, to notice a file under the wrong name."""

HEADER_LINE = re.compile(rb"([!-9;-~]{1,76})[ \t]*:")
MAIL_HEADERS = frozenset(
    b"from to cc bcc subject date message-id received return-path reply-to sender mime-version "
    b"content-type delivered-to in-reply-to references dkim-signature x-mailer".split()
)
MBOX_LINE = re.compile(rb"From \S+.{0,80}\b\d\d:\d\d.{0,40}\b\d{4}\b")
XML_ROOT = re.compile(
    rb"(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)",
    re.DOTALL,
)
MAIN_CONTENT = re.compile(
    rb"ContentType\s*=\s*[\"'](([^\"']+?)\.main(?:\+xml)?)[\"']", re.IGNORECASE
)
MANIFEST_ROOT = re.compile(rb"<[^>]*full-path\s*=\s*[\"']/[\"'][^>]*>", re.DOTALL)
MANIFEST_TYPE = re.compile(rb"media-type\s*=\s*[\"']([^\"']+)")
