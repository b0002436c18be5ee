import os
import stat

import pytest

from retention_agent.state_file import write_state_file


def test_a_state_file_is_readable_by_its_owner_alone(tmp_path):
    write_state_file(tmp_path / "a", b"text")
    assert (tmp_path / "a").read_bytes() == b"text"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_state_file_is_replaced_whole(tmp_path):
    write_state_file(tmp_path / "a", b"old")
    write_state_file(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_a_write_that_fails_leaves_the_old_content_and_no_scratch_file(tmp_path):
    target = tmp_path / "a"
    target.mkdir()
    with pytest.raises(IsADirectoryError):
        write_state_file(target, b"new")
    assert os.listdir(tmp_path) == ["a"]
