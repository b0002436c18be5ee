"""Destroys what has waited out its undo window in the disposal bin.

Before the first byte goes: holds, decisions, approvals and content are checked again, the intent is
committed, and a signed checkpoint covers it. A crash is mended by running again:

    state         file in bin   file on share   what the next run does
    waiting       yes           -               checks, arms, destroys
    waiting       no            yes             restored (it was put back before the crash)
    waiting       no            no              failed, for a person to look at
    purge-armed   yes           -               back to waiting: everything is checked again
    purge-armed   no            -               destroyed: the intent was durable, the file is gone

All names of one file go in one step or not at all: as long as one stays, nothing was destroyed.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby

import sqlalchemy as sa

from policies import State
from retention_agent.audit import log, mandate
from retention_agent.audit.transition import IN_BATCH, move_items
from retention_agent.disposal import (
    archived,
    destroy,
    evidence,
    place,
    preflight,
    reading,
    residue,
    sentinel,
)
from retention_agent.disposal.context import CHUNK, Context
from retention_agent.disposal.run import links_of
from retention_agent.disposal.turn import turn
from retention_agent.errors import Incomplete
from retention_agent.register import batches, decisions
from retention_agent.register.batches import Item
from retention_agent.register.records import moment
from retention_agent.shares.model import Stamp

Sound = tuple[Item, Stamp]
"""an item whose file was found to be the one approved, and the file's condition then"""


def purge(context: Context, name: str) -> Counter[State]:
    """Destroy the items of batch `name` whose undo window is over; answers with all its states.

    Raises:
        Incomplete: everything that could be done is done and recorded; the message says what is
            left for another run.
        Refused: the share is frozen or the approvals do not stand any more; nothing was destroyed
            after that was found.
        IntegrityError: approvals or log are not what the register says; likewise.
    """
    troubles: list[str] = []
    with turn(context):
        with context.engine.begin() as connection:
            batch = batches.find(connection, name)
            sentinel.require(connection, batch["share"], context.root)
        forgotten: list[residue.Forgotten] = []
        if batch["status"] == "disposing":
            with destroy.open_bin(context.root.fd) as bin_folder:
                forgotten = _purge(context, bin_folder, name, troubles)
        states = _close(context, name)
        troubles += residue.clear(context, name, forgotten)
    if troubles:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        raise Incomplete(f"batch {name} is not finished: {counts}", *troubles)
    return states


def _purge(
    context: Context, bin_folder: int, name: str, troubles: list[str]
) -> list[residue.Forgotten]:
    forgotten = _finish_armed(context, bin_folder, name)
    with context.engine.begin() as connection:
        waiting = _over(context, batches.items(connection, name, State.WAITING))
    for chunk in _chunks(waiting):
        sound = _sound(context, bin_folder, chunk, troubles)
        armed = _arm(context, bin_folder, sound)
        gone = [each[0] for each in armed if _remove(context, bin_folder, each, troubles)]
        os.fsync(bin_folder)
        with context.engine.begin() as connection:
            forgotten += _record_gone(context, connection, gone)
    return forgotten


def _over(context: Context, items: Sequence[Item]) -> list[Item]:
    now = context.clock()
    return [item for item in items if item.binned and moment(item.binned) + context.undo <= now]


