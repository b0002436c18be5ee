"""Signed tree heads in the C2SP signed-note and tlog-checkpoint text formats.

    retention-agent/0123456789abcdef          origin: the log's name
    42                                        how many leaves
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
                                              (blank line)
    — retention-agent/0123456789abcdef Az3grl…

* A signature is base64(key id || Ed25519 over everything up to and without the blank line), the
  key id SHA-256(name || 0x0A || 0x01 || public key)[:4].
* Read strictly: no leading zero, no carriage return, one spelling of base64. Signatures by
  unknown keys are ignored; a wrong signature under the known key's name and id rejects the note.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
ID_BYTES = 4
KEY_BYTES = 32
ROOT_BYTES = 32
MOST_SIGNATURES = 100

_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class BadCheckpoint(ValueError):
    """A note that is malformed, or that the known key did not sign."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log of some name looked like at some size."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verifier:
    """The public half of a log's key, with the name it signs under."""

    name: str
    key: Ed25519PublicKey

    @property
    def id(self) -> bytes:
        """The short id that marks this key's signatures."""
        hashed = self.name.encode() + b"\n" + ED25519 + self.key.public_bytes_raw()
        return hashlib.sha256(hashed).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """The key as one line: `name+hex+base64` (a C2SP vkey)."""
        encoded = _base64(ED25519 + self.key.public_bytes_raw())
        return f"{self.name}+{self.id.hex()}+{encoded}"


def verifier_of(key: Ed25519PublicKey) -> Verifier:
    """The service's log key: its name is made from the key itself, so it names one log only."""
    digest = hashlib.sha256(key.public_bytes_raw()).hexdigest()
    return Verifier(f"retention-agent/{digest[:16]}", key)


def read_verifier(text: str) -> Verifier:
    """The key in a vkey line.

    Raises:
        BadCheckpoint: the line is not a vkey of an Ed25519 key, or its parts disagree.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = _unbase64(encoded)
    if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 1 + KEY_BYTES:
        raise BadCheckpoint("not a verifier key: expected name+hex+base64 of an Ed25519 key")
    verifier = Verifier(name, Ed25519PublicKey.from_public_bytes(raw[1:]))
    if verifier.id.hex() != key_id:
        raise BadCheckpoint(f"the verifier key of {name} has id {key_id}, not {verifier.id.hex()}")
    return verifier


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The checkpoint as a note, signed under the checkpoint's origin."""
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"
    verifier = Verifier(checkpoint.origin, key.public_key())
    signature = _base64(verifier.id + key.sign(text.encode()))
    return f"{text}\n— {verifier.name} {signature}\n"


def open_checkpoint(note: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint in a note that the verifier's key has signed.

    Raises:
        BadCheckpoint: malformed, of another log, not signed by this key, or signed wrongly.
    """
    checkpoint = read_text(open_note(note, verifier))
    if checkpoint.origin != verifier.name:
        raise BadCheckpoint(f"a checkpoint of {checkpoint.origin}, not of {verifier.name}")
    return checkpoint


def open_note(note: str, verifier: Verifier) -> str:
    """The text of a note, once the verifier's signature on it was found good.

    Raises:
        BadCheckpoint: malformed, not signed by this key, or signed wrongly.
    """
    text, signatures = _parts(note)
    mine = [signed for name, signed in signatures if _is_by(verifier, name, signed)]
    if not mine:
        raise BadCheckpoint(f"not signed by {verifier.name}")
    for signed in mine:
        try:
            verifier.key.verify(signed[ID_BYTES:], text.encode())
        except InvalidSignature as error:
            raise BadCheckpoint(f"the signature of {verifier.name} does not fit") from error
    return text


def read_text(text: str) -> Checkpoint:
    """The checkpoint in a note's text; extension lines are allowed and ignored.

    Raises:
        BadCheckpoint: fewer than three lines, an empty one, or a size or root spelt wrongly.
    """
    lines = text.split("\n")
    if lines[-1] or len(lines) < 4 or not all(lines[:-1]):  # noqa: PLR2004  three lines, each ended
        raise BadCheckpoint("a checkpoint has an origin, a size and a root, each on its own line")
    origin, size, encoded = lines[:3]
    root = _unbase64(encoded)
    if not _SIZE.fullmatch(size) or len(root) != ROOT_BYTES:
        raise BadCheckpoint(f"{size!r} is not a size, or the root is not 32 bytes of base64")
    return Checkpoint(origin, int(size), root)


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    text, separator, block = note.rpartition("\n\n")
    if not separator or _CONTROL.search(note) or not block.endswith("\n"):
        raise BadCheckpoint("not a signed note: text, a blank line and signature lines")
    lines = block[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadCheckpoint(f"a note with {len(lines)} signatures; at most {MOST_SIGNATURES}")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    signed = _unbase64(encoded)
    if dash != "—" or not _NAME.fullmatch(name) or len(signed) <= ID_BYTES:
        raise BadCheckpoint("a signature line is a dash, a name and base64")
    return name, signed


def _is_by(verifier: Verifier, name: str, signed: bytes) -> bool:
    return name == verifier.name and signed[:ID_BYTES] == verifier.id


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode(), validate=True)
    except ValueError as error:
        raise BadCheckpoint(f"{text!r} is not base64") from error
    if _base64(raw) != text:
        raise BadCheckpoint(f"{text!r} is not the usual spelling of base64")
    return raw
