"""`retention key` and `retention person`: keys, roles and the keyring, in any order."""

import getpass
import io
import os
import pty
import stat
import subprocess
import sys

import pytest

from retention_agent.cli.session import passphrase
from retention_agent.errors import UsageError


@pytest.fixture(scope="module")
def fresh(new_desk, tmp_path_factory):
    desk = new_desk(tmp_path_factory.mktemp("people"))
    desk.start()
    for person in ("ann", "bea", "cy"):
        desk.do("key", "new", person, "--out", f"{person}.pem")
    return desk


def add(desk, person, *roles, code=0):
    chosen = [part for role in roles for part in ("--role", role)]
    return desk.do(
        "person", "add", f"{person}.pem.pub", "--name", person.title(), *chosen, code=code
    )


def test_a_key_is_made_for_its_owner_alone_and_shown_again(fresh):
    assert stat.S_IMODE((fresh.folder / "ann.pem").stat().st_mode) == 0o600
    shown = fresh.do("key", "show", "ann", "--key", "ann.pem").out
    public = (fresh.folder / "ann.pem.pub").read_text(encoding="utf-8")
    assert shown.startswith(public)
    assert fresh.ask("key", "show", "ann", "--key", "ann.pem")[0]["public"] == public.strip()


def test_a_key_needs_a_passphrase(fresh):
    fresh.environment["RETENTION_PASSPHRASE"] = " "
    try:
        answer = fresh.do("key", "new", "dee", "--out", "dee.pem", code=2)
    finally:
        del fresh.environment["RETENTION_PASSPHRASE"]
    assert "a passphrase is needed" in answer.err
    assert not (fresh.folder / "dee.pem").exists()


def test_where_there_is_no_terminal_to_ask_on_the_variable_is_named(monkeypatch):
    monkeypatch.delenv("RETENTION_PASSPHRASE", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO("four words nobody guesses\n"))
    monkeypatch.setattr(getpass, "getpass", getpass.fallback_getpass)
    with pytest.raises(UsageError, match="no terminal") as caught:
        passphrase(confirm=False)
    assert "RETENTION_PASSPHRASE" in caught.value.diagnosis[0]


def test_a_key_in_a_folder_that_is_not_there_names_the_folder(fresh):
    assert "no/such/k.pem" in fresh.do("key", "new", "dee", "--out", "no/such/k.pem", code=1).err


def test_the_first_keyring_needs_two_people_and_two_signatures(fresh):
    assert "drafted with 1 person" in add(fresh, "ann", "requester").out
    assert "needs two people" in fresh.do("person", "sign", "--key", "ann.pem", code=4).err
    add(fresh, "bea", "approver", "auditor")
    add(fresh, "bea", "approver")
    assert "is nobody's" in fresh.do("person", "sign", "--key", "cy.pem", code=4).err
    assert "One more person must sign" in fresh.do("person", "sign", "--key", "ann.pem").out
    assert "already signed" in fresh.do("person", "sign", "--key", "ann.pem", code=4).err
    assert fresh.ask("person", "sign", "--key", "bea.pem") == [{"in_force": True}]
    assert "no draft" in fresh.do("person", "sign", "--key", "bea.pem", code=2).err


def test_a_change_is_listed_as_a_draft_until_two_have_signed_it(fresh):
    (made,) = fresh.ask("person", "add", "cy.pem.pub", "--name", "Cy", "--role", "approver")
    assert made["people"] == ["ann", "bea", "cy"]
    listed = fresh.ask("person", "list")
    assert {(line["keyring"], line["person"]) for line in listed} >= {("in force", "ann"),
                                                                      ("draft", "cy")}  # fmt: skip
    assert ("in force", "cy") not in {(line["keyring"], line["person"]) for line in listed}
    assert "drafted with 2 people" in fresh.do("person", "remove", "cy").out


@pytest.mark.parametrize("line", ["", "hello", "retention-key-v1 ann AAAA", "retention-key-v1  x"])
def test_a_file_without_a_public_key_is_refused(fresh, line):
    (fresh.folder / "bad.pub").write_text(line, encoding="utf-8")
    answer = fresh.do("person", "add", "bad.pub", "--name", "X", "--role", "approver", code=2)
    assert "is not a public key" in answer.err


def ask_at_terminal(desk, *arguments, typed):
    """Run a command in a process of its own with a terminal, where somebody types."""
    environment = {**os.environ, "RETENTION_CONFIG": str(desk.config), "PYTHONPATH": os.getcwd()}
    environment.pop("RETENTION_PASSPHRASE", None)
    command = [sys.executable, "-m", "retention_agent", *arguments]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(desk.folder)
        os.execve(command[0], command, environment)
    shown = b""
    waiting = list(typed)
    try:
        while chunk := os.read(terminal, 1024):
            shown += chunk
            if waiting and shown.endswith(b": "):  # printed once the echo is off
                os.write(terminal, waiting.pop(0))
                shown += b"\n"
    except OSError:  # the other end of a terminal closes with an error
        pass
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), shown.decode()


def test_a_passphrase_is_asked_for_twice_and_never_shown(fresh):
    code, shown = ask_at_terminal(
        fresh, "key", "new", "eve", "--out", "eve.pem", typed=[b"secret words\n", b"secret words\n"]
    )
    assert code == 0, shown
    assert "Repeat for confirmation" in shown
    assert "secret words" not in shown
    code, shown = ask_at_terminal(fresh, "key", "show", "eve", "--key", "eve.pem", typed=[b"no\n"])
    assert code == 2
    assert "the passphrase is wrong" in shown


def test_interrupting_the_question_stops_with_nothing_done(fresh):
    code, shown = ask_at_terminal(fresh, "key", "new", "fay", "--out", "fay.pem", typed=[b"\x03"])
    assert code == 1
    assert "stopped" in shown
    assert not (fresh.folder / "fay.pem").exists()


def test_without_a_terminal_the_variable_is_named_and_nothing_is_read_from_a_pipe(fresh):
    environment = {**os.environ, "RETENTION_CONFIG": str(fresh.config), "PYTHONPATH": os.getcwd()}
    environment.pop("RETENTION_PASSPHRASE", None)
    done = subprocess.run(
        [sys.executable, "-m", "retention_agent", "key", "show", "ann", "--key", "ann.pem"],
        cwd=fresh.folder, env=environment, input="four words nobody guesses\n", text=True,
        capture_output=True, check=False, start_new_session=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "RETENTION_PASSPHRASE" in done.stderr
