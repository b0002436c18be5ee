"""Compound files: their marks of protection and their own properties."""

import io
import struct

import msoffcrypto.format.ooxml
import pytest

from indexer.extract import ole
from indexer.extract.base import Unreadable
from indexer.signatures import DOCX, XLSX
from tests.fakes.compound import compound as written


def encrypted(package: bytes) -> bytes:
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(package)).encrypt("secret", out)
    return out.getvalue()


def compound(*names: str) -> bytes:
    """A compound file of one sector each for its table, its folder and empty streams."""
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    header = struct.pack(
        "<8s16s5H6x9I", ole.MAGIC, b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0
    )
    header = (header + struct.pack("<I", 0)).ljust(512, b"\xff")
    table = struct.pack("<2I", 0xFFFFFFFD, end).ljust(512, b"\xff")
    root = entry("Root Entry", 5, child=1 if names else free)
    streams = [
        entry(name, 2, right=at + 2 if at + 1 < len(names) else free)
        for at, name in enumerate(names)
    ]
    return header + table + b"".join([root, *streams]).ljust(512, b"\0")


def entry(name: str, kind: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    free = 0xFFFFFFFF
    return struct.pack(
        "<64sHBB3I16sI8s8sIQ", raw, len(raw), kind, 1, free, right, child, b"", 0, b"", b"",
        0xFFFFFFFE, 0,
    )  # fmt: skip


@pytest.mark.parametrize("media_type", [DOCX, XLSX, "application/encrypted"])
def test_a_package_under_a_password_is_encrypted(extract, word, media_type):
    with pytest.raises(Unreadable) as caught:
        extract(encrypted(word), media_type)
    assert caught.value.reason == "encrypted"


def test_a_package_under_rights_management_is_rights_protected(extract):
    data = compound("EncryptedPackage", "DRMEncryptedTransform")
    with pytest.raises(Unreadable) as caught:
        extract(data, DOCX)
    assert caught.value.reason == "rights-protected"


def test_an_older_document_under_rights_management_is_rights_protected(extract):
    with pytest.raises(Unreadable) as caught:
        extract(compound("\tDRMContent"), "application/msword")
    assert caught.value.reason == "rights-protected"


def test_an_open_document_of_a_program_nothing_here_reads_has_no_extractor(extract):
    with pytest.raises(Unreadable) as caught:
        extract(compound("VisioDocument"), "application/vnd.visio")
    assert caught.value.reason == "no-extractor"


def test_stream_names_are_known_whatever_their_case():
    names = ole.stream_names(io.BytesIO(compound("ENCRYPTEDPACKAGE")))
    assert names == frozenset({"encryptedpackage"})


def test_documents_inside_are_counted_and_pictures_shown_in_a_message_are_not():
    message = written({
        "__attach_version1.0_#00000000/__substg1.0_3707001F": b"n",
        "__attach_version1.0_#00000001/__substg1.0_3707001F": b"n",
        "__attach_version1.0_#00000001/__substg1.0_3712001F": b"cid",
        "__recip_version1.0_#00000000/__substg1.0_3001001F": b"n",
    })  # fmt: skip
    assert ole.embedded(io.BytesIO(message)) == {"__attach_version1.0_#00000000"}
    letter = written({"WordDocument": b"x", "ObjectPool/_123/Contents": b"x"})
    assert ole.embedded(io.BytesIO(letter)) == {"_123"}
