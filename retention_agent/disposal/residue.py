"""Lets go of what was read from destroyed files, and searches the register's files to prove it.

The path, the digest and the class stay in the register, so that "was it destroyed?" can be
answered; the text, the title and the document's own properties do not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from indexer.search.base import ResidueRemains
from indexer.search.residue import passages, traces
from policies import State
from retention_agent.audit import log
from retention_agent.audit.event import Event
from retention_agent.disposal.context import Context
from retention_agent.register import batches
from retention_agent.register.tables import batch, record, record_reference


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A record that was let go of, with passages of its text that no other record has."""

    record: int
    passages: tuple[bytes, ...]


def forget(context: Context, connection: sa.Connection, numbers: Sequence[int]) -> list[Forgotten]:
    """Remove everything that was read from these records' files, in the caller's transaction."""
    forgotten = [Forgotten(number, passages(connection, number)) for number in numbers]
    context.index.remove(connection, numbers)
    connection.execute(
        record_reference.delete().where(
            record_reference.c.record.in_(numbers), record_reference.c.origin != "manual"
        )
    )
    connection.execute(
        record.update()
        .where(record.c.id.in_(numbers))
        .values(title=None, metadata=None, classification=None, present=False)
    )
    return forgotten


def clear(context: Context, name: str, forgotten: Sequence[Forgotten]) -> list[str]:
    """Drive removed text out of the files, search them for it, and note the result.

    The register's own count says whether there is anything to do, so that a run that was cut short
    between removing and this is made good by the next. Answers with what is left to be done.
    """
    with context.engine.begin() as connection:
        before = batches.find(connection, name)["index_purge"] or {}
        gone = len(batches.items(connection, name, State.DESTROYED, State.TRANSFERRED))
    if gone == before.get("records", 0):
        return []
    try:
        context.index.expunge(context.engine)
    except ResidueRemains as error:
        return [f"the text of what was destroyed is not yet out of the register's files: {error}"]
    needles = [passage for each in forgotten for passage in each.passages]
    found = traces(Path(context.engine.url.database or ""), needles)
    with context.engine.begin() as connection:
        result = {
            "records": gone,
            "passages_searched": before.get("passages_searched", 0) + len(needles),
            "passages_found": before.get("passages_found", 0) + len(found),
        }
        if unsearched := _unsearched(before, gone - len(forgotten)):
            result["unsearched"] = unsearched
        connection.execute(batch.update().where(batch.c.id == name).values(index_purge=result))
        event = Event("index purge", f"batch:{name}", facts=result)
        log.append(connection, event, context.clock())
    return []


def _unsearched(before: Mapping[str, int], earlier: int) -> int:
    """Records forgotten by a run that was cut short: nothing of theirs is left to search with."""
    return before.get("unsearched", 0) + earlier - before.get("records", 0)
