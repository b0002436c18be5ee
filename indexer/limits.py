"""What stops a hostile file: ceilings on size, count, ratio and overlap.

Every ceiling is counted on bytes that really came out, never on what a header claims. A text is
never cut below ten million characters, and a cut is always marked. Archives may not place one
entry over another (CVE-2024-0450), because that is how a small file inflates without end.

Time and memory are not measured here: the worker that runs the reader is limited from outside.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from os import SEEK_END
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

KIB = 1024
MIB = 1024 * KIB
TEXT_LIMIT = 10 * MIB
"""Characters kept of one document."""
INPUT_LIMIT = 128 * MIB
"""Bytes read of a format that has to be held in memory whole."""
ZIP_ENTRIES = 10_000
ZIP_DIRECTORY = ZIP_ENTRIES * KIB
"""Bytes of central directory: room for the permitted entries, each with a long name."""
ZIP_RATIO = 100
ZIP_RATIO_FLOOR = MIB
"""Below this an entry may expand freely: a short run of equal bytes harms nobody."""
ZIP_BYTES = 1024 * MIB
CHUNK = 64 * KIB

_LOCAL_HEADER = struct.Struct("<26xHH")
_END = struct.Struct("<12xI6x")
_END_64 = struct.Struct("<40xQ8x")
_LOCATOR_64_SIZE = 20
_TAIL = 64 * KIB + _END.size + _LOCATOR_64_SIZE + _END_64.size


class LimitExceededError(RuntimeError):
    """A file asks for more than any honest file of its kind."""


class TextBuffer:
    """Collects text up to the ceiling and remembers whether any was left out."""

    def __init__(self, limit: int = TEXT_LIMIT) -> None:
        """Start empty.

        Args:
            limit: the number of characters to keep.
        """
        self._pieces: list[str] = []
        self._left = limit
        self.truncated = False

    def add(self, piece: str) -> None:
        """Keep the piece, or as much of it as fits."""
        if len(piece) > self._left:
            piece = piece[: self._left]
            self.truncated = True
        if piece:
            self._pieces.append(piece)
            self._left -= len(piece)

    def text(self) -> str:
        """Everything kept, in order."""
        return "".join(self._pieces)

    @property
    def blank(self) -> bool:
        """Whether nothing but white space was kept."""
        return not any(map(str.strip, self._pieces))


def read_bounded(source: BinaryIO, limit: int = INPUT_LIMIT) -> tuple[bytes, bool]:
    """Read a file from its start.

    Returns:
        The bytes up to the limit, and whether the file goes on after them.
    """
    source.seek(0)
    data = source.read(limit + 1)
    return data[:limit], len(data) > limit


class BoundedZip:
    """A zip archive whose entries are inflated under the ceilings.

    The bytes are inflated here rather than by the standard library, which stops at the size the
    header claims: other readers of the same file would not.
    """

    def __init__(self, source: BinaryIO) -> None:
        """Read the directory and refuse it when its shape alone is hostile.

        Args:
            source: a seekable file.

        Raises:
            LimitExceededError: too many entries, or entries that overlap.
            BadZipFile: not a zip archive.
        """
        _require_small_directory(source)
        self._source = source
        with ZipFile(source) as archive:
            entries = archive.infolist()
            directory = archive.start_dir
        _require_few(entries)
        _require_apart(entries, directory)
        self._entries = {entry.filename: entry for entry in entries}
        self._produced: dict[str, int] = {}
        self._total = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Entry names in the order of the directory."""
        return tuple(self._entries)

    @property
    def locked(self) -> bool:
        """Whether every file in the archive opens with a password."""
        files = [entry for entry in self._entries.values() if not entry.is_dir()]
        return bool(files) and all(entry.flag_bits & 1 for entry in files)

    def read(self, name: str) -> bytes:
        """One entry, whole."""
        return b"".join(self.chunks(name))

    def measure(self, names: Iterable[str]) -> None:
        """Inflate entries and keep nothing, so that a bomb is refused before anyone parses it.

        Raises:
            LimitExceededError: an entry or the archive expands too far.
            BadZipFile: an entry is damaged.
        """
        for name in names:
            for _ in self.chunks(name):
                pass

    def chunks(self, name: str) -> Iterator[bytes]:
        """One entry in pieces, counted as they come out.

        Raises:
            LimitExceededError: the entry or the archive expands too far.
            BadZipFile: the entry is damaged or packed in a way no document uses.
        """
        entry = self._entries[name]
        produced, checksum = 0, 0
        for chunk in _inflate(self._source, entry):
            produced += len(chunk)
            self._require_modest(entry, produced)
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
        if checksum != entry.CRC:
            raise BadZipFile(f"the entry {entry.filename!r} fails its checksum")

    def _require_modest(self, entry: ZipInfo, produced: int) -> None:
        if produced > max(ZIP_RATIO_FLOOR, ZIP_RATIO * entry.compress_size):
            raise LimitExceededError(
                f"the entry {entry.filename!r} expands more than {ZIP_RATIO} times"
            )
        more = max(0, produced - self._produced.get(entry.filename, 0))
        self._produced[entry.filename] = self._produced.get(entry.filename, 0) + more
        self._total += more
        if self._total > ZIP_BYTES:
            raise LimitExceededError(f"the archive expands beyond {ZIP_BYTES:,} bytes")


