import os
from pathlib import Path

import pytest

from retention_agent.shares.model import join, sighting, stamp


def test_a_sighting_carries_all_that_stat_tells(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"four")
    found = file.stat()
    seen = sighting(b"folder", b"a.txt", found)
    assert seen.path == b"folder/a.txt"
    assert seen.stamp == (
        b"a.txt",
        4,
        found.st_mtime_ns,
        found.st_ctime_ns,
        found.st_dev,
        found.st_ino,
    )
    assert (seen.links, seen.mode, seen.uid, seen.gid) == (1, found.st_mode, os.getuid(), 0)


def test_a_name_at_the_root_has_no_folder_before_it():
    assert join(b"", b"a") == b"a"
    assert join(b"x/y", b"a") == b"x/y/a"


def _status(inode: int, mtime: int, ctime: int) -> os.stat_result:
    fields = [0o100644, inode, 5, 1, 0, 0, 7, 0, 0, 0]
    extra = {"st_mtime_ns": mtime, "st_ctime_ns": ctime}
    return os.stat_result(fields, extra)


@pytest.mark.parametrize(
    ("inode", "mtime", "kept_inode", "kept_mtime"),
    [
        (2**63 - 1, 0, 2**63 - 1, 0),
        (2**63, 0, -(2**63), 0),
        (2**64 - 1, 0, -1, 0),
        (1, 2**63, 1, 2**63 - 1),
        (1, -(2**70), 1, -(2**63)),
    ],
)
def test_numbers_too_large_for_the_register_are_kept_in_64_bits(
    inode: int, mtime: int, kept_inode: int, kept_mtime: int
):
    kept = stamp(b"x", _status(inode, mtime, mtime))
    assert kept == (b"x", 7, kept_mtime, kept_mtime, 5, kept_inode)
