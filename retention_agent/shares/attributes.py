"""What a file system keeps beside a file's bytes: mode, access list and named attributes.

They are registered as they were found, since a file that is transferred or restored elsewhere may
lose them, and who could read a record is part of its story. All is read through a descriptor that
is open already; no name is opened.

* A POSIX access list is decoded (the layout of `linux/posix_acl_xattr.h`, version 2). Those of
  Windows and NFS servers are as long as they are various: their size and SHA-256 tell them apart.
* `user.*` attributes are kept with their values, up to a size; what is longer is listed as cut,
  with size and SHA-256. Of other name spaces the names are kept.
* What cannot be read is listed with the reason. Nothing is left out in silence.
"""

import base64
import errno
import hashlib
import os
import stat
import struct
from collections.abc import Iterator
from typing import Any

from retention_agent.shares.owner import group, owner
from retention_agent.shares.paths import display

POSIX_ACL = "system.posix_acl_access"
# not on the list of names that a server gives, so each is asked for
OTHER_ACLS = ("system.cifs_acl", "system.ntfs_acl", "system.nfs4_acl", "system.richacl")
LONGEST_VALUE = 4096
LONGEST_TOGETHER = 16_384
MOST_NAMES = 100

_HEAD = struct.Struct("<I")
_ENTRY = struct.Struct("<HHI")
_VERSION = 2
_TAGS = {0x01: "user", 0x02: "user", 0x04: "group", 0x08: "group", 0x10: "mask", 0x20: "other"}
_NAMED = {0x02: owner, 0x08: group}
_ABSENT = frozenset({errno.ENODATA, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


def attributes(descriptor: int) -> dict[str, Any]:
    """What is kept beside the open file, as JSON has it; a key stands only where there is any.

    `mode` octal; `acl` the entries of a POSIX access list as `getfacl` writes them; `user` values
    by name, as `text` or `base64`; `digests` size and SHA-256 of other access lists; `cut` the same
    of values too long to keep; `others` names alone; `unread` names with the reason.
    """
    found: dict[str, Any] = {"mode": f"{stat.S_IMODE(os.fstat(descriptor).st_mode):04o}"}
    try:
        names = os.listxattr(descriptor)
    except OSError as error:
        names = []
        if error.errno not in _ABSENT:
            _put(found, "unread", "names", error.strerror)
    known = {POSIX_ACL, *OTHER_ACLS}
    users = sorted(name for name in names if name.startswith("user."))
    others = [_text(name) for name in names if name not in {*known, *users}]
    if others:
        found["others"] = sorted(others)[:MOST_NAMES]
    _read_lists(descriptor, found)
    _read_users(descriptor, users, found)
    return found


def posix_entries(value: bytes) -> list[str]:
    """The entries of an access list: `user::rw-`, `user:ann (1001):r--`.

    Raises:
        ValueError: it is none of version 2.
    """
    body = value[_HEAD.size :]
    if len(value) < _HEAD.size or _HEAD.unpack_from(value)[0] != _VERSION:
        raise ValueError("not an access list of version 2")
    if len(body) % _ENTRY.size:
        raise ValueError("an access list that ends in the middle")
    return [_entry(*fields) for fields in _ENTRY.iter_unpack(body)]


def _entry(tag: int, may: int, number: int) -> str:
    whose = _NAMED[tag](number) if tag in _NAMED else ""
    letters = "".join(
        letter if may & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1))
    )
    return f"{_TAGS.get(tag, f'tag {tag}')}:{whose}:{letters}"


def _read_lists(descriptor: int, found: dict[str, Any]) -> None:
    for name, value in _values(descriptor, (POSIX_ACL, *OTHER_ACLS), found):
        if name != POSIX_ACL:
            _put(found, "digests", name, _digest(value))
            continue
        try:
            found["acl"] = posix_entries(value)
        except ValueError as error:
            _put(found, "unread", name, str(error))
            _put(found, "digests", name, _digest(value))


def _read_users(descriptor: int, names: list[str], found: dict[str, Any]) -> None:
    left = LONGEST_TOGETHER
    for name, value in _values(descriptor, tuple(names[:MOST_NAMES]), found):
        if len(value) > min(left, LONGEST_VALUE):
            _put(found, "cut", _text(name), _digest(value))
        else:
            left -= len(value)
            _put(found, "user", _text(name), _kept(value))
    if len(names) > MOST_NAMES:
        _put(found, "cut", "more names", {"count": len(names) - MOST_NAMES})


def _values(
    descriptor: int, names: tuple[str, ...], found: dict[str, Any]
) -> Iterator[tuple[str, bytes]]:
    for name in names:
        try:
            value = os.getxattr(descriptor, name)
        except OSError as error:
            if error.errno not in _ABSENT:
                _put(found, "unread", _text(name), error.strerror)
        else:
            yield name, value


def _kept(value: bytes) -> dict[str, str]:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode()}
    return {"text": text} if text.isprintable() else {"base64": base64.b64encode(value).decode()}


def _digest(value: bytes) -> dict[str, Any]:
    return {"size": len(value), "sha256": hashlib.sha256(value).hexdigest()}


def _put(found: dict[str, Any], key: str, name: str, value: object) -> None:
    found.setdefault(key, {})[name] = value


def _text(name: str) -> str:
    return display(os.fsencode(name))
