"""Which writer makes which format, and the locks and damages put on finished files."""

import io
import random
from collections.abc import Callable

import msoffcrypto
import pikepdf
from msoffcrypto.format.ooxml import OOXMLFile

from demo.office import write_docx, write_ods, write_odt, write_pptx, write_xlsx
from demo.page import Page
from demo.paper import write_jpg, write_pdf, write_png, write_scan
from demo.plain import write_csv, write_eml, write_html, write_rtf, write_txt

PASSWORD = "Thornbridge1"

WRITERS: dict[str, Callable[[Page], bytes]] = {
    "docx": write_docx,
    "xlsx": write_xlsx,
    "pptx": write_pptx,
    "odt": write_odt,
    "ods": write_ods,
    "pdf": write_pdf,
    "scan": write_scan,
    "jpg": write_jpg,
    "png": write_png,
    "html": write_html,
    "csv": write_csv,
    "txt": write_txt,
    "eml": write_eml,
    "rtf": write_rtf,
}
ENDINGS = {name: "pdf" if name == "scan" else name for name in WRITERS}


def lock_office(content: bytes) -> bytes:
    """An Office package under a password; the salt is random, so the bytes differ each time."""
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(PASSWORD, target)
    if not msoffcrypto.OfficeFile(target).is_encrypted():
        raise RuntimeError("msoffcrypto left the document readable.")
    return target.getvalue()


def lock_pdf(content: bytes) -> bytes:
    """A PDF under a password; its key is random, so the bytes differ each time."""
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(owner=PASSWORD, user=PASSWORD))
    return target.getvalue()


def cut_short(content: bytes) -> bytes:
    """The first part of a file whose copying stopped."""
    return content[: len(content) * 2 // 5]


def noise(rng: random.Random) -> bytes:
    """Bytes that are no format at all."""
    return rng.randbytes(6_000)
