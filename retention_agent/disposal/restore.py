"""Brings a file back from the disposal bin because a person asked for it."""

import json

import sqlalchemy as sa

from policies import State
from retention_agent.disposal import destroy, place, sentinel
from retention_agent.disposal.context import Context
from retention_agent.disposal.turn import turn
from retention_agent.errors import NotFound, RetentionError
from retention_agent.register import batches
from retention_agent.register.batches import Item

RESTORABLE = (State.VERIFIED, State.WAITING, State.BLOCKED_BY_HOLD, State.FAILED)


def restorable(connection: sa.Connection, number: int) -> Item:
    """The item through which the record's file lies in the bin.

    Raises:
        NotFound: it is not in the bin.
    """
    item = batches.item_of_record(connection, number, *RESTORABLE)
    if item.binned is None:
        raise NotFound(f"record {number} was never moved to the disposal bin")
    return item


def restore(context: Context, item: Item, reason: str) -> bytes:
    """Put the file back on its share; answers with the path where it stands.

    Raises:
        NotFound: it is not in the bin any more.
        RetentionError: the share refused it; the file stays in the bin.
    """
    with turn(context):
        with context.engine.begin() as connection:
            number = batches.find(connection, item.batch)["share"]
            sentinel.require_share(connection, number, context.root)
            item = restorable(connection, item.record)  # another run may have had the turn before
        ending = (State.RESTORED, reason)
        try:
            with destroy.open_bin(context.root.fd) as bin_folder:
                entry = json.loads(item.manifest)
                return place.bring_back(context, bin_folder, item, entry, ending)
        except OSError as error:
            raise RetentionError(
                f"record {item.record} could not be put back: {error.strerror or error}",
                "Its file stays in the disposal bin; nothing else was changed.",
            ) from error
