"""Exports the evidence so that anyone can check it without this program or its register.

The bundle is plain text, its own checker, and `README.txt` on how to check by hand. Everything in
it that can be told to be whole by a signature or a hash is; the folder as a whole is listed and
signed, so that nothing can be left out of it afterwards either.

A bundle holds names and paths: it is written readable by its owner only.
"""

import io
import os
import re
import zipfile
from collections.abc import Iterable
from datetime import datetime
from importlib import resources
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from retention_agent.audit import canonical, log, reading
from retention_agent.audit.event import Event
from retention_agent.audit.gather import gather
from retention_agent.audit.people import Entry
from retention_agent.audit.statement import Signed
from retention_agent.audit.verify import Evidence
from retention_agent.audit.walk import Opening
from retention_agent.errors import IntegrityError, UsageError
from retention_agent.state_file import OWNER_ONLY

VERIFIER = "retention-verify.pyz"
VERIFIER_MODULES = (
    "answers",
    "authority",
    "canonical",
    "certified",
    "checkpoint",
    "destruction",
    "merkle",
    "people",
    "problem",
    "reading",
    "statement",
    "verifier",
    "verify",
    "walk",
)
README = "README.txt"
README_SOURCE = "bundle-readme.txt"
_BATCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PACKAGE = resources.files("retention_agent.audit")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same program gives the same bytes
_MAIN = """\
import sys

try:
    from retention_agent.audit.verifier import main
except ModuleNotFoundError as error:
    sys.exit(f"retention-verify needs the Python package {error.name}: pip install cryptography")
sys.exit(main())
"""


def export(
    connection: sa.Connection, folder: Path, service_key: Ed25519PrivateKey, now: datetime
) -> str:
    """Write all evidence into a new folder; returns the checkpoint that it rests on.

    The export itself is logged and the log signed first, in the caller's transaction.

    Raises:
        UsageError: the folder exists and is not empty.
        IntegrityError: the log does not continue what was signed before.
    """
    _prepare(folder)
    log.append(connection, Event("evidence export", "bundle:all"), now)
    note = log.publish(connection, service_key, now)
    _write_evidence(folder, gather(connection, service_key.public_key()))
    pem = service_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(folder / "log.pem", [pem])
    _write(folder / README, [(_PACKAGE / README_SOURCE).read_bytes()])
    _write(folder / VERIFIER, [verifier_archive()])
    _sign_contents(folder, service_key)
    return note


def verifier_archive() -> bytes:
    """The offline verifier as a Python zip application."""
    content = {
        "__main__.py": _MAIN,
        "retention_agent/__init__.py": "",
        "retention_agent/audit/__init__.py": "",
    } | {
        f"retention_agent/audit/{name}.py": (_PACKAGE / f"{name}.py").read_text("utf-8")
        for name in VERIFIER_MODULES
    }
    archive = io.BytesIO(b"#!/usr/bin/env python3\n")
    archive.seek(0, os.SEEK_END)
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in content.items():
            zipped.writestr(zipfile.ZipInfo(name, _ZIP_DATE), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        filled = any(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder}: cannot be used for a bundle ({error.strerror})") from error
    if filled:
        raise UsageError(f"{folder} is not empty", "Name a new folder; a bundle is never mixed.")
    folder.chmod(0o700)
    for name in (reading.MANIFESTS, reading.CERTIFICATES):
        (folder / name).mkdir(mode=0o700)


def _write_evidence(folder: Path, evidence: Evidence) -> None:
    _write(folder / reading.KEY, [f"{evidence.key}\n".encode()])
    _write(folder / reading.LATEST, [evidence.checkpoints[-1].encode()])
    _write_values(folder / reading.CHECKPOINTS, ({"note": one} for one in evidence.checkpoints))
    _write(folder / reading.LEAVES, (leaf + b"\n" for leaf in evidence.leaves))
    _write_values(folder / reading.OPENINGS, map(_opening_value, evidence.openings))
    _write_values(folder / reading.KEYRINGS, map(_keyring_value, evidence.keyrings))
    _write_values(folder / reading.STATEMENTS, map(_signed_value, evidence.statements))
    for batch, entries in evidence.manifests.items():
        path = folder / reading.MANIFESTS / f"{_file_name(batch)}.jsonl"
        _write(path, (entry + b"\n" for entry in entries))
    for batch, issued in evidence.certificates:
        stem = folder / reading.CERTIFICATES / _file_name(batch)
        _write(stem.with_name(f"{stem.name}.json"), [issued.document])
        _write(stem.with_name(f"{stem.name}.sig"), [issued.signature])


def _sign_contents(folder: Path, service_key: Ed25519PrivateKey) -> None:
    listed = [f"{reading.digest_of(folder / name)}  {name}\n" for name in reading.files(folder)]
    sums = "".join([f"{reading.SUMS_DOMAIN}\n", *listed]).encode()
    _write(folder / reading.SUMS, [sums])
    _write(folder / reading.SUMS_SIGNATURE, [service_key.sign(sums)])


def _opening_value(opening: Opening) -> object:
    return {
        "number": opening.number,
        "field": opening.field,
        "salt": opening.salt,
        "value": opening.value,
    }


def _keyring_value(entry: Entry) -> object:
    return {
        "document": entry.document,
        "signatures": [_signed_value(signed) for signed in entry.signatures],
    }


def _signed_value(signed: Signed) -> object:
    return {"text": signed.text, "signature": signed.signature}


def _file_name(batch: str) -> str:
    if not _BATCH.fullmatch(batch):
        raise IntegrityError(f"{batch!r} cannot be a batch's id: the register was tampered with")
    return batch


def _write_values(path: Path, values: Iterable[object]) -> None:
    _write(path, (canonical.dumps(value) + b"\n" for value in values))


def _write(path: Path, parts: Iterable[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(parts)
