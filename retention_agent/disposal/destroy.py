"""The only module that moves or removes a file on a share.

Every call names a single entry of an opened folder, so no path is ever joined and no link is
followed. A file is first renamed into the disposal bin (owner-only, same file system) and only
later, from there, removed. Nothing here decides: callers hold the approval.

The bin's names are fresh and unguessable, so even a plain rename cannot replace anything there.
Putting back uses RENAME_NOREPLACE, so nothing on the share is ever overwritten; a file system that
does not know it gets a second name and then loses the first, or a name that nothing else can have.
"""

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

BIN = b".disposal-bin"
_OWNER_ONLY = 0o700
_RENAME_NOREPLACE = 1
_SYS_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}.get(os.uname().machine)
# a file system or kernel that does not know NOREPLACE answers one of these
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_libc = ctypes.CDLL(None, use_errno=True)


def make_bin(root: int) -> None:
    """Make the disposal bin under the share's `root` handle, unless it is there.

    Raises:
        OSError: it cannot be made.
    """
    with suppress(FileExistsError):
        os.mkdir(BIN, _OWNER_ONLY, dir_fd=root)
    os.fsync(root)  # also where a crash came between making it and this


@contextmanager
def open_bin(root: int) -> Iterator[int]:
    """The opened disposal bin under the share's `root` handle.

    Raises:
        FileNotFoundError: there is none. Who takes files out of it must not make an empty one and
            then believe that they are gone.
        PermissionError: others may enter the bin, or it belongs to somebody else.
        OSError: it is no folder.
    """
    folder = os.open(BIN, _FOLDER, dir_fd=root)
    try:
        found = os.fstat(folder)
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(errno.EPERM, "the disposal bin must belong to this account alone")
        yield folder
    finally:
        os.close(folder)


def move_to_bin(folder: int, name: bytes, bin_folder: int, bin_name: bytes) -> None:
    """Rename `name` of `folder` to the fresh `bin_name` of the bin.

    Raises:
        OSError: the file is gone, or the bin is on another file system (EXDEV).
    """
    try:
        _rename_noreplace(folder, name, bin_folder, bin_name)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        os.rename(name, bin_name, src_dir_fd=folder, dst_dir_fd=bin_folder)


def put_back(bin_folder: int, bin_name: bytes, folder: int, name: bytes) -> None:
    """Rename `bin_name` back to `name`, never over an existing entry.

    Raises:
        FileExistsError: something stands at `name` now.
        OSError: the file system refused; `cannot_keep_names` tells whether it ever could.
    """
    try:
        _rename_noreplace(bin_folder, bin_name, folder, name)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        os.link(bin_name, name, src_dir_fd=bin_folder, dst_dir_fd=folder, follow_symlinks=False)
        os.unlink(bin_name, dir_fd=bin_folder)


def cannot_keep_names(error: OSError) -> bool:
    """Whether `put_back` failed because the file system knows neither NOREPLACE nor links."""
    return error.errno in _UNSUPPORTED | {errno.EPERM, errno.EMLINK}


def put_back_as(bin_folder: int, bin_name: bytes, folder: int, fresh: bytes) -> None:
    """Rename `bin_name` back to `fresh`, a name made from it that nothing else can have.

    Raises:
        OSError: the file system refused.
    """
    os.rename(bin_name, fresh, src_dir_fd=bin_folder, dst_dir_fd=folder)


def remove(bin_folder: int, bin_name: bytes) -> None:
    """Remove one name from the bin. There is no way back from here.

    Raises:
        OSError: it is not there, or the file system refused.
    """
    os.unlink(bin_name, dir_fd=bin_folder)


def _rename_noreplace(source: int, name: bytes, target: int, new_name: bytes) -> None:
    # a raw system call: C libraries before 2.28 have no wrapper
    if _SYS_RENAMEAT2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if _libc.syscall(_SYS_RENAMEAT2, source, name, target, new_name, _RENAME_NOREPLACE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
