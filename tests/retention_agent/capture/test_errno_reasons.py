import errno
import os

import pytest

from retention_agent.capture.description import Failure
from retention_agent.capture.errno_reasons import failure
from retention_agent.capture.reasons import REASONS


@pytest.mark.parametrize(
    ("number", "reason", "again"),
    [
        (errno.EACCES, "permission-denied", False),
        (errno.ELOOP, "not-a-regular-file", False),
        (errno.ENXIO, "not-a-regular-file", False),
        (errno.EIO, "read-error", False),
        (errno.ENAMETOOLONG, "read-error", False),
        (errno.ENOENT, "vanished", True),
        (errno.ESTALE, "vanished", True),
        (errno.EAGAIN, "in-use", True),
        (errno.EHOSTDOWN, "share-unavailable", True),
        (errno.EMFILE, "out-of-resources", True),
    ],
)
def test_passing_trouble_is_told_from_lasting(number, reason, again):
    found = failure(OSError(number, os.strerror(number)))
    assert found == Failure(reason, f"{errno.errorcode[number]}: {os.strerror(number)}", again)


def test_every_reason_is_on_the_list():
    for number in errno.errorcode:
        assert failure(OSError(number, "")).reason in REASONS


def test_an_error_without_a_number_is_a_read_error():
    assert failure(OSError("odd")).reason == "read-error"
