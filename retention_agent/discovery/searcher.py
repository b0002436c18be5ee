"""Who searches, and what is closed to him.

What a searcher may see is worked out from the register at every search: where a record lies and
which class it has now. The index is a copy and may lag behind. A folder is compared without case
and by the look of its letters, so that another spelling never opens what was meant to be closed.

The searcher is named, not proven: whoever may run the program may read its files anyway. This keeps
people from being shown what is not theirs to see, in answers that are passed on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from indexer.search.plain import folded
from retention_agent.audit import keyring
from retention_agent.config import Access
from retention_agent.errors import NotFound
from retention_agent.register.tables import record, share
from retention_agent.shares.paths import display


@dataclass(frozen=True, slots=True)
class Searcher:
    """Somebody of the keyring, or nobody in particular."""

    person: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()


NOBODY = Searcher()


def searcher(connection: sa.Connection, person: str | None) -> Searcher:
    """The person of the keyring in force who searches; nobody in particular has no role.

    Raises:
        NotFound: the keyring has no such person, or there is none.
    """
    if person is None:
        return NOBODY
    people = keyring.active(connection).people
    if person not in people:
        raise NotFound(f"{person} is not in the keyring; it has {', '.join(sorted(people))}")
    return Searcher(person, people[person].name, people[person].roles)


def closed_parts(parts: Iterable[Access], who: Searcher) -> list[Access]:
    """The parts of the shares that are closed to a searcher."""
    return [part for part in parts if not who.roles.intersection(part.roles)]


def closed_records(connection: sa.Connection, parts: Sequence[Access]) -> frozenset[int]:
    """The numbers of all records that lie in any of these parts."""
    return frozenset(number for part in parts for number in _inside(connection, part))


def _inside(connection: sa.Connection, part: Access) -> Iterable[int]:
    wanted = sa.select(record.c.id, record.c.path, record.c.record_class).join(share)
    if part.share:
        wanted = wanted.where(share.c.name == part.share)
    folder = folded(part.folder).strip("/")
    classes = {folded(code) for code in part.classes}
    above: dict[bytes, str] = {}  # the same few folders hold all files
    for number, path, record_class in connection.execute(wanted):
        if classes and folded(record_class or "") not in classes:
            continue
        parent, _, name = path.rpartition(b"/")
        if parent not in above:
            above[parent] = f"{_folded(parent)}/".lstrip("/")
        inside = above[parent].startswith(f"{folder}/") or not folder
        if inside or (folder.startswith(above[parent]) and above[parent] + _folded(name) == folder):
            yield number


def _folded(path: bytes) -> str:
    return folded(display(path))
