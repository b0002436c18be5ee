"""Writes compound files (MS-CFB), version 3: folders and streams, and nothing else.

Enough for a reader to find streams by name; siblings hang in one chain rather than in a tree.
"""

import itertools
import struct

SECTOR, MINI = 512, 64
CUTOFF = 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
FOLDER, STREAM, ROOT = 1, 2, 5
ENTRY = struct.Struct("<64sHBBIII16sI8x8xIII")


def compound(streams: dict[str, bytes], class_id: bytes = bytes(16)) -> bytes:
    """A compound file with these streams, their folders separated by ``/``."""
    names = sorted({*_folders(streams), *streams})
    mini, mini_fat, big, fat = b"", [], b"", []
    starts = {}
    for name, data in streams.items():
        if len(data) < CUTOFF:
            starts[name] = _chained(mini_fat, data, MINI)
            mini += _padded(data, MINI)
        else:
            starts[name] = _chained(fat, data, SECTOR)
            big += _padded(data, SECTOR)
    root_start = _chained(fat, mini, SECTOR)
    big += _padded(mini, SECTOR)
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
    mini_fat_start = _chained(fat, table, SECTOR)
    big += _padded(table, SECTOR, b"\xff")
    directory = _directory(names, streams, starts, (root_start, len(mini), class_id))
    directory_start = _chained(fat, directory, SECTOR)
    big += directory
    count = -(-(len(fat) + 2) // (SECTOR // 4))
    header = struct.pack(
        "<8s16sHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", bytes(16), 0x3E, 3, 0xFFFE, 9, 6,
        0, count, directory_start, 0, CUTOFF, mini_fat_start, -(-len(table) // SECTOR), END, 0,
    )  # fmt: skip
    places = range(len(fat), len(fat) + count)
    header += struct.pack(f"<{count}I", *places)
    fat += [FAT] * count
    packed = _padded(struct.pack(f"<{len(fat)}I", *fat), SECTOR, b"\xff")
    return header.ljust(SECTOR, b"\xff") + big + packed


def _folders(streams):
    for name in streams:
        parts = name.split("/")[:-1]
        yield from ("/".join(parts[: end + 1]) for end in range(len(parts)))


def _chained(table, data, size):
    """Lay data out in sectors behind those of the table; the number of the first."""
    if not data:
        return END
    start, count = len(table), -(-len(data) // size)
    table += [*range(start + 1, start + count), END]
    return start


def _padded(data, size, filling=b"\0"):
    return data.ljust(-(-len(data) // size) * size, filling)


def _directory(names, streams, starts, root):
    numbers = {name: number for number, name in enumerate(names, 1)}
    siblings = {name: [] for name in ("", *names)}
    for name in names:
        siblings[name.rpartition("/")[0]].append(name)
    for children in siblings.values():
        children.sort(key=lambda name: (len(name.rpartition("/")[2]), name.upper()))
    after = {
        one: numbers[other]
        for children in siblings.values()
        for one, other in itertools.pairwise(children)
    }
    start, length, class_id = root
    first = numbers[siblings[""][0]] if names else FREE
    entries = [_entry("Root Entry", ROOT, (FREE, first), (start, length), class_id)]
    for name in names:
        below = numbers[siblings[name][0]] if siblings[name] else FREE
        kind = STREAM if name in streams else FOLDER
        size = len(streams.get(name, b""))
        place = (starts.get(name, 0), size)
        entries.append(_entry(name.rpartition("/")[2], kind, (after.get(name, FREE), below), place))
    blank = ENTRY.pack(b"", 0, 0, 0, FREE, FREE, FREE, bytes(16), 0, 0, 0, 0)
    return b"".join([*entries, *[blank] * (-len(entries) % 4)])


def _entry(name, kind, links, place, class_id=bytes(16)):
    written = name.encode("utf-16-le")
    return ENTRY.pack(
        written, len(written) + 2, kind, 1, FREE, *links, class_id, 0, *place, 0
    )  # fmt: skip
