"""Copies an approved batch for the archive: as a bag, verified, with the source left as it is.

Every file is read through the share's opened root and must be the one that was signed for; one
that is not leaves the batch and is listed. The bag is made under another name, flushed, read again
from the disk, and only then given its own. A run that was cut short leaves a folder whose name says
so; the next run makes the bag anew, or completes the register if only that was missing.

An approval is used by the export: it must be unexpired here, and not again once the archive has
confirmed, which takes longer than any approval lasts.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.audit import log, mandate
from retention_agent.audit.event import Event, Fact
from retention_agent.audit.transition import move_items
from retention_agent.disposal import bag, dossier, preflight, reading, sentinel, tag_files
from retention_agent.disposal.archived import is_transfer
from retention_agent.disposal.bag_names import stored_paths
from retention_agent.disposal.context import Context
from retention_agent.disposal.dossier import Copy, Source
from retention_agent.disposal.share_copy import Changed, blocks, opened
from retention_agent.disposal.turn import turn
from retention_agent.errors import IntegrityError, Refused, RetentionError
from retention_agent.register import batches, decisions, transfers
from retention_agent.register.batches import Item
from retention_agent.register.records import instant
from retention_agent.register.tables import share
from retention_agent.shares.attributes import attributes
from retention_agent.state_file import name_folder


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export ended with."""

    folder: Path
    digest: str
    """SHA-256 of the bag's tag manifest"""
    files: int
    left: Path | None
    """what an earlier run wrote and did not finish, where that still stands"""
    lost: Mapping[int, str]
    """by record: what stood beside its bytes and is kept nowhere, not even in a table"""


def export(context: Context, name: str, folder: Path, source: Source) -> Exported:
    """Write batch `name` as a bag into the new `folder`, outside every share.

    Raises:
        Refused: approvals, holds, the folder or the share's condition do not allow it, or nothing
            is left of the batch.
        RetentionError: a file could not be copied or written; the batch can be exported again.
        IntegrityError: approvals, share or the finished bag are not what they should be.
    """
    with turn(context):
        left = _begin(context, name)
        if left is not None and _is_written(left, folder):
            return _finish(context, name, folder, None)  # only the register was not told
        _require_new(context, folder)
        items = _sound(context, name)
        unfinished = folder.with_name(f"{folder.name}.incomplete-{secrets.token_hex(4)}")
        with _writing(unfinished):
            identity = bag.begin(unfinished)
            with context.engine.begin() as connection:
                places = (folder, unfinished)
                transfers.begin(connection, name, places, identity, instant(context.clock()))
            _write(context, name, unfinished, items, source)
            _require_whole(unfinished)
            name_folder(unfinished, folder)
        return _finish(context, name, folder, _standing(left))


def _begin(context: Context, name: str) -> Mapping[str, Any] | None:
    """Let an approved batch pass; answers with what an earlier run noted of it."""
    with context.engine.begin() as connection:
        batch = batches.find(connection, name)
        sentinel.require(connection, batch["share"], context.root)
        if not all(map(is_transfer, batches.items(connection, name))):
            raise Refused(
                f"batch {name} was not proposed for transfer",
                f"retention propose {batch['share_name']} --action transfer",
            )
        mandate.require(connection, batch, unexpired_at=context.clock())
        if batch["status"] != "approved":
            raise Refused(f"batch {name} is {batch['status']}, not approved; nothing was written")
        return transfers.find(connection, name)


def _is_written(begun: Mapping[str, Any], folder: Path) -> bool:
    """Whether an earlier run gave the bag its name and ended before it could enter that."""
    if os.fsencode(folder) != begun["folder"] or not folder.is_dir():
        return False
    found = folder.stat()
    return (found.st_dev, found.st_ino) == (begun["device"], begun["inode"])


def _standing(begun: Mapping[str, Any] | None) -> Path | None:
    place = Path(os.fsdecode(begun["unfinished"])) if begun and begun["unfinished"] else None
    return place if place and place.exists() else None


