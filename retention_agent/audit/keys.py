"""Ed25519 key files: a person's, locked with a passphrase, and the service's.

* A person's private key is PKCS 8 PEM, always encrypted: the file is carried about and backed up,
  and whoever can read it can approve destruction in that person's name.
* The service key signs checkpoints and certificates without anyone at the keyboard, so it is not
  encrypted; it is readable by its owner only, and is refused when others can read it.
* No key file is ever overwritten.
* A public key is one line: `retention-key-v1 NAME base64`.
"""

import base64
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from retention_agent.audit.people import KEY_BYTES, PERSON_ID
from retention_agent.errors import IntegrityError, UsageError
from retention_agent.state_file import OWNER_ONLY, flush_folder

PUBLIC_PREFIX = "retention-key-v1"


def new_person_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Make a person's key and write it, locked with the passphrase.

    Raises:
        UsageError: the passphrase is empty, or something already is at `path`.
    """
    if not passphrase.strip():
        raise UsageError(
            "a passphrase is needed: without one, anybody who copies the key file "
            "can approve destruction in your name"
        )
    return _new(path, BestAvailableEncryption(passphrase.encode()))


def load_person_key(path: Path, passphrase: str) -> Ed25519PrivateKey:
    """Read a person's key.

    Raises:
        UsageError: no such file, wrong passphrase, not encrypted, or not an Ed25519 key.
    """
    raw = _read(path)
    if b"-----BEGIN PRIVATE KEY-----" in raw:
        raise UsageError(
            f"{path} is not locked with a passphrase, so it does not prove who signs",
            "Make a new key with `retention key new` and have it put into the keyring.",
        )
    try:
        key = load_pem_private_key(raw, passphrase.encode() or b"\x00")
    except ValueError as error:
        if b"-----BEGIN ENCRYPTED PRIVATE KEY-----" in raw:
            raise UsageError(f"{path}: the passphrase is wrong, or the file damaged") from error
        raise _not_a_key(path) from error
    return _ed25519(path, key)


def new_service_key(path: Path) -> Ed25519PrivateKey:
    """Make the service's key and write it, readable by its owner only.

    Raises:
        UsageError: something already is at `path`.
    """
    return _new(path, NoEncryption())


def load_service_key(path: Path) -> Ed25519PrivateKey:
    """Read the service's key.

    Raises:
        IntegrityError: others than its owner can read or write the file.
        UsageError: no such file, or not an unencrypted Ed25519 key.
    """
    raw = _read(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~OWNER_ONLY:
        raise IntegrityError(
            f"{path} has mode {mode:04o}: others may have read the key that signs all evidence",
            f"If you are sure nobody did: chmod 600 {path}",
        )
    try:
        key = load_pem_private_key(raw, None)
    except (ValueError, TypeError) as error:
        raise _not_a_key(path) from error
    return _ed25519(path, key)


def key_text(public: Ed25519PublicKey) -> str:
    """A public key as the keyring writes it: base64 of its 32 bytes."""
    return base64.b64encode(public.public_bytes_raw()).decode()


def public_line(person: str, public: Ed25519PublicKey) -> str:
    """A public key as one line that its owner can hand over."""
    return f"{PUBLIC_PREFIX} {person} {key_text(public)}"


def read_public_line(line: str) -> tuple[str, Ed25519PublicKey]:
    """The person's id and key in a public key line.

    Raises:
        UsageError: the line is not `retention-key-v1 NAME base64`.
    """
    prefix, _, rest = line.strip().partition(" ")
    person, _, encoded = rest.partition(" ")
    try:
        raw = base64.b64decode(encoded.encode(), validate=True)
    except ValueError:
        raw = b""
    if prefix != PUBLIC_PREFIX or not PERSON_ID.fullmatch(person) or len(raw) != KEY_BYTES:
        raise UsageError(
            f"{line.strip()!r} is not a public key",
            f"Expected one line: {PUBLIC_PREFIX} NAME base64, as `retention key show` prints it.",
        )
    return person, Ed25519PublicKey.from_public_bytes(raw)


def _new(path: Path, lock: KeySerializationEncryption) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, OWNER_ONLY)
    except FileExistsError as error:
        raise UsageError(
            f"{path} exists, and no key is ever overwritten", "Choose another file name."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    flush_folder(path.parent)
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the key cannot be read ({error.strerror})") from error


def _ed25519(path: Path, key: object) -> Ed25519PrivateKey:
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(path)
    return key


def _not_a_key(path: Path) -> UsageError:
    return UsageError(f"{path} is not an Ed25519 private key in PEM form")
