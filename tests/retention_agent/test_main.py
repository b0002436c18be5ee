"""The entry point: exit codes, and what reaches a terminal or a pipe."""

import errno
import os
import subprocess
import sys

import pytest

from retention_agent import __version__
from retention_agent.__main__ import run
from retention_agent.cli import COMMANDS

COMMAND = [sys.executable, "-m", "retention_agent"]


def process(*arguments, **environment):
    """One command in a process of its own, as a shell starts it."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": os.getcwd(), **environment},
        capture_output=True,
        check=False,
    )


def test_the_version_is_told_whether_or_not_the_program_was_installed(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"retention, version {__version__}\n"


def test_without_a_command_the_help_is_shown_as_wrong_usage(capsys):
    assert run([]) == 2
    assert "Exit codes: 0 done, 1 failure, 2 wrong usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    assert run([command, "--help"]) == 0
    assert f"Usage: retention {command}" in capsys.readouterr().out


def test_a_command_that_does_not_exist_is_answered_with_the_nearest(capsys):
    assert run(["certificat"]) == 2
    said = capsys.readouterr().err
    assert "Did you mean 'certificate'?" in said
    assert "`retention --help` tells more." in said


def test_a_wrong_option_names_the_command_whose_help_tells_more(capsys):
    assert run(["event", "add", "--refrence", "x"]) == 2
    said = capsys.readouterr().err
    assert "Did you mean '--reference'?" in said
    assert "Usage: retention event add" in said
    assert "`retention event add --help` tells more." in said


def test_the_exit_code_of_a_process_is_that_of_its_command():
    assert process("--version").returncode == 0
    assert process("nothing").returncode == 2


def test_a_reader_that_has_seen_enough_ends_the_command_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_terminal_that_knows_few_characters_is_shown_escapes(tmp_path):
    made = process(
        *("init", "--dir", str(tmp_path / "caf\u00e9"), "--organisation", "T"),
        PYTHONIOENCODING="ascii",
        PYTHONUTF8="1",
    )
    assert made.returncode == 0
    assert b"caf\\xe9" in made.stdout


def test_what_the_machine_refuses_is_told_with_the_file_it_was_about(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(["init", "--dir", str(blocked / "below")]) == 1
    said = capsys.readouterr().err
    assert "Not a directory" in said
    assert str(blocked) in said
    assert "was not carried out" in said


def test_a_full_disk_is_called_by_its_name():
    # everything written to this device meets a full disk
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.getcwd(), "PYTHONUNBUFFERED": "1"},
            check=False,
        )
    assert done.returncode == 1
    assert b"the disk is full" in done.stderr
    assert os.strerror(errno.ENOSPC).encode() not in done.stderr
