"""What the file system keeps beside a file survives the way into the bin and back."""

import os
import struct

import pytest

UNDEFINED = 0xFFFFFFFF
ACCESS = struct.pack("<I", 2) + b"".join(
    struct.pack("<HHI", *entry)
    for entry in (
        (0x01, 6, UNDEFINED),
        (0x02, 4, 54321),
        (0x04, 4, UNDEFINED),
        (0x10, 4, UNDEFINED),
        (0x20, 0, UNDEFINED),
    )
)


def test_a_file_that_is_restored_has_its_access_list_and_attributes_still(desk, request):
    path = os.fsencode(desk.share / "fin/one.eml")
    try:
        os.setxattr(path, "user.comment", b"agreed")
        os.setxattr(path, "system.posix_acl_access", ACCESS)
    except OSError as error:
        why = f"NOT RUN: {request.node.nodeid}: attributes cannot be kept here: {error.strerror}"
        request.config.pluginmanager.get_plugin("terminalreporter").write_line(why)
        pytest.skip(why)
    desk.scan()
    (before,) = desk.ask("show", "files:fin/one.eml")
    assert before["attributes"]["user"] == {"user.comment": {"text": "agreed"}}
    assert "user:unknown (54321):r--" in before["attributes"]["acl"]
    owner = os.stat(path)
    batch = desk.approved(before["record"])
    desk.do("dispose", batch)
    assert not os.path.exists(path)
    desk.do("restore", before["record"], "--reason", "an appeal")
    assert os.getxattr(path, "user.comment") == b"agreed"
    assert os.getxattr(path, "system.posix_acl_access") == ACCESS
    assert (os.stat(path).st_uid, os.stat(path).st_mode) == (owner.st_uid, owner.st_mode)
    desk.scan()
    (after,) = desk.ask("show", "files:fin/one.eml")
    assert (after["record"], after["attributes"]) == (before["record"], before["attributes"])
