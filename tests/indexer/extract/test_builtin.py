"""The dispatcher: which family reads which type, and what nothing reads."""

import io

import pytest

from indexer.extract.base import Unreadable
from indexer.extract.builtin import BuiltinExtractor


@pytest.mark.parametrize(
    "media_type",
    ["image/png", "application/octet-stream", "application/vnd.ms-outlook", "video/mp4"],
)
def test_a_type_without_a_reader_says_so(media_type):
    with pytest.raises(Unreadable) as caught:
        BuiltinExtractor().extract(io.BytesIO(b"data"), media_type)
    assert caught.value.reason == "no-extractor"
    assert media_type in caught.value.detail


@pytest.mark.parametrize(
    "media_type", ["text/x-python", "text/calendar", "application/json", "application/yaml"]
)
def test_any_kind_of_text_is_read(extract, media_type):
    assert extract(b"SUMMARY:Full council", media_type).text == "SUMMARY:Full council"


@pytest.mark.parametrize("media_type", ["image/svg+xml", "application/rss+xml"])
def test_any_kind_of_xml_is_read_without_its_tags(extract, media_type):
    assert extract(b"<a><b>words</b></a>", media_type).text.strip() == "words"


def test_every_format_is_read(extract, every_format):
    for media_type, data in every_format.items():
        assert extract(data, media_type).text
