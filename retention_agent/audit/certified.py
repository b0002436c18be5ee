"""Does a certificate say what the log, the manifest and the signatures say?

* Signed by the log's key over `retention-agent/certificate/v1`, a newline and the document, and
  the same document that the log saw issued.
* Its items, hashed as a manifest (RFC 6962), give the root that was asked for and approved; the
  request, and for each item that is gone the agreement of at least two other people, are among
  the statements that count.
* What it calls destroyed or transferred is what the log saw so, no more and no less; of what
  stayed it says where the log last saw it. Each proof leads to the log entry it names under a
  checkpoint that the log really had.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cryptography.exceptions import InvalidSignature

from retention_agent.audit import answers, canonical, checkpoint, merkle, statement
from retention_agent.audit.answers import APPROVALS_NEEDED, Said
from retention_agent.audit.authority import Authority, Made
from retention_agent.audit.checkpoint import BadCheckpoint, Checkpoint, Verifier
from retention_agent.audit.problem import Problem, shortened
from retention_agent.audit.walk import Entry, Log

KIND = "retention-agent/certificate/v1"
DOMAIN = f"{KIND}\n".encode()
DESTROYED = "destroyed"
EXCLUDED = "excluded"
TRANSFERRED = "transferred"
_GONE = frozenset({DESTROYED, TRANSFERRED})

_TERMS = ("root", "size", "policy", "hold_epoch")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as issued: its canonical text and the signature over it."""

    document: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    manifest: bytes
    outcome: str
    at: object
    leaf: int | None
    proof: tuple[bytes, ...]


class _Malformed(ValueError):
    """The certificate lacks a field, or has something else in its place."""


def check_certificates(
    certificates: Iterable[tuple[str, Certificate]],
    verifier: Verifier,
    log: Log,
    authority: Authority,
    problems: list[Problem],
) -> int:
    """Check each certificate, and that none is missing; returns how many there were."""
    seen = set()
    for batch, certificate in certificates:
        seen.add(batch)
        problems += _signature(batch, certificate, verifier, log)
        try:
            problems += _content(batch, certificate, verifier, log, authority)
        except (_Malformed, canonical.NotCanonical, statement.BadStatement) as error:
            problems.append(Problem("certificate-malformed", _where(batch), str(error)))
    for batch in log.certificates.keys() - seen:
        message = "the log saw it issued, and it is not there"
        problems.append(Problem("certificate-missing", _where(batch), message))
    return len(seen)


def _signature(
    batch: str, certificate: Certificate, verifier: Verifier, log: Log
) -> Iterator[Problem]:
    try:
        verifier.key.verify(certificate.signature, DOMAIN + certificate.document)
    except InvalidSignature:
        yield Problem("certificate-forged", _where(batch), f"not signed by {verifier.name}")
    if log.certificates.get(batch) != hashlib.sha256(certificate.document).hexdigest():
        yield Problem("certificate-differs", _where(batch), "not the one that the log saw issued")


def _content(
    batch: str, certificate: Certificate, verifier: Verifier, log: Log, authority: Authority
) -> list[Problem]:
    document = canonical.loads(certificate.document)
    if (_get(document, "certificate", str), _get(document, "batch", str)) != (KIND, batch):
        raise _Malformed(f"not a certificate of batch {batch} in the form {KIND}")
    items = [_item(one) for one in _get(document, "items", list)]
    return [
        *_manifest(batch, document, items),
        *_mandate(batch, document, items, authority),
        *_outcomes(batch, items, log),
        *_proofs(batch, items, _checkpoint(document, verifier), log),
    ]


def _manifest(batch: str, document: object, items: Sequence[_Item]) -> Iterator[Problem]:
    manifest = _get(document, "manifest", dict)
    root = merkle.root(merkle.leaf_hash(item.manifest) for item in items).hex()
    if (root, len(items)) != (_get(manifest, "root", str), _get(manifest, "size", int)):
        message = "its items do not give the manifest's root and size"
        yield Problem("certificate-items", _where(batch), message)
    if [item.number for item in items] != list(range(len(items))):
        yield Problem("certificate-items", _where(batch), "its items are not numbered from 0")


def _mandate(
    batch: str, document: object, items: Sequence[_Item], authority: Authority
) -> Iterator[Problem]:
    manifest = _get(document, "manifest", dict)
    shown = [_get(document, "request", dict), *_get(document, "approvals", list)]
    if isinstance(document, dict) and "answers" in document:
        shown += _get(document, "answers", list)
    counted = [_counted(batch, one, authority) for one in shown]
    valid = [made for made in counted if made]
    if len(valid) < len(shown):
        message = "it shows a request, an approval or an answer that does not count"
        yield Problem("approval-missing", _where(batch), message)
        return
    request, *given = valid
    content = request.statement.content
    if {key: content.get(key) for key in _TERMS} != manifest:
        message = "what was asked for is not the manifest it shows"
        yield Problem("approval-missing", _where(batch), message)
    if request.statement.person != _get(document, "requester", str):
        yield Problem("approval-missing", _where(batch), "another person asked than it names")
    if alone := _unapproved(items, request, given):
        message = f"it does not show two approvals of items {shortened(alone)} by other people"
        yield Problem("approval-missing", _where(batch), message)


