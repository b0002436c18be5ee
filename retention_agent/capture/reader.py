"""One worker process as the parent sees it: started, given files, watched, ended.

A few files are given ahead, so that a worker need not wait while the parent writes to the
register. It answers in order; the first file without an answer is the one it is reading, and the
one to blame if the worker is lost.
"""

import base64
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Generic, TypeVar, cast

from retention_agent.capture.description import (
    Description,
    Failure,
    Unlike,
    failure_from_document,
    from_document,
)
from retention_agent.capture.wire import BadMessage, Inbox, pack
from retention_agent.capture.worker import OUT_OF_MEMORY
from retention_agent.errors import RetentionError

GIVEN_AHEAD = 3  # files, beside the one being read
START_SECONDS = 60.0
END_SECONDS = 5.0
PIECE = 1 << 18
MOST_COPIED = 128 << 20  # larger files are read where they are
COMMAND = (sys.executable, "-P", "-m", "retention_agent.capture.worker")

T = TypeVar("T")
Outcome = Description | Failure


class CaptureUnavailable(RetentionError):
    """No worker can be started, so no file can be read."""


class WorkerLost(RuntimeError):
    """The worker ended, or said something that is no answer; `failure` is what to blame."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(slots=True)
class Job(Generic[T]):
    """One open file on its way through a worker."""

    subject: T
    path: bytes
    descriptor: int
    number: int
    failures: int = 0
    lost: str = ""  # the reason for which a worker was lost over it


class Reader(Generic[T]):
    """A worker process and the jobs it has."""

    def __init__(self, command: Sequence[str], settings: int, seconds: float) -> None:
        """Start the worker; `settings` is a descriptor of the settings document."""
        self.jobs: deque[Job[T]] = deque()
        self.given = 0
        self._seconds = seconds
        self._inbox = Inbox()
        self._ready = False
        self._deadline = time.monotonic() + START_SECONDS
        with _advice():
            self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            with theirs, contextlib.ExitStack() as failed:
                failed.callback(self._socket.close)
                self._process = _started([*command, str(theirs.fileno())], theirs.fileno())
                failed.pop_all()
        self._errors = cast("IO[bytes]", self._process.stderr)
        self._socket.settimeout(0)
        self._send({}, settings)

    def fileno(self) -> int:
        """The parent's end, for a selector."""
        return self._socket.fileno()

    @property
    def room(self) -> bool:
        """Whether it may be given one more file."""
        return len(self.jobs) <= GIVEN_AHEAD

    @property
    def seconds_left(self) -> float:
        """How long it may still take before it counts as lost.

        An answer that has begun to arrive is let in, however long the parent was busy elsewhere.
        """
        patience = self._seconds if self._inbox.partial else 0.0
        return self._deadline + patience - time.monotonic()

    def give(self, job: Job[T]) -> None:
        """Hand over an open file."""
        if self._ready and not self.jobs:
            self._deadline = time.monotonic() + self._seconds
        self.jobs.append(job)
        self.given += 1
        path = base64.b64encode(job.path).decode()
        document = {"number": job.number, "path": path, "lost": job.lost}
        size = os.fstat(job.descriptor).st_size
        if 0 < size <= MOST_COPIED:
            with _memory(size) as copy:
                self._send(document, job.descriptor, copy)
        else:
            self._send(document, job.descriptor)

    def answers(self) -> Iterator[tuple[Job[T], Outcome]]:
        """What has arrived since the last call.

        Raises:
            CaptureUnavailable: the worker ended before it was ready for any file.
            WorkerLost: it ended, or what came is no answer.
        """
        try:
            while piece := self._socket.recv(PIECE):
                yield from self._take(piece)
        except BlockingIOError:
            return
        except ConnectionResetError:
            pass
        except (BadMessage, Unlike) as error:
            raise WorkerLost(Failure("worker-died", f"its answer is none: {error}")) from error
        failure = self._end_of_process()
        self._require_ready(failure.detail)
        raise WorkerLost(failure)

    def overrun(self) -> Failure:
        """What to say of the file when no time is left.

        Raises:
            CaptureUnavailable: the worker has not even become ready.
        """
        self._require_ready(f"not ready after {START_SECONDS:.0f} seconds")
        return Failure("time-limit")

    def end(self) -> None:
        """Kill the worker. One that hangs in the kernel is left to die when it can."""
        self._socket.close()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._errors.close()

    def _send(self, document: dict[str, Any], *descriptors: int) -> None:
        # A worker that does not take its jobs is found by the clock, one that has gone by its end.
        with contextlib.suppress(OSError):
            socket.send_fds(self._socket, [pack(document)], descriptors)

    def _take(self, piece: bytes) -> Iterator[tuple[Job[T], Outcome]]:
        for document, text in self._inbox.feed(piece):
            if self._ready:
                yield self._answer(document, text)
            self._ready = True
            self._deadline = time.monotonic() + self._seconds

    def _answer(self, document: dict[str, Any], text: str) -> tuple[Job[T], Outcome]:
        if not self.jobs or document.get("number") != self.jobs[0].number:
            raise Unlike("nothing was asked")
        outcome: Outcome
        if "failure" in document:
            outcome = failure_from_document(document["failure"])
        else:
            outcome = from_document(document.get("description", {}), text)
        return self.jobs.popleft(), outcome

    def _end_of_process(self) -> Failure:
        try:
            status = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return Failure("worker-died", "it closed its end")
        if status == OUT_OF_MEMORY:
            return Failure("memory-limit")
        if status < 0:
            return Failure("worker-died", f"ended by {signal.Signals(-status).name}")
        return Failure("worker-died", f"ended with status {status}")

    def _require_ready(self, state: str) -> None:
        if not self._ready:
            os.set_blocking(self._errors.fileno(), False)
            words = (self._errors.read() or b"").decode("utf-8", "replace")
            raise CaptureUnavailable(f"no file can be read: the worker {state}", words[-2_000:])


def _started(command: Sequence[str], descriptor: int) -> subprocess.Popen[bytes]:
    """A worker that keeps one descriptor of ours."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=[descriptor],
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"},
        cwd="/",
        start_new_session=True,  # a Ctrl-C is for the parent, which then ends its workers
    )


@contextlib.contextmanager
def _advice() -> Iterator[None]:
    """Say what to do when this process may not open or start any more."""
    try:
        yield
    except OSError as error:
        raise CaptureUnavailable(
            f"no file can be read: {error.strerror}",
            "Set fewer workers in config.toml (capture.workers), or allow more open files.",
        ) from error


@contextlib.contextmanager
def _memory(size: int) -> Iterator[int]:
    """A file in memory of that size, of which nothing is used until it is written to."""
    with _advice():
        descriptor = os.memfd_create("copy", os.MFD_CLOEXEC)
    try:
        os.pwrite(descriptor, b"\0", size - 1)
        yield descriptor
    finally:
        os.close(descriptor)
