"""Locks that show before anything is parsed, whatever the file claims to be.

A file under a password, sealed for its recipients, or under rights management holds something, so
it is neither empty nor damaged; and what helps differs: a password, a private key, or the owner's
organisation. Formats whose lock lies deeper (PDF, OpenDocument) tell it themselves.

Sources: OpenPGP RFC 9580, 4.2 and 5.1; CMS RFC 5652, 6.1 and RFC 5083, 2; MS-OXORMMS 2.1.3 for
`message.rpmsg`; MS-OFFCRYPTO for Office.
"""

import binascii
import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.extract import ole
from indexer.extract.base import Unreadable
from indexer.limits import BoundedZip

PGP_MESSAGE = "-----BEGIN PGP MESSAGE-----"
_ZIP = "application/zip"
_HEAD = 256
_RIGHTS = (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", b".pfile")
"""How a message and any other file under rights management begin."""
_SEALED = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("060b2a864886f70d0109100117"))
"""Object identifiers of enveloped and of authenticated-enveloped data."""
_SEAL_AT = 24
_ARMOUR = re.compile(rb"\s*-----BEGIN (?:PKCS7|CMS)-----\s+([\w+/]{32})")
_SESSION_KEY = ((b"\x84", 2, 3), (b"\x85", 3, 3), (b"\x8c", 2, 4))
"""The first packet of a PGP message: its tag, and where which version stands."""


def require_open(source: BinaryIO, media_type: str) -> None:
    """Refuse a file that nobody can read without a secret or a server.

    Raises:
        Unreadable: encrypted or rights-protected.
    """
    source.seek(0)
    refuse(lock_of(source.read(_HEAD)))
    ole.require_open(source)
    for begun in ole.attached(source):
        refuse(lock_of(begun))
    if media_type == _ZIP and BoundedZip(source).locked:
        refuse("encrypted")


def refuse(lock: str | None) -> None:
    """Let pass what has no lock.

    Raises:
        Unreadable: with the lock as its reason.
    """
    if lock == "rights-protected":
        raise Unreadable(lock, "opening it needs the rights-management server")
    if lock:
        raise Unreadable(lock, "it opens with a password or a private key")


def lock_of(head: bytes) -> str | None:
    """The lock that the first bytes of a file show: `encrypted`, `rights-protected` or none."""
    if head.startswith(_RIGHTS):
        return "rights-protected"
    return "encrypted" if any(_signs(head)) else None


def _signs(head: bytes) -> Iterator[bool]:
    yield head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(PGP_MESSAGE.encode())
    for tag, place, version in _SESSION_KEY:
        yield head.startswith(tag) and head[place : place + 1] == bytes([version])
    armour = _ARMOUR.match(head)
    message = binascii.a2b_base64(armour[1]) if armour else head
    yield message.startswith(b"0") and any(seal in message[:_SEAL_AT] for seal in _SEALED)
