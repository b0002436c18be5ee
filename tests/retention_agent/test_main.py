"""The entry point: exit codes, and what reaches a terminal or a pipe."""

import errno
import io
import os
import subprocess
import sys

import pytest

from retention_agent import __version__
from retention_agent.__main__ import main, run
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


@pytest.mark.parametrize("arguments", [["--help"], ["verify", "--json"]])
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(arguments, tmp_path):
    assert run(["init", "--dir", str(tmp_path)]) == 0
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": os.getcwd(),
            "RETENTION_CONFIG": str(tmp_path / "config.toml"),
        },
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


def test_the_program_ends_with_the_exit_code_of_its_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["retention", "nothing-like-it"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "No such command" in capsys.readouterr().err


def test_what_the_machine_refuses_is_told_with_the_file_it_was_about(tmp_path, capsys):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert run(["init", "--dir", str(blocked / "below")]) == 1
    said = capsys.readouterr().err
    assert "Not a directory" in said
    assert str(blocked) in said
    assert "was not carried out" in said


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "the disk is full"),
     (errno.EROFS, "Read-only file system")],
)  # fmt: skip
def test_each_failure_of_the_machine_has_its_words(number, said, capsys, monkeypatch):
    class Broken(io.StringIO):
        def write(self, _text):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sys, "stdout", Broken())
    assert run(["--version"]) == 1
    assert said in capsys.readouterr().err


def test_a_pipe_that_closes_as_the_last_line_is_flushed_ends_the_command_quietly(
    tmp_path, capsys, monkeypatch
):
    class Closed(io.StringIO):
        def flush(self):
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    assert run(["init", "--dir", str(tmp_path)]) == 0
    monkeypatch.setattr(sys, "stdout", Closed())
    assert run(["verify", "--json", "--config", str(tmp_path / "config.toml")]) == 1
    assert sys.stdout is None  # so that nothing is flushed into it as Python ends
    assert capsys.readouterr().err == ""


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
