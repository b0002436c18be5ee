"""Reads files once more, as they stand now, for whoever must know what is in them at this moment.

The same workers under the same limits read them. Nothing is registered; a file that cannot be read
whole is left out, so that whoever asked knows nothing of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from retention_agent.capture.description import Description, NotRead
from retention_agent.capture.errno_reasons import failure
from retention_agent.capture.pool import Pool
from retention_agent.capture.settings import Settings


@dataclass(frozen=True, slots=True)
class File:
    """A file known by the number of its record; `path` is for its names, `opened` opens it."""

    number: int
    path: bytes
    opened: Callable[[], int]

    def open(self) -> int:
        """A read-only descriptor; raises NotRead where there is none to be had."""
        try:
            return self.opened()
        except OSError as error:
            raise NotRead(failure(error)) from error


def read_again(
    settings: Settings, files: Iterable[tuple[int, bytes, Callable[[], int]]]
) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    """The number, the columns of the register and the text of each file that can be read.

    Raises:
        CaptureUnavailable: no worker can be started.
    """
    plainly = replace(settings, classes={}, cues={}, reference_patterns=())  # only what it says
    with Pool[File](plainly) as pool:
        for read in pool.read(File(*each) for each in files):
            if read is None:
                continue
            file, found = read
            if isinstance(found, Description) and found.unreadable is None:
                yield file.number, _columns(found), found.text


def _columns(found: Description) -> dict[str, Any]:
    names = ("sha256", "media_type", "title", "metadata", "dates", "partial", "classification")
    return {"capture": "captured", **{name: getattr(found, name) for name in names}}
