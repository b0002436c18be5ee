"""Where a file of a batch stands, and how it gets back to its share.

Nothing on a share is ever overwritten: if something else stands at the old path, the file is put
beside it under a name that says so.
"""

import base64
import os
import stat
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from policies import State
from retention_agent.audit.transition import move_items
from retention_agent.disposal import destroy
from retention_agent.disposal.context import Context
from retention_agent.register import presence
from retention_agent.register.batches import Item

LONGEST_NAME = 255
_FOLDER_MODE = 0o750


def split(entry: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Folder and name of a manifest entry, as raw bytes relative to the share."""
    folder, _, name = base64.b64decode(entry["path_b64"]).rpartition(b"/")
    return folder, name


def stands(folder: int, name: bytes) -> bool:
    """Whether there is an entry `name` in the opened folder."""
    return _status(folder, name) is not None


def same_file(folder: int, name: bytes, entry: Mapping[str, Any]) -> bool:
    """Whether the entry is still the regular file the manifest names.

    Raises:
        FileNotFoundError: there is nothing of that name.
    """
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    identity = (str(found.st_dev), str(found.st_ino))
    return stat.S_ISREG(found.st_mode) and identity == (entry["device"], entry["inode"])


def put_back(context: Context, bin_folder: int, item: Item, entry: Mapping[str, Any]) -> bytes:
    """Bring the file of `item` to its share again; answers with the path where it stands now.

    Safe to repeat: a file that is back already is left where it is.

    Raises:
        FileNotFoundError: the file is neither in the bin nor at its old path.
        OSError: the share refused it; the file stays in the bin.
    """
    folder_path, name = split(entry)
    bin_name = item.bin_name or b""
    folder = _open_or_make(context, folder_path)
    try:
        if not stands(bin_folder, bin_name):
            if same_file(folder, name, entry):
                return _join(folder_path, name)
            raise FileNotFoundError("neither in the disposal bin nor on its share")
        # two names of one file: a crash fell between linking it back and leaving the bin
        if stands(folder, name) and _is_same(bin_folder, bin_name, folder, name):
            destroy.remove(bin_folder, bin_name)
            return _join(folder_path, name)
        for target in _names_beside(name):
            try:
                destroy.put_back(bin_folder, bin_name, folder, target)
            except FileExistsError:
                continue
            os.fsync(folder)
            os.fsync(bin_folder)
            return _join(folder_path, target)
        raise FileExistsError("every name beside its old path is taken")
    finally:
        os.close(folder)


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
    if (str(found.st_dev), str(found.st_ino)) == (entry["device"], entry["inode"]):
        presence.return_to_share(connection, item.record, path, found)


def _open_or_make(context: Context, path: bytes) -> int:
    """Open the folder of a share, making again whatever part of it is gone."""
    try:
        return context.root.open_directory(path)
    except FileNotFoundError:
        above, _, name = path.rpartition(b"/")
        parent = _open_or_make(context, above)
        try:
            os.mkdir(name, _FOLDER_MODE, dir_fd=parent)
            os.fsync(parent)
        finally:
            os.close(parent)
        return context.root.open_directory(path)


def _names_beside(name: bytes) -> list[bytes]:
    """The old name, then names that say what the file is; the ending stays for programs' sake."""
    stem, dot, ending = name.rpartition(b".")
    if not stem:
        stem, dot, ending = name, b"", b""
    beside = [name]
    for number in range(1, 100):
        mark = b" (restored %d)" % number if number > 1 else b" (restored)"
        room = LONGEST_NAME - len(mark) - len(dot) - len(ending)
        beside.append(stem[:room] + mark + dot + ending)
    return beside


def _is_same(left: int, left_name: bytes, right: int, right_name: bytes) -> bool:
    one, other = _status(left, left_name), _status(right, right_name)
    return (
        one is not None
        and other is not None
        and (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
    )


def _status(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + b"/" + name if folder else name
