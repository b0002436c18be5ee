"""What the queries of holds say of files at the moment of acting.

What the register remembers was read from the file at some earlier time. Before a file is moved or
destroyed it is read again, and only an answer about the content that was approved counts; without
one the hold applies. Where no hold has a query, nothing is read.
"""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from retention_agent.disposal.context import Context
from retention_agent.register import evaluations, records
from retention_agent.register.batches import Item
from retention_agent.register.entry import unpacked
from retention_agent.register.tables import record


def unmatched(
    context: Context, items: Sequence[Item], opened: Callable[[Item], int]
) -> Mapping[int, frozenset[str]]:
    """By record: the queries of holds that its file does not match; `opened` opens an item's."""
    numbers = [item.record for item in items]
    today = context.clock().astimezone(context.zone).date()
    with context.engine.begin() as connection:
        asked = set(evaluations.queries(connection, today).values())
        if not asked:
            return {}
        chunks = records.stream(connection, record.c.id.in_(numbers))
        rows = {row["id"]: unpacked(row) for chunk in chunks for row in chunk}
    entries = {item.record: json.loads(item.manifest) for item in items}
    paths = {number: base64.b64decode(entry["path_b64"]) for number, entry in entries.items()}
    files = [(item.record, paths[item.record], partial(opened, item)) for item in items]
    found = {}
    for number, columns, text in context.read(files):
        if columns["sha256"] == entries[number]["sha256"]:
            said = evaluations.answers(asked, [({**rows[number], **columns}, text)])
            found[number] = frozenset(q for q, yes in said.get(number, {}).items() if not yes)
    return found