def _inflate(source: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    if entry.flag_bits & 1 or entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise BadZipFile(f"the entry {entry.filename!r} is encrypted or packed unusually")
    packed = _packed(source, entry)
    if entry.compress_type == ZIP_STORED:
        yield from packed
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in packed:
        pending = piece
        while pending:
            yield inflater.decompress(pending, CHUNK)
            pending = inflater.unconsumed_tail
    yield inflater.flush()
    if not inflater.eof:
        raise BadZipFile(f"the entry {entry.filename!r} ends early")


def _packed(source: BinaryIO, entry: ZipInfo) -> Iterator[bytes]:
    source.seek(entry.header_offset)
    header = source.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\3\4"):
        raise BadZipFile(f"the entry {entry.filename!r} has no local header")
    position = entry.header_offset + len(header) + sum(_LOCAL_HEADER.unpack(header))
    end = position + entry.compress_size
    while position < end:
        source.seek(position)
        piece = source.read(min(CHUNK, end - position))
        if not piece:
            raise BadZipFile(f"the entry {entry.filename!r} ends early")
        position += len(piece)
        yield piece


def _require_few(entries: list[ZipInfo]) -> None:
    if len(entries) > ZIP_ENTRIES:
        raise LimitExceededError(f"the archive holds more than {ZIP_ENTRIES:,} entries")


def _require_apart(entries: Iterable[ZipInfo], directory: int) -> None:
    reached = directory
    for entry in sorted(entries, key=lambda entry: entry.header_offset, reverse=True):
        end = entry.header_offset + _LOCAL_HEADER.size + len(entry.filename) + entry.compress_size
        if end > reached:
            raise LimitExceededError(f"the entry {entry.filename!r} overlaps another")
        reached = entry.header_offset


def _require_small_directory(source: BinaryIO) -> None:
    """Refuse a huge directory before the standard library builds an object for each entry."""
    size = source.seek(0, SEEK_END)
    source.seek(max(0, size - _TAIL))
    tail = source.read(_TAIL)
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise BadZipFile("the archive has no directory; it is cut short or not a zip file")
    claimed = _directory_size_64(tail, at) or _END.unpack_from(tail, at)[0]
    if claimed > ZIP_DIRECTORY:
        raise LimitExceededError(f"the archive's directory is larger than {ZIP_DIRECTORY:,} bytes")


def _directory_size_64(tail: bytes, end: int) -> int:
    at = end - _LOCATOR_64_SIZE - _END_64.size
    if at < 0 or not tail.startswith(b"PK\6\6", at):
        return 0
    size: int = _END_64.unpack_from(tail, at)[0]
    return size
