"""Dates as documents write them, and which can be believed."""

from datetime import UTC, datetime

import pytest

from indexer.extract import dates


@pytest.mark.parametrize(
    ("written", "on"),
    [
        ("D:20210304101500+01'00'", "2021-03-04T10:15:00+01:00"),
        ("D:20210304101500-05'30", "2021-03-04T10:15:00-05:30"),
        ("D:20210304101500Z00'00'", "2021-03-04T10:15:00+00:00"),
        ("D:20210304", "2021-03-04T00:00:00"),
        ("2021", "2021-01-01T00:00:00"),
    ],
)
def test_pdf_dates_become_iso_dates(written, on):
    assert dates.from_pdf(written).isoformat() == on


@pytest.mark.parametrize("written", ["D:20211332", "D:20210304101500+99'99'", "soon", "D:0000"])
def test_what_is_no_pdf_date_stays_text(written):
    assert dates.from_pdf(written) == written


@pytest.mark.parametrize("absent", [None, "", "  "])
def test_an_absent_date_is_neither_date_nor_warning(absent):
    stated = [
        ("created", "x", read(absent)) for read in (dates.from_pdf, dates.from_iso, dates.from_mail)
    ]
    assert dates.believable(stated) == ((), ())


@pytest.mark.parametrize(
    ("moment", "warning"),
    [
        (datetime(1969, 12, 31), "date-out-of-range"),
        (datetime(1970, 1, 1), "date-out-of-range"),
        (datetime(1601, 1, 1, tzinfo=UTC), "date-out-of-range"),
        (datetime(2101, 1, 1), "date-out-of-range"),
        (datetime(1980, 1, 1, 0, 0, 2), "date-of-template"),
        (datetime(2006, 9, 16, tzinfo=UTC), "date-of-template"),
        (datetime(2013, 12, 23, 23, 15, tzinfo=UTC), "date-of-template"),
    ],
)
def test_a_date_that_cannot_be_the_documents_is_set_aside(moment, warning):
    assert dates.believable([("created", "x", moment)]) == ((), (f"{warning}: x",))


def test_a_date_that_can_be_true_stands():
    (kept,), warnings = dates.believable([("modified", "x", datetime(1970, 1, 2))])
    assert (kept.on, warnings) == ("1970-01-02T00:00:00", ())
