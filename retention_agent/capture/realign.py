"""Keeps the search index in step with records that changed without being read again.

A file that was moved or renamed is the same record, so its text is not read anew; neither is it
when a person gives the record another class. Its entry in the index is put in order here.
"""

from collections.abc import Iterator

import sqlalchemy as sa

from indexer.search.base import SearchIndex
from retention_agent.register import records
from retention_agent.register.entry import entry_of, place_of
from retention_agent.register.tables import record
from retention_agent.register.tables import share as share_table

_CHUNK = 5_000


def realign(engine: sa.Engine, index: SearchIndex, share: int) -> int:
    """Bring every entry of a share's records to where they lie and what class they have now.

    Returns how many entries were behind.
    """
    done = 0
    for numbers in filter(None, _behind(engine, index, share)):
        with engine.begin() as connection:
            for number in numbers:
                text = index.text(connection, number)
                if text is not None:
                    index.put(connection, entry_of(records.find(connection, number), text))
        done += len(numbers)
    return done


def _behind(engine: sa.Engine, index: SearchIndex, share: int) -> Iterator[list[int]]:
    """Numbers of records whose entries differ from the register, a chunk at a time."""
    known = sa.select(record.c.id, share_table.c.name, record.c.path, record.c.record_class)
    known = known.join(share_table).where(record.c.share == share).order_by(record.c.id)
    after = 0
    while True:
        with engine.connect() as connection:
            rows = connection.execute(known.where(record.c.id > after).limit(_CHUNK)).all()
            if not rows:
                return
            after, first = rows[-1][0], rows[0][0]
            places = index.places(connection, first, after)
        yield [
            number
            for number, *where in rows
            if number in places and places[number] != place_of(*where)
        ]