def _require_new(context: Context, folder: Path) -> None:
    """Let a folder pass that is not there or empty, and lies on no share nor in the state."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise Refused(f"{folder} is there already and no empty folder", "Name a new one.")
    if not folder.parent.is_dir():
        raise Refused(f"{folder}: there is no folder {folder.parent}")
    with context.engine.begin() as connection:
        shares = connection.execute(sa.select(share)).all()
    forbidden = {(row.device, row.inode) for row in shares} | {context.root.identity}
    state = Path(context.engine.url.database or "").parent.stat()
    forbidden.add((state.st_dev, state.st_ino))
    place = folder.parent.resolve()
    for above in (place, *place.parents):
        found = above.stat()
        if (found.st_dev, found.st_ino) in forbidden:
            raise Refused(
                f"{folder} lies on a share or in the state folder",
                "A copy for the archive must lie elsewhere, where no scan takes it for a record.",
            )


def _sound(context: Context, name: str) -> list[Item]:
    """The items that may go, and whose files are still what was signed for; the others leave."""
    with context.engine.begin() as connection:
        approved = batches.items(connection, name, State.APPROVED)
    unmatched = reading.unmatched(context, approved, lambda item: _open(context, item))
    with context.engine.begin() as connection:
        now = context.clock()
        today = now.astimezone(context.zone).date()
        within = decisions.frame(connection, today, context.zone, unmatched)
        refused = preflight.refusals(connection, approved, within)
    for item in approved:
        why = None if item.number in refused else _difference(context, item)
        if why is not None:
            refused[item.number] = (State.DEFERRED, why)
    with context.engine.begin() as connection:
        for item in approved:
            if item.number in refused:
                state, why = refused[item.number]
                move_items(connection, [item], state, now, why)
        if len(refused) == len(approved):
            batches.set_status(connection, name, "closed")
    if len(refused) == len(approved):
        reasons = sorted({why for _, why in refused.values()})
        raise Refused(f"nothing is left of batch {name} to be copied", *reasons)
    return [item for item in approved if item.number not in refused]


def _open(context: Context, item: Item) -> int:
    return context.root.open_file(preflight.raw_path(json.loads(item.manifest)))


def _difference(context: Context, item: Item) -> str | None:
    """How a file on the share differs from what was signed for, if it does."""
    entry = json.loads(item.manifest)
    try:
        with opened(context.root, entry) as descriptor:
            for _ in blocks(descriptor, entry):
                pass
    except Changed as error:
        return str(error)
    except OSError as error:
        return f"could not be read: {error.strerror}"
    return None


def _write(
    context: Context, name: str, folder: Path, items: Sequence[Item], source: Source
) -> None:
    with context.engine.begin() as connection:
        rows = dossier.rows_of(connection, items)
    entries = {item.number: json.loads(item.manifest) for item in items}
    paths = stored_paths({number: preflight.raw_path(each) for number, each in entries.items()})
    copies = []
    for item in items:
        entry, (row, references) = entries[item.number], rows[item.record]
        with opened(context.root, entry) as descriptor:
            modified = os.fstat(descriptor).st_mtime_ns
            written = bag.add(folder, paths[item.number], blocks(descriptor, entry), modified)
            found = attributes(descriptor)
        copies.append(Copy(item, entry, row, references, written, found))
    with context.engine.begin() as connection:
        now = context.clock()
        at = (instant(now), log.publish(connection, context.service_key, now))
        about = dossier.gather(connection, name, source, copies, at)
        lost = {copy.item.number: copy.lost for copy in copies}
        transfers.list_items(connection, name, paths, lost)
    tags = tag_files.write(folder, about)
    bag.seal(folder, [copy.written for copy in copies], tags, tag_files.info(about))


def _require_whole(folder: Path) -> None:
    found = bag.faults(folder)
    if found:
        raise IntegrityError(f"{folder}: what was written is not what was read", *found)


def _finish(context: Context, name: str, folder: Path, left: Path | None) -> Exported:
    """Enter a bag that stands under its own name in the register and the log."""
    with _writing(folder):
        _require_whole(folder)
        digest = bag.digest(folder)
    with context.engine.begin() as connection:
        now = context.clock()
        mandate.require(connection, batches.find(connection, name), unexpired_at=now)
        sent = transfers.sent(connection, name)
        files = len(sent)
        facts: dict[str, Fact] = {"digest": digest, "files": files}
        event = Event(
            "transfer export", f"batch:{name}", facts=facts, private={"folder": str(folder)}
        )
        leaf = log.append(connection, event, now)
        transfers.finish(connection, name, digest, leaf, instant(now))
        preflight.let_unanswered_go(connection, name, now)
        batches.set_status(connection, name, "offered")
        log.publish(connection, context.service_key, now)
    lost = {each.record: each.lost for each in sent.values() if each.lost}
    return Exported(folder, digest, files, left, lost)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, Changed) as error:
        raise RetentionError(
            f"the bag could not be written: {error}",
            f"Remove {folder} if it is there, and export the batch again; no source was touched.",
        ) from error
