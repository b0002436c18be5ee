"""How capture is to run: built by the configuration, sent to every worker as a JSON document."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from classifiers.model import ClassHint, Organisation

MOST_WORKERS_BY_DEFAULT = 4
GIBIBYTE = 1 << 30


def default_workers() -> int:
    """One worker a processor, at most four."""
    return min(os.cpu_count() or 1, MOST_WORKERS_BY_DEFAULT)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker looks for in a file, and how much it may use up doing so."""

    organisation: Organisation
    classes: Mapping[str, ClassHint]
    cues: Mapping[str, object]
    reference_patterns: tuple[str, ...] = ()
    workers: int = default_workers()
    seconds: float = 60.0  # wall clock, one file
    memory_bytes: int = GIBIBYTE  # RLIMIT_DATA of a worker
    files_per_worker: int = 2_000  # then a fresh one: what leaks cannot pile up


def to_document(settings: Settings) -> dict[str, Any]:
    """The settings as JSON can carry them."""
    return {
        "organisation": {
            "name": settings.organisation.name,
            "aliases": list(settings.organisation.aliases),
        },
        "classes": {
            code: {
                "title": hint.title,
                "keywords": list(hint.keywords),
                "retention_rank": hint.retention_rank,
            }
            for code, hint in settings.classes.items()
        },
        "cues": dict(settings.cues),
        "reference_patterns": list(settings.reference_patterns),
        "workers": settings.workers,
        "seconds": settings.seconds,
        "memory_bytes": settings.memory_bytes,
        "files_per_worker": settings.files_per_worker,
    }


def from_document(document: Mapping[str, Any]) -> Settings:
    """The inverse of `to_document`."""
    organisation = document["organisation"]
    return Settings(
        organisation=Organisation(organisation["name"], tuple(organisation["aliases"])),
        classes={
            code: ClassHint(hint["title"], tuple(hint["keywords"]), hint["retention_rank"])
            for code, hint in document["classes"].items()
        },
        cues=document["cues"],
        reference_patterns=tuple(document["reference_patterns"]),
        workers=document["workers"],
        seconds=document["seconds"],
        memory_bytes=document["memory_bytes"],
        files_per_worker=document["files_per_worker"],
    )
