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
        ("2021", "2021-12-31T00:00:00"),
        ("D:202102", "2021-02-28T00:00:00"),
        ("2021-03-04T10:00:00Z", "2021-03-04T10:00:00+00:00"),
        ("2021-03-04", "2021-03-04T00:00:00"),
    ],
)
def test_pdf_dates_become_iso_dates(written, on):
    assert dates.from_pdf(written).isoformat() == on


@pytest.mark.parametrize(
    "written",
    ["D:20211332", "D:20210304101500+99'99'", "soon", "D:0000", "2021/03/04", "D:191020304101500"],
)
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
        (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "date-out-of-range"),
        (datetime(1601, 1, 1, tzinfo=UTC), "date-out-of-range"),
        (datetime(2101, 1, 1), "date-out-of-range"),
        (datetime(1980, 1, 1, 0, 0, 2), "date-of-template"),
        (datetime(2006, 9, 16, tzinfo=UTC), "date-of-template"),
        (datetime(2013, 12, 23, 23, 15, tzinfo=UTC), "date-of-template"),
        (datetime(2013, 1, 27, 9, 15, 58, tzinfo=UTC), "date-of-template"),
    ],
)
def test_a_date_that_cannot_be_the_documents_is_set_aside(moment, warning):
    assert dates.believable([("created", "x", moment)]) == ((), (f"{warning}: x",))


def test_a_date_that_can_be_true_stands():
    (kept,), warnings = dates.believable([("modified", "x", datetime(1970, 1, 2))])
    assert (kept.on, warnings) == ("1970-01-02T00:00:00", ())


@pytest.mark.parametrize("changed", ["garbage", datetime(1601, 1, 1), datetime(1980, 1, 1)])
def test_a_date_of_making_is_no_proof_where_that_of_the_last_change_cannot_be_read(changed):
    stated = [("created", "x:made", datetime(2010, 5, 1)), ("modified", "x:changed", changed)]
    kept, warnings = dates.believable(stated)
    assert kept == ()
    assert warnings[-1] == "date-of-change-unknown: x:made"
    assert warnings[0].endswith(": x:changed")


def test_a_date_of_change_stands_where_that_of_making_cannot_be_read():
    stated = [("created", "x:made", "soon"), ("modified", "x:changed", datetime(2010, 5, 1))]
    (kept,), warnings = dates.believable(stated)
    assert (kept.origin, warnings) == ("x:changed", ("date-unreadable: x:made",))
