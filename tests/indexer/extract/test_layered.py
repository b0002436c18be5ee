"""Which of two extractors is asked, and what becomes of both answers."""

import io
from dataclasses import dataclass, field

import pytest

from indexer.extract.base import ExtractedDate, Extraction, Unreadable
from indexer.extract.layered import Absent, LayeredExtractor
from indexer.limits import TEXT_LIMIT

DATE = ExtractedDate("created", "2020-01-01", "first")


@dataclass
class Told:
    """Answers as it is told to, and counts how often it is asked."""

    answer: Extraction | Unreadable
    name: str
    asked: int = field(default=0)

    def extract(self, source, media_type):
        del source, media_type
        self.asked += 1
        if isinstance(self.answer, Unreadable):
            raise self.answer
        return self.answer


def said(text, *warnings, reader="one", **more):
    return Extraction(text=text, metadata={}, warnings=warnings, reader=reader, **more)


def read(first, second):
    one, two = Told(first, "one"), Told(second, "two")
    try:
        return LayeredExtractor(one, two).extract(io.BytesIO(b"x"), "text/plain"), two.asked
    except Unreadable as error:
        return error.reason, two.asked


def test_the_second_is_not_asked_where_the_first_read_everything():
    found = said("all of it", "charset-guessed")
    assert read(found, said("other")) == (found, 0)
    empty = said("", "empty-file")
    assert read(empty, said("other")) == (empty, 0)


@pytest.mark.parametrize("reason", ["encrypted", "rights-protected", "too-large", "no-text-layer"])
def test_a_lock_a_bomb_and_a_scan_stay_what_they_are(reason):
    assert read(Unreadable(reason), said("other")) == (reason, 0)


def test_what_only_the_second_reads_is_all_its_own():
    found = said("old letter", reader="two", dates=(DATE,))
    assert read(Unreadable("no-extractor"), found) == (found, 1)
    assert not found.partial


def test_what_the_first_found_broken_is_never_whole():
    (found, _) = read(Unreadable("corrupt", "no end"), said("half a letter", reader="two"))
    assert (found.text, found.reader, found.partial) == ("half a letter", "two", True)
    assert found.warnings == ("part-damaged: no end",)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("corrupt", Unreadable("corrupt"), "corrupt"),
        ("corrupt", Unreadable("time-limit"), "corrupt"),
        ("corrupt", Unreadable("no-extractor"), "corrupt"),
        ("corrupt", Unreadable("encrypted"), "encrypted"),
        ("corrupt", said(" \n"), "corrupt"),
        ("no-extractor", Unreadable("time-limit"), "time-limit"),
        ("no-extractor", Unreadable("no-extractor"), "no-extractor"),
        ("no-extractor", said(" \n"), "empty"),
    ],
)
def test_the_more_exact_reason_counts_where_neither_can_read(first, second, reason):
    assert read(Unreadable(first), second) == (reason, 1)


@pytest.mark.parametrize(
    "warning", ["embedded-parts-not-read", "part-damaged: x", "xfa-form-not-read", "markup-damaged"]
)
def test_lines_that_the_first_left_out_are_added_and_its_facts_stay(warning):
    first = said("Dear all\n", warning, dates=(DATE,), title="Mail")
    (found, _) = read(first, said("Dear all\nthe attached lease", reader="two", title="Other"))
    assert found.text == "Dear all\n\nthe attached lease\n"
    assert (found.dates, found.title, found.reader) == ((DATE,), "Mail", "one+two")
    assert found.warnings == (warning,)


def test_text_is_looked_for_where_the_first_found_none():
    (found, asked) = read(said(" \n"), said("in a box", reader="two"))
    assert (found.text.strip(), asked, found.reader) == ("in a box", 1, "one+two")


def test_nothing_new_leaves_the_answer_of_the_first():
    first = said("Dear all", "embedded-parts-not-read")
    assert read(first, said("dear ALL", reader="two"))[0] is first


def test_a_second_that_fails_costs_its_part_only():
    (found, _) = read(said("Dear all", "markup-damaged"), Unreadable("time-limit"))
    assert found.text == "Dear all"
    assert found.warnings[-1] == "second-reader-failed: time-limit"
    assert found.partial
    blank = said("")
    assert read(blank, Unreadable("no-extractor"))[0] is blank


def test_both_together_stay_below_the_ceiling():
    first = said("a " * (TEXT_LIMIT // 2), "embedded-parts-not-read")
    (found, _) = read(first, said("b", reader="two"))
    assert len(found.text) == TEXT_LIMIT
    assert found.truncated


def test_one_that_brought_a_worker_down_is_not_asked_again():
    absent = Absent("time-limit", {"application/msword"})
    with pytest.raises(Unreadable, match="time-limit"):
        absent.extract(io.BytesIO(b"x"), "application/msword")
    with pytest.raises(Unreadable, match="no-extractor"):
        absent.extract(io.BytesIO(b"x"), "image/png")
