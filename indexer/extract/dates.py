"""Dates as documents write them, and which of them can be believed.

A date is set aside, with a warning, when it cannot be true: outside 1970 to 2100, or the moment
at which a program's own template was saved, which programs copy into every new document. Left
standing it would date a record years too early. So would the date of making where the document
states one of its last change that cannot be believed: both are set aside then. Where a date names
a month or a year only, its last day is meant.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from indexer.extract.base import DateKind, ExtractedDate

TEMPLATE_MOMENTS = frozenset(
    {
        "1996-10-14T23:33:28",  # Excel 97 to 2003, new workbook
        "2006-09-13T11:21:51",  # Excel 2007, new workbook
        "2006-09-16T00:00:00",  # Excel 2007 and 2010, new workbook
        "2015-06-05T18:17:20",  # Excel 2016 and later, new workbook
        "2015-06-05T18:19:34",  # the same, second variant
        "2013-01-27T09:14:16",  # python-pptx's template, made
        "2013-01-27T09:15:58",  # the same, last saved
        "2013-12-23T23:15:00",  # python-docx's template
    }
)
"""Times that say when a template was made, not the document."""

_EARLIEST, _LATEST = 1970, 2100
_ZIP_EPOCH = "1980-01-01"
_UNIX_EPOCH = "1970-01-01"
_PDF = re.compile(
    r"(?:D:)?\s*(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?\s*"
    r"(?:(Z)(?:00'?00'?)?|([+-])(\d\d)'?(\d\d)?'?)?"
)

Stated = tuple[DateKind, str, "datetime | str | None"]
"""A date as found: its kind, its origin, and a moment, or text that names none."""


def believable(stated: Iterable[Stated]) -> tuple[tuple[ExtractedDate, ...], tuple[str, ...]]:
    """Sort the dates a document states into those that can stand and warnings.

    Args:
        stated: text stands for a date that was there and could not be understood; None or blank
            for one that was not there.

    Returns:
        The dates to keep, and a warning for each one set aside.
    """
    kept, warnings, change_known = [], [], True
    for kind, origin, moment in stated:
        if not moment:
            continue
        fault = _fault(moment)
        if isinstance(moment, datetime) and not fault:
            kept.append(ExtractedDate(kind, moment.isoformat(), origin))
        else:
            warnings.append(f"{fault}: {origin}")
            change_known = change_known and kind != "modified"
    if not change_known:
        warnings += [f"date-of-change-unknown: {each.origin}" for each in kept]
        kept = []
    return tuple(kept), tuple(warnings)


def _fault(moment: datetime | str) -> str:
    if isinstance(moment, str):
        return "date-unreadable"
    written = moment.replace(tzinfo=None, microsecond=0).isoformat()
    if not _EARLIEST <= moment.year <= _LATEST or written.startswith(_UNIX_EPOCH):
        return "date-out-of-range"
    if written.startswith(_ZIP_EPOCH) or written in TEMPLATE_MOMENTS:
        return "date-of-template"
    return ""


def from_iso(text: str | None) -> datetime | str | None:
    """A W3C date such as ``2021-03-04T10:00:00Z``; the text itself when it is not one."""
    trimmed = (text or "").strip()
    try:
        return datetime.fromisoformat(trimmed) if trimmed else None
    except ValueError:
        return trimmed


def from_pdf(text: str | None) -> datetime | str | None:
    """A PDF date such as ``D:20210304101500+01'00'`` (ISO 32000-1, 7.9.4)."""
    trimmed = (text or "").strip()
    match = _PDF.fullmatch(trimmed)
    if not match:
        return from_iso(trimmed)
    numbers = [int(part) for part in match.groups()[:6] if part]
    try:
        return datetime(*_whole(numbers), tzinfo=_offset(*match.groups()[6:]))
    except ValueError:
        return trimmed


def _whole(numbers: list[int]) -> tuple[int, int, int, int, int, int]:
    year, month, day, hour, minute, second = numbers + [0, 12, 0, 0, 0, 0][len(numbers) :]
    return year, month, day or monthrange(year, month)[1], hour, minute, second


def _offset(zulu: str | None, sign: str | None, hours: str, minutes: str) -> timezone | None:
    if zulu:
        return UTC
    if not sign:
        return None
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-size if sign == "-" else size)


def from_mail(text: str | None) -> datetime | str | None:
    """The Date header of a message (RFC 5322, 3.3)."""
    trimmed = (text or "").strip()
    try:
        return parsedate_to_datetime(trimmed) if trimmed else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return trimmed
