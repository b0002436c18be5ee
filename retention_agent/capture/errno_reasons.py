"""What an error of the file system means for one file: unreadable, or to be tried again.

Trouble that passes by itself (another program has the file, the server is away, this process is
short of descriptors) leaves the file pending. Everything else puts it on the list of unreadable
items until it changes or a person asks for another try.
"""

import errno

from retention_agent.capture.description import Failure

_PASSING = {
    errno.ENOENT: "vanished",
    errno.ENOTDIR: "vanished",
    errno.ESTALE: "vanished",
    errno.EAGAIN: "in-use",
    errno.EBUSY: "in-use",
    errno.ETXTBSY: "in-use",
    errno.EXDEV: "other-file-system",
    errno.ETIMEDOUT: "share-unavailable",
    errno.EHOSTDOWN: "share-unavailable",
    errno.EHOSTUNREACH: "share-unavailable",
    errno.ENOTCONN: "share-unavailable",
    errno.ENETUNREACH: "share-unavailable",
    errno.ENETDOWN: "share-unavailable",
    errno.EMFILE: "out-of-resources",
    errno.ENFILE: "out-of-resources",
    errno.ENOMEM: "out-of-resources",
}
_LASTING = {
    errno.EACCES: "permission-denied",
    errno.EPERM: "permission-denied",
    errno.ELOOP: "not-a-regular-file",
    errno.ENXIO: "not-a-regular-file",
    errno.ENODEV: "not-a-regular-file",
    errno.EISDIR: "not-a-regular-file",
    errno.EINVAL: "not-a-regular-file",  # how a share refuses a pipe, socket or device
}


def failure(error: OSError) -> Failure:
    """The reason code for `error`, with the system's own words."""
    number = error.errno or 0
    detail = f"{errno.errorcode.get(number, 'no errno')}: {error.strerror}"
    if number in _PASSING:
        return Failure(_PASSING[number], detail, again=True)
    return Failure(_LASTING.get(number, "read-error"), detail)
