"""Where a file of a batch stands, and how it gets back to its share.

Nothing on a share is ever overwritten: if something else stands at the old path, the file is put
beside it under a name that says so.
"""

import base64
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.audit.transition import move_items
from retention_agent.disposal import destroy, evidence
from retention_agent.disposal.context import Context
from retention_agent.register import presence
from retention_agent.register.batches import Item
from retention_agent.shares.model import join

LONGEST_NAME = 255
LONGEST_ENDING = 16
MOST_BESIDE = 20
_FOLDER_MODE = 0o750


def split(entry: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Folder and name of a manifest entry, as raw bytes relative to the share."""
    folder, _, name = base64.b64decode(entry["path_b64"]).rpartition(b"/")
    return folder, name


def stands(folder: int, name: bytes) -> bool:
    """Whether there is an entry `name` in the opened folder."""
    return _status(folder, name) is not None


def put_back(context: Context, bin_folder: int, item: Item, entry: Mapping[str, Any]) -> bytes:
    """Bring the file of `item` to its share again; answers with the path where it stands now.

    Safe to repeat: a file that is back already is left where it is.

    Raises:
        FileNotFoundError: the file is neither in the bin nor at its old path or beside it.
        OSError: the share refused it; the file stays in the bin.
    """
    folder_path, name = split(entry)
    folder = _open_or_make(context, folder_path)
    try:
        target = _bring(bin_folder, item.bin_name or b"", folder, name, entry)
        # also when it was back already: the crash may have come before these
        os.fsync(folder)
        os.fsync(bin_folder)
    finally:
        os.close(folder)
    return join(folder_path, target)


def bring_back(
    context: Context,
    bin_folder: int,
    item: Item,
    entry: Mapping[str, Any],
    ending: tuple[State, str],
) -> bytes:
    """Put the file back and end the item with a state and its reason; raises as `put_back`."""
    state, why = ending
    path = put_back(context, bin_folder, item, entry)
    with context.engine.begin() as connection:
        move_items(connection, [item], state, context.clock(), why)
        _register(context, connection, item, entry, path)
    return path


def give_back(
    context: Context,
    bin_folder: int,
    item: Item,
    entry: Mapping[str, Any],
    ending: tuple[State, str],
) -> None:
    """As `bring_back`, but a file that cannot be put back stays in the bin and its item fails."""
    try:
        bring_back(context, bin_folder, item, entry, ending)
    except OSError as error:
        why = f"{ending[1]}; and could not be put back: {error.strerror or error}"
        with context.engine.begin() as connection:
            move_items(connection, [item], State.FAILED, context.clock(), why)


def names_beside(name: bytes, bin_name: bytes) -> list[bytes]:
    """The old name, names that say what the file is, and last one that nothing else can have.

    The ending stays for programs' sake, and no character is cut in two.
    """
    stem, dot, ending = name.rpartition(b".")
    if not stem or len(ending) > LONGEST_ENDING:
        stem, dot, ending = name, b"", b""
    numbered = [b" (restored %d)" % number for number in range(2, MOST_BESIDE)]
    marks = [b" (restored)", *numbered, b" (restored %s)" % bin_name]
    beside = [mark + dot + ending for mark in marks]
    return [name, *(_cut(stem, LONGEST_NAME - len(tail)) + tail for tail in beside)]


def _bring(
    bin_folder: int, bin_name: bytes, folder: int, name: bytes, entry: Mapping[str, Any]
) -> bytes:
    """Have the file under one of its names in `folder`, and in the bin no more."""
    names = names_beside(name, bin_name)
    here = _status(bin_folder, bin_name)
    wanted = evidence.identity(here) if here else evidence.named(entry)
    back = next((each for each in names if _identity(folder, each) == wanted), None)
    if here is None and back is None:
        raise FileNotFoundError("neither in the disposal bin nor on its share")
    if here is None:
        return back or b""
    if back is None or here.st_nlink == 1:
        return _rename_back(bin_folder, bin_name, folder, names)
    # two names of one file: a crash came between linking it back and leaving the bin
    destroy.remove(bin_folder, bin_name)
    return back


def _rename_back(bin_folder: int, bin_name: bytes, folder: int, names: list[bytes]) -> bytes:
    *beside, fresh = names
    for target in beside:
        try:
            destroy.put_back(bin_folder, bin_name, folder, target)
        except FileExistsError:
            continue
        except OSError as error:
            if destroy.cannot_keep_names(error):
                break
            raise
        return target
    destroy.put_back_as(bin_folder, bin_name, folder, fresh)
    return fresh


def _register(
    context: Context, connection: sa.Connection, item: Item, entry: Mapping[str, Any], path: bytes
) -> None:
    folder_path, _, name = path.rpartition(b"/")
    folder = context.root.open_directory(folder_path)
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    finally:
        os.close(folder)
    # a stranger that was moved by a race and put back is not this record: the next scan enters it
    if evidence.identity(found) == evidence.named(entry):
        presence.return_to_share(connection, item.record, path, found)


def _open_or_make(context: Context, path: bytes) -> int:
    """Open the folder of a share, making again whatever part of it is gone."""
    folder, there, missing = _open_nearest(context, path)
    for name in missing:
        try:
            with suppress(FileExistsError):
                os.mkdir(name, _FOLDER_MODE, dir_fd=folder)
            os.fsync(folder)
        finally:
            os.close(folder)
        there = join(there, name)
        folder = context.root.open_directory(there)
    return folder


def _open_nearest(context: Context, path: bytes) -> tuple[int, bytes, list[bytes]]:
    """The folder on the way to `path` that is there, opened; its path; and what is missing."""
    missing: list[bytes] = []
    while path:
        with suppress(FileNotFoundError):
            return context.root.open_directory(path), path, missing[::-1]
        path, _, name = path.rpartition(b"/")
        missing.append(name)
    return context.root.open_directory(path), path, missing[::-1]


def _cut(stem: bytes, room: int) -> bytes:
    """The first `room` bytes, or a few less where a character of UTF-8 would be cut in two."""
    if len(stem) <= room:
        return stem
    while room and stem[room] & 0xC0 == 0x80:  # noqa: PLR2004  (a byte that continues a character)
        room -= 1
    return stem[:room]


def _identity(folder: int, name: bytes) -> tuple[str, str] | None:
    found = _status(folder, name)
    return found and evidence.identity(found)


def _status(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
