"""Holds: does one cover a record, and is it in force.

Rules enforced here:

- A hold is in force until it is released and its days of grace have passed; a review date that
  went by releases nothing.
- The criteria of a scope must all match, each by any one of its values. Paths, references, field
  names and patterns are compared without regard to case or to how an accent is stored: a hold
  should rather catch too much.
- A path covers the file or folder it names and everything below, on whole path components:
  `legal/case 1` does not cover `legal/case 10`. What lay there before it was moved is covered as
  well: moving a file away ends no hold.
- Nobody knows what stands in an unreadable record, so what is unknown about it counts as a match.
- A query counts as matching until this very record was read and found not to match it.
"""

from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from unicodedata import normalize

from policies.model import Hold, HoldScope, Record


def holds_on(record: Record, holds: Iterable[Hold], today: date) -> tuple[str, ...]:
    """The ids of every hold in force that covers the record, in order."""
    return tuple(
        sorted(hold.id for hold in holds if in_force(hold, today) and covers(hold.scope, record))
    )


def in_force(hold: Hold, today: date) -> bool:
    """Whether the hold still stops disposal on this day."""
    return hold.grace_ends is None or today <= hold.grace_ends


def covers(scope: HoldScope, record: Record) -> bool:
    """Whether the scope of a hold takes in the record."""
    return (
        _path_matches(scope, record)
        and _class_matches(scope, record)
        and _reference_matches(scope, record)
        and _fields_match(scope, record)
        and _query_matches(scope, record)
    )


def _path_matches(scope: HoldScope, record: Record) -> bool:
    places = [_text(path) for path in (record.path, *record.former)] if scope.paths else []
    return not scope.paths or any(
        share == record.share and _is_at_or_below(place, _text(prefix.strip(b"/")))
        for share, prefix in scope.paths
        for place in places
    )


def _is_at_or_below(path: str, prefix: str) -> bool:
    return not prefix or path == prefix or path.startswith(prefix + "/")


def _text(path: bytes) -> str:
    return _alike(path.decode("utf-8", "surrogateescape"))


def _alike(text: str) -> str:
    """The same for all spellings that look alike."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


def _class_matches(scope: HoldScope, record: Record) -> bool:
    if not scope.classes or record.record_class in scope.classes:
        return True
    return record.record_class is None and not record.readable


def _reference_matches(scope: HoldScope, record: Record) -> bool:
    if not scope.references or not record.readable:
        return True
    return not _folded(scope.references).isdisjoint(_folded(record.references))


def _folded(texts: Iterable[str]) -> set[str]:
    return {_alike(text.strip()) for text in texts}


def _fields_match(scope: HoldScope, record: Record) -> bool:
    known = {_alike(name): _alike(value) for name, value in record.fields.items()}
    return all(
        fnmatchcase(known[_alike(name)], _alike(pattern))
        if _alike(name) in known
        else not record.readable
        for name, pattern in scope.fields.items()
    )


def _query_matches(scope: HoldScope, record: Record) -> bool:
    return not scope.query or not record.readable or scope.query not in record.unmatched
