"""A state folder that is damaged, open to others or in use stops every command, and says so."""

import os
import shutil
import sqlite3
import subprocess
import sys

import filelock
import pytest

READING = ["status", "due", "find invoice", "explain 1", "show 1", "verify", "log list"]
TWO_SHARES = """
organisation = {{ name = "T" }}
shares = [{{ name = "a", path = "{}" }}, {{ name = "b", path = "{}" }}]
"""
CHANGING = ["scan", "classify 1 FIN-003", "event withdraw 1", "dispose B1", "log checkpoint"]


@pytest.fixture
def copy(office, new_desk, tmp_path):
    """A desk over a copy of the office's state, which may be damaged."""
    shutil.copytree(office.folder / "site", tmp_path / "site")
    return new_desk(tmp_path)


def register(desk):
    """The register's file, with all that was written in it."""
    path = desk.state / "register.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.mark.parametrize("command", READING + CHANGING)
def test_a_header_that_was_overwritten_is_an_integrity_failure(copy, command):
    path = register(copy)
    content = bytearray(path.read_bytes())
    content[:16] = bytes(16)
    path.write_bytes(content)
    answer = copy.do(*command.split(), code=5)
    assert "the register cannot be read" in answer.err
    assert "backup" in answer.err
    assert path.read_bytes() == content


@pytest.mark.parametrize("size", [0, 100, 512, 5000])
def test_a_register_that_was_cut_short_is_an_integrity_failure(copy, size):
    path = register(copy)
    os.truncate(path, size)
    for command in READING:
        assert copy.do(*command.split(), code=5).out == ""


def test_a_page_overwritten_in_the_middle_is_an_integrity_failure(copy):
    path = register(copy)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    answer = copy.do("due", code=5)
    assert "damaged" in answer.err or "cannot be read" in answer.err
    assert copy.do("scan", code=5).out == ""


def test_a_file_that_is_no_database_is_an_integrity_failure(copy):
    register(copy).write_text("this is a shopping list, not a register\n" * 200)
    assert "not a database" in copy.do("status", code=5).err


def test_a_register_of_a_later_version_is_left_alone(copy):
    path = register(copy)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    answer = copy.do("status", code=5)
    assert "layout 99" in answer.err


def test_a_table_that_is_gone_is_told_with_no_traceback(copy):
    connection = sqlite3.connect(register(copy))
    connection.execute("DROP TABLE hold")
    connection.close()
    assert "no such table: hold" in copy.do("due", code=1).err


def test_what_a_driver_says_to_a_stage_that_uses_its_cursors_is_told_too(copy):
    connection = sqlite3.connect(register(copy))
    connection.execute("ALTER TABLE sighting RENAME COLUMN inode TO other")
    connection.close()
    copy.file("x", b"")
    assert "the register refused" in copy.do("scan", code=1).err


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o701, 0o777])
def test_a_state_folder_that_others_can_enter_stops_every_command(copy, mode):
    copy.state.chmod(mode)
    for command in (*READING, *CHANGING):
        answer = copy.do(*command.split(), code=5)
        assert f"chmod 700 {copy.state}" in answer.err


def test_a_service_key_that_others_can_read_stops_every_command(copy):
    (copy.state / "service.key").chmod(0o644)
    assert "others may have read the key" in copy.do("status", code=5).err


def test_another_service_key_cannot_go_on_with_the_log(copy):
    (copy.state / "service.key").write_bytes(other_key(copy))
    answer = copy.do("log", "checkpoint", code=5)
    assert "not signed by this service key" in answer.err
    assert copy.do("verify", "--json", code=5).only["ok"] is False


def other_key(desk):
    other = type(desk)(desk.folder / "elsewhere")
    other.folder.mkdir()
    other.start()
    return (other.state / "service.key").read_bytes()


def test_a_missing_service_key_is_named(copy):
    (copy.state / "service.key").unlink()
    assert "service.key" in copy.do("status", code=2).err


def test_a_missing_state_folder_is_not_made_anew(copy):
    shutil.rmtree(copy.state)
    assert "there is no state folder yet" in copy.do("status", code=2).err
    assert not copy.state.exists()


def test_a_missing_register_is_not_made_anew(copy):
    register(copy).unlink()
    assert "missing or empty" in copy.do("status", code=5).err
    assert not (copy.state / "register.db").exists()


@pytest.mark.parametrize("command", CHANGING)
def test_a_second_changing_command_is_refused_and_changes_nothing(copy, command):
    before = copy.only_log()
    with filelock.FileLock(copy.state / "lock"):
        answer = copy.do(*command.split(), code=4)
    assert "another retention command is at work" in answer.err
    assert copy.only_log() == before


def test_whoever_only_looks_does_not_wait_for_a_command_at_work(copy):
    with filelock.FileLock(copy.state / "lock"):
        for command in ("status", "due", "find invoice", "explain 1"):
            copy.do(*command.split())


def test_the_lock_of_a_killed_command_does_not_stay(copy):
    holding = (
        "import filelock, os, signal, sys\n"
        "lock = filelock.FileLock(sys.argv[1]); lock.acquire(timeout=0)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", holding, str(copy.state / "lock")], check=False
    ).returncode
    assert killed == -9
    copy.do("log", "checkpoint")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[organisation\n", "cannot be read"),
        ('[organisation]\nname = ""\n', "organisation.name: is blank"),
        ("", "organisation: missing"),
        ('[organisation]\nname = "T"\n[capture]\nworker = 2\n', "did you mean 'workers'?"),
        ('[organisation]\nname = "T"\n[capture]\nreference_patterns = ["("]\n', "no RE2 pattern"),
        ('[organisation]\nname = "T\\u0000"\n', "organisation.name: holds a NUL"),
        ('[organisation]\nname = "T"\n[[shares]]\nname = "a"\npath = "."\n', "state folder"),
        ('[organisation]\nname = "T"\n[[shares]]\nname = " a"\npath = "/x"\n', "may not hold"),
        (
            TWO_SHARES.format("/x", "/x/y/.."),
            "shares[2].path: it lies on share 'a' already",
        ),
        (
            TWO_SHARES.format("/x/y", "/x"),
            "shares[1].path: it lies on share 'b' already",
        ),
    ],
)
def test_a_mistake_in_the_configuration_stops_every_command(copy, text, message):
    copy.config.write_text(text)
    for command in (*READING, *CHANGING):
        answer = copy.do(*command.split(), code=2)
        assert message in answer.err
        assert str(copy.config) in answer.err
