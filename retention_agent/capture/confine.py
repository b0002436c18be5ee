"""Takes from a worker process what reading one document does not need.

Whatever a taken-over parser tries, it can read the descriptors it was handed and the program's
own code, and write to one socket. Limits and the death signal always apply; the filters of
`sandbox` apply where the kernel has them.
"""

import ctypes
import os
import resource
import signal
import sys

from retention_agent.capture import sandbox
from retention_agent.capture.settings import Settings

MOST_DESCRIPTORS = 64
START_SECONDS = 60  # of processor time, for loading the libraries
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def confine(settings: Settings) -> None:
    """Give up files, network, other programs, and all but a measure of memory and time.

    Address space is not limited: libraries reserve far more than they use. The copy of the file
    comes on top of the measure of memory. The processor limit is a backstop only, for a worker
    whose parent can no longer watch the clock.
    """
    for limit, most in limits(settings).items():
        _, ceiling = resource.getrlimit(limit)
        lowered = most if ceiling == resource.RLIM_INFINITY else min(most, ceiling)
        resource.setrlimit(limit, (lowered, lowered))
    close_off()


def close_off() -> None:
    """End with the parent; reach no file, network or process from this thread on."""
    sys.dont_write_bytecode = True
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    sandbox.forbid_outside_files(libc, [*readable_folders(), *readable_files()])
    sandbox.forbid_calls(libc)


def limits(settings: Settings) -> dict[int, int]:
    """How much of what a worker may use, from its start to its end."""
    return {
        resource.RLIMIT_DATA: settings.memory_bytes,
        resource.RLIMIT_CPU: int(settings.seconds * settings.files_per_worker) + START_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: MOST_DESCRIPTORS,
    }


def readable_folders() -> list[str]:
    """Where the interpreter and its libraries are: late imports must still find them."""
    known = {sys.prefix, sys.base_prefix, *sys.path, "/usr", "/lib", "/lib64"}
    return sorted(folder for folder in known if folder and os.path.isdir(folder))


def readable_files() -> list[str]:
    """What the compiled Tika cannot start without: where it lies in memory, random numbers."""
    known = ("/proc/self/maps", "/dev/random", "/dev/urandom")
    return [path for path in known if os.path.exists(path)]
