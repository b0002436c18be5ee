"""What every extractor takes and gives, and the one way in which it may fail.

Rules every implementation keeps:

1. ``extract`` reads a seekable binary file, from any position, and leaves it open.
2. It returns an :class:`Extraction` or raises :class:`Unreadable`. Whatever a library raises
   leaves as :class:`Unreadable`, chained to its cause: use :func:`reading` to make it so.
3. It opens no other file, reaches no network and writes nothing.
4. A date is reported only when the document itself states it and it can be true. A date that was
   set aside leaves a warning, because a wrong date may dispose of a record too early.
5. What was left out is said: a cut in ``truncated``, everything else in ``warnings``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Literal, Protocol

from indexer.limits import LimitExceededError

METADATA: Mapping[str, str] = {
    "title": "the title the document gives itself",
    "author": "who made it",
    "last_author": "who saved it last",
    "subject": "the subject, of a document or of a message",
    "keywords": "keywords, as written",
    "description": "comments or abstract in the document's properties",
    "company": "the organisation in the document's properties",
    "producer": "the program that wrote it",
    "pages": "number of pages, slides or sheets",
    "from": "sender of a message",
    "to": "recipients of a message",
    "cc": "copied recipients of a message",
    "message_id": "identifier of a message",
    "in_reply_to": "identifier of the message it answers",
    "attachments": "names of the embedded documents, separated by '; '",
}
"""The only metadata keys an extractor may use."""

REASONS: Mapping[str, str] = {
    "encrypted": "a password is needed",
    "rights-protected": "a rights-management server must be asked",
    "corrupt": "the bytes do not follow the format",
    "too-large": "a ceiling of indexer/limits.py was passed",
    "no-extractor": "nothing here reads this media type",
    "no-text-layer": "a scan: pages without any text",
    "empty": "no text was found in it, and nothing that could hold any",
    "time-limit": "the reader was stopped for taking too long",
    "memory-limit": "the reader was stopped for taking too much memory",
    "worker-died": "the reader's process ended by itself",
}
"""Why a file could not be read. The last three usually come from whoever runs the extractor."""

WARNINGS: Mapping[str, str] = {
    "empty-file": "the file has no bytes",
    "embedded-parts-not-read": "it holds other documents, whose text may not all be in this text",
    "pages-without-text": "some pages, or the whole document, are pictures",
    "xfa-form-not-read": "a dynamic form whose content lies outside the pages",
    "date-out-of-range": "a date before 1970 or after 2100 was set aside",
    "date-of-template": "a date that belongs to the program's template was set aside",
    "date-unreadable": "a date could not be understood and was set aside",
    "date-of-change-unknown": "a date was set aside, because that of the last change had to be",
    "charset-guessed": "the character set is not stated and the bytes are not UTF-8",
    "characters-lost": "some bytes have no meaning in the document's character set",
    "markup-damaged": "the markup is broken: the raw source stands for the text",
    "part-damaged": "a part of the document could not be read",
    "garbled-text": "the text is not in letters that anyone can read",
    "many-documents": "an archive or mailbox: each document in it may be of another class",
    "second-reader-failed": "the reader for what the first leaves out failed, or was stopped",
}
"""The codes that start a warning; ``code: detail`` when there is a detail."""

TEXT_MISSING = frozenset({
    "embedded-parts-not-read", "pages-without-text", "xfa-form-not-read", "part-damaged",
    "garbled-text", "many-documents", "second-reader-failed",
})  # fmt: skip
"""Those that say that the document may hold more than the extraction can answer for."""

DateKind = Literal["created", "modified", "sent"]
_METADATA_LIMIT = 2_000
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\xad\ud800-\udfff\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\f")


@dataclass(frozen=True, slots=True)
class ExtractedDate:
    """A date the document states about itself.

    Attributes:
        kind: what happened on it.
        on: ISO 8601, with an offset when the document gives one.
        origin: where it stands, such as ``pdf:CreationDate``.
    """

    kind: DateKind
    on: str
    origin: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from one file.

    Attributes:
        text: plain text; a line feed ends a line.
        metadata: facts under the keys of :data:`METADATA`.
        dates: what the document says of its own times.
        title: the document's title, or ``""``.
        parts: documents in the file: itself and each one embedded in it.
        truncated: whether text was left out for its length.
        warnings: codes of :data:`WARNINGS`.
        reader: the name of the extractor, or of the two, whose text this is.
    """

    text: str
    metadata: dict[str, str]
    dates: tuple[ExtractedDate, ...] = ()
    title: str = ""
    parts: int = 1
    truncated: bool = False
    warnings: tuple[str, ...] = ()
    reader: str = ""

    @property
    def partial(self) -> bool:
        """Whether the document holds, or may hold, text that is not in `text`."""
        codes = {warning.partition(":")[0] for warning in self.warnings}
        return self.truncated or not codes.isdisjoint(TEXT_MISSING)


class Unreadable(RuntimeError):
    """The file cannot be read; it is kept and listed.

    Attributes:
        reason: a key of :data:`REASONS`.
        detail: what was found, for people.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Extractor(Protocol):
    """Reads text, facts and dates out of one file."""

    name: str
    """Names the implementation in the register."""

    def extract(self, source: BinaryIO, media_type: str) -> Extraction:
        """Read one file.

        Args:
            source: a seekable binary file; it is not closed.
            media_type: what the file was identified as.

        Raises:
            Unreadable: nothing, or not enough, could be read.
        """
        ...


Reader = Callable[[BinaryIO], Extraction]
"""Reads one family of formats; it may raise anything."""


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever a library raises into :class:`Unreadable`.

    Compiled readers report a panic with an exception outside ``Exception``, hence the wide net;
    a request to stop the program still passes.
    """
    try:
        yield
    except (Unreadable, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except LimitExceededError as error:
        raise Unreadable("too-large", str(error)) from error
    except MemoryError as error:
        raise Unreadable("memory-limit", "reading it needs more memory than allowed") from error
    except BaseException as error:
        detail = f"{type(error).__name__}: {error}"[:_METADATA_LIMIT]
        raise Unreadable("corrupt", clean(detail)) from error


def clean(text: str) -> str:
    """Text as people see it: no control characters, no half characters, one kind of line end."""
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def tidy(pairs: Mapping[str, str | None]) -> dict[str, str]:
    """Metadata without blanks: one line each and of bounded length."""
    lines = {key: " ".join(clean(value or "").split()) for key, value in pairs.items()}
    return {key: line[:_METADATA_LIMIT] for key, line in lines.items() if line}
