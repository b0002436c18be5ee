"""What capture learns of one file, and the form in which a worker may say so.

The parent believes nothing a worker says: every field is checked for its type here, unknown
fields are dropped, and a document that does not fit is the worker's failure, not a record.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from retention_agent.capture.fixity import Fingerprint
from retention_agent.capture.reasons import REASONS

EARLIEST_YEAR = 1900  # earlier is a default of some program; the edges also break time zones
LATEST_YEAR = 9998
_BIGGEST = 1 << 63
_SHA256 = re.compile("[0-9a-f]{64}")
# these stand in clear in the log, so nothing else may pass for them
MEDIA_TYPE = re.compile(r"[\w.+-]{1,127}/[\w.+-]{1,127}", re.ASCII)
_PUID = re.compile(r"(?:x-)?fmt/[0-9]{1,6}")
_CODE = re.compile(r"[\w./-]{1,64}")
_REASON = re.compile("[a-z][a-z-]{1,40}")
_TEXT_QUALITIES = frozenset({"none", "garbled", "good"})
_ORIGINS = frozenset({"automatic", "suggested", "none"})
_REFERENCE_ORIGINS = frozenset({"name", "text"})
_DATE_KINDS = frozenset({"created", "modified", "sent"})


class Unlike(ValueError):
    """A worker's answer that is not a description."""


@dataclass(frozen=True, slots=True)
class Description:
    """One file as it was read: whole, unchanged, and with its digest.

    `unreadable` is a reason code where the bytes were read but their content could not be.
    """

    fingerprint: Fingerprint
    sha256: str
    media_type: str
    puid: str | None
    identification: dict[str, Any]
    title: str
    metadata: dict[str, str]
    dates: list[dict[str, str]]
    partial: bool
    record_class: str | None
    class_origin: str
    confidence: float
    classification: dict[str, Any]
    references: dict[str, str]
    unreadable: str | None
    detail: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file was not read; `again` tells that a later run may well read it."""

    reason: str
    detail: str = ""
    again: bool = False


class NotRead(RuntimeError):
    """A file could not be opened or not be read as a whole; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def usable_day(text: str) -> bool:
    """Whether `text` is a date or, with a T, a date and time that the register can reckon with."""
    try:
        day = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return False
    return EARLIEST_YEAR <= day.year <= LATEST_YEAR


def to_document(description: Description) -> dict[str, Any]:
    """The description as JSON carries it; the text travels beside it."""
    names = (each.name for each in fields(description) if each.name not in {"text", "fingerprint"})
    document = {name: getattr(description, name) for name in names}
    return {**document, "fingerprint": asdict(description.fingerprint)}


def from_document(document: Mapping[str, Any], text: str) -> Description:
    """The inverse of `to_document`.

    Raises:
        Unlike: a field is missing or of another kind.
    """
    try:
        description = _description(document, text)
    except (KeyError, TypeError, AttributeError) as error:
        raise Unlike(f"{type(error).__name__}: {error}") from error
    if (description.record_class is not None) != (description.class_origin == "automatic"):
        raise Unlike("a class is given if and only if the answer is automatic")
    return description


def failure_from_document(document: Mapping[str, Any]) -> Failure:
    """A failure as a worker tells it.

    Raises:
        Unlike: it gives no reason that is on the list.
    """
    try:
        reason = _one_of(frozenset(REASONS), document["reason"])
        return Failure(reason, _text(document["detail"]), _truth(document["again"]))
    except (KeyError, TypeError) as error:
        raise Unlike(f"{type(error).__name__}: {error}") from error


def _description(document: Mapping[str, Any], text: str) -> Description:
    state = document["fingerprint"]
    return Description(
        fingerprint=Fingerprint(
            **{name: _whole(state[name]) for name in Fingerprint.__dataclass_fields__}
        ),
        sha256=_shaped(_SHA256, document["sha256"]),
        media_type=_shaped(MEDIA_TYPE, document["media_type"]),
        puid=_optional(_PUID, document["puid"]),
        identification=_identification(document["identification"]),
        title=_text(document["title"]),
        metadata={_text(key): _text(value) for key, value in document["metadata"].items()},
        dates=[_date(each) for each in document["dates"]],
        partial=_truth(document["partial"]),
        record_class=_optional(_CODE, document["record_class"]),
        class_origin=_one_of(_ORIGINS, document["class_origin"]),
        confidence=_share(document["confidence"]),
        classification=_classification(document["classification"]),
        references={
            _text(reference): _one_of(_REFERENCE_ORIGINS, origin)
            for reference, origin in document["references"].items()
        },
        unreadable=_optional(_REASON, document["unreadable"]),
        detail=_text(document["detail"]),
        text=text,
    )


def _identification(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "basis": _text(value["basis"]),
        "puid_basis": _text(value["puid_basis"]),
        "reader": _text(value["reader"]),
        "warnings": [_text(warning) for warning in value["warnings"]],
    }


def _classification(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "evidence": [_evidence(each) for each in value["evidence"]],
        "suggestions": [_candidate(each) for each in value["suggestions"]],
        "margin": _number(value["margin"]),
        "text_quality": _one_of(_TEXT_QUALITIES, value["text_quality"]),
        "reason": _text(value["reason"]),
    }


def _candidate(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "record_class": _text(value["record_class"]),
        "score": _number(value["score"]),
        "evidence": [_evidence(each) for each in value["evidence"]],
    }


def _evidence(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": _text(value["kind"]),
        "field": _text(value["field"]),
        "detail": _text(value["detail"]),
        "weight": _number(value["weight"]),
    }


def _date(value: Mapping[str, Any]) -> dict[str, str]:
    day = _text(value["on"])
    if not usable_day(day):
        raise Unlike(f"{day!r} is not a date")
    kind = _one_of(_DATE_KINDS, value["kind"])
    return {"kind": kind, "on": day, "origin": _text(value["origin"])}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unlike(f"{value!r:.40} is not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Unlike("text holds half a character") from error
    return value


def _optional(shape: re.Pattern[str], value: object) -> str | None:
    return None if value is None else _shaped(shape, value)


def _one_of(allowed: frozenset[str], value: object) -> str:
    text = _text(value)
    if text not in allowed:
        raise Unlike(f"{text!r:.40} is none of {', '.join(sorted(allowed))}")
    return text


def _shaped(shape: re.Pattern[str], value: object) -> str:
    text = _text(value)
    if not shape.fullmatch(text):
        raise Unlike(f"{text!r:.40} is not of its kind")
    return text


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unlike(f"{value!r:.40} is not a number")
    return float(value)


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise Unlike(f"{number} is not between 0 and 1")
    return number


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_BIGGEST <= value < _BIGGEST:
        raise Unlike(f"{value!r:.40} is not a whole number")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unlike(f"{value!r:.40} is not true or false")
    return value
