"""Which program's document a container is."""

import io
import zipfile

import pytest

from indexer import inside, signatures

MAIN = "application/vnd.{}.main+xml"


def package(parts: dict[str, str], extension: str = "") -> str | None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    answer = inside.package(out, out.getvalue()[:4096], extension)
    return answer[0] if answer else None


@pytest.mark.parametrize(
    ("content_type", "media_type"),
    [
        (f"{signatures.DOCX}.main+xml", signatures.DOCX),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main", signatures.XLSB),
        (
            "application/vnd.ms-word.document.macroEnabled.main+xml",
            "application/vnd.ms-word.document.macroEnabled.12",
        ),
        (
            "application/vnd.ms-visio.drawing.main+xml",
            "application/vnd.ms-visio.drawing.main+xml",
        ),
        (
            "application/vnd.ms-package.xps-fixeddocumentsequence+xml",
            "application/vnd.ms-xpsdocument",
        ),
    ],
)
def test_the_main_part_names_the_document(content_type, media_type):
    part = f'<Types><Override PartName="/x" ContentType="{content_type}"/></Types>'
    assert package({"[Content_Types].xml": part}) == media_type


def test_an_open_document_carries_its_type_in_the_first_entry():
    odt = "application/vnd.oasis.opendocument.text"
    assert package({"mimetype": odt, "content.xml": ""}) == odt


def test_the_manifest_serves_where_the_first_entry_is_missing():
    manifest = (
        '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/>'
    )
    assert (
        package({"content.xml": "", "META-INF/manifest.xml": manifest})
        == "application/vnd.oasis.opendocument.text"
    )


def test_a_name_is_believed_only_of_an_archive_nothing_else_explains():
    assert package({"Index/Document.iwa": ""}, "pages") == "application/vnd.apple.pages"
    assert package({"a.txt": ""}, "docx") is None


def test_a_package_cut_short_is_known_by_its_folders():
    head = b"PK\3\4" + b"\0" * 26 + b"word/document.xml"
    assert inside.package(io.BytesIO(head), head, "docx")[0] == signatures.DOCX


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"PK\5\6" + b"\0" * 18, b"\xff" * 600])
def test_ruins_are_nothing(data):
    assert inside.package(io.BytesIO(data), data, "zip") is None
    assert inside.compound(io.BytesIO(data), "doc") is None


def test_an_archive_of_a_version_to_come_is_judged_by_what_shows():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    data = out.getvalue().replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\xfa")
    assert inside.package(io.BytesIO(data), data, "docx") == (
        signatures.DOCX,
        "zip entry word/ of a damaged archive",
    )


@pytest.mark.parametrize("size", [8, 100, 512, 600, 1536, 5000])
def test_a_damaged_compound_file_is_nothing(size):
    data = (signatures.OLE_START + b"\x3e\0\3\0\xfe\xff\t\0" * 700)[:size]
    assert inside.compound(io.BytesIO(data), "doc") is None
