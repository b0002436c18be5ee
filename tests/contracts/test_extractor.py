"""What every implementation of `indexer.extract.base.Extractor` must do."""

import contextlib
import io

import pytest

from indexer.extract.base import (
    METADATA,
    REASONS,
    WARNINGS,
    DateKind,
    Extraction,
    Extractor,
    Unreadable,
)
from indexer.extract.builtin import BuiltinExtractor
from indexer.extract.layered import LayeredExtractor
from indexer.extract.tika import TikaExtractor


def layered() -> LayeredExtractor:
    return LayeredExtractor(BuiltinExtractor(), TikaExtractor())


IMPLEMENTATIONS = [BuiltinExtractor, TikaExtractor, layered]
KINDS: set[DateKind] = {"created", "modified", "sent"}
READABLE = {
    "text/plain": b"A note for the file.",
    "text/html": b"<title>Note</title><p>A note for the file.",
    "message/rfc822": b"From: a@b.example\r\nDate: Thu, 04 Mar 2021 10:00:00 +0000\r\n\r\n"
    b"A note for the file.",
    "application/rtf": rb"{\rtf1{\info{\author A}{\creatim\yr2004\mo3\dy1}}"
    rb"A note for the file.\par}",
    "application/xml": b"<note>A note for the file.</note>",
}
HOSTILE = [
    b"\0",
    b"%PDF-1.7\n",
    b"PK\3\4" + b"\0" * 40,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"{\\rtf",
]
MEDIA_TYPES = [
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
    "image/png",
    "",
    *READABLE,
]


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda implementation: implementation.__name__)
def extractor(request) -> Extractor:
    return request.param()


@pytest.mark.parametrize("media_type", READABLE)
def test_text_is_plain_and_complete(extractor, media_type):
    found = extractor.extract(io.BytesIO(READABLE[media_type]), media_type)
    assert "A note for the file." in found.text
    assert not found.truncated
    assert found.parts == 1


@pytest.mark.parametrize("media_type", READABLE)
def test_facts_keep_to_the_vocabulary(extractor, media_type):
    found = extractor.extract(io.BytesIO(READABLE[media_type]), media_type)
    assert set(found.metadata) <= set(METADATA)
    assert all(found.metadata.values())
    assert {date.kind for date in found.dates} <= KINDS
    assert {warning.partition(":")[0] for warning in found.warnings} <= set(WARNINGS)


def test_reading_twice_gives_the_same(extractor):
    for media_type, data in READABLE.items():
        source = io.BytesIO(data)
        source.seek(3)
        first = extractor.extract(source, media_type)
        assert extractor.extract(source, media_type) == first


def test_the_source_is_left_open(extractor):
    for media_type in MEDIA_TYPES:
        for data in (*READABLE.values(), *HOSTILE):
            source = io.BytesIO(data)
            with contextlib.suppress(Unreadable):
                extractor.extract(source, media_type)
            assert not source.closed


def verdict(extractor: Extractor, source: io.BytesIO, media_type: str) -> Unreadable | None:
    try:
        assert isinstance(extractor.extract(source, media_type), Extraction)
    except Unreadable as error:
        return error
    return None


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_every_failure_is_unreadable_with_a_known_reason_and_keeps_its_cause(extractor, media_type):
    for data in HOSTILE:
        error = verdict(extractor, io.BytesIO(data), media_type)
        assert error is None or error.reason in REASONS
        assert error is None or error.reason != "corrupt" or error.__cause__ is not None


class Failing(io.BytesIO):
    """A file on a disk that went away."""

    def read(self, *_):
        raise OSError("the disk went away")


def test_a_fault_of_the_source_is_unreadable_too(extractor):
    for media_type in MEDIA_TYPES:
        assert verdict(extractor, Failing(b"data"), media_type)


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
def test_a_file_without_bytes_is_read_as_empty(extractor, media_type):
    found = extractor.extract(io.BytesIO(b""), media_type)
    assert found.text == ""
    assert found.warnings == ("empty-file",)


def test_it_has_a_name_for_the_register(extractor):
    assert extractor.name
