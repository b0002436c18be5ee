"""One walk along the log: every entry checked, hashed, and read for what other checks need.

* Entries are canonical, numbered without a gap from 0, and hash to the roots that were signed.
* Clear text fits the commitment in its entry. It may be missing only where a later entry says
  that it was erased, and must be missing there.

The walk keeps the tree's right edge and what concerns keyrings, signatures, certificates and
items of batches; the rest of a long log passes through.

Standard library only, because the offline verifier carries this module.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from retention_agent.audit import canonical, merkle
from retention_agent.audit.problem import Problem, shortened

DESTROYED = "deletion"
TRANSFERRED = "transferred"
BINNED = "binned"
ARMED = "purge-armed"
BACK = frozenset({"returned", "restored"})
"""states of an item whose file is no longer in the disposal bin"""

_FIELDS = {
    "v": int,
    "number": int,
    "time": str,
    "type": str,
    "object": str,
    "outcome": str,
    "facts": dict,
    "private": dict,
}
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_RUN = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?")


@dataclass(frozen=True, slots=True)
class Opening:
    """The clear text of one private field."""

    number: int
    field: str
    salt: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A log entry that another check needs."""

    number: int
    hash: bytes
    time: str
    state: str
    """the state that an item of a batch was moved to"""


@dataclass(slots=True)
class Log:
    """What the walk learned."""

    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    """the root at every size that was asked for, and at the end"""
    keyrings: list[tuple[int, int, str]] = field(default_factory=list)
    """entry number, version and digest of each keyring that came into force"""
    signatures: dict[str, int] = field(default_factory=dict)
    """fingerprint of each signature that came in: the entry's number"""
    certificates: dict[str, str] = field(default_factory=dict)
    """batch: the digest of the certificate issued last"""
    destroyed: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    """batch: item: the entries that say it was destroyed"""
    latest: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """batch: item: the last entry about it"""
    binned: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """batch: item: the entry of its last move to the disposal bin, unless it came back"""
    transferred: dict[str, dict[str, list[Entry]]] = field(default_factory=dict)
    """batch: item: the entries that say the archive has it and it left its share"""
    armed: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """batch: item: the entry of the intent on which it was destroyed or transferred at once"""
    exports: dict[str, Entry] = field(default_factory=dict)
    """batch: the entry that says it was copied for the archive, the first if there are several"""
    accessions: dict[str, dict[str, Entry]] = field(default_factory=dict)
    """batch: item: the archive's last answer, if it was that it has it"""
    records: dict[str, set[str]] = field(default_factory=dict)
    """record: the items as which it was destroyed or transferred"""
    erased: set[int] = field(default_factory=set)
    """entries whose clear text was erased"""

    def note(self, leaf: dict[str, Any], entry: Entry) -> None:
        """Remember what an entry says, if other checks need it."""
        facts, digest = leaf["facts"], str(leaf["facts"].get("digest"))
        match leaf["type"]:
            case "keyring activation":
                self.keyrings.append((entry.number, facts.get("version"), digest))
            case "digital signature generation":
                self.signatures.setdefault(digest, entry.number)
            case "certificate issue":
                self.certificates[leaf["object"].removeprefix("batch:")] = digest
            case "opening erasure":
                self.erased.update(_numbers(str(facts.get("numbers")), entry.number))
            case "transfer export":
                self.exports.setdefault(leaf["object"].removeprefix("batch:"), entry)
            case "accession":
                self._note_accession(leaf, entry)
            case "deletion" | "disposal state change":
                self._note_item(leaf, entry)
            case _:
                pass

    def _note_accession(self, leaf: dict[str, Any], entry: Entry) -> None:
        batch, _, item = leaf["object"].removeprefix("batch:").rpartition("/")
        answers = self.accessions.setdefault(batch, {})
        answers.pop(item, None)
        if leaf["facts"].get("accepted") is True:
            answers[item] = entry

    def _note_item(self, leaf: dict[str, Any], entry: Entry) -> None:
        batch, _, item = leaf["object"].removeprefix("batch:").rpartition("/")
        before = self.latest.setdefault(batch, {}).get(item)
        self.latest[batch][item] = entry
        if leaf["type"] == DESTROYED or entry.state == TRANSFERRED:
            gone = self.destroyed if leaf["type"] == DESTROYED else self.transferred
            gone.setdefault(batch, {}).setdefault(item, []).append(entry)
            if before and before.state == ARMED:
                self.armed.setdefault(batch, {}).setdefault(item, before)
            if "record" in leaf["facts"]:
                self.records.setdefault(str(leaf["facts"]["record"]), set()).add(f"{batch}/{item}")
        elif entry.state == BINNED:
            self.binned.setdefault(batch, {})[item] = entry
        elif entry.state in BACK:
            self.binned.get(batch, {}).pop(item, None)


