"""One file as the report counts it: its place, kind, age and what the schedule says."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from classifiers.trivial import trivial
from policies import Action, Decision, Reason, Schedule, Trust
from retention_agent.register import records
from retention_agent.register.overview import band
from retention_agent.shares.paths import display, printable

NO_CLASS = "(no class)"
NO_OWNER = "(not known)"
TOP = "(top folder)"
NOT_READ = "not read yet"
HELD = "held"

_YEAR = 365.25
_KINDS = (
    ("Word documents", ("wordprocessingml", "msword", "opendocument.text", "/rtf", "wordperfect")),
    ("Spreadsheets", ("spreadsheet", "excel", "/csv")),
    ("Presentations", ("presentation", "powerpoint")),
    ("PDF", ("application/pdf",)),
    ("Mail", ("message/", "ms-outlook", "mbox")),
    ("Web pages and text", ("text/", "html", "json", "xml")),
    ("Pictures", ("image/",)),
    ("Sound and video", ("audio/", "video/")),
    ("Archives", ("zip", "x-7z", "x-tar", "gzip", "x-rar")),
    ("Databases", ("msaccess", "sqlite", "dbf")),
    ("Programs", ("x-dosexec", "x-executable", "x-msdownload", "x-sharedlib")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One present file; sizes in bytes, ages in years."""

    share: str
    folder: str
    owner: str
    record_class: str
    service: str
    kind: str
    size: int
    age: float
    band: str
    """the age as one of `overview.BANDS`"""
    trusted_date: bool
    action: Action
    reason: Reason
    due: date | None
    outcome: str
    """what becomes of it when due: an action, or `held`"""
    unknown: str
    """why the program cannot tell what it is, in words; empty where it can"""
    redundant: bool
    trivial: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What every line of one report is made within."""

    schedule: Schedule
    today: date
    zone: ZoneInfo
    further_copies: Collection[int]


def line(row: sa.RowMapping, decision: Decision, within: Frame) -> Line:
    """What the report counts of one record; the row as `register.records.stream` gives it."""
    folder, _, name = display(row["path"]).rpartition("/")
    dated = records.dates(row, within.zone)["last_modified"]
    rule = within.schedule.rules.get(row["record_class"] or "")
    return Line(
        share=row["share_name"],
        folder=folder.partition("/")[0] or TOP,
        owner=printable(row["owner"] or NO_OWNER),
        record_class=row["record_class"] or NO_CLASS,
        service=within.schedule.functions[rule.function] if rule else NO_CLASS,
        kind=_kind(row["media_type"]),
        size=row["size"],
        age=max(0.0, (within.today - dated.on).days / _YEAR),
        band=band(dated.on, within.today),
        trusted_date=dated.trust is Trust.EVIDENCED,
        action=decision.action,
        reason=decision.reason,
        due=decision.due,
        outcome=_outcome(decision),
        unknown=_unknown(row),
        redundant=row["id"] in within.further_copies,
        trivial=trivial(name, row["size"]) or "",
    )


def _outcome(decision: Decision) -> str:
    if decision.reason is Reason.HELD:
        return HELD
    return str(decision.disposition if decision.action is Action.RETAIN else decision.action)


def _kind(media_type: str | None) -> str:
    if media_type is None:
        return NOT_READ
    return next(
        (kind for kind, parts in _KINDS if any(part in media_type for part in parts)), "Other"
    )


def _unknown(row: sa.RowMapping) -> str:
    if row["capture"] == "pending":
        return NOT_READ
    if row["capture"] == "unreadable":
        return f"unreadable: {row['unreadable']}"
    if row["record_class"] is None:
        return "read, no class given"
    return "text not all read" if row["partial"] else ""
