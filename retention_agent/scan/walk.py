"""Walks a share folder by folder and tells what stands there; it never opens a file.

* Each folder is opened from the share's root by its relative path, never through a link and never
  into another mount; names are raw bytes throughout.
* Links are skipped, to files and to folders alike. FIFOs, sockets and devices are skipped.
* A folder that cannot be read is told with the reason, and the walk goes on.
* Memory is bounded by the names of one folder and the folders still to be visited; besides the
  root at most two descriptors are open, however deep the tree.
* The order is the byte order of names, so that a folder can be compared with the register piece
  by piece. Of two folders the one with the greater name comes first, with all that is below it;
  so one path tells how far a walk came, and another walk can go on from there.
"""

import errno
import os
import stat
import sys
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from retention_agent.shares.local import DISPOSAL_BIN, SENTINEL, ShareRoot
from retention_agent.shares.model import Sighting, Stamp, join, sighting, stamp

PORTION = 4096
_KIND = 0o170000
# what os.fsencode does, without a call for each name
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
_FILE = stat.S_IFREG
_FOLDER = stat.S_IFDIR
_SKIPPED = {stat.S_IFLNK: "link", _FILE: "boundary"}  # a single file can be mounted over too


@dataclass(slots=True)
class Portion:
    """The regular files of a folder whose names lie after `after` and up to `until`.

    `None` stands for the beginning and the end of the folder. The folder stays open until the
    walk is asked for the next thing.
    """

    directory: bytes
    after: bytes | None
    until: bytes | None
    folder: int
    """the folder's descriptor"""
    names: int
    """how many names of any kind the piece has, reserved ones not counted"""
    stamps: list[Stamp]
    statuses: list[os.stat_result]
    """the full status of each file, in the order of `stamps`"""
    skipped: dict[str, int]
    unclear: dict[bytes, str] = field(default_factory=dict)
    """names that are there but cannot be examined, with the reason"""
    lost: int = 0
    """names that went away between being listed and being examined"""

    def sightings(self, wanted: Container[bytes]) -> dict[bytes, Sighting]:
        """Everything known of the files whose names are `wanted`, by name."""
        return {
            each[0]: sighting(self.directory, each[0], found)
            for each, found in zip(self.stamps, self.statuses, strict=True)
            if each[0] in wanted
        }

    def holds(self, name: bytes) -> bool:
        """Whether a file of that name stands in the folder now, whatever the listing said.

        Programs that save by removing and renaming leave moments in which a name is missing.
        """
        if name in self.unclear:
            return True
        try:
            found = os.stat(name, dir_fd=self.folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return stat.S_ISREG(found.st_mode)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder that could not be read, or not to its end."""

    directory: bytes
    reason: str
    gone: bool = False
    """nothing, or no folder, stands under its path any more"""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A folder on which something else is mounted; it is not entered."""

    directory: bytes


@dataclass(frozen=True, slots=True)
class Absent:
    """A folder that was there when an earlier part of the scan read it."""

    directory: bytes


Met = Portion | Unreadable | Boundary | Absent


def walk(
    root: ShareRoot, position: bytes = b"", was_read: Callable[[bytes], bool] = lambda _: True
) -> Iterator[Met]:
    """Everything on the share, each folder before the folders in it.

    After `position` only: the folder that an earlier walk read last. It and the folders above it
    come once more, and what stands in them by now that was not there to be read before.
    """
    waiting = [b""]
    while waiting:
        directory = waiting.pop()
        found: list[bytes] = []
        yield from _visit(root, directory, found)
        waiting += [
            folder for folder in found if not (passed(folder, position) and was_read(folder))
        ]


def read_again(root: ShareRoot, directories: Iterable[bytes]) -> Iterator[Met]:
    """What stands in each of these folders now, and nothing of what is below them."""
    for directory in directories:
        for met in _visit(root, directory, []):
            gone = isinstance(met, Unreadable) and met.gone
            yield Absent(directory) if gone else met


def passed(path: bytes, position: bytes) -> bool:
    """Whether a walk that read `position` last was done with `path` and everything below it."""
    if not path or not position:
        return False
    for mine, its in zip(path.split(b"/"), position.split(b"/"), strict=False):
        if mine != its:
            return mine > its
    return False


def _visit(root: ShareRoot, directory: bytes, found: list[bytes]) -> Iterator[Met]:
    """One folder; the folders in it join `found`."""
    try:
        folder = root.open_directory(directory)
    except OSError as error:
        yield _closed(directory, error)
        return
    try:
        yield from _read(root, directory, folder, found)
    except OSError as error:
        yield Unreadable(directory, _reason(error))
    finally:
        os.close(folder)


def _read(
    root: ShareRoot, directory: bytes, folder: int, folders: list[bytes]
) -> Iterator[Portion]:
    """One folder in pieces; the folders found in it join `folders`."""
    names = sorted([name.encode(_ENCODING, _ERRORS) for name in os.listdir(folder)])
    skipped = {} if directory else _without_reserved(names)
    after = None
    for start in range(0, len(names) or 1, PORTION):
        chunk = names[start : start + PORTION]
        until = chunk[-1] if start + PORTION < len(names) else None
        portion = Portion(directory, after, until, folder, len(chunk), [], [], skipped)
        folders += _examine(portion, chunk, root.identity[0])
        yield portion
        after, skipped = until, {}


def _without_reserved(names: list[bytes]) -> dict[str, int]:
    """Take the names that are the program's own off the list of the root's names."""
    if DISPOSAL_BIN in names:
        names.remove(DISPOSAL_BIN)
    if SENTINEL not in names:
        return {}
    names.remove(SENTINEL)
    return {"sentinel": 1}


def _examine(portion: Portion, names: list[bytes], device: int) -> list[bytes]:
    """Enter what the file system tells of each name in `portion`; returns the paths of folders."""
    folders = []
    folder, stamps, statuses = portion.folder, portion.stamps, portion.statuses
    for name in names:
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            portion.lost += 1
            continue
        except OSError as error:
            portion.unclear[name] = _reason(error)
            continue
        kind = found.st_mode & _KIND
        if kind == _FILE and found.st_dev == device:
            stamps.append(stamp(name, found))
            statuses.append(found)
        elif kind == _FOLDER:
            folders.append(join(portion.directory, name))
        else:
            reason = _SKIPPED.get(kind, "special")
            portion.skipped[reason] = portion.skipped.get(reason, 0) + 1
    return folders


def _closed(directory: bytes, error: OSError) -> Unreadable | Boundary:
    if error.errno == errno.EXDEV:
        return Boundary(directory)
    gone = error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}
    return Unreadable(directory, _reason(error), gone)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
