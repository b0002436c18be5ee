"""Two extractors as one: a fast one for most files, a patient one where that falls short.

The second is asked where the first fails, finds no text, or says that there is more in the file
than it read. What it adds are the lines with words that the first did not find, so nothing stands
twice. Title, facts and dates are the first's, wherever the first could read the file: they keep the
origin they have without the second. A warning of the first stays, since nobody counted what the
second found: such a file is searched in full and still never eligible by itself.
"""

from collections.abc import Container
from dataclasses import replace
from typing import BinaryIO

from indexer.extract.base import Extraction, Extractor, Unreadable
from indexer.extract.novelty import without_said, words_of
from indexer.limits import TEXT_LIMIT

MENDED = frozenset({"corrupt", "no-extractor"})
"""Failures of the first that the second may make good; a lock or a bomb stays what it is."""
INVITING = frozenset(
    {"embedded-parts-not-read", "part-damaged", "xfa-form-not-read", "markup-damaged"}
)
"""Warnings of the first that say that there is more to read."""


class LayeredExtractor:
    """Asks `first`, and `second` where that is not enough."""

    def __init__(self, first: Extractor, second: Extractor) -> None:
        """Both keep the contract; so does the pair."""
        self.name = f"{first.name}+{second.name}"
        self._first = first
        self._second = second

    def extract(self, source: BinaryIO, media_type: str) -> Extraction:
        """Read one file; see :class:`indexer.extract.base.Extractor`."""
        try:
            found = self._first.extract(source, media_type)
        except Unreadable as refusal:
            if refusal.reason not in MENDED:
                raise
            return self._instead(source, media_type, refusal)
        return self._completed(source, media_type, found) if _inviting(found) else found

    def _instead(self, source: BinaryIO, media_type: str, refusal: Unreadable) -> Extraction:
        known = refusal.reason != "no-extractor"
        try:
            found = self._second.extract(source, media_type)
        except Unreadable as again:
            # what the first says of a format it knows is more exact, unless there is a lock
            exact = known and again.reason not in {"encrypted", "rights-protected"}
            raise (refusal if exact else again) from refusal
        if not found.text.strip():
            raise refusal if known else Unreadable("empty", "no text was found in it")
        doubt = (f"part-damaged: {refusal.detail}",) if known else ()
        return replace(found, warnings=(*found.warnings, *doubt))

    def _completed(self, source: BinaryIO, media_type: str, found: Extraction) -> Extraction:
        try:
            more = self._second.extract(source, media_type)
        except Unreadable as refusal:
            if refusal.reason == "no-extractor":
                return found
            doubt = f"second-reader-failed: {refusal.reason}"
            return replace(found, warnings=(*found.warnings, doubt))
        return _joined(found, more)


class Absent:
    """Stands for an extractor that a file already brought down once."""

    name = "absent"

    def __init__(self, reason: str, knows: Container[str]) -> None:
        """`reason` is what became of it, a key of `base.REASONS`; `knows` are its media types."""
        self._reason = reason
        self._knows = knows

    def extract(self, source: BinaryIO, media_type: str) -> Extraction:
        """Refuse; see :class:`indexer.extract.base.Extractor`."""
        del source
        if media_type not in self._knows:
            raise Unreadable("no-extractor", f"nothing here reads {media_type}")
        raise Unreadable(self._reason, "the reader of this format was lost at the first try")


def _inviting(found: Extraction) -> bool:
    codes = {warning.partition(":")[0] for warning in found.warnings}
    blank = not found.text.strip() and "empty-file" not in codes
    return blank or not codes.isdisjoint(INVITING)


def _joined(found: Extraction, more: Extraction) -> Extraction:
    added = without_said(more.text, words_of(found.text)).strip()
    if not added:
        return found
    text = f"{found.text}\n{added}\n"
    return replace(
        found,
        text=text[:TEXT_LIMIT],
        truncated=found.truncated or more.truncated or len(text) > TEXT_LIMIT,
        reader=f"{found.reader}+{more.reader}",
    )
