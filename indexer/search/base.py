"""The port `SearchIndex`: what is stored, what a search answers, what any index must do.

Every implementation meets the contract suite in `tests/contracts/test_search_index.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection, Engine

from indexer.search.query import Query

LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index holds of one record: display text only, never raw path bytes."""

    record: int
    share: str
    path: str
    name: str
    record_class: str | None = None
    media_type: str = ""
    title: str = ""
    author: str = ""
    sender: str = ""
    recipients: str = ""
    owner: str = ""
    day: str = ""
    """the day it counts as made, as 2019-04-30; blank where nobody knows"""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry says that its record lies, and the class it has, as they are stored."""

    share: str
    path: str
    record_class: str | None


@dataclass(frozen=True, slots=True)
class Hit:
    """One record found.

    `snippet` is plain text on one line; each highlight is a (start, end) pair of offsets within it,
    so that whoever shows it escapes the text first and marks it afterwards.
    """

    record: int
    share: str
    path: str
    record_class: str | None
    score: float
    snippet: str
    highlights: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last hit of a page; the next page starts after it."""

    score: float
    record: int


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of the answer is wanted."""

    size: int = 20
    after: Cursor | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_PAGE:
            raise ValueError(f"a page holds 1 to {LARGEST_PAGE} hits, not {self.size}")


@dataclass(frozen=True, slots=True)
class Page:
    """Hits, best first and by record number where scores are equal; `total` counts all pages."""

    hits: tuple[Hit, ...]
    next: Cursor | None
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many hits have a value; a blank one stands for those that have none."""

    value: str
    hits: int


FACETS = ("share", "folder", "class", "type", "year", "owner")
"""What hits are counted by: `folder` is the share and the topmost folder, as `HR:cases`."""

Facets = Mapping[str, tuple[Count, ...]]
"""For each of `FACETS` the values, most hits first; each facet's counts add up to all hits."""


class IndexUnreadable(RuntimeError):
    """The index is missing, damaged or in an unknown format; recreate it and index again."""


class SearchTooLong(RuntimeError):
    """The answer took longer than a search may; nothing was changed."""


class ResidueRemains(RuntimeError):
    """Removed text could not be driven out of the index files yet."""


class SearchIndex(Protocol):
    """A full-text index of records, written in the caller's transaction where it can be."""

    def prepare(self, connection: Connection) -> None:
        """Create the index unless it exists."""
        ...

    def extend(self, connection: Connection) -> None:
        """Bring an index of an earlier version to this layout; one that is missing stays so."""
        ...

    def recreate(self, connection: Connection) -> None:
        """Throw the whole index away, readable or not, and create it empty."""
        ...

    def put(self, connection: Connection, entry: Entry) -> None:
        """Store an entry in place of any earlier entry of the same record."""
        ...

    def remove(self, connection: Connection, records: Iterable[int]) -> None:
        """Remove the entries of records; a record without an entry is passed over."""
        ...

    def text(self, connection: Connection, record: int) -> str | None:
        """Return the stored text of a record in its `plain` form, or nothing if it has no entry."""
        ...

    def places(self, connection: Connection, first: int, last: int) -> dict[int, Place]:
        """Return what the entries of the records with these numbers say of their places."""
        ...

    def search(self, connection: Connection, query: Query, window: Window) -> Page:
        """Answer a query.

        Raises:
            SearchTooLong: it took too long; so do the next two.
        """
        ...

    def facets(self, connection: Connection, query: Query) -> Facets:
        """Count all hits of a query, not one page of them, by each of `FACETS`."""
        ...

    def matching(self, connection: Connection, query: Query) -> list[int]:
        """Return the numbers of all records that a query finds, in order."""
        ...

    def expunge(self, engine: Engine) -> None:
        """Drive what was removed out of the files; called once after removals were committed.

        It may take as long as writing the index anew: run it once a batch, not once a record.

        Raises:
            ResidueRemains: when something holds the files open; call again later.
        """
        ...
