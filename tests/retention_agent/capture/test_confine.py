"""What a taken-over parser can do from inside a worker: read what it was handed, and answer."""

import errno
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from retention_agent.capture import confine, sandbox
from retention_agent.capture.sandbox import call_filter


def probe(pool, files, what):
    with pool:
        ((_, outcome),) = filter(None, pool.read(files(f"probe {what}")))
    return outcome.text.removeprefix(f"{what}: ")


@pytest.mark.parametrize(
    "what",
    ["tcp", "unix", "fork", "clone", "program", "kill-parent", "chmod", "times"],
)
def test_the_network_other_processes_and_attributes_are_out_of_reach(what, fake_pool, files):
    assert probe(fake_pool(), files, what) == "EPERM"


@pytest.mark.parametrize(
    "what",
    ["read-outside", "read-by-name", "write-outside", "list-outside", "remove", "rename", "folder"],
)
def test_the_file_system_is_out_of_reach(what, fake_pool, files):
    assert probe(fake_pool(), files, what) in {"EACCES", "EPERM"}


def test_its_own_code_and_threads_are_within_reach(fake_pool, files):
    assert probe(fake_pool(), files, "read-library") == "allowed True"
    assert probe(fake_pool(), files, "thread") == "allowed a thread"


def test_few_descriptors_may_be_open(fake_pool, files):
    assert probe(fake_pool(), files, "descriptors") == "EMFILE"


def test_a_worker_inherits_no_secret_from_the_environment(fake_pool, files, monkeypatch):
    monkeypatch.setenv("RETENTION_PASSPHRASE", "correct horse")
    assert probe(fake_pool(), files, "environment") == "allowed ['LC_ALL', 'PYTHONPATH']"


def test_a_worker_stands_in_no_share(fake_pool, files):
    assert probe(fake_pool(), files, "working-folder") == "allowed /"


def test_the_limits_follow_the_settings(settings):
    limits = confine.limits(settings)
    assert limits[resource.RLIMIT_DATA] == settings.memory_bytes
    assert limits[resource.RLIMIT_FSIZE] == 0
    assert limits[resource.RLIMIT_CPU] > settings.seconds * settings.files_per_worker


def test_the_interpreter_stays_readable():
    folders = confine.readable_folders()
    assert sys.prefix in folders
    assert all(os.path.isdir(folder) for folder in folders)


OWN = 4711
PLACES = {
    "x86_64": (0xC000003E, {"read": 0, "clone": 56, "clone3": 435, "tgkill": 234, "socket": 41}),
    "aarch64": (
        0xC00000B7,
        {"read": 63, "clone": 220, "clone3": 435, "tgkill": 131, "socket": 198},
    ),
}


def run_filter(machine, architecture, number, argument=0):
    """What the kernel would answer: the filter's program, one instruction after another."""
    words = {0: number, 4: architecture, 16: argument}
    steps = list(struct.iter_unpack("HBBI", call_filter(machine, OWN)))
    position = loaded = 0
    while True:
        code, if_true, if_false, operand = steps[position]
        position += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            loaded = words[operand]
        else:
            true = loaded == operand if code == 0x15 else bool(loaded & operand)
            position += if_true if true else if_false


@pytest.mark.parametrize("machine", PLACES)
def test_the_call_filter_answers_as_meant_on_every_machine(machine):
    architecture, numbers = PLACES[machine]

    def answer(name, argument=0):
        return run_filter(machine, architecture, numbers[name], argument)

    allowed, refused = 0x7FFF0000, 0x00050000 | errno.EPERM
    assert answer("read") == allowed
    assert answer("socket") == refused
    assert answer("clone3") == 0x00050000 | errno.ENOSYS
    assert answer("clone", signal.SIGCHLD) == refused
    assert answer("clone", 0x10000) == allowed
    assert answer("tgkill", OWN) == allowed
    assert answer("tgkill", OWN + 1) == refused


def test_calls_of_a_foreign_architecture_kill_the_worker():
    assert run_filter("x86_64", 0x40000003, 3) == 0x80000000
    assert run_filter("x86_64", 0xC000003E, 0x40000000) == 0x00050000 | errno.EPERM


def in_a_thread_closed_off(act):
    """What `act` returns or raises in a thread that gave up what a worker gives up."""
    ended = []

    def run():
        confine.close_off()
        try:
            ended.append(act())
        except OSError as error:
            ended.append(error.errno)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return ended[0]


def test_what_a_thread_gave_up_another_one_still_has():
    assert in_a_thread_closed_off(lambda: os.open("/etc/passwd", os.O_RDONLY)) == errno.EACCES
    assert in_a_thread_closed_off(socket.socket) == errno.EPERM
    with open("/etc/passwd"), socket.socket():
        pass


@pytest.mark.parametrize(
    ("version", "governed"),
    [
        (1, (8, (1 << 13) - 1)),
        (3, (8, (1 << 15) - 1)),
        (4, (16, (1 << 15) - 1)),
        (6, (24, (1 << 16) - 1)),
        (99, (24, (1 << 16) - 1)),
    ],
)
def test_every_landlock_is_asked_for_all_it_knows(version, governed):
    attributes, length = sandbox._governed(version)
    assert (len(attributes), struct.unpack_from("Q", attributes)[0]) == governed
    assert length == len(attributes)


def test_a_kernel_without_the_filters_is_no_error(monkeypatch):
    class OldKernel:
        def syscall(self, *_arguments):
            return -1

    assert not sandbox.forbid_outside_files(OldKernel(), ["/usr"])
    assert not sandbox.forbid_calls(OldKernel())
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert not sandbox.forbid_calls(OldKernel())


PARENT = """
import sys
from pathlib import Path
from classifiers.model import Organisation
from retention_agent.capture.pool import Pool
from retention_agent.capture.settings import Settings

class File:
    path = bytes(Path(sys.argv[2]))
    def open(self):
        import os
        return os.open(self.path, os.O_RDONLY)

settings = Settings(Organisation("Example"), {}, {}, workers=1)
with Pool(settings, (sys.executable, "-P", sys.argv[1])) as pool:
    for _ in pool.read([File()]):
        print(pool._readers[0]._process.pid, flush=True)
"""


def test_a_worker_dies_with_its_parent(fake_worker, tmp_path):
    hanging = tmp_path / "hang.txt"
    hanging.write_text("hang")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, fake_worker, hanging],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
    )
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    for _ in range(200):
        if not is_running(worker):
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent by ten seconds")


def is_running(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_single_files_may_be_read_by_name_and_not_their_neighbours():
    assert set(confine.readable_files()) <= {"/proc/self/maps", "/dev/random", "/dev/urandom"}

    def look():
        os.close(os.open("/dev/urandom", os.O_RDONLY))
        return os.open("/dev/zero", os.O_RDONLY)

    assert in_a_thread_closed_off(look) == errno.EACCES
