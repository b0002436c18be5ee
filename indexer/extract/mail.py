"""Messages in the Internet format (RFC 5322, RFC 2045).

The headers people see are text as well as metadata. Of several versions of the body the plain one
is read whole, and of the others the lines with words it lacks. Attached documents are named and
counted, not read. The structure is parsed by the lenient policy and headers by the modern one, each
up to a length: its parser takes seconds over a header of a megabyte and may stumble over a
malformed one, which then stands as it was written.

A sender's clock may be years behind, so the last server's note of receipt is a date as well.
"""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from typing import BinaryIO, cast

from indexer.extract import dates, html
from indexer.extract.base import Extraction, Unreadable, tidy
from indexer.extract.charset import decode
from indexer.extract.novelty import without_said, words_of
from indexer.extract.protection import PGP_MESSAGE, lock_of, refuse
from indexer.limits import KIB, MIB, TextBuffer, read_bounded

_LIMIT = 64 * MIB
_HEADER = 32 * KIB
_SHOWN = ("From", "To", "Cc", "Bcc", "Subject", "Date")
_RECEIVED = "Received"
_FACTS = {
    "from": "From",
    "to": "To",
    "cc": "Cc",
    "subject": "Subject",
    "message_id": "Message-ID",
    "in_reply_to": "In-Reply-To",
    "producer": "X-Mailer",
}
_ENVELOPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_SEALED = {"enveloped-data", "authEnveloped-data"}
_RIGHTS = "application/x-microsoft-rpmsg-message"


@dataclass(slots=True)
class _Contents:
    """What one part of a message holds: texts, each with its being plain, and embedded names."""

    texts: list[tuple[bool, str]] = field(default_factory=list)
    embedded: list[str] = field(default_factory=list)


def read(source: BinaryIO) -> Extraction:
    """Read a message."""
    data, cut = read_bounded(source, _LIMIT)
    message = message_from_bytes(data, policy=policy.compat32)
    headers = _headers(message)
    contents = _Contents()
    _gather(message, contents)
    _, mark, received = headers.get("received", "").rpartition(";")
    stated, doubts = dates.believable(
        [
            ("sent", "mail:Date", dates.from_mail(headers.get("date"))),
            ("sent", "mail:Received", dates.from_mail(received if mark else None)),
        ]
    )
    text = TextBuffer()
    text.add(
        "".join(f"{name}: {value}\n" for name in _SHOWN if (value := headers.get(name.lower())))
    )
    for piece in filter(None, (text.strip() for _, text in contents.texts)):
        text.add(f"\n{piece}\n")
    facts = tidy(
        {key: headers.get(name.lower()) for key, name in _FACTS.items()}
        | {"attachments": "; ".join(contents.embedded)}
    )
    return Extraction(
        text=text.text(),
        metadata=facts,
        dates=stated,
        title=facts.get("subject", ""),
        parts=1 + len(contents.embedded),
        truncated=cut or text.truncated,
        warnings=(*doubts, *(["embedded-parts-not-read"] if contents.embedded else [])),
    )


def _headers(message: Message) -> dict[str, str]:
    """Wanted headers by lower-case name; the first of a name counts."""
    wanted = {name.lower() for name in (*_SHOWN, *_FACTS.values(), _RECEIVED)}
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        if name.lower() in wanted:
            found.setdefault(name.lower(), _readable(name, str(value)))
    return found


def _readable(name: str, value: str) -> str:
    written = decode(value[:_HEADER].encode("utf-8", "surrogateescape")).text
    unfolded = " ".join(written.split())
    try:
        return str(policy.default.header_factory(name, unfolded))
    except Exception:  # noqa: BLE001 - the parser of headers fails in many ways on malformed ones
        return unfolded


def _gather(part: Message, contents: _Contents) -> None:
    kind = part.get_content_type()
    _require_open(part, kind)
    if part.get_content_disposition() == "attachment" or kind.startswith("message/"):
        contents.embedded.append(_name(part))
    elif kind == "multipart/alternative" and part.is_multipart():
        _gather_versions(part, contents)
    elif part.is_multipart():
        for child in _children(part):
            _gather(child, contents)
    elif kind.startswith(("text/", "multipart/")):
        contents.texts.append((kind != "text/html", _text(part, kind)))
    elif not (kind.startswith("image/") and part["Content-ID"]):
        contents.embedded.append(_name(part))


def _gather_versions(part: Message, contents: _Contents) -> None:
    """Of versions of the same text take the plain one, and what the others add to it."""
    versions = _Contents()
    for child in _children(part):
        _gather(child, versions)
    contents.embedded.extend(versions.embedded)
    said: set[str] = set()
    for is_plain, text in sorted(versions.texts, key=lambda version: not version[0]):
        contents.texts.append((is_plain, without_said(text, said)))
        said |= words_of(text)


def _children(part: Message) -> list[Message]:
    return cast("list[Message]", part.get_payload())


def _require_open(part: Message, kind: str) -> None:
    sealed = kind in _ENVELOPES and part.get_param("smime-type") in _SEALED
    if sealed or kind == "multipart/encrypted":
        raise Unreadable("encrypted", "the message is sealed for its recipients")
    if kind == _RIGHTS:
        refuse("rights-protected")
    if kind in _ENVELOPES:
        refuse(lock_of(_payload(part)))


def _text(part: Message, kind: str) -> str:
    text = decode(_payload(part), part.get_content_charset()).text
    if text.lstrip().startswith(PGP_MESSAGE):
        refuse("encrypted")
    return html.visible_text(html.parse(text)) if kind == "text/html" else text


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Message) -> str:
    return _readable("Subject", part.get_filename() or part.get_content_type())
