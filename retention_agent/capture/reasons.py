"""Every reason capture itself gives for not reading a file; the extractors have their own."""

from collections.abc import Mapping
from types import MappingProxyType

REASONS: Mapping[str, str] = MappingProxyType(
    {
        # on the list of unreadable items
        "permission-denied": "the account that runs the agent may not read the file",
        "not-a-regular-file": "a link, folder, pipe, socket or device stands where the file was",
        "read-error": "the file system failed while the file was read",
        "time-limit": "reading took longer than the configured time, twice",
        "memory-limit": "reading took more memory than configured, twice",
        "worker-died": "the reading process ended or answered nonsense, twice",
        "program-fault": "the program has a fault that this file brings out; the detail names it",
        "answer-too-large": "the document's own fields and findings are too long to keep",
        # left pending for a later run
        "vanished": "the file is no longer where the scan saw it",
        "changed-since-scan": "the file is not in the state the scan saw; the next scan tells more",
        "changed-while-read": "the file was written to while it was read",
        "in-use": "another program has the file open and will not share it",
        "other-file-system": "another file system is mounted over the file",
        "share-unavailable": "the file server does not answer",
        "out-of-resources": "the agent itself is short of memory or file descriptors",
    }
)
