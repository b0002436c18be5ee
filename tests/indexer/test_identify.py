"""What a file is, from its descriptor, its name and its first bytes."""

import io
import os
import subprocess
import sys
from collections.abc import Callable

import docx
import openpyxl
import pytest

from indexer import signatures
from indexer.identify import Identification, identify, libmagic, libmagic_source

Identify = Callable[[bytes, str], Identification]


@pytest.fixture
def found(tmp_path) -> Identify:
    def run(data: bytes, name: str) -> Identification:
        path = tmp_path / "file"
        path.write_bytes(data)
        fd = os.open(path, os.O_RDONLY)
        try:
            return identify(fd, name, data[:65536])
        finally:
            os.close(fd)

    return run


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n%%EOF", "a.pdf", "application/pdf"),
        (b"{\\rtf1 x}", "a.rtf", "application/rtf"),
        (b"{\\rtf1 x}", "a.doc", "application/rtf"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0", "a.png", "image/png"),
        (b"<!DOCTYPE html>\n<html><body>x", "a.html", "text/html"),
        (b"<?xml version='1.0'?>\n<!-- c -->\n<order/>", "a.xml", "application/xml"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml"),
        (b"name,sum\na,1\n", "a.csv", "text/csv"),
        (b"name,sum\na,1\n", "a.txt", "text/plain"),
        (b"# Heading\n\ntext\n", "README.md", "text/markdown"),
        (b"# Heading\n\ntext\n", "README", "text/plain"),
        (b"\x00\x01\x02\x03" * 50, "a.csv", "application/octet-stream"),
        ("Tŷ\n".encode("utf-16"), "a.txt", "text/plain"),
        (b"HWP Document File V3.00", "a.hwp", "application/x-hwp"),
    ],
)
def test_bytes_decide_and_names_only_between_kinds_of_text(found, data, name, media_type):
    assert found(data, name).media_type == media_type


def test_office_documents_are_known_whatever_their_name(found):
    book = openpyxl.Workbook()
    assert found(saved(docx.Document()), "notes").media_type == signatures.DOCX
    assert found(saved(book), "figures.doc").media_type == signatures.XLSX


def test_a_file_under_the_wrong_name_is_reported(found):
    warnings = found(saved(docx.Document()), "plan.pdf").warnings
    assert "name-disagrees: .pdf promises application/pdf" in warnings


def test_the_pronom_identifier_and_its_basis_are_given(found):
    identified = found(saved(docx.Document()), "notes.docx")
    assert identified.puid == "fmt/412"
    assert "container" in identified.puid_basis
    assert identified.warnings == ()


def test_what_the_two_authorities_disagree_on_is_recorded(found):
    page = (
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        b'"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'
        b'<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head></html>'
    )
    identified = found(page, "page.html")
    assert (identified.media_type, identified.puid) == ("text/html", "fmt/102")
    assert identified.warnings == ("types-disagree: fmt/102 is application/xhtml+xml",)


def test_a_file_without_bytes_is_empty(found):
    identified = found(b"", "minutes.docx")
    assert identified.media_type == signatures.EMPTY
    assert identified.puid is None


def test_the_answer_does_not_depend_on_the_position_of_the_descriptor(tmp_path):
    (tmp_path / "a").write_bytes(data := saved(docx.Document()))
    fd = os.open(tmp_path / "a", os.O_RDONLY)
    first = identify(fd, "a.docx", data)
    os.lseek(fd, 500, os.SEEK_SET)
    assert identify(fd, "a.docx", data) == first
    os.close(fd)


def test_a_damaged_container_is_still_identified(found):
    data = saved(docx.Document())
    identified = found(data[: len(data) // 2], "notes.docx")
    assert identified.media_type == signatures.DOCX
    assert found(signatures.OLE_START + b"\0" * 100, "a.doc").media_type


def test_the_library_in_use_is_told():
    assert libmagic().origin in {"system", "bundled"}
    assert libmagic_source() == (
        f"{libmagic().origin} {libmagic().version // 100}.{libmagic().version % 100:02}"
    )


def test_the_bundled_library_identifies_where_the_system_has_none(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"%!PS-Adobe-3.0\n")
    program = (
        "import os, indexer.identify as it\n"
        "it._system_has_libmagic = lambda: False\n"
        f"fd = os.open({str(path)!r}, os.O_RDONLY)\n"
        "print(it.libmagic_source(), it.identify(fd, 'a.ps', b'%!PS-Adobe-3.0').media_type)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    origin, version, media_type = done.stdout.decode().split()
    assert origin == "bundled"
    assert float(version) > 5
    assert media_type == "application/postscript"
