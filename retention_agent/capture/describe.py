"""Describes one open file: digest, format, text, dates, references and class.

Runs in a worker. The file is read through a descriptor the parent opened; no name is ever opened
here. The order is fixed: the digest first, since a file whose content cannot be read is still
known by its digest, and the comparison of states last, since only then is everything read.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, BinaryIO

from classifiers.references import compile_patterns, find_references
from classifiers.ruleset import Ruleset, parse_ruleset
from indexer.extract.base import ExtractedDate, Extraction, Extractor, Unreadable
from indexer.extract.builtin import BuiltinExtractor
from indexer.extract.layered import Absent, LayeredExtractor
from indexer.extract.tika import READS, TikaExtractor
from indexer.identify import Identification, identify
from retention_agent.capture.classifying import document_of, judge
from retention_agent.capture.description import (
    MEDIA_TYPE,
    Description,
    Failure,
    NotRead,
    usable_day,
)
from retention_agent.capture.errno_reasons import failure
from retention_agent.capture.fixity import BLOCK, OpenFile, digest, fingerprint
from retention_agent.capture.settings import Settings
from retention_agent.shares.paths import display

LONGEST_VALUE = 2_000
MOST_VALUES = 200
HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Instruments:
    """What describing needs, prepared once for thousands of files."""

    extractor: Extractor
    ruleset: Ruleset
    patterns: tuple[Any, ...]
    buffer: bytearray

    @classmethod
    def of(cls, settings: Settings) -> "Instruments":
        """The instruments that `settings` ask for.

        Raises:
            CueError: the cue table has mistakes.
            PatternError: a reference pattern cannot be read.
        """
        return cls(
            extractor=LayeredExtractor(BuiltinExtractor(), TikaExtractor()),
            ruleset=parse_ruleset(settings.cues, settings.organisation, settings.classes),
            patterns=compile_patterns(settings.reference_patterns),
            buffer=bytearray(BLOCK),
        )

    def without_second(self, lost: str) -> "Instruments":
        """The instruments for a file over which a worker was `lost`, or these if none was."""
        if not lost:
            return self
        sturdy = LayeredExtractor(BuiltinExtractor(), Absent(lost, READS))
        return replace(self, extractor=sturdy)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The content of a file, or why it has none."""

    extraction: Extraction
    unreadable: str | None = None
    detail: str = ""


_NOTHING = Extraction(text="", metadata={})


def describe(file: OpenFile, path: bytes, instruments: Instruments) -> Description:
    """Everything capture records of the file.

    Raises:
        NotRead: its bytes could not be read, or were written to or cut in the meantime.
    """
    before = fingerprint(os.fstat(file.descriptor))
    try:
        sha256, length = digest(file, before.size, instruments.buffer)
    except OSError as error:
        raise NotRead(failure(error)) from error
    name = display(path.rpartition(b"/")[2])
    found = identify(file.content, name, os.pread(file.content, HEAD, 0))
    media_type = _media_type(found)
    reading = _read(file.content, media_type, instruments.extractor)
    after = fingerprint(os.fstat(file.descriptor))
    if before != after or length != after.size:
        detail = f"{length} bytes read; {before} became {after}"
        raise NotRead(Failure("changed-while-read", detail, again=True))
    extraction = reading.extraction
    text = _clean(extraction.text)
    metadata = _metadata(extraction.metadata)
    document = document_of(path, media_type, metadata, text)
    whole = not (reading.unreadable or extraction.partial)
    verdict = judge(document, instruments.ruleset, whole=whole)
    if verdict.findings["text_quality"] == "garbled":
        extraction = replace(extraction, warnings=(*extraction.warnings, "garbled-text"))
    return Description(
        fingerprint=after,
        sha256=sha256,
        media_type=media_type,
        puid=found.puid,
        identification=_identification(found, extraction),
        title=_short(extraction.title),
        metadata=metadata,
        dates=_dates(extraction.dates),
        partial=extraction.partial,
        record_class=verdict.record_class,
        class_origin=verdict.origin,
        confidence=verdict.confidence,
        classification=verdict.findings,
        references=find_references(instruments.patterns, display(path), text),
        unreadable=reading.unreadable,
        detail=_short(reading.detail),
        text=text,
    )


def _media_type(found: Identification) -> str:
    """The type without parameters; PRONOM has some names that are no media type at all."""
    bare = found.media_type.partition(";")[0]
    return bare if MEDIA_TYPE.fullmatch(bare) else "application/octet-stream"


def _read(descriptor: int, media_type: str, extractor: Extractor) -> _Reading:
    try:
        return _Reading(extractor.extract(_source(descriptor), media_type))
    except Unreadable as error:
        if error.reason == "memory-limit":
            raise MemoryError from error  # nothing this process says from here on can be trusted
        return _Reading(_NOTHING, error.reason, error.detail)


def _source(descriptor: int) -> BinaryIO:
    os.lseek(descriptor, 0, os.SEEK_SET)
    return open(descriptor, "rb", closefd=False)


def _clean(text: str) -> str:
    """The text without half characters, which neither RE2 nor the register can take."""
    return text.encode("utf-8", "replace").decode()


def _short(text: str) -> str:
    return _clean(text[:LONGEST_VALUE])


def _identification(found: Identification, extraction: Extraction) -> dict[str, Any]:
    warnings = (*found.warnings, *extraction.warnings)[:MOST_VALUES]
    return {
        "basis": found.basis,
        "puid_basis": found.puid_basis,
        "reader": extraction.reader,
        "warnings": [_short(warning) for warning in warnings],
    }


def _metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    return {_short(key): _short(value) for key, value in islice(metadata.items(), MOST_VALUES)}


def _dates(dates: tuple[ExtractedDate, ...]) -> list[dict[str, str]]:
    usable = (each for each in dates if usable_day(each.on))
    return [
        {"kind": each.kind, "on": each.on, "origin": _short(each.origin)}
        for each in islice(usable, MOST_VALUES)
    ]