def _file_of(item: Item) -> tuple[str, str]:
    return evidence.named(json.loads(item.manifest))


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in chunks of about 256, all names of one file in the same chunk."""
    chunk: list[Item] = []
    for _, names in groupby(sorted(items, key=_file_of), _file_of):
        chunk += names
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _finish_armed(context: Context, bin_folder: int, name: str) -> list[residue.Forgotten]:
    os.fsync(bin_folder)  # the run that removed the files may have ended before it could
    with context.engine.begin() as connection:
        armed = batches.items(connection, name, State.PURGE_ARMED)
        there = [item for item in armed if place.stands(bin_folder, item.bin_name or b"")]
        move_items(connection, there, State.WAITING, context.clock(), "purge was interrupted")
        return _record_gone(context, connection, [i for i in armed if i not in there])


def _sound(
    context: Context, bin_folder: int, chunk: Sequence[Item], troubles: list[str]
) -> list[Sound]:
    """The items whose file in the bin is still the one approved.

    A file that is not is given back. One that cannot be read stays for another run.
    """
    with context.engine.begin() as connection:
        links = links_of(batches.items(connection, chunk[0].batch))
        doubts = {item.number: archived.doubt(connection, item) for item in chunk}
    sound = []
    for item in chunk:
        if doubts[item.number]:
            troubles.append(f"item {item.number}: {doubts[item.number]}; it waits")
            continue
        entry, bin_name = json.loads(item.manifest), item.bin_name or b""
        try:
            found = evidence.condition(bin_folder, bin_name)
            wrong = evidence.mismatch(bin_folder, bin_name, entry, links[evidence.named(entry)])
        except FileNotFoundError:
            why = (State.RESTORED, "put back on its share before a crash")
            place.give_back(context, bin_folder, item, entry, why)
            continue
        except OSError as error:
            troubles.append(f"item {item.number} could not be read: {error.strerror}; it waits")
            continue
        if wrong is None:
            sound.append((item, found))
        else:
            place.give_back(context, bin_folder, item, entry, (State.RETURNED, wrong))
    return sound


def _arm(context: Context, bin_folder: int, chunk: Sequence[Sound]) -> list[Sound]:
    """Check once more, commit the intent, and have a signed checkpoint cover it."""
    if not chunk:
        return []
    items = [item for item, _ in chunk]
    name = items[0].batch
    unmatched = reading.unmatched(context, items, lambda item: _open(bin_folder, item))
    with context.engine.begin() as connection:
        now = context.clock()
        batch = batches.find(connection, name)
        sentinel.require(connection, batch["share"], context.root)
        lacking = mandate.require(connection, batch, unexpired_at=None).lacking
        today = now.astimezone(context.zone).date()
        within = decisions.frame(connection, today, context.zone, unmatched)
        refused = {number: (State.RETURNED, why) for number, why in lacking.items()}
        refused |= preflight.refusals(connection, items, within)
        cleared = _whole(connection, [item for item in items if item.number not in refused])
        move_items(connection, cleared, State.PURGE_ARMED, now)
        for item in items:
            state, why = refused.get(item.number, (None, ""))
            if state is State.BLOCKED_BY_HOLD:
                why += f"; it stays in the disposal bin: retention restore {item.record}"
                move_items(connection, [item], state, now, why)
        log.publish(connection, context.service_key, now)
        armed = {item.number: item for item in batches.items(connection, name, State.PURGE_ARMED)}
    for item in items:
        state, why = refused.get(item.number, (None, ""))
        if state not in {None, State.BLOCKED_BY_HOLD}:
            ending = (State.RETURNED, why)
            place.give_back(context, bin_folder, item, json.loads(item.manifest), ending)
    return [(armed[item.number], found) for item, found in chunk if item in cleared]


def _open(bin_folder: int, item: Item) -> int:
    return os.open(item.bin_name or b"", evidence.FILE, dir_fd=bin_folder)


def _whole(connection: sa.Connection, cleared: Sequence[Item]) -> list[Item]:
    """Those of the cleared items whose file has no name in the batch that is not cleared."""
    if not cleared:
        return []
    all_names = links_of(batches.items(connection, cleared[0].batch))
    names = Counter(map(_file_of, cleared))
    return [item for item in cleared if names[_file_of(item)] == all_names[_file_of(item)]]


def _remove(context: Context, bin_folder: int, armed: Sound, troubles: list[str]) -> bool:
    item, found = armed
    bin_name = item.bin_name or b""
    try:
        if evidence.condition(bin_folder, bin_name) == found:
            with suppress(FileNotFoundError):  # a network file system may repeat what was done
                destroy.remove(bin_folder, bin_name)
            return True
        why = "it was touched while it was being checked"
    except OSError as error:
        why = f"could not be destroyed: {error.strerror}"
    with context.engine.begin() as connection:
        move_items(connection, [item], State.WAITING, context.clock(), why)
    troubles.append(f"item {item.number}: {why}; it waits")
    return False


def _record_gone(
    context: Context, connection: sa.Connection, items: Sequence[Item]
) -> list[residue.Forgotten]:
    """The files are gone: say so, and let go of everything that was read from them."""
    moved = [item for item in items if archived.is_transfer(item)]
    move_items(connection, moved, State.TRANSFERRED, context.clock())
    destroyed = [item for item in items if item not in moved]
    move_items(connection, destroyed, State.DESTROYED, context.clock())
    return residue.forget(context, connection, [item.record for item in items])


def _close(context: Context, name: str) -> Counter[State]:
    with context.engine.begin() as connection:
        items = batches.items(connection, name)
        begun = batches.find(connection, name)["status"] == "disposing"
        if begun and not any(item.state in IN_BATCH for item in items):
            batches.set_status(connection, name, "closed")
    return Counter(item.state for item in items)
