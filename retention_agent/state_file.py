"""Atomic writes of the program's own files and folders: the only renaming outside disposal.

A file is written beside its target, flushed to disk, renamed over it, and the folder is
flushed, so a reader sees the old content or the new and never a part.
"""

import os
import secrets
from pathlib import Path

OWNER_ONLY = 0o600


def write_state_file(path: Path, content: bytes, mode: int = OWNER_ONLY) -> None:
    """Write `content` to `path` so that a crash leaves the old file or the new one.

    Raises:
        OSError: the folder cannot be written; the old file is untouched.
    """
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def name_folder(unfinished: Path, name: Path) -> None:
    """Give a folder of our own, now that it is finished, its name; durably.

    Raises:
        OSError: something other than an empty folder stands there, or it is another file system.
    """
    os.rename(unfinished, name)
    flush_folder(name.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
