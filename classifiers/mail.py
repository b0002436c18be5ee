"""Mail messages: does a message speak for itself, or only carry what others wrote?

What a mail quotes, forwards or attaches is not what the mail is: "please find the minutes attached"
is no minutes, and an answer repeats the request below it. Such a message is for a person.
"""

import re2

from classifiers.matching import OPTIONS
from classifiers.model import Document

_MEDIA_TYPES = ("message/", "application/mbox", "application/vnd.ms-outlook")
_READ = 60_000
_CARRIES = re2.compile(
    r"(?m)^(?:subject|pwnc|testun): *(?:fw|fwd|wg|tr|ymlaen)\b"
    r"|^ *>|^ *-+ *(?:original message|forwarded)|^ *begin forwarded message|^ *_{10,}$"
    r"|^ *on .{5,120}\bwrote:|\bwrote: *$|\bysgrifennodd\b.{0,80}: *$"
    r"|\b(?:attached|attachments?|attach|enclos(?:ed|ing|ures?)|herewith|see below|below is"
    r"|forwarding|ynghlwm|amgaeedig)\b",
    OPTIONS,
)
_SENDER = re2.compile(r"(?m)^ *\*?(?:from|oddi wrth):\*? *\S", OPTIONS)


def is_mail(document: Document) -> bool:
    """Whether a document is a message, or a box of messages, of any mail format."""
    return document.media_type.startswith(_MEDIA_TYPES)


def carries_others(document: Document) -> bool:
    """Whether a message quotes, forwards or attaches something."""
    text = document.text[:_READ]
    return (
        bool(document.metadata.get("attachments"))
        or _CARRIES.search(text) is not None
        or len(_SENDER.findall(text)) > 1
    )
