"""Reads an exported bundle from its folder, strictly, and without loading what may be long.

* `SHA256SUMS` lists every file, and its signature by the log's key is in `SHA256SUMS.sig`: a file
  changed, missing or added since the export is found.
* A line is one canonical JSON value and ends in a newline; a line in any other form is reported
  and passed over, so that the rest is checked all the same.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidSignature

from retention_agent.audit import canonical, checkpoint, people
from retention_agent.audit.certified import Certificate
from retention_agent.audit.checkpoint import BadCheckpoint
from retention_agent.audit.problem import Problem
from retention_agent.audit.statement import Signed
from retention_agent.audit.verify import Evidence
from retention_agent.audit.walk import Opening

SUMS = "SHA256SUMS"
SUMS_SIGNATURE = "SHA256SUMS.sig"
SUMS_DOMAIN = "# retention-agent/bundle/v1"
LATEST = "checkpoint"
CHECKPOINTS = "checkpoints.jsonl"
LEAVES = "leaves.jsonl"
OPENINGS = "openings.jsonl"
KEYRINGS = "keyrings.jsonl"
STATEMENTS = "statements.jsonl"
MANIFESTS = "manifests"
CERTIFICATES = "certificates"
KEY = "log.vkey"

T = TypeVar("T")


def read_bundle(folder: Path, problems: list[Problem]) -> Evidence:
    """The evidence in a bundle; what cannot be read is added to `problems`.

    Long files are read while the evidence is being checked, so problems may be added until then.
    """
    bundle = _Bundle(folder, problems)
    key = bundle.text(KEY).removesuffix("\n")
    bundle.check_sums(key)
    notes = list(bundle.values(CHECKPOINTS, _note))
    if notes and bundle.text(LATEST) != notes[-1]:
        bundle.report("file-changed", LATEST, f"not the last one of {CHECKPOINTS}")
    return Evidence(
        key=key,
        checkpoints=notes,
        leaves=bundle.lines(LEAVES),
        openings=bundle.values(OPENINGS, _opening),
        keyrings=list(bundle.values(KEYRINGS, _keyring)),
        statements=list(bundle.values(STATEMENTS, _signed)),
        manifests={
            path.stem: bundle.lines(f"{MANIFESTS}/{path.name}")
            for path in sorted((folder / MANIFESTS).glob("*.jsonl"))
        },
        certificates=(
            (path.stem, bundle.certificate(f"{CERTIFICATES}/{path.stem}"))
            for path in sorted((folder / CERTIFICATES).glob("*.json"))
        ),
    )


@dataclass(frozen=True, slots=True)
class _Bundle:
    folder: Path
    problems: list[Problem]

    def report(self, code: str, where: str, message: str) -> None:
        self.problems.append(Problem(code, where, message))

    def raw(self, name: str) -> bytes:
        path = self.folder / name
        if path.is_file():  # nothing but a regular file: another kind may block or never end
            return path.read_bytes()
        self.report("file-missing", name, "not there, or not a regular file")
        return b""

    def text(self, name: str) -> str:
        raw = self.raw(name)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.report("file-unreadable", name, "not UTF-8 text")
            return ""

    def certificate(self, stem: str) -> Certificate:
        return Certificate(self.raw(f"{stem}.json"), self.raw(f"{stem}.sig"))

    def lines(self, name: str) -> Iterator[bytes]:
        path = self.folder / name
        if not path.is_file():
            self.report("file-missing", name, "not there, or not a regular file")
            return
        with path.open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    self.report("file-unreadable", name, "the last line does not end")
                yield line.removesuffix(b"\n")

    def values(self, name: str, read: Callable[[object], T]) -> Iterator[T]:
        for number, line in enumerate(self.lines(name), 1):
            try:
                yield read(canonical.loads(line))
            except ValueError as error:
                self.report("file-unreadable", f"{name}, line {number}", str(error))

    def check_sums(self, key: str) -> None:
        sums = self.raw(SUMS)
        try:
            verifier = checkpoint.read_verifier(key)
            verifier.key.verify(self.raw(SUMS_SIGNATURE), sums)
        except (BadCheckpoint, InvalidSignature):
            self.report("contents-unsigned", SUMS, f"not signed by the key in {KEY}")
        listed = {name: digest for digest, name in _sums(sums)}
        there = set(files(self.folder))
        for name in sorted(listed.keys() - there):
            self.report("file-missing", name, f"listed in {SUMS}, but not there")
        for name in sorted(there - listed.keys()):
            self.report("file-unlisted", name, f"not listed in {SUMS}")
        for name in sorted(there & listed.keys()):
            path = self.folder / name
            if not path.is_file() or digest_of(path) != listed[name]:
                self.report("file-changed", name, f"not the file listed in {SUMS}")


def files(folder: Path) -> Iterator[str]:
    """The names of all files that the list of a bundle's files covers."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in {SUMS, SUMS_SIGNATURE}:
            yield name


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(raw: bytes) -> Iterable[tuple[str, str]]:
    """Digest and name on each line, in the form that `sha256sum --check` reads."""
    lines = raw.decode("utf-8", "replace").splitlines()
    return [(line[:64], line[66:]) for line in lines if not line.startswith("#")]


def _note(value: object) -> str:
    match value:
        case {"note": str(note), **rest} if not rest:
            return note
        case _:
            raise ValueError("not a checkpoint")


def _opening(value: object) -> Opening:
    match value:
        case {
            "number": int(number),
            "field": str(field),
            "salt": str(salt),
            "value": str(text),
            **rest,
        } if not rest and not isinstance(number, bool):  # which Python counts as a number
            return Opening(number, field, salt, text)
        case _:
            raise ValueError("not the clear text of a field")


def _keyring(value: object) -> people.Entry:
    match value:
        case {"document": str(document), "signatures": list(signatures), **rest} if not rest:
            return people.Entry(document, tuple(_signed(one) for one in signatures))
        case _:
            raise ValueError("not a version of the keyring")


def _signed(value: object) -> Signed:
    match value:
        case {"text": str(text), "signature": str(signature), **rest} if not rest:
            return Signed(text, signature)
        case _:
            raise ValueError("not a signed statement")
