"""Moves an approved batch into the disposal bin, and proves what lies there.

The order is: intent durable, move, folders flushed, content compared, wait. A crash at any step is
mended by running again: the state of an item and the place of its file say what comes next.

    state      file in bin   file on share   what the next run does
    armed      no            -               approved again: every check is made anew
    armed      yes           -               goes on: binned, or back if the approval has expired
    binned     yes           -               compares: verified, or puts it back
    binned     no            yes             returned (it was put back before the crash)
    binned     no            no              failed, for a person to look at
    verified   yes           -               waiting
"""

import base64
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.audit import mandate
from retention_agent.audit.transition import IN_BATCH, move_items
from retention_agent.disposal import (
    archived,
    destroy,
    evidence,
    place,
    preflight,
    reading,
    sentinel,
)
from retention_agent.disposal.context import CHUNK, Context
from retention_agent.disposal.turn import turn
from retention_agent.errors import Refused
from retention_agent.register import batches, decisions, presence
from retention_agent.register.batches import Item
from retention_agent.register.records import instant, moment
from retention_agent.register.tables import batch_item

Ending = tuple[State, str]


def dispose(context: Context, name: str) -> Counter[State]:
    """Carry batch `name` into the bin; answers with how many items ended in which state.

    Raises:
        Refused: approvals, limits or the share's condition do not allow it; nothing was moved
            after that was found.
        IntegrityError: approvals or share are not what the register says; likewise.
    """
    with turn(context):
        with context.engine.begin() as connection:
            sentinel.require(connection, batches.find(connection, name)["share"], context.root)
        destroy.make_bin(context.root.fd)
        with destroy.open_bin(context.root.fd) as bin_folder:
            _disarm(context, bin_folder, name)
            _settle(context, bin_folder, name)
            _require_leave(context, name)
            while _arm(context, name):
                _settle(context, bin_folder, name)
        with context.engine.begin() as connection:
            return Counter(item.state for item in batches.items(connection, name))


def _disarm(context: Context, bin_folder: int, name: str) -> None:
    """What was armed before a crash and not moved is armed again, with every check, or not at all.

    A hold may have come since, or the approval may have expired.
    """
    with context.engine.begin() as connection:
        armed = batches.items(connection, name, State.ARMED)
        left = [item for item in armed if not place.stands(bin_folder, item.bin_name or b"")]
        move_items(connection, left, State.APPROVED, context.clock(), "disposal was interrupted")


def _require_leave(context: Context, name: str) -> None:
    with context.engine.begin() as connection:
        batch = batches.find(connection, name)
        approved = batches.items(connection, name, State.APPROVED)
        if not approved and batch["status"] in {"disposing", "closed"}:
            return
        now = context.clock()
        deadline = archived.unexpired_at(connection, batch, now)
        mandate.require(connection, batch, unexpired_at=deadline)
        if batch["status"] not in {"approved", "offered", "disposing"}:
            raise Refused(f"batch {name} is {batch['status']}, not approved")
        ready = list(archived.confirmed(connection, approved))
        if approved and not ready:
            _require_begun(batch)
            return
        preflight.require_limits(connection, batch, ready, now)
        preflight.let_unanswered_go(connection, name, now)
        batches.set_status(connection, name, "disposing")


def _require_begun(batch: Mapping[str, Any]) -> None:
    """Let a batch pass whose rest waits for the archive, if a part of it has gone before."""
    if batch["status"] != "disposing":
        raise Refused(
            f"batch {batch['id']} is for the archive, which has not confirmed any of it yet",
            "`retention transfer list` says what it waits for.",
        )


def _arm(context: Context, name: str) -> int:
    """Check the next chunk again and record the intent to move it; 0 when none is left."""
    with context.engine.begin() as connection:
        approved = batches.items(connection, name, State.APPROVED)
        chunk = list(islice(archived.confirmed(connection, approved), CHUNK))
    if not chunk:
        return 0
    unmatched = reading.unmatched(context, chunk, lambda item: _open(context, item))
    with context.engine.begin() as connection:
        now = context.clock()
        batch = batches.find(connection, name)
        sentinel.require(connection, batch["share"], context.root)
        deadline = archived.unexpired_at(connection, batch, now)
        lacking = mandate.require(connection, batch, unexpired_at=deadline).lacking
        today = now.astimezone(context.zone).date()
        within = decisions.frame(connection, today, context.zone, unmatched)
        refused = {number: (State.DUE, why) for number, why in lacking.items()}
        refused |= preflight.refusals(connection, chunk, within)
        for item in chunk:
            if item.number in refused:
                state, why = refused[item.number]
                move_items(connection, [item], state, now, why)
        armed = [item for item in chunk if item.number not in refused]
        move_items(connection, armed, State.ARMED, now)
        for item in armed:
            # a fresh name: nothing in the bin can be replaced, nobody can guess it
            _set(connection, item, bin_name=secrets.token_hex(16).encode())
    return len(chunk)


