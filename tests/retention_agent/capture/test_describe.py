"""What is learned of one open file."""

import hashlib
import io
import os
from dataclasses import replace

import pytest

from classifiers.model import ClassHint
from indexer.extract.base import ExtractedDate, Extraction, Unreadable
from indexer.identify import Identification
from retention_agent.capture.describe import LONGEST_VALUE, MOST_VALUES, Instruments, describe
from retention_agent.capture.description import NotRead, from_document, to_document
from retention_agent.capture.fixity import OpenFile

TEXT = "Example Town Council\n\nAbout case HR-0042: Dŵr £5.\n"


@pytest.fixture
def instruments(settings):
    hints = {"HR-001": ClassHint("Employment grievances", ("grievance",), 6.0)}
    return Instruments.of(replace(settings, classes=hints, reference_patterns=(r"HR-\d{4}",)))


@pytest.fixture
def given(tmp_path, instruments):
    """Describes a file of the given content under the given name, with parts exchanged."""

    def describe_file(content, name=b"letters/note.txt", **parts):
        path = tmp_path / "file"
        path.write_bytes(content)
        with open(path, "rb") as file:
            return describe(OpenFile(file.fileno()), name, replace(instruments, **parts))

    return describe_file


class Reader:
    """An extractor that gives what it is told to, after doing something to the file."""

    name = "told"

    def __init__(self, outcome, meanwhile=lambda: None):
        self.outcome = outcome
        self.meanwhile = meanwhile

    def extract(self, source, _media_type):
        assert isinstance(source, io.BufferedReader)
        assert source.tell() == 0
        self.meanwhile()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_a_file_is_described_by_its_bytes_and_its_names(given):
    found = given(TEXT.encode(), b"HR/Case HR-0001.txt")
    assert found.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert found.media_type == "text/plain"
    assert found.text == TEXT
    assert found.references == {"HR-0001": "name", "HR-0042": "text"}
    assert found.fingerprint.size == len(TEXT.encode())
    assert (found.unreadable, found.partial) == (None, False)
    assert from_document(to_document(found), found.text) == found


def test_a_file_that_cannot_be_parsed_still_has_its_digest(given):
    found = given(b"content", extractor=Reader(Unreadable("encrypted", "a password is needed")))
    assert found.sha256 == hashlib.sha256(b"content").hexdigest()
    assert (found.unreadable, found.detail) == ("encrypted", "a password is needed")
    assert (found.text, found.record_class) == ("", None)


def test_a_file_that_cannot_be_read_is_told_apart(instruments, tmp_path):
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(NotRead, match="not-a-regular-file"):
            describe(OpenFile(descriptor), b"folder", instruments)
    finally:
        os.close(descriptor)


def test_a_reader_that_ran_out_of_memory_ends_the_worker(given):
    with pytest.raises(MemoryError):
        given(b"content", extractor=Reader(Unreadable("memory-limit")))


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(b"other  "),
        lambda path: path.write_bytes(b"content, and more"),
        lambda path: os.utime(path, ns=(0, 0)),
        lambda path: os.truncate(path, 3),
        lambda path: path.chmod(0o600),
        lambda path: path.unlink(),
    ],
)
@pytest.mark.parametrize("outcome", [Extraction("text", {}), Unreadable("corrupt")])
def test_a_file_that_changes_while_it_is_read_is_not_described(change, outcome, given, tmp_path):
    extractor = Reader(outcome, lambda: change(tmp_path / "file"))
    with pytest.raises(NotRead, match="changed-while-read"):
        given(b"content", extractor=extractor)


def test_what_a_document_says_of_itself_is_bounded_and_whole_characters(given):
    extraction = Extraction(
        text="half \ud83d a character",
        metadata={f"key{number}": "v" * 9_000 for number in range(1_000)},
        dates=tuple(
            ExtractedDate("created", day, "pdf:CreationDate\udcff")
            for day in ("2019-03-04T10:00:00+01:00", "1601-01-01T00:00:00Z", "soon")
        ),
        title="t\ud800" * 9_000,
        warnings=("characters-lost",) * 1_000,
    )
    found = given(b"content", extractor=Reader(extraction))
    assert found.text == "half ? a character"
    assert len(found.metadata) == MOST_VALUES
    assert {len(value) for value in found.metadata.values()} == {LONGEST_VALUE}
    assert found.dates == [
        {"kind": "created", "on": "2019-03-04T10:00:00+01:00", "origin": "pdf:CreationDate?"}
    ]
    assert len(found.title) == LONGEST_VALUE
    assert len(found.identification["warnings"]) <= MOST_VALUES
    assert from_document(to_document(found), found.text) == found


@pytest.mark.parametrize(
    ("warning", "partial"),
    [
        ("embedded-parts-not-read: 2", True),
        ("pages-without-text: 3", True),
        ("part-damaged: word/footnotes.xml", True),
        ("date-of-template: ooxml:created", False),
    ],
)
def test_a_document_whose_text_is_not_all_there_is_marked(given, warning, partial):
    extraction = Extraction("the text", {}, warnings=(warning,))
    found = given(b"content", extractor=Reader(extraction))
    assert found.partial is partial


def test_a_text_cut_short_is_marked(given):
    extraction = Extraction("the beginning", {}, truncated=True)
    found = given(b"content", extractor=Reader(extraction))
    assert found.partial
    assert found.class_origin != "automatic"


@pytest.mark.parametrize(
    ("named", "kept"),
    [
        ("image/cgm; version=4", "image/cgm"),
        ("vnd.apache.arrow.file", "application/octet-stream"),
    ],
)
def test_only_a_media_type_passes_for_one(named, kept, given, monkeypatch):
    found = Identification(named, "PRONOM", "fmt/306", "bytes")
    monkeypatch.setattr("retention_agent.capture.describe.identify", lambda *_: found)
    assert given(b"content", extractor=Reader(Extraction("", {}))).media_type == kept


def test_an_empty_file_is_described(given):
    found = given(b"")
    assert found.sha256 == hashlib.sha256(b"").hexdigest()
    assert found.text == ""


def test_a_file_that_cost_a_worker_is_described_without_the_second_reader(settings, tmp_path):
    (tmp_path / "old.mbox").write_bytes(
        b"From a@b.example Thu Mar  4 10:00:00 2021\nFrom: a\n\nx\n"
    )
    instruments = Instruments.of(settings)
    assert instruments.without_second("") is instruments
    with open(tmp_path / "old.mbox", "rb") as file:
        sturdy = instruments.without_second("time-limit")
        found = describe(OpenFile(file.fileno()), b"old.mbox", sturdy)
    assert found.unreadable == "time-limit"
    assert len(found.sha256) == 64


def test_text_that_only_looks_like_text_is_marked_and_never_classed(given):
    found = given(("The rent \ufffd\ufffd is \ufffd\ufffd due. " * 9).encode())
    assert found.partial
    assert found.identification["warnings"] == ["garbled-text"]
    assert found.record_class is None
