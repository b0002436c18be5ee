"""Opens a path below an opened folder so that the kernel cannot be led outside it.

`openat2` (Linux 5.6) resolves the whole path at once with RESOLVE_BENEATH, NO_SYMLINKS,
NO_MAGICLINKS and NO_XDEV: no link is followed and no mount is entered, not even a bind mount of
the same file system. There is no wrapper for it in older C libraries, so it is called by number.

Where the kernel does not have it, each component is opened by itself with O_NOFOLLOW from the
folder before, and mount identifiers are compared. Both refuse `..` and absolute paths (EXDEV).
"""

import ctypes
import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

_OPENAT2 = 437  # the same number on every architecture
_BENEATH = 0x01 | 0x02 | 0x04 | 0x08  # NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH
_HERE = -100  # AT_FDCWD, the working folder
_LONGEST = 4000  # bytes in one call; the kernel's PATH_MAX is 4096
_STEP = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_NOT_NAMES = frozenset({b"", b".", b".."})

_libc = ctypes.CDLL(None, use_errno=True)


class _OpenHow(ctypes.Structure):
    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


_HOW_BYTES = ctypes.sizeof(_OpenHow)


@dataclass(frozen=True, slots=True)
class Resolver:
    """One way of opening a relative path from a folder, in calls of `longest` bytes at most."""

    open: Callable[[int, bytes, int], int]
    longest: int


def open_beneath(resolver: Resolver, root: int, path: bytes, flags: int) -> int:
    """Open `path` (empty for the folder itself) below the folder `root`.

    Raises:
        OSError: as the system says; EXDEV for a path that leaves `root` or its mount, ELOOP or
            ENOTDIR for one that goes through a link.
    """
    *ahead, last = _pieces(path, resolver.longest)
    folder = root
    try:
        for piece in ahead:
            following = resolver.open(folder, piece, _STEP)
            if folder != root:
                os.close(folder)
            folder = following
        return resolver.open(folder, last, flags)
    finally:
        if folder != root:
            os.close(folder)


@cache
def best_resolver() -> Resolver:
    """`openat2` where the kernel has it and lets us, else component by component."""
    try:
        os.close(_openat2(_HERE, b".", _STEP))
    except OSError:
        return BY_COMPONENT
    return BY_KERNEL


def _pieces(path: bytes, longest: int) -> list[bytes]:
    """The path cut at slashes into pieces of at most `longest` bytes, or of one component."""
    if not path:
        return [b"."]
    components = path.split(b"/")
    if not _NOT_NAMES.isdisjoint(components):
        raise OSError(errno.EXDEV, "the path leaves the share")
    if b"\0" in path:
        raise OSError(errno.EINVAL, "a path cannot hold a NUL byte")
    if len(path) <= longest:
        return [path]
    pieces = components[:1]
    for component in components[1:]:
        if len(pieces[-1]) + 1 + len(component) > longest:
            pieces.append(component)
        else:
            pieces[-1] += b"/" + component
    return pieces


def _openat2(folder: int, path: bytes, flags: int) -> int:
    opened: int = _libc.syscall(_OPENAT2, folder, path, _how(flags), _HOW_BYTES)
    if opened < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return opened


@cache
def _how(flags: int) -> object:
    """The argument that the kernel reads; few sets of flags are ever used."""
    return ctypes.byref(_OpenHow(flags, 0, _BENEATH))


def _open_component(folder: int, name: bytes, flags: int) -> int:
    opened = os.open(name, flags | os.O_NOFOLLOW, dir_fd=folder)
    if name != b"." and _mount(opened) != _mount(folder):
        os.close(opened)
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    return opened


def _mount(descriptor: int) -> str:
    """The identifier of the mount that an opened file is on."""
    with open(f"/proc/self/fdinfo/{descriptor}") as lines:
        return next(line for line in lines if line.startswith("mnt_id:"))


BY_KERNEL = Resolver(_openat2, _LONGEST)
BY_COMPONENT = Resolver(_open_component, 0)
