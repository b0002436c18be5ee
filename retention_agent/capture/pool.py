"""Reads files in worker processes that may hang, burst, die or lie, and never does so itself.

* A worker that takes longer than the limit for one file is killed.
* The file that a lost worker was reading is tried once more, first thing in a fresh worker, by
  the sturdier of its readers alone; lost again, it is given up with the reason. Files that waited
  behind it are not blamed.
* A worker is replaced after a number of files, so that what libraries leak cannot pile up.
* If no worker can start, that is an error of the installation, not of any file.

A pool belongs to the thread that uses it: a worker dies with the thread that started it.
"""

import fcntl
import itertools
import json
import os
import selectors
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, Protocol, Self, TypeVar, cast

from retention_agent.capture.description import Failure, NotRead
from retention_agent.capture.reader import COMMAND, Job, Outcome, Reader, WorkerLost
from retention_agent.capture.settings import Settings, to_document

TRIES = 2
TICK_SECONDS = 1.0


class File(Protocol):
    """A file to be read: where it is below its share's root, and how to open it."""

    @property
    def path(self) -> bytes:
        """The path, for its names; the worker never opens it."""
        ...

    def open(self) -> int:
        """A read-only descriptor, which the pool closes.

        Raises:
            NotRead: it cannot be opened, or should not be read now.
        """
        ...


F = TypeVar("F", bound=File)


class Pool(Generic[F]):
    """A context manager: leaving it ends every worker."""

    def __init__(self, settings: Settings, command: Sequence[str] = COMMAND) -> None:
        """Workers run `command`, to which the number of their socket is added."""
        self.settings = settings
        self._command = command
        self._document = _sealed(json.dumps(to_document(settings)).encode())
        self._readers: list[Reader[F]] = []
        self._again: deque[Job[F]] = deque()
        self._selector = selectors.DefaultSelector()
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._abandon()
        self._selector.close()
        os.close(self._document)

    def read(self, files: Iterable[F]) -> Iterator[tuple[F, Outcome] | None]:
        """Each file with what was read of it, in the order in which they are done.

        Files are taken from `files` and opened only when a worker has room. Nothing (None) comes
        about once a second while all workers are busy, so that the caller can do other things.

        Raises:
            CaptureUnavailable: no worker can be started.
        """
        supply = iter(files)
        try:
            yield from self._fill(supply)
            while self._busy():
                yield from self._collect()
                yield from self._fill(supply)
        finally:
            if self._busy():
                self._abandon()

    def _busy(self) -> bool:
        return bool(self._again) or any(reader.jobs for reader in self._readers)

    def _fill(self, supply: Iterator[F]) -> Iterator[tuple[F, Outcome]]:
        while self._room():
            if self._again:
                self._least_busy().give(self._again.popleft())
                continue
            file = next(supply, None)
            if file is None:
                return
            reader = self._least_busy()  # first: should it not start, nothing is open
            try:
                job = Job(file, file.path, file.open(), next(self._numbers))
            except NotRead as refused:
                yield file, refused.failure
            else:
                reader.give(job)

    def _room(self) -> bool:
        return len(self._readers) < self.settings.workers or bool(self._usable())

    def _usable(self) -> list[Reader[F]]:
        most = self.settings.files_per_worker
        return [reader for reader in self._readers if reader.room and reader.given < most]

    def _least_busy(self) -> Reader[F]:
        usable = sorted(self._usable(), key=lambda reader: len(reader.jobs))
        if usable and (not usable[0].jobs or len(self._readers) == self.settings.workers):
            return usable[0]
        return self._start()

    def _start(self) -> Reader[F]:
        reader: Reader[F] = Reader(self._command, self._document, self.settings.seconds)
        self._readers.append(reader)
        self._selector.register(reader, selectors.EVENT_READ)
        return reader

    def _collect(self) -> Iterator[tuple[F, Outcome] | None]:
        """What is done by now, or nothing after a second.

        Answers are taken in before any clock is looked at, and none is handed on before: the
        caller may keep the pool waiting for longer than any file is given.
        """
        busy = [reader for reader in self._readers if reader.jobs]
        patience = min([TICK_SECONDS, *(reader.seconds_left for reader in busy)])
        done: list[tuple[F, Outcome]] = []
        for key, _ in self._selector.select(max(patience, 0)):
            done += self._answers(cast("Reader[F]", key.fileobj))
        for reader in [each for each in self._readers if each.jobs and each.seconds_left <= 0]:
            done += self._lost(reader, reader.overrun())
        if not done:
            yield None
        yield from done

    def _answers(self, reader: Reader[F]) -> Iterator[tuple[F, Outcome]]:
        try:
            for job, outcome in reader.answers():
                os.close(job.descriptor)
                yield job.subject, outcome
        except WorkerLost as lost:
            yield from self._lost(reader, lost.failure)
        else:
            if reader.given >= self.settings.files_per_worker and not reader.jobs:
                self._end(reader)

    def _lost(self, reader: Reader[F], failure: Failure) -> Iterator[tuple[F, Outcome]]:
        self._end(reader)
        if not reader.jobs:
            return
        blamed = reader.jobs.popleft()
        self._again.extend(reader.jobs)
        blamed.failures += 1
        blamed.lost = failure.reason
        if blamed.failures < TRIES:
            self._start().give(blamed)
        else:
            os.close(blamed.descriptor)
            yield blamed.subject, failure

    def _end(self, reader: Reader[F]) -> None:
        self._readers.remove(reader)
        self._selector.unregister(reader)
        reader.end()

    def _abandon(self) -> None:
        for reader in list(self._readers):
            self._again.extend(reader.jobs)
            self._end(reader)
        for job in self._again:
            os.close(job.descriptor)
        self._again.clear()


def _sealed(content: bytes) -> int:
    """A descriptor of `content` in memory that no worker can change for the next one."""
    descriptor = os.memfd_create("settings", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(descriptor, content)
    seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
    return descriptor
