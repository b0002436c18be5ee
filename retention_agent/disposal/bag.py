"""Writes and reads a bag: BagIt 1.0, RFC 8493, with SHA-256 and SHA-512 manifests.

Nothing that is there is ever written over: each file is made anew, and flushed before it counts.
`bagit.txt` comes last, so a bag that was cut short is none. What was written is read again from
the disk before anybody relies on it; only names that the folder itself lists are opened for that,
whatever a manifest says.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from retention_agent.disposal.bag_names import PAYLOAD
from retention_agent.state_file import OWNER_ONLY, flush_folder

ALGORITHMS = ("sha256", "sha512")
DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_FOLDER_MODE = 0o700
_BLOCK = 1 << 20
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a bag: its path in it, its size in bytes, its digests by algorithm."""

    path: str
    size: int
    digests: Mapping[str, str]


def begin(folder: Path) -> tuple[int, int]:
    """Make the folder of a new bag, readable by its owner only; its device and inode.

    Raises:
        OSError: it is there already, or cannot be made.
    """
    folder.mkdir(_FOLDER_MODE)
    (folder / PAYLOAD).mkdir(_FOLDER_MODE)
    found = folder.stat()
    return found.st_dev, found.st_ino


def add(folder: Path, path: str, blocks: Iterable[bytes], mtime_ns: int | None = None) -> Written:
    """Write one file into the bag, with the time of modification given.

    Raises:
        OSError: it is there already, or cannot be written.
    """
    place = folder / path
    place.parent.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
    hashes = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
    size = 0
    with os.fdopen(os.open(place, _CREATE, OWNER_ONLY), "wb") as file:
        for block in blocks:
            file.write(block)
            size += len(block)
            for each in hashes:
                each.update(block)
        file.flush()
        if mtime_ns is not None:
            os.utime(file.fileno(), ns=(mtime_ns, mtime_ns))
        os.fsync(file.fileno())
    return Written(path, size, {each.name: each.hexdigest() for each in hashes})


def seal(
    folder: Path, payload: Iterable[Written], tags: Iterable[Written], info: Mapping[str, str]
) -> str:
    """Write the manifests, `bag-info.txt` and last `bagit.txt`; the tag manifest's SHA-256.

    `info` is given without `Payload-Oxum`, which is worked out here.
    """
    payload, tags = list(payload), list(tags)
    oxum = f"{sum(each.size for each in payload)}.{len(payload)}"
    lines = {**info, "Payload-Oxum": oxum}.items()
    tags.append(add(folder, INFO, [_text(f"{key}: {_one_line(value)}" for key, value in lines)]))
    for algorithm in ALGORITHMS:
        content = _manifest(payload, algorithm)
        tags.append(add(folder, f"manifest-{algorithm}.txt", [content]))
    declaration = _text(["BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"])
    sums = {each: hashlib.new(each, declaration).hexdigest() for each in ALGORITHMS}
    tags.append(Written(DECLARATION, len(declaration), sums))
    for algorithm in ALGORITHMS:
        add(folder, f"tagmanifest-{algorithm}.txt", [_manifest(tags, algorithm)])
    add(folder, DECLARATION, [declaration])
    for place, _, _ in os.walk(folder, topdown=False):
        flush_folder(Path(place))
    return digest(folder)


def digest(folder: Path) -> str:
    """The SHA-256 of the bag's tag manifest: one value that stands for all of it."""
    return hashlib.sha256((folder / TAG_MANIFEST).read_bytes()).hexdigest()


def faults(folder: Path) -> list[str]:
    """Read every file of a bag again; what is wrong with it, in words, or nothing.

    Raises:
        OSError: the folder or a file in it cannot be read.
    """
    if not (folder / DECLARATION).is_file():
        return [f"{DECLARATION} is missing: it was never finished"]
    found, problems = _files(folder)
    digests = {path: digests_of(folder / path) for path in found}
    payload = {path for path in found if path.startswith(f"{PAYLOAD}/")}
    manifests = {path for path in found if path.startswith("tagmanifest-")}
    for algorithm in ALGORITHMS:
        for kind, covered in (("manifest", payload), ("tagmanifest", found - payload - manifests)):
            listed = _listed(folder / f"{kind}-{algorithm}.txt")
            problems += [f"{path}: is missing" for path in sorted(listed.keys() - covered)]
            problems += [f"{path}: is in no manifest" for path in sorted(covered - listed.keys())]
            problems += [
                f"{path}: is not what it was ({algorithm})"
                for path in sorted(listed.keys() & covered)
                if listed[path] != digests[path][algorithm]
            ]
    return sorted(set(problems))


def digests_of(place: Path) -> dict[str, str]:
    """The digests of a file as the disk has it, by algorithm.

    Raises:
        OSError: it is gone, is no regular file, or cannot be read.
    """
    descriptor = os.open(place, _READ)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise IsADirectoryError(f"{place}: is no file")
        # what was just written must come from the disk, not from memory
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        hashes = [hashlib.new(algorithm) for algorithm in ALGORITHMS]
        for block in blocks_of(file.read):
            for each in hashes:
                each.update(block)
    return {each.name: each.hexdigest() for each in hashes}


def blocks_of(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """What `read` gives, in blocks of at most 1 MiB, to its end."""
    while block := read(_BLOCK):
        yield block


def _files(folder: Path) -> tuple[set[str], list[str]]:
    """Paths of the regular files of a bag, and complaints about whatever else is in it."""
    found: set[str] = set()
    odd: list[str] = []
    for place, folders, names in os.walk(folder):
        for name in (*names, *(each for each in folders if Path(place, each).is_symlink())):
            path = Path(place, name)
            relative = str(path.relative_to(folder))
            if stat.S_ISREG(path.lstat().st_mode):
                found.add(relative)
            else:
                odd.append(f"{relative}: is no regular file")
    return found, odd


def _listed(manifest: Path) -> dict[str, str]:
    try:
        lines = manifest.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return {}
    pairs = (line.partition("  ") for line in lines if line)
    return {path: value for value, _, path in pairs}


def _manifest(files: Iterable[Written], algorithm: str) -> bytes:
    listed = sorted((each.path, each.digests[algorithm]) for each in files)
    return _text(f"{value}  {path}" for path, value in listed)


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _one_line(value: str) -> str:
    return " ".join(value.split())
