"""Messages between the parent and a worker: two lengths, a JSON document, then text.

JSON and plain text only: a parser that was taken over must not be able to run code in the
parent, as an unpickled object could. Both lengths are bounded before anything is read, and the
document's bound is small, since a few million empty lists cost far more memory than bytes.
"""

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

LONGEST_DOCUMENT = 4 << 20
LONGEST_TEXT = 40 << 20  # ten million characters of four bytes
_LENGTHS = struct.Struct(">II")
_DESCRIPTORS = socket.CMSG_SPACE(2 * struct.calcsize("i"))


class BadMessage(ValueError):
    """What came over the socket is not a message."""


def pack(document: dict[str, Any], text: str = "") -> bytes:
    """A message ready to send; half characters become question marks.

    Raises:
        BadMessage: it is longer than the other side accepts.
    """
    head = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    body = text.encode("utf-8", "replace")
    if len(head) > LONGEST_DOCUMENT or len(body) > LONGEST_TEXT:
        raise BadMessage("too long for one message")
    return _LENGTHS.pack(len(head), len(body)) + head + body


class Inbox:
    """Puts messages together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    @property
    def partial(self) -> bool:
        """Whether a message has begun to arrive."""
        return bool(self._bytes)

    def feed(self, piece: bytes) -> Iterator[tuple[dict[str, Any], str]]:
        """Every message that `piece` completes.

        Raises:
            BadMessage: the bytes are no message, or one too long.
        """
        self._bytes += piece
        while len(self._bytes) >= _LENGTHS.size:
            head, body = _LENGTHS.unpack_from(self._bytes)
            if head > LONGEST_DOCUMENT or body > LONGEST_TEXT:
                raise BadMessage("too long a message")
            end = _LENGTHS.size + head + body
            if len(self._bytes) < end:
                return
            message = _unpack(self._bytes[_LENGTHS.size : end], head)
            del self._bytes[:end]
            yield message


def _unpack(message: bytearray, head: int) -> tuple[dict[str, Any], str]:
    try:
        document = json.loads(message[:head])
        text = message[head:].decode()
    except (ValueError, RecursionError) as error:
        raise BadMessage(str(error)) from error
    if not isinstance(document, dict):
        raise BadMessage("a message is an object")
    return document, text


def receive_with_descriptors(
    connection: socket.socket,
) -> tuple[dict[str, Any], tuple[int, ...]] | None:
    """The next message and the descriptors that came with it; nothing once the parent is gone.

    Blocks, and takes not one byte more than the message: what follows has its own descriptors.
    Only the worker calls this; it trusts the parent.
    """
    wait = socket.MSG_WAITALL | socket.MSG_CMSG_CLOEXEC
    lengths, beside, _, _ = connection.recvmsg(_LENGTHS.size, _DESCRIPTORS, wait)
    if not lengths:
        return None
    head, body = _LENGTHS.unpack(lengths)
    message = connection.recv(head + body, socket.MSG_WAITALL)
    (_, _, numbers), *_ = beside
    return _unpack(bytearray(message), head)[0], tuple(memoryview(numbers).cast("i"))