def walk(
    leaves: Iterable[bytes], openings: Iterable[Opening], sizes: set[int], problems: list[Problem]
) -> Log:
    """Walk along the log; what is wrong is added to `problems`."""
    log, edge, clear = Log(), merkle.Edge(), _Clear(openings, problems)
    log.roots[0] = edge.root()
    expected = 0
    for raw in leaves:
        hashed = merkle.leaf_hash(raw)
        edge.add(hashed)
        if edge.size in sizes:
            log.roots[edge.size] = edge.root()
        leaf = _read(raw, edge.size - 1, problems)
        if leaf is None:
            expected += 1
            continue
        if leaf["number"] != expected:
            message = f"entry {leaf['number']} stands where {expected} was expected"
            problems.append(Problem("leaf-number", f"log entry {expected}", message))
        expected = leaf["number"] + 1
        clear.check(leaf)
        moved_to = str(leaf["facts"].get("to"))
        log.note(leaf, Entry(edge.size - 1, hashed, leaf["time"], moved_to))
    clear.finish(log.erased)
    log.size = edge.size
    log.roots[edge.size] = edge.root()
    return log


class _Clear:
    """Follows the clear text beside the entries; both are in order of number."""

    def __init__(self, openings: Iterable[Opening], problems: list[Problem]) -> None:
        self._openings: Iterator[Opening] = iter(openings)
        self._next = next(self._openings, None)
        self._problems = problems
        self._shown: set[int] = set()
        self._missing: set[int] = set()
        self._last = (-1, "")

    def check(self, leaf: dict[str, Any]) -> None:
        number, wanted = leaf["number"], dict(leaf["private"])
        while self._next is not None and self._next.number <= number:
            self._compare(self._next, wanted if self._next.number == number else {})
            self._next = next(self._openings, None)
        if wanted:
            self._missing.add(number)
        if len(wanted) < len(leaf["private"]):
            self._shown.add(number)

    def finish(self, erased: set[int]) -> None:
        while self._next is not None:
            self._compare(self._next, {})
            self._next = next(self._openings, None)
        if lost := self._missing - erased:
            self._report("opening-missing", shortened(lost), "the log does not say it was erased")
        if kept := self._shown & erased:
            self._report("opening-not-erased", shortened(kept), "the log says it was erased")

    def _compare(self, opening: Opening, wanted: dict[str, str]) -> None:
        where = f"{opening.number}, field {opening.field}"
        place = (opening.number, opening.field)
        commitment = wanted.pop(opening.field, None) if place > self._last else None
        self._last = place
        if commitment is None:
            self._report("opening-unknown", where, "no such field, or not in its place")
        elif not _fits(opening, commitment):
            self._report("opening-changed", where, "not what the log committed to")

    def _report(self, code: str, where: str, why: str) -> None:
        self._problems.append(Problem(code, f"clear text of log entry {where}", why))


def _read(raw: bytes, position: int, problems: list[Problem]) -> dict[str, Any] | None:
    where = f"log entry {position}"
    try:
        leaf = canonical.loads(raw)
    except canonical.NotCanonical as error:
        problems.append(Problem("leaf-malformed", where, str(error)))
        return None
    if not isinstance(leaf, dict) or {key: type(leaf[key]) for key in leaf} != _FIELDS:
        problems.append(
            Problem("leaf-malformed", where, "the entry's fields are not a log entry's")
        )
        return None
    if leaf["v"] != 1 or not _TIME.fullmatch(leaf["time"]):
        problems.append(Problem("leaf-malformed", where, "unknown version, or not an instant"))
        return None
    return leaf


def _fits(opening: Opening, commitment: str) -> bool:
    try:
        salt = base64.b64decode(opening.salt, validate=True)
    except ValueError:
        return False
    again = base64.b64encode(salt).decode()
    made = hashlib.sha256(salt + opening.value.encode("utf-8", "surrogatepass")).digest()
    return again == opening.salt and base64.b64encode(made).decode() == commitment


def _numbers(text: str, before: int) -> Iterator[int]:
    """The entry numbers in `3-7,12` that lie before the entry that names them."""
    for low, high in _RUN.findall(text):
        yield from range(int(low), min(int(high or low), before) + 1)
