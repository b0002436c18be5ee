"""A process that reads one file after another for the parent, and can be lost without harm.

Started as `python -m retention_agent.capture.worker <socket descriptor>` in a fresh interpreter.
It is handed read-only descriptors, never names, and answers with JSON. The first message
carries the settings. What it needs is loaded before it confines itself, and no byte of any file is
read before that. It ends when the parent does, and with exit status 77 when memory ran out: after
that nothing in it can be relied on.
"""

import base64
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict

from retention_agent.capture.confine import confine
from retention_agent.capture.description import Description, Failure, NotRead, to_document
from retention_agent.capture.fixity import OpenFile
from retention_agent.capture.settings import Settings, from_document
from retention_agent.capture.wire import BadMessage, pack, receive_with_descriptors

OUT_OF_MEMORY = 77
LONGEST_DETAIL = 2_000
Describe = Callable[[OpenFile, bytes, str], Description]
"""Describes an open file of a path; the last word is why a worker was lost over it, or blank."""


def main(prepare: Callable[[Settings], Describe] | None = None) -> None:
    """Serve the parent at the other end of the socket named on the command line."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    settings = _settings(connection)
    describe = (prepare or _prepare)(settings)
    confine(settings)
    os.dup2(sys.stdout.fileno(), sys.stderr.fileno())  # a hostile file shall not flood a log
    try:
        serve(connection, describe)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def serve(connection: socket.socket, describe: Describe) -> None:
    """Say hello, then answer every job until the parent closes its end.

    Raises:
        MemoryError: a file took more than there is.
    """
    connection.sendall(pack({"number": 0}))
    while job := receive_with_descriptors(connection):
        document, descriptors = job
        path = base64.b64decode(document["path"])
        try:
            answer = _answer(OpenFile(*descriptors), path, document["lost"], describe)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        connection.sendall(_packed(document["number"], answer))


def _answer(file: OpenFile, path: bytes, lost: str, describe: Describe) -> Description | Failure:
    try:
        return describe(file, path, lost)
    except NotRead as refused:
        return refused.failure
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (one file must not cost the worker its others)
        return Failure("program-fault", f"{type(error).__name__}: {error}"[:LONGEST_DETAIL])


def _packed(number: int, answer: Description | Failure) -> bytes:
    if isinstance(answer, Failure):
        return pack({"number": number, "failure": asdict(answer)})
    try:
        return pack({"number": number, "description": to_document(answer)}, answer.text)
    except BadMessage:
        return _packed(number, Failure("answer-too-large"))


def _prepare(settings: Settings) -> Describe:
    """Load what describing needs: nothing of it has a second thread, which would stay unconfined.

    Python looks for libmagic by running the linker, which a confined process may not do.
    """
    from indexer.identify import libmagic  # noqa: PLC0415  (the parent imports this module, too)
    from retention_agent.capture.describe import Instruments, describe  # noqa: PLC0415

    libmagic()
    instruments = Instruments.of(settings)
    return lambda file, path, lost: describe(file, path, instruments.without_second(lost))


def _settings(connection: socket.socket) -> Settings:
    message = receive_with_descriptors(connection)
    if message is None:
        sys.exit("the parent is gone")
    _, (descriptor,) = message
    written = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    os.close(descriptor)
    return from_document(json.loads(written))


if __name__ == "__main__":
    main()
