"""A worker that misbehaves on request: what a file says is what is done with it.

Started by the pool in place of the real worker; it confines itself in the same way. The first
word of a file is the request, the rest its arguments; any other file is described as it is.
"""

import ctypes
import errno
import hashlib
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from retention_agent.capture.description import Description, Failure, NotRead
from retention_agent.capture.errno_reasons import failure
from retention_agent.capture.fixity import OpenFile, fingerprint
from retention_agent.capture.settings import Settings
from retention_agent.capture.worker import main

CONNECTION = int(sys.argv[1])
FILE: list[bytes] = []  # the one being read comes last


def prepare(settings: Settings):
    if settings.organisation.name == "Hangs at the start":
        time.sleep(600)
    if settings.organisation.name == "Dies at the start":
        raise SystemExit("this installation is broken")
    return describe


def describe(file: OpenFile, path: bytes, lost: str) -> Description:
    content = os.pread(file.descriptor, 1 << 20, 0)
    if lost and content.startswith(b"once "):
        return description(file.descriptor, content, f"lost before: {lost}")
    FILE.append(path)
    request, _, argument = content.decode("utf-8", "replace").partition(" ")
    text = REQUESTS.get(request, lambda _: content.decode("utf-8", "replace"))(argument)
    found = description(file.descriptor, content, text)
    if request == "otherwise":  # as if it had been another file
        return replace(found, fingerprint=replace(found.fingerprint, inode=1))
    return found


def description(descriptor: int, content: bytes, text: str) -> Description:
    return Description(
        fingerprint=fingerprint(os.fstat(descriptor)),
        sha256=hashlib.sha256(content).hexdigest(),
        media_type="text/plain",
        puid="x-fmt/111",
        identification={"basis": "fake", "puid_basis": "fake", "reader": "fake", "warnings": []},
        title="",
        metadata={"author": "A. Clerk"},
        dates=[{"kind": "created", "on": "2019-03-04", "origin": "fake:date"}],
        partial=False,
        record_class=None,
        class_origin="none",
        confidence=0.0,
        classification={
            "evidence": [],
            "suggestions": [],
            "margin": 0.0,
            "text_quality": "good",
            "reason": "no-evidence",
        },
        references={},
        unreadable=None,
        detail="",
        text=text,
    )


def hang(_argument: str) -> str:
    while True:
        time.sleep(60)


def once(request: str) -> str:
    """Do something at the first try only."""
    name, _, argument = request.partition(" ")
    return REQUESTS[name](argument)


def spin(_argument: str) -> str:
    while True:
        pass


def hog(_argument: str) -> str:
    return str(len(bytearray(1 << 34)))


def die(name: str) -> str:
    signal.raise_signal(getattr(signal, name))
    return "still alive"


def leave(status: str) -> str:
    os._exit(int(status))


def close(_argument: str) -> str:
    """Close the socket and live on."""
    os.close(CONNECTION)
    return hang("")


def flood(megabytes: str) -> str:
    """Print, as libraries do when a file is odd."""
    for _ in range(int(megabytes)):
        os.write(1, b"warning\n" * 131_072)
        os.write(2, b"warning\n" * 131_072)
    return "said enough"


def babble(_argument: str) -> str:
    """Answer before it is known what was asked, and at length."""
    os.write(CONNECTION, b"\xff" * 1_000)
    return hang("")


def guess(number: str) -> str:
    """Answer a question that was not asked."""
    return send(
        {"number": int(number), "failure": {"reason": "in-use", "detail": "", "again": True}}
    )


def lie(document: str) -> str:
    """Answer the question with a document of one's own."""
    return send({"number": 1, **json.loads(document)})


def send(document: dict) -> str:
    head = json.dumps(document).encode()
    os.write(CONNECTION, struct.pack(">II", len(head), 0) + head)
    return hang("")


def trickle(seconds: str) -> str:
    """Begin an answer and never end it."""
    os.write(CONNECTION, struct.pack(">II", 1_000, 0))
    for _ in range(int(float(seconds) * 20)):
        os.write(CONNECTION, b" ")
        time.sleep(0.05)
    return hang("")


def long(characters: str) -> str:
    return "\U0001f4a9" * int(characters)


def half(_argument: str) -> str:
    return "half \ud83d a character"


def changed(_argument: str) -> str:
    raise NotRead(Failure("changed-while-read", "10 bytes read of 12", again=True))


def fail(name: str) -> str:
    number = getattr(errno, name)
    raise NotRead(failure(OSError(number, os.strerror(number))))


def probe(what: str) -> str:
    """Try what a taken-over parser would try; the answer tells how it ended."""
    try:
        return f"{what}: allowed {PROBES[what]()}"
    except OSError as error:
        return f"{what}: {errno.errorcode[error.errno]}"


def fork() -> int:
    child = os.fork()
    if not child:
        os._exit(0)
    return child


def chmod_through_descriptor() -> None:
    os.fchmod(3, 0o777)


def raw_clone() -> int:
    """clone(SIGCHLD) by number, past whatever the C library does."""
    libc = ctypes.CDLL(None, use_errno=True)
    child = libc.syscall(ctypes.c_long(56), ctypes.c_long(17), None, None, None, None)
    if child == 0:
        os._exit(0)
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone")
    return child


def thread() -> str:
    told = []
    one = threading.Thread(target=lambda: told.append("a thread"))
    one.start()
    one.join()
    return told[0]


PROBES = {
    "tcp": lambda: socket.create_connection(("127.0.0.1", 9), 1),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "read-outside": lambda: Path("/etc/passwd").read_text(),
    "read-library": lambda: len(Path(os.__file__).read_text()) > 1_000,
    "write-outside": lambda: Path(os.fsdecode(FILE[-1]) + "x").write_text(""),
    "list-outside": lambda: os.listdir("/etc"),
    "read-by-name": lambda: Path(os.fsdecode(FILE[-1])).read_text(),
    "remove": lambda: os.unlink(FILE[-1]),
    "rename": lambda: os.rename(FILE[-1], FILE[-1] + b"x"),
    "folder": lambda: os.mkdir(FILE[-1] + b"x"),
    "chmod": chmod_through_descriptor,
    "times": lambda: os.utime(3, (0, 0)),
    "fork": fork,
    "clone": raw_clone,
    "program": lambda: os.execv("/bin/true", ["true"]),
    "kill-parent": lambda: os.kill(os.getppid(), 0),
    "thread": thread,
    "descriptors": lambda: [os.dup(0) for _ in range(200)],
    "environment": lambda: sorted(os.environ),
    "working-folder": os.getcwd,
}
REQUESTS = {
    name: globals()[name]
    for name in (
        "once", "hang", "spin", "hog", "die", "leave", "close", "flood", "babble", "guess", "lie",
        "trickle", "long", "half", "changed", "fail", "probe",
    )
}  # fmt: skip

if __name__ == "__main__":
    main(prepare)
