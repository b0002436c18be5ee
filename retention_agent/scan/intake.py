"""Compares what the walk meets with the register, and writes the differences now and then.

* Between two writes the register is only read, so nobody is kept waiting while the walk goes on.
* A write is one transaction of its own: a scan that is cut short leaves the register as true as
  it was, and the next scan goes on from the last write.
* New and changed files are entered as they come. What may be a move, and every missing name,
  waits for the end of the scan.
"""

from functools import cache, partial

import sqlalchemy as sa

from retention_agent.register import arrivals, files, unfinished
from retention_agent.register.files import Found
from retention_agent.register.unfinished import Unfinished
from retention_agent.scan.compare import Difference, compare
from retention_agent.scan.result import ScanResult
from retention_agent.scan.walk import Absent, Boundary, Met, Portion, Unreadable, passed
from retention_agent.shares.model import Sighting
from retention_agent.shares.owner import group, owner

MOST_FOLDERS = 1_000
MOST_NAMES = 10_000


class Intake:
    """Takes in one scan of one share, piece by piece."""

    def __init__(
        self,
        connection: sa.Connection,
        share: int,
        result: ScanResult,
        instant: str,
        former: Unfinished = Unfinished(),  # noqa: B008  (frozen)
    ) -> None:
        self._former = former
        self._position = former.position
        self._connection = connection
        self._share = share
        self._result = result
        self._instant = instant
        self._cursor = files.cursor(connection)
        self._had_records = files.knows_records(self._cursor, share)
        self._had_files = files.knows_files(self._cursor, share)
        self._begin_reading()

    def take(self, met: Met) -> bool:
        """Take in the next thing the walk met; tells whether it is time to write."""
        match met:
            case Portion():
                self._take_portion(met)
            case Unreadable(directory, reason):
                self._result.trouble(directory, reason)
                self._closed.append((directory, 0, reason))
            case Boundary(directory):
                self._take_boundary(directory)
            case Absent(directory):
                self._absent.append(directory)
        if _is_last(met) and not passed(met.directory, self._former.position):
            self._position = met.directory
        return len(self._read) >= MOST_FOLDERS or self._names >= MOST_NAMES

    def write(self) -> None:
        """Write down everything taken in since the last time."""
        self._cursor.execute("COMMIT")
        with self._connection.begin():
            files.require_scan(self._cursor, self._share, self._result.number)
            files.enter_read(self._cursor, self._share, self._result.number, self._read)
            for path, scan, reason in self._closed:
                files.note_error(self._cursor, self._share, path, scan, reason)
            for path in self._absent:
                unfinished.forget_read(self._cursor, self._share, path)
            self._write_files()
            number = self._result.number
            unfinished.keep(self._cursor, self._share, number, self._instant, self._so_far())
        self._begin_reading()

    def was_read(self, path: bytes) -> bool:
        """Whether an earlier part of the scan read the folder."""
        return unfinished.was_read(self._cursor, self._share, self._result.number, path)

    def origins(self) -> list[bytes]:
        """Folders that an earlier part of the scan read, and from which files may have come.

        What it knows of them is from before; to be asked once the walk is at its end.
        """
        self.write()
        paths = arrivals.origins(self._cursor, self._share, self._result.number)
        return [path for path in paths if passed(path, self._former.position)]

    def stop(self) -> None:
        """Let the scan be one that ends before its end, because the share's window closed."""
        self._result.window = "closed"
        self._result.complete = False

    def finish(self) -> None:
        """Write down the rest and stop reading."""
        self.write()
        if self._former.troubles and not self._result.stopped:
            before = (
                f"things that an earlier part of this scan could not read: {self._former.troubles}"
            )
            self._result.trouble(b"", before)
        self._cursor.execute("COMMIT")
        self._cursor.close()

    def _begin_reading(self) -> None:
        # one snapshot for many questions: a read transaction each would cost more than they do
        self._cursor.execute("BEGIN")
        self._read: list[bytes] = []
        self._closed: list[tuple[bytes, int, str]] = []
        self._absent: list[bytes] = []
        self._new: list[Sighting] = []
        self._changed: list[Sighting] = []
        self._arrived: list[Sighting] = []
        self._gone: list[tuple[bytes, bytes]] = []
        self._names = 0

    def _so_far(self) -> Unfinished:
        troubles = len(self._result.unreadable_directories) + self._former.troubles
        began = self._former.began or self._instant
        return Unfinished(began, self._position, self._result.new + self._former.new, troubles)

    def _write_files(self) -> None:
        folder = cache(partial(files.enter_directory, self._cursor, self._share))
        for seen in self._new:
            found = _found(seen)
            record = files.enter_record(self._cursor, self._share, found, self._instant)
            files.enter_sighting(self._cursor, folder(seen.directory), found, record)
        for seen in self._changed:
            number = folder(seen.directory)
            files.change_record(self._cursor, number, _found(seen), self._instant)
        for seen in self._arrived:
            arrivals.enter_arrival(self._cursor, folder(seen.directory), _found(seen))
        for directory, name in self._gone:
            arrivals.enter_gone(self._cursor, folder(directory), name)
        unsettled = {seen.directory for seen in self._arrived} | {path for path, _ in self._gone}
        unfinished.note_unsettled(self._cursor, self._result.number, set(map(folder, unsettled)))

    def _take_portion(self, portion: Portion) -> None:
        self._count(portion)
        path, after, until = portion.directory, portion.after, portion.until
        known = files.rows(self._cursor, self._share, path, after, until)
        if portion.stamps == known:
            self._result.unchanged += len(known)
        else:
            self._take_difference(portion, compare(portion.stamps, known))

    def _count(self, portion: Portion) -> None:
        result = self._result
        result.seen += len(portion.stamps)
        for kind, number in portion.skipped.items():
            result.skip(kind, number)
        result.bytes += sum([stamp[1] for stamp in portion.stamps])
        if portion.until is None:
            result.directories += 1
            self._read.append(portion.directory)
        if portion.lost or portion.unclear:
            self._tell_unclear(portion)
        if not portion.names and not portion.directory and self._had_files:
            result.trouble(b"", "the root is empty, but files are known to have been in it")

    def _tell_unclear(self, portion: Portion) -> None:
        if portion.lost:
            reason = f"names that went away while the folder was read: {portion.lost}"
            self._result.trouble(portion.directory, reason)
        if portion.unclear:
            why = next(iter(portion.unclear.values()))
            number = len(portion.unclear)
            reason = f"names that cannot be examined: {number}, the first because: {why}"
            self._result.trouble(portion.directory, reason)

    def _take_difference(self, portion: Portion, difference: Difference) -> None:
        path = portion.directory
        self._result.unchanged += difference.unchanged
        wanted = {*difference.new, *difference.changed, *difference.replaced}
        seen = portion.sightings({stamp[0] for stamp in wanted})
        for stamp in difference.new:
            known = self._had_records and files.knows_file(self._cursor, self._share, stamp)
            (self._arrived if known else self._new).append(seen[stamp[0]])
            self._result.new += not known
        self._changed += [seen[stamp[0]] for stamp in difference.changed]
        self._result.changed += len(difference.changed)
        self._arrived += [seen[stamp[0]] for stamp in difference.replaced]
        self._gone += [(path, name) for name in difference.vanished if not portion.holds(name)]
        self._names = len(self._new) + len(self._changed) + len(self._arrived) + len(self._gone)

    def _take_boundary(self, directory: bytes) -> None:
        self._result.skip("boundary")
        self._closed.append((directory, self._result.number, "something is mounted here"))
        if files.knows_below(self._cursor, self._share, directory):
            reason = "something is mounted over a folder in which files are known"
            self._result.trouble(directory, reason)


def _is_last(met: Met) -> bool:
    return not isinstance(met, Portion) or met.until is None


def _found(seen: Sighting) -> Found:
    return Found(seen.directory, seen.stamp, seen.links, owner(seen.uid), group(seen.gid))
