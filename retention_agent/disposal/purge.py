"""Destroys what has waited out its undo window in the disposal bin.

Before the first byte goes: holds, decisions, approvals and content are checked again, the intent is
committed, and a signed checkpoint covers it. A crash is mended by running again:

    state         file in bin   file on share   what the next run does
    waiting       yes           -               checks, arms, destroys
    waiting       no            yes             restored (it was put back before the crash)
    waiting       no            no              failed, for a person to look at
    purge-armed   yes           -               back to waiting: everything is checked again
    purge-armed   no            -               destroyed: the intent was durable, the file is gone
"""

import json
import os
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from policies import State
from retention_agent.audit import log, mandate
from retention_agent.audit.transition import IN_BATCH, move_items
from retention_agent.disposal import destroy, evidence, place, preflight, residue, sentinel
from retention_agent.disposal.context import CHUNK, Context
from retention_agent.disposal.run import links_of
from retention_agent.register import batches, decisions
from retention_agent.register.batches import Item
from retention_agent.register.records import moment


def purge(context: Context, name: str) -> Counter[State]:
    """Destroy the items of batch `name` whose undo window is over; answers with all its states.

    Raises:
        Refused: the share is frozen or the approvals do not stand any more; nothing was destroyed.
        IntegrityError: approvals or log are not what the register says; nothing was destroyed.
    """
    with context.engine.begin() as connection:
        sentinel.require(connection, batches.find(connection, name)["share"], context.root)
    bin_folder = destroy.open_bin(context.root.fd)
    try:
        forgotten = _finish_armed(context, bin_folder, name)
        with context.engine.begin() as connection:
            waiting = _over(context, batches.items(connection, name, State.WAITING))
        for start in range(0, len(waiting), CHUNK):
            forgotten += _purge_chunk(context, bin_folder, waiting[start : start + CHUNK])
    finally:
        os.close(bin_folder)
    if forgotten:
        residue.clear(context, name, forgotten)
    return _close(context, name)


def _over(context: Context, items: Sequence[Item]) -> list[Item]:
    now = context.clock()
    return [item for item in items if item.binned and moment(item.binned) + context.undo <= now]


def _finish_armed(context: Context, bin_folder: int, name: str) -> list[residue.Forgotten]:
    with context.engine.begin() as connection:
        armed = batches.items(connection, name, State.PURGE_ARMED)
        there = [item for item in armed if place.stands(bin_folder, item.bin_name or b"")]
        move_items(connection, there, State.WAITING, context.clock(), "purge was interrupted")
        return _record_destroyed(context, connection, [i for i in armed if i not in there])


def _purge_chunk(
    context: Context, bin_folder: int, chunk: Sequence[Item]
) -> list[residue.Forgotten]:
    sound = _sound(context, bin_folder, chunk)
    armed = _arm(context, bin_folder, sound)
    gone = [item for item in armed if _remove(context, bin_folder, item)]
    os.fsync(bin_folder)
    with context.engine.begin() as connection:
        return _record_destroyed(context, connection, gone)


def _sound(context: Context, bin_folder: int, chunk: Sequence[Item]) -> list[Item]:
    """The items whose file in the bin is still the one approved; the others are given back."""
    with context.engine.begin() as connection:
        links = links_of(batches.items(connection, chunk[0].batch))
    sound = []
    for item in chunk:
        entry = json.loads(item.manifest)
        names = links[entry["device"], entry["inode"]]
        try:
            wrong = evidence.mismatch(bin_folder, item.bin_name or b"", entry, names)
        except FileNotFoundError:
            why = (State.RESTORED, "put back on its share before a crash")
            place.give_back(context, bin_folder, item, entry, why)
            continue
        if wrong is None:
            sound.append(item)
        else:
            place.give_back(context, bin_folder, item, entry, (State.RETURNED, wrong))
    return sound


def _arm(context: Context, bin_folder: int, chunk: Sequence[Item]) -> list[Item]:
    """Check once more, commit the intent, and have a signed checkpoint cover it."""
    if not chunk:
        return []
    with context.engine.begin() as connection:
        now = context.clock()
        mandate.require(connection, batches.find(connection, chunk[0].batch), unexpired_at=None)
        within = decisions.frame(connection, now.astimezone(context.zone).date(), context.zone)
        refused = preflight.refusals(connection, chunk, within)
        cleared = [item for item in chunk if item.number not in refused]
        move_items(connection, cleared, State.PURGE_ARMED, now)
        held = [item for item in chunk if _is_held(refused, item)]
        for item in held:
            move_items(connection, [item], State.BLOCKED_BY_HOLD, now, refused[item.number][1])
        log.publish(connection, context.service_key, now)
        batch = batches.items(connection, chunk[0].batch, State.PURGE_ARMED)
    for item in chunk:
        if item.number in refused and item not in held:
            why = (State.RETURNED, refused[item.number][1])
            place.give_back(context, bin_folder, item, json.loads(item.manifest), why)
    numbers = {item.number for item in cleared}
    return [item for item in batch if item.number in numbers]


def _is_held(refused: dict[int, preflight.Refusal], item: Item) -> bool:
    return refused.get(item.number, (None, ""))[0] is State.BLOCKED_BY_HOLD


def _remove(context: Context, bin_folder: int, item: Item) -> bool:
    try:
        destroy.remove(bin_folder, item.bin_name or b"")
    except FileNotFoundError:
        return True
    except OSError as error:
        with context.engine.begin() as connection:
            why = f"could not be destroyed: {error.strerror}"
            move_items(connection, [item], State.WAITING, context.clock(), why)
        return False
    return True


def _record_destroyed(
    context: Context, connection: sa.Connection, items: Sequence[Item]
) -> list[residue.Forgotten]:
    """The files are gone: say so, and let go of everything that was read from them."""
    move_items(connection, items, State.DESTROYED, context.clock())
    return residue.forget(context, connection, [item.record for item in items])


def _close(context: Context, name: str) -> Counter[State]:
    with context.engine.begin() as connection:
        items = batches.items(connection, name)
        if not any(item.state in IN_BATCH for item in items):
            batches.set_status(connection, name, "closed")
    return Counter(item.state for item in items)
