"""The shape of text: a mailbox, a message, a markup language, or nothing but text."""

from indexer import signatures

_SAMPLE = 4096
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_MAIL_NAMES = {"eml", "mht", "mhtml"}
_MANY = 3
_PROSE = {"txt", "md", "doc"}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_MACHINE_MADE = frozenset(
    b"message-id received mime-version return-path delivered-to dkim-signature x-mailer".split()
)


def is_text(head: bytes) -> bool:
    """Whether the bytes can be text in any of the usual character sets."""
    if head.startswith(_BOMS):
        return True
    sample = head[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return b"\0" not in sample and controls * 100 <= len(sample)


def mail(head: bytes, extension: str) -> str | None:
    """A message or a mailbox, known by its header lines (RFC 5322, RFC 4155).

    A memorandum typed as text may begin with ``From:`` and ``To:`` as well, so under the name of a
    text a header that only programs write is asked for.
    """
    first, _, rest = head.partition(b"\n")
    enveloped = first.startswith(b"From ")
    known = _known(rest if enveloped else head)
    if enveloped and known and extension not in _MAIL_NAMES and signatures.MBOX_LINE.match(first):
        return signatures.MBOX
    if extension in _MAIL_NAMES:
        return signatures.MESSAGE if known else None
    if known & _MACHINE_MADE:
        return signatures.MESSAGE if len(known) > 1 else None
    return signatures.MESSAGE if len(known) >= _MANY and extension not in _PROSE else None


def _known(head: bytes) -> set[bytes]:
    return _header_names(head) & signatures.MAIL_HEADERS


def _header_names(head: bytes) -> set[bytes]:
    names: set[bytes] = set()
    for line in head.lstrip(b"\r\n").splitlines():
        match = signatures.HEADER_LINE.match(line)
        if match:
            names.add(match[1].lower())
        elif not line.startswith((b" ", b"\t")):
            break
    return names


def markup(head: bytes) -> str | None:
    """What the root element of an XML or HTML document says."""
    start = head[:_SAMPLE].removeprefix(b"\xef\xbb\xbf")
    root = signatures.XML_ROOT.match(start)
    if not root:
        return None
    name = root[1].decode("ascii", "replace")
    known = signatures.HTML if name.lower() == "html" else signatures.XML_ROOTS.get(name)
    if known is None and start.lstrip().startswith(b"<?xml"):
        return "application/xml"
    return known
