"""Copies files out of a share into an export, each proven to be what the register describes.

A file is read through the share's opened root into a nameless file first. Only when all of it is
there and its SHA-256 is the one that was captured does it get a name in the export; so nothing that
changed since, and nothing that was put in its place, leaves as if it were the record.
"""

import hashlib
import os
import re
import shutil
import tempfile
import unicodedata
from pathlib import Path

from retention_agent.discovery.load_list import Copied
from retention_agent.shares.local import ShareRoot
from retention_agent.shares.paths import display

_BLOCK = 1 << 20
_OTHER = re.compile(r"[^\w.-]+")
_LONGEST = 160  # bytes, of the 255 that every file system takes
_LONGEST_ENDING = 12


def copy_out(root: ShareRoot, number: int, path: bytes, digest: str, folder: Path) -> Copied:
    """Copy the file of a record to `folder`; answers with its name there, or why it is not there.

    Raises:
        OSError: the export cannot be written.
    """
    try:
        source = os.fdopen(root.open_file(path), "rb")
    except OSError as error:
        return Copied(why_not=f"cannot be opened: {error.strerror}")
    with source, tempfile.TemporaryFile(dir=folder) as held:
        found = hashlib.sha256()
        while True:
            try:
                block = source.read(_BLOCK)
            except OSError as error:
                return Copied(why_not=f"cannot be read: {error.strerror}")
            if not block:
                break
            found.update(block)
            held.write(block)
        if found.hexdigest() != digest:
            return Copied(why_not="changed since it was read: scan again, then export again")
        name = target_name(number, path)
        held.seek(0)
        with open(folder / name, "xb", opener=_owner_only) as target:
            shutil.copyfileobj(held, target, _BLOCK)
            target.flush()
            os.fsync(target.fileno())
    return Copied(name)


def target_name(number: int, path: bytes) -> str:
    """A name for a copy that no other copy has, that every system takes, and that keeps the ending.

    It begins with the record's number, so it is never a name with a meaning of its own.
    """
    shown = unicodedata.normalize("NFKC", display(path.rpartition(b"/")[2]))
    stem, ending = os.path.splitext(_OTHER.sub("_", shown))
    if len(ending) > _LONGEST_ENDING:
        stem, ending = f"{stem}{ending}", ""
    shortened = stem.encode()[:_LONGEST].decode(errors="ignore")
    return f"{number:08}_{shortened.strip('._')}{ending.rstrip('.')}"


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
