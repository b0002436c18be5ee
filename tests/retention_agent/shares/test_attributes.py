"""What a file system keeps beside a file, on a real one that keeps it."""

import hashlib
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.shares.attributes import (
    LONGEST_TOGETHER,
    LONGEST_VALUE,
    MOST_NAMES,
    POSIX_ACL,
    attributes,
    posix_entries,
)

UNDEFINED = 0xFFFFFFFF


def access_list(*entries: tuple[int, int, int]) -> bytes:
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


LIST = access_list(
    (0x01, 6, UNDEFINED),
    (0x02, 4, 54321),
    (0x04, 4, UNDEFINED),
    (0x08, 7, 54322),
    (0x10, 7, UNDEFINED),
    (0x20, 0, UNDEFINED),
)
ENTRIES = [
    "user::rw-",
    "user:unknown (54321):r--",
    "group::r--",
    "group:unknown (54322):rwx",
    "mask::rwx",
    "other::---",
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.touch(mode=0o640)
    made.chmod(0o640)
    return made


@pytest.fixture
def keep(file: Path, request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Put an attribute beside the file, or say that this file system keeps none."""

    def put(name: str, value: bytes) -> None:
        try:
            os.setxattr(file, name, value)
        except OSError as error:
            reporter = request.config.pluginmanager.get_plugin("terminalreporter")
            why = f"NOT RUN: {request.node.nodeid}: {name} cannot be kept here: {error.strerror}"
            reporter.write_line(why)
            pytest.skip(why)

    return put


@pytest.fixture
def read(file: Path) -> Iterator[Callable[[], dict]]:
    descriptor = os.open(file, os.O_RDONLY)
    yield lambda: attributes(descriptor)
    os.close(descriptor)


def test_a_plain_file_has_a_mode_alone(read):
    found = read()
    found.pop("others", None)  # a security module may label every file
    assert found == {"mode": "0640"}


def test_user_attributes_are_kept_with_their_values(read, keep):
    keep("user.comment", "agreed with Mrs Llŷr".encode())
    keep("user.bytes", b"\xff\x00")
    keep("user.escape", b"\x1b[2J")
    assert read()["user"] == {
        "user.comment": {"text": "agreed with Mrs Llŷr"},
        "user.bytes": {"base64": "/wA="},
        "user.escape": {"base64": "G1sySg=="},
    }


def test_a_name_that_steers_a_terminal_is_shown_escaped(read, keep):
    keep("user.\x1b[2J", b"x")
    assert list(read()["user"]) == ["user.\\x1b[2J"]


def test_a_posix_access_list_is_decoded(read, keep):
    keep(POSIX_ACL, LIST)
    found = read()
    assert found["acl"] == ENTRIES
    assert found["mode"] == "0670"  # the group bits are the mask


def test_what_is_too_long_is_listed_with_its_digest(read, keep, monkeypatch):
    keep("user.fits", b"x" * 100)
    keep("user.long", b"y" * 101)
    monkeypatch.setattr("retention_agent.shares.attributes.LONGEST_VALUE", 100)
    found = read()
    assert list(found["user"]) == ["user.fits"]
    digest = hashlib.sha256(b"y" * 101).hexdigest()
    assert found["cut"] == {"user.long": {"size": 101, "sha256": digest}}


def test_many_values_are_kept_up_to_a_size_and_the_rest_is_listed(read, keep, monkeypatch):
    monkeypatch.setattr("retention_agent.shares.attributes.LONGEST_TOGETHER", 250)
    for number in range(4):
        keep(f"user.{number}", b"z" * 100)
    found = read()
    assert list(found["user"]) == ["user.0", "user.1"]
    assert list(found["cut"]) == ["user.2", "user.3"]


def test_many_names_are_counted(read, keep, monkeypatch):
    monkeypatch.setattr("retention_agent.shares.attributes.MOST_NAMES", 2)
    for number in range(5):
        keep(f"user.{number}", b"z")
    found = read()
    assert len(found["user"]) == 2
    assert found["cut"] == {"more names": {"count": 3}}


@pytest.mark.parametrize(("number", "reason"), [(13, "Permission denied"), (5, "Input/output")])
def test_what_cannot_be_read_is_listed_with_the_reason(read, monkeypatch, number, reason):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "listxattr", refuse)
    monkeypatch.setattr(os, "getxattr", refuse)
    unread = read()["unread"]
    assert unread["names"].startswith(reason)
    assert unread[POSIX_ACL].startswith(reason)


def test_a_file_system_without_attributes_is_no_failure(read, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "listxattr", refuse)
    monkeypatch.setattr(os, "getxattr", refuse)
    assert read() == {"mode": "0640"}


def test_an_access_list_of_a_windows_server_is_known_by_its_digest(read, monkeypatch):
    descriptor = b"\x01\x00\x04\x80" + bytes(100)

    def answer(_descriptor, name):
        if name == "system.cifs_acl":
            return descriptor
        raise OSError(61, "No data available")

    monkeypatch.setattr(os, "getxattr", answer)
    digest = hashlib.sha256(descriptor).hexdigest()
    assert read()["digests"] == {"system.cifs_acl": {"size": 104, "sha256": digest}}


@pytest.mark.parametrize("value", [b"", b"\x02", struct.pack("<I", 3), LIST[:-1]])
def test_an_access_list_that_is_none_is_told(read, monkeypatch, value):
    def answer(_descriptor, name):
        if name == POSIX_ACL:
            return value
        raise OSError(61, "No data available")

    monkeypatch.setattr(os, "getxattr", answer)
    found = read()
    assert "access list" in found["unread"][POSIX_ACL]
    assert found["digests"][POSIX_ACL]["size"] == len(value)
    assert "acl" not in found


@given(st.binary(max_size=200))
def test_any_bytes_are_an_access_list_or_none(value):
    try:
        entries = posix_entries(value)
    except ValueError:
        return
    assert len(entries) == (len(value) - 4) // 8


def test_the_limits_are_what_the_pages_say():
    assert (LONGEST_VALUE, LONGEST_TOGETHER, MOST_NAMES) == (4096, 16_384, 100)
