"""Ceilings on archives and texts, counted on the bytes that really come out."""

import io
import struct
import zipfile
import zlib

import pytest

from indexer.limits import (
    MIB,
    ZIP_BYTES,
    ZIP_ENTRIES,
    BoundedZip,
    LimitExceededError,
    TextBuffer,
    read_bounded,
)


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def crafted(*entries: tuple[str, int, bytes, bytes, int]) -> bytes:
    """An archive whose directory says what it likes.

    Each entry: name, size claimed, checksummed bytes, packed bytes, offset or -1 for its own.
    """
    body, directory = b"", b""
    for name, claimed, plain, deflated, offset in entries:
        fields = (20, 0, 8, 0, 0x21, zlib.crc32(plain), len(deflated), claimed, len(name), 0)
        at = len(body) if offset < 0 else offset
        body += struct.pack("<4s5H3I2H", b"PK\3\4", *fields) + name.encode() + deflated
        directory += struct.pack("<4sH5H3I2H", b"PK\1\2", 20, *fields)
        directory += struct.pack("<3H2I", 0, 0, 0, 0, at) + name.encode()
    end = (0, 0, len(entries), len(entries), len(directory), len(body), 0)
    return body + directory + struct.pack("<4s4H2IH", b"PK\5\6", *end)


def deflated(data: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(data) + squeezer.flush()


def test_entries_come_out_as_they_went_in():
    parts = {"a.txt": b"one" * 100_000, "b/c.txt": b"", "d": bytes(range(256)) * 1000}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = BoundedZip(io.BytesIO(packed(parts, method)))
        assert {name: archive.read(name) for name in archive.names} == parts


def test_bytes_before_the_archive_do_no_harm():
    archive = BoundedZip(io.BytesIO(b"#!/bin/sh\n" + packed({"a": b"x"})))
    assert archive.read("a") == b"x"


def test_two_entries_can_be_read_by_turns():
    archive = BoundedZip(io.BytesIO(packed({"a": b"a" * 300_000, "b": b"b" * 300_000}, 0)))
    both = zip(archive.chunks("a"), archive.chunks("b"), strict=True)
    assert {(one[:1], two[:1]) for one, two in both} == {(b"a", b"b")}


def test_an_entry_that_expands_more_than_a_hundred_times_is_refused():
    archive = BoundedZip(io.BytesIO(packed({"bomb": b"\0" * (20 * MIB)})))
    with pytest.raises(LimitExceededError, match="100 times"):
        archive.read("bomb")


def test_a_short_run_may_expand_more():
    assert len(BoundedZip(io.BytesIO(packed({"a": b" " * MIB}))).read("a")) == MIB


def test_what_comes_out_counts_and_not_what_the_header_claims():
    bomb = b"\0" * (20 * MIB)
    archive = BoundedZip(io.BytesIO(crafted(("lie", 10, bomb[:10], deflated(bomb), -1))))
    with pytest.raises(LimitExceededError):
        archive.read("lie")


def test_all_entries_together_have_a_ceiling(monkeypatch):
    monkeypatch.setattr("indexer.limits.ZIP_BYTES", 3 * MIB)
    archive = BoundedZip(io.BytesIO(packed({str(n): b"x" * MIB for n in range(4)}, 0)))
    for name in "012":
        archive.read(name)
    with pytest.raises(LimitExceededError, match="beyond"):
        archive.read("3")
    assert ZIP_BYTES == 1 << 30


def test_too_many_entries_are_refused():
    with pytest.raises(LimitExceededError, match="entries"):
        BoundedZip(io.BytesIO(packed({str(n): b"" for n in range(ZIP_ENTRIES + 1)}, 0)))


def test_a_huge_directory_is_refused_before_it_is_read():
    # 64-bit records are believed over the older ones, as the standard library believes them.
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, 1 << 30, 0)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 0, 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, 46, 0, 0)
    with pytest.raises(LimitExceededError, match="directory"):
        BoundedZip(io.BytesIO(record + locator + end))


def test_overlapping_entries_are_refused():
    data = deflated(b"shared kernel")
    archive = crafted(("a", 13, b"shared kernel", data, -1), ("b", 13, b"shared kernel", data, 0))
    with pytest.raises(LimitExceededError, match="overlaps"):
        BoundedZip(io.BytesIO(archive))


@pytest.mark.parametrize("cut", [1, 10, 25, 60])
def test_a_truncated_archive_is_damaged(cut):
    with pytest.raises(zipfile.BadZipFile):
        BoundedZip(io.BytesIO(packed({"a": b"x" * 100})[:-cut]))


def test_a_wrong_checksum_is_damage():
    archive = BoundedZip(io.BytesIO(crafted(("a", 3, b"abd", deflated(b"abc"), -1))))
    with pytest.raises(zipfile.BadZipFile, match="checksum"):
        archive.read("a")


def test_an_entry_that_ends_early_is_damage():
    archive = BoundedZip(io.BytesIO(crafted(("a", 900, b"", deflated(bytes(900))[:-2], -1))))
    with pytest.raises(zipfile.BadZipFile, match="ends early"):
        archive.read("a")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_no_document_uses_is_refused(method):
    archive = BoundedZip(io.BytesIO(packed({"a": b"x" * 1000}, method)))
    with pytest.raises(zipfile.BadZipFile, match="unusually"):
        archive.read("a")


def test_text_is_kept_up_to_the_limit_and_the_cut_is_remembered():
    buffer = TextBuffer(5)
    buffer.add("abc")
    buffer.add("de")
    assert (buffer.text(), buffer.truncated) == ("abcde", False)
    buffer.add("f")
    assert (buffer.text(), buffer.truncated) == ("abcde", True)


def test_a_file_is_read_from_its_start_up_to_the_limit():
    source = io.BytesIO(b"abcdef")
    source.seek(3)
    assert read_bounded(source, 6) == (b"abcdef", False)
    assert read_bounded(source, 5) == (b"abcde", True)
