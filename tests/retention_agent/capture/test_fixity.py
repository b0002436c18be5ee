import hashlib
import os

import pytest

from retention_agent.capture.fixity import BLOCK, OpenFile, digest, fingerprint
from retention_agent.shares.model import stamp

SIZES = [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17]


@pytest.fixture
def memory():
    descriptor = os.memfd_create("copy")
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("size", [0, *SIZES])
def test_the_digest_is_sha256_of_every_byte(size, tmp_path):
    content = os.urandom(size)
    path = tmp_path / "file"
    path.write_bytes(content)
    buffer = bytearray(b"\xaa" * BLOCK)
    with open(path, "rb") as file:
        found = digest(OpenFile(file.fileno()), size, buffer)
    assert found == (hashlib.sha256(content).hexdigest(), size)


@pytest.mark.parametrize("size", SIZES)
def test_a_copy_is_made_in_the_same_reading(size, tmp_path, memory):
    content = os.urandom(size)
    path = tmp_path / "file"
    path.write_bytes(content)
    os.pwrite(memory, b"\0", size - 1)
    with open(path, "rb") as file:
        found = digest(OpenFile(file.fileno(), memory), size, bytearray())
    assert found == (hashlib.sha256(content).hexdigest(), size)
    assert os.pread(memory, size + 1, 0) == content


def test_a_file_that_became_shorter_is_read_as_far_as_it_goes(tmp_path, memory):
    path = tmp_path / "file"
    path.write_bytes(b"short")
    os.pwrite(memory, b"\0", 99)
    with open(path, "rb") as file:
        assert digest(OpenFile(file.fileno(), memory), 100, bytearray())[1] == 5


def test_an_error_while_copying_is_the_error_that_is_told(memory):
    os.pwrite(memory, b"\0", 99)
    folder = os.open("/", os.O_RDONLY)
    try:
        with pytest.raises(IsADirectoryError):
            digest(OpenFile(folder, memory), 100, bytearray())
    finally:
        os.close(folder)


def test_writing_and_replacing_both_show_in_the_fingerprint(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"one")
    first = fingerprint(path.stat())
    assert fingerprint(path.stat()) == first
    os.utime(path, ns=(0, first.mtime_ns))
    assert fingerprint(path.stat()).ctime_ns != first.ctime_ns
    other = tmp_path / "other"
    other.write_bytes(b"two")
    os.utime(other, ns=(0, first.mtime_ns))
    os.replace(other, path)
    assert fingerprint(path.stat()).inode != first.inode


def test_numbers_too_large_for_the_register_are_folded_as_the_scan_folds_them():
    fields = [0o100644, 2**64 - 5, 5, 1, 0, 0, 7, 0, 0, 0]
    status = os.stat_result(fields, {"st_mtime_ns": 2**70, "st_ctime_ns": 0})
    found = fingerprint(status)
    assert (found.inode, found.mtime_ns) == (-5, 2**63 - 1)
    assert stamp(b"x", status)[1:] == (
        found.size,
        found.mtime_ns,
        found.ctime_ns,
        found.device,
        found.inode,
    )
