"""Files made to harm: each is read or unreadable within a minute, and nothing else happens."""

import io
import time
import zipfile

import pytest

from indexer.extract.base import Extraction, Unreadable
from indexer.extract.builtin import BuiltinExtractor
from indexer.signatures import DOCX, XLSX

ODT = "application/vnd.oasis.opendocument.text"
MESSAGE = "message/rfc822"


def outcome(data: bytes, media_type: str) -> str:
    """The reason, or ``read``; anything but the two permitted endings fails the test."""
    started = time.monotonic()
    try:
        assert isinstance(BuiltinExtractor().extract(io.BytesIO(data), media_type), Extraction)
    except Unreadable as error:
        return error.reason
    else:
        return "read"
    finally:
        assert time.monotonic() - started < 60


def bombed(package: bytes, part: str, size: int = 200_000_000) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for entry in old.infolist():
            if entry.filename != part:
                new.writestr(entry, old.read(entry))
        with new.open(part, "w") as stream:
            stream.write(b"<r>")
            for _ in range(size // 1_000_000):
                stream.write(b"<p></p>   " * 100_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("media_type", "part"),
    [
        (DOCX, "word/document.xml"),
        (DOCX, "docProps/core.xml"),
        (XLSX, "xl/worksheets/sheet1.xml"),
        (XLSX, "xl/sharedStrings.xml"),
        (ODT, "content.xml"),
        (ODT, "META-INF/manifest.xml"),
    ],
)
def test_a_part_that_expands_a_thousand_times_is_too_large(every_format, media_type, part):
    assert outcome(bombed(every_format[media_type], part), media_type) == "too-large"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_of_any_type_is_read_or_unreadable(every_format, share):
    for media_type, data in every_format.items():
        outcome(data[: int(len(data) * share)], media_type)


def test_any_bytes_under_any_name_are_read_or_unreadable(every_format):
    for media_type in every_format:
        for data in (*every_format.values(), b"\0" * 5000, b"\xff" * 5000, b"PK\3\4", b"%PDF-1.7"):
            outcome(data, media_type)


@pytest.mark.parametrize("step", [7, 101])
def test_flipped_bytes_are_read_or_unreadable(every_format, step):
    for media_type, data in every_format.items():
        damaged = bytearray(data)
        for at in range(step, len(damaged), max(step, len(damaged) // 50)):
            damaged[at] ^= 0xFF
        outcome(bytes(damaged), media_type)


@pytest.mark.parametrize("part", ["word/document.xml", "docProps/core.xml"])
def test_a_package_cannot_pull_in_a_local_file(extract, word, with_part, tmp_path, part):
    canary = tmp_path / "canary"
    canary.write_text("CANARY")
    xml = (
        f'<!DOCTYPE x [<!ENTITY c SYSTEM "{canary.as_uri()}">]>'
        '<w:x xmlns:w="w"><w:p><w:r><w:t>&c;</w:t></w:r></w:p><title>&c;</title></w:x>'
    )
    found = extract(with_part(word, part, xml.encode()), DOCX)
    assert "CANARY" not in found.text + str(found.metadata) + found.title


def test_an_xml_file_cannot_pull_in_a_local_file(extract, tmp_path):
    canary = tmp_path / "canary"
    canary.write_text("CANARY")
    xml = f'<!DOCTYPE x [<!ENTITY c SYSTEM "{canary.as_uri()}">]><x a="b c">&c; seen</x>'
    found = extract(xml.encode(), "application/xml")
    assert "CANARY" not in found.text
    assert "seen" in found.text


@pytest.mark.parametrize("media_type", ["application/xml", "image/svg+xml"])
def test_entities_that_multiply_give_no_more_text_than_the_file_holds(media_type):
    entities = '<!ENTITY e0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)
    )
    bomb = f"<!DOCTYPE d [{entities}]><d a='x &e9;'>&e9;</d>".encode()
    found = BuiltinExtractor().extract(io.BytesIO(bomb), media_type)
    assert len(found.text) <= len(bomb)


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("application/xml", b"<a>" * 200_000),
        ("application/rtf", b"{\\rtf1" + b"{" * 500_000 + b"deep"),
        ("application/rtf", b"{\\rtf1 \\bin99999999999 x}"),
        ("application/rtf", b"{\\rtf1 \\u99999999999 \\f" + b"9" * 10 + b" \\'zz \\uc-5 \\u5 x}"),
        ("text/html", b"<a><b><i>" * 30_000),
        ("text/html", b"<table><tr><td>" * 20_000),
        ("text/html", b"<p " + b"a=b " * 100_000),
        (MESSAGE, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 50_000),
        (MESSAGE, b"Subject: " + b"x" * 5_000_000 + b"\r\n\r\n"),
        (MESSAGE, b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + b"\r\nbody"),
    ],
    ids=range(10),
)
def test_deep_wide_or_endless_structures_end(media_type, data):
    outcome(data, media_type)


def test_messages_within_messages_end():
    data = b"x"
    for level in range(200):
        data = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (
            level,
            level,
            data,
            level,
        )
    outcome(data, MESSAGE)
