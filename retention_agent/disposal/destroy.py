"""The only module that moves or removes a file on a share.

Every call names a single entry of an opened folder, so no path is ever joined and no link is
followed. A file is first renamed into the disposal bin (owner-only, same file system) and only
later, from there, removed. Nothing here decides: callers hold the approval.

The bin's names are fresh and unguessable, so a plain rename cannot replace anything there;
putting back uses RENAME_NOREPLACE, so nothing on the share is ever overwritten.
"""

import ctypes
import errno
import os

BIN = b".disposal-bin"
_OWNER_ONLY = 0o700
_RENAME_NOREPLACE = 1
_SYS_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}.get(os.uname().machine)
# a file system or kernel that does not know NOREPLACE answers one of these
_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}

_libc = ctypes.CDLL(None, use_errno=True)


def open_bin(root: int) -> int:
    """Open the disposal bin under the share's `root` handle, making it where it is missing.

    Raises:
        PermissionError: others may enter the bin, or it belongs to somebody else.
        OSError: the bin cannot be made or is not a folder.
    """
    try:
        os.mkdir(BIN, _OWNER_ONLY, dir_fd=root)
        os.fsync(root)
    except FileExistsError:
        pass
    folder = os.open(BIN, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
    found = os.fstat(folder)
    if found.st_uid != os.geteuid() or found.st_mode & 0o077:
        os.close(folder)
        raise PermissionError(errno.EPERM, "the disposal bin must belong to this account alone")
    return folder


def move_to_bin(folder: int, name: bytes, bin_folder: int, bin_name: bytes) -> None:
    """Rename `name` of `folder` to the fresh `bin_name` of the bin.

    Raises:
        OSError: the file is gone, or the bin is on another file system (EXDEV).
    """
    os.rename(name, bin_name, src_dir_fd=folder, dst_dir_fd=bin_folder)


def put_back(bin_folder: int, bin_name: bytes, folder: int, name: bytes) -> None:
    """Rename `bin_name` back to `name`, never over an existing entry.

    Raises:
        FileExistsError: something stands at `name` now.
        OSError: the file system refused.
    """
    try:
        _rename_noreplace(bin_folder, bin_name, folder, name)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        os.link(bin_name, name, src_dir_fd=bin_folder, dst_dir_fd=folder, follow_symlinks=False)
        os.unlink(bin_name, dir_fd=bin_folder)


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