def _unapproved(items: Sequence[_Item], request: Made, given: Sequence[Made]) -> list[int]:
    """The items that are called gone though fewer than two people are shown to agree."""
    asked = request.statement
    said = [answers.read(made.statement, asked.content, stands=True) for made in given]
    return [
        item.number
        for item in items
        if item.outcome in _GONE and len(_agreed(item, said) - {asked.person}) < APPROVALS_NEEDED
    ]


def _agreed(item: _Item, said: Sequence[Said]) -> frozenset[str]:
    entry = canonical.loads(item.manifest)
    return answers.judge(answers.subject(item.number, entry), said).agreed


def _counted(batch: str, shown: object, authority: Authority) -> Made | None:
    """The statement shown, if it is about this batch and among those that count."""
    signed = statement.from_document(shown)
    said = statement.read(signed)
    if answers.batch_of(said.subject) != batch:
        return None
    known = authority.made.get((said.purpose, said.subject), [])
    return next((made for made in known if made.signed == signed), None)


def _outcomes(batch: str, items: Sequence[_Item], log: Log) -> Iterator[Problem]:
    for outcome, gone in ((DESTROYED, log.destroyed), (TRANSFERRED, log.transferred)):
        claimed = {str(item.number) for item in items if item.outcome == outcome}
        seen = gone.get(batch, {}).keys()
        for number in sorted(claimed - seen):
            message = f"item {number} is called {outcome}; the log did not see it {outcome}"
            yield Problem("certificate-items", _where(batch), message)
        for number in sorted(seen - claimed):
            message = f"the log saw item {number} {outcome}; the certificate does not say so"
            yield Problem("certificate-items", _where(batch), message)
    latest = log.latest.get(batch, {})
    for item in items:
        entry = latest.get(str(item.number))
        said = (item.outcome, item.at, item.leaf)
        if item.outcome in _GONE and entry and said != (entry.state, entry.time, entry.number):
            message = f"item {item.number} was not {item.outcome} then, by the log"
            yield Problem("certificate-items", _where(batch), message)
        elif item.outcome not in _GONE and not _stayed(item, entry):
            message = f"item {item.number} is not {item.outcome}, by the log"
            yield Problem("certificate-items", _where(batch), message)


def _stayed(item: _Item, entry: Entry | None) -> bool:
    """Whether the log bears out what became of an item that was not destroyed."""
    if item.leaf is None or entry is None:
        return True
    return item.outcome in {entry.state, EXCLUDED}


def _proofs(
    batch: str, items: Sequence[_Item], at: Checkpoint | None, log: Log
) -> Iterator[Problem]:
    if at is None or log.roots.get(at.size) != at.root:
        message = "the log never had the checkpoint that it rests on"
        yield Problem("certificate-checkpoint", _where(batch), message)
        return
    latest = log.latest.get(batch, {})
    for item in items:
        if item.leaf is None:
            continue
        entry = latest.get(str(item.number))
        if entry is None or entry.number != item.leaf or not _proved(item, entry.hash, at):
            message = f"item {item.number}: the proof does not lead to log entry {item.leaf}"
            yield Problem("certificate-proof", _where(batch), message)


def _proved(item: _Item, leaf: bytes, at: Checkpoint) -> bool:
    return merkle.verify_inclusion(leaf, item.leaf or 0, at.size, item.proof, at.root)


def _checkpoint(document: object, verifier: Verifier) -> Checkpoint | None:
    try:
        return checkpoint.open_checkpoint(_get(document, "checkpoint", str), verifier)
    except BadCheckpoint:
        return None


def _item(value: object) -> _Item:
    leaf = value.get("leaf") if isinstance(value, dict) else None
    return _Item(
        number=_get(value, "number", int),
        manifest=canonical.dumps(_get(value, "manifest", dict)),
        outcome=_get(value, "outcome", str),
        at=value.get("at") if isinstance(value, dict) else None,
        leaf=None if leaf is None else _get(value, "leaf", int),
        proof=tuple(_step(one) for one in _get(value, "proof", list)),
    )


def _step(value: object) -> bytes:
    try:
        raw = base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise _Malformed(f"{value!r} in a proof is not base64") from error
    return raw


def _get(value: object, key: str, kind: type[T]) -> T:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise _Malformed(f"`{key}` is missing or not as it should be")
    return found


def _where(batch: str) -> str:
    return f"certificate of batch {batch}"
