"""Two kernel filters for a process that parses hostile files, where the kernel offers them.

* Landlock (Linux 5.13 and later): no file can be opened except for reading, below some folders or
  one of a few files; nothing can be made, removed or renamed; from Linux 6.7 no TCP connection.
* Seccomp: no network, no new process or program, no hold on another process, no change of
  owner, mode, times or attributes through a descriptor that was meant for reading.

Both hold for the thread that sets them and for what it starts later, so they are set while there
is one thread only. A kernel without one of them answers with an error, and the other measures
stand alone.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable

# Landlock: system calls, the same number on every architecture
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_QUERY = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many rights it can govern
_TCP_SINCE, _TCP_RIGHTS = 4, 3  # bind and connect
_SCOPES_SINCE, _SCOPES = 6, 3  # abstract sockets and signals

# Seccomp: numbers by machine; 0 stands where a machine has no such call
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_FORBIDDEN = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "fork": (57, 0),
    "vfork": (58, 0),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "fchown": (93, 55),
    "lchown": (94, 0),
    "fchownat": (260, 54),
    "utime": (132, 0),
    "utimes": (235, 0),
    "futimesat": (261, 0),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
_CLONE, _CLONE3, _TGKILL = (56, 220), (435, 435), (234, 131)
_CLONE_THREAD = 0x10000
_SET_FILTER = 1
_SECCOMP = {"x86_64": 317, "aarch64": 277}

# BPF: load a word, jump if equal, jump if a bit is set, return
_LOAD, _EQUAL, _BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENT_AT = 0, 4, 16
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT = 0x40000000


def offered() -> dict[str, bool]:
    """Which of the two filters this kernel has."""
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp = os.path.exists("/proc/sys/kernel/seccomp/actions_avail")
    return {
        "Landlock": _landlock_version(libc) > 0,
        "seccomp": seccomp and platform.machine() in _MACHINES,
    }


def forbid_outside_files(libc: ctypes.CDLL, readable: Iterable[str]) -> bool:
    """Let this thread open the `readable` files, and those below folders, for reading only.

    Returns whether the kernel agreed.
    """
    version = _landlock_version(libc)
    if version < 1:
        return False
    ruleset = _call(libc, _CREATE_RULESET, *_governed(version), 0)
    for path in readable:
        _allow(libc, ruleset, path)
    refused = _call(libc, _RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return not refused


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    below = os.open(path, os.O_PATH | os.O_CLOEXEC)
    is_folder = os.path.isdir(path)
    rights = _READ_FILE | _READ_DIR if is_folder else _READ_FILE
    _call(libc, _ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, below), 0)
    if is_folder:  # a file of the kernel's is the same one only for as long as it is held open
        os.close(below)


def _landlock_version(libc: ctypes.CDLL) -> int:
    return _call(libc, _CREATE_RULESET, None, 0, _VERSION_QUERY)


def _governed(version: int) -> tuple[bytes, int]:
    """Everything a kernel of this Landlock version can refuse, and the length of saying so."""
    rights = (1 << _FILE_RIGHTS_OF_VERSION.get(version, 16)) - 1
    words = [rights]
    if version >= _TCP_SINCE:
        words.append(_TCP_RIGHTS)
    if version >= _SCOPES_SINCE:
        words.append(_SCOPES)
    return struct.pack(f"{len(words)}Q", *words), 8 * len(words)


def forbid_calls(libc: ctypes.CDLL) -> bool:
    """Forbid this thread the calls that reading a document never needs.

    Returns whether the kernel agreed.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        return False
    program = ctypes.create_string_buffer(call_filter(machine, os.getpid()))
    length = (len(program) - 1) // 8
    wanted = struct.pack("HxxxxxxP", length, ctypes.addressof(program))
    return not _call(libc, _SECCOMP[machine], _SET_FILTER, 0, wanted)


def call_filter(machine: str, own_process: int) -> bytes:
    """The filter as the kernel takes it: eight bytes an instruction."""
    architecture, column = _MACHINES[machine]
    refuse = _instruction(_RETURN, _ERROR | errno.EPERM)
    steps = [
        _instruction(_LOAD, _MACHINE_AT),
        _instruction(_EQUAL, architecture, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER_AT),
        _instruction(_BIT, _X32_BIT, 0, 1),
        refuse,
        # the C library falls back to clone, whose flags can be looked at
        _instruction(_EQUAL, _CLONE3[column], 0, 1),
        _instruction(_RETURN, _ERROR | errno.ENOSYS),
    ]
    for numbers in _FORBIDDEN.values():
        if numbers[column]:
            steps += [_instruction(_EQUAL, numbers[column], 0, 1), refuse]
    steps += [
        _instruction(_EQUAL, _CLONE[column], 0, 3),
        _instruction(_LOAD, _ARGUMENT_AT),
        _instruction(_BIT, _CLONE_THREAD, 4, 0),
        refuse,
        _instruction(_EQUAL, _TGKILL[column], 0, 2),
        _instruction(_LOAD, _ARGUMENT_AT),
        _instruction(_EQUAL, own_process, 0, 1),
        _instruction(_RETURN, _ALLOW),
        refuse,
    ]
    return b"".join(steps)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes | None) -> int:
    """A system call; whole numbers are passed at full width."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    answer: int = libc.syscall(ctypes.c_long(number), *wide)
    return answer