def _open(context: Context, item: Item) -> int:
    return context.root.open_file(base64.b64decode(json.loads(item.manifest)["path_b64"]))


def _settle(context: Context, bin_folder: int, name: str) -> None:
    """Bring every item that is between approval and waiting to rest."""
    _carry(context, bin_folder, name)
    _compare(context, bin_folder, name)
    with context.engine.begin() as connection:
        verified = batches.items(connection, name, State.VERIFIED)
        move_items(connection, verified, State.WAITING, context.clock())


def _carry(context: Context, bin_folder: int, name: str) -> None:
    """Move what is armed, and record it once it is durable and only if that is still in time."""
    with context.engine.begin() as connection:
        armed = batches.items(connection, name, State.ARMED)
    outcomes = _move_all(context, bin_folder, armed)
    moved = [item for item, outcome in outcomes if outcome is None]
    with context.engine.begin() as connection:
        now = context.clock()
        batch = batches.find(connection, name)
        deadline = archived.unexpired_at(connection, batch, now)
        late = moved if deadline and deadline > moment(batch["expires"]) else []
        in_time = [item for item in moved if not late]
        move_items(connection, in_time, State.BINNED, now)
        presence.leave_share(connection, [item.record for item in in_time])
        for item in in_time:
            _set(connection, item, binned=instant(now))
        for item, outcome in outcomes:
            if outcome:
                move_items(connection, [item], outcome[0], now, outcome[1])
    for item in late:
        why = (State.RETURNED, "the approval expired before the move was recorded")
        place.give_back(context, bin_folder, item, json.loads(item.manifest), why)


def _move_all(
    context: Context, bin_folder: int, armed: Sequence[Item]
) -> list[tuple[Item, Ending | None]]:
    """Move each file and flush every folder; with each item goes what `_move` says of it."""
    folders: dict[bytes, int] = {}
    try:
        outcomes = [(item, _move(context, bin_folder, item, folders)) for item in armed]
        os.fsync(bin_folder)
        for folder in folders.values():
            os.fsync(folder)
    finally:
        for folder in folders.values():
            os.close(folder)
    return outcomes


def _move(
    context: Context, bin_folder: int, item: Item, folders: dict[bytes, int]
) -> Ending | None:
    """Move one armed file; None when it is in the bin, else the state it must go to and why."""
    bin_name = item.bin_name or b""
    entry = json.loads(item.manifest)
    folder, name = place.split(entry)
    try:
        if folder not in folders:
            folders[folder] = context.root.open_directory(folder)
        if place.stands(bin_folder, bin_name):  # moved before a crash; its folder is to be flushed
            return None
        if not evidence.same_file(folders[folder], name, entry):
            return State.DEFERRED, "another file stands at its path now"
        destroy.move_to_bin(folders[folder], name, bin_folder, bin_name)
    except OSError as error:
        # a network file system may do what it says it could not: the bin tells
        if place.stands(bin_folder, bin_name):
            return None
        if isinstance(error, FileNotFoundError):
            return State.FAILED, "gone from its share, and not by this program"
        return State.DEFERRED, f"could not be moved: {error.strerror}"
    return None


def _compare(context: Context, bin_folder: int, name: str) -> None:
    with context.engine.begin() as connection:
        everything = batches.items(connection, name)
    links = links_of(everything)
    sound = []
    for item in everything:
        if item.state is not State.BINNED:
            continue
        entry = json.loads(item.manifest)
        names = links[evidence.named(entry)]
        try:
            wrong = evidence.mismatch(bin_folder, item.bin_name or b"", entry, names)
        except FileNotFoundError:
            wrong = "put back before it was compared"
        except OSError as error:
            wrong = f"could not be read: {error.strerror}"
        if wrong is None:
            sound.append(item)
        else:
            place.give_back(context, bin_folder, item, entry, (State.RETURNED, wrong))
    with context.engine.begin() as connection:
        move_items(connection, sound, State.VERIFIED, context.clock())


def links_of(items: Iterable[Item]) -> Counter[tuple[str, str]]:
    """How many names of each file (device, inode) the batch still disposes of."""
    return Counter(
        evidence.named(json.loads(item.manifest)) for item in items if item.state in IN_BATCH
    )


def _set(connection: sa.Connection, item: Item, **values: object) -> None:
    connection.execute(
        batch_item.update()
        .where(batch_item.c.batch == item.batch, batch_item.c.number == item.number)
        .values(values)
    )
