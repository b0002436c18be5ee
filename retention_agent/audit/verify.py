"""Checks evidence against itself: the log, its checkpoints, people, batches and certificates.

Pure: values in, a report out. They come from an exported bundle (`reading`) or from the live
register (`bundle`). Nothing here trusts a flag, a date or an order that a signature or a hash does
not bear out.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from retention_agent.audit import authority, certified, checkpoint, destruction, people, walk
from retention_agent.audit.certified import Certificate
from retention_agent.audit.checkpoint import BadCheckpoint, Checkpoint, Verifier
from retention_agent.audit.problem import Problem
from retention_agent.audit.statement import Signed
from retention_agent.audit.walk import Log, Opening


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that can be checked; what may be long is read as it is needed."""

    key: str
    """the log's public key as a vkey line"""
    checkpoints: Sequence[str]
    """signed notes in order of size"""
    leaves: Iterable[bytes]
    openings: Iterable[Opening]
    """clear text in order of entry and field"""
    keyrings: Sequence[people.Entry]
    statements: Sequence[Signed]
    """all but the keyrings' own, in the order in which they came in"""
    manifests: Mapping[str, Iterable[bytes]]
    certificates: Iterable[tuple[str, Certificate]]
    still_growing: bool = False
    """entries may follow the last checkpoint: so in the live register, never in a bundle"""


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found, and what it covered."""

    problems: Sequence[Problem]
    key: str = ""
    size: int = 0
    root: str = ""
    covered: Mapping[str, int] = field(default_factory=dict)
    """how many checkpoints, keyrings, statements, batches, certificates, destroyed files"""

    @property
    def sound(self) -> bool:
        """Nothing was found."""
        return not self.problems


def check(evidence: Evidence, kept: Sequence[str] = ()) -> Report:
    """Check all of it; `kept` are checkpoints that somebody put aside earlier."""
    problems: list[Problem] = []
    try:
        verifier = checkpoint.read_verifier(evidence.key)
    except BadCheckpoint as error:
        return Report([Problem("key-malformed", "log.vkey", str(error))])
    signed = _opened(evidence.checkpoints, verifier, problems)
    earlier = _kept(kept, verifier, problems)
    sizes = {each.size for each in (*signed, *earlier)}
    log = walk.walk(evidence.leaves, evidence.openings, sizes, problems)
    _require_signed(signed, log, problems)
    _require_prefix(earlier, log, problems)
    if signed and log.size > signed[-1].size and not evidence.still_growing:
        message = f"{log.size} entries, of which only {signed[-1].size} are signed"
        problems.append(Problem("log-unsigned", "log", message))
    established = authority.establish(evidence.keyrings, evidence.statements, log, problems)
    items = destruction.check_manifests(evidence.manifests, established, problems)
    destruction.check_destroyed(log, established, items, problems)
    certificates = certified.check_certificates(
        evidence.certificates, verifier, log, established, problems
    )
    covered = {
        "checkpoints": len(signed),
        "keyrings": len(established.versions),
        "statements": len(evidence.statements),
        "batches": len(items),
        "certificates": certificates,
        "destroyed": sum(len(one) for one in log.destroyed.values()),
        "transferred": sum(len(one) for one in log.transferred.values()),
    }
    return Report(problems, evidence.key, log.size, log.roots[log.size].hex(), covered)


def _opened(notes: Sequence[str], verifier: Verifier, problems: list[Problem]) -> list[Checkpoint]:
    opened: list[Checkpoint] = []
    for number, note in enumerate(notes, 1):
        try:
            opened.append(checkpoint.open_checkpoint(note, verifier))
        except BadCheckpoint as error:
            problems.append(Problem("checkpoint-bad", f"checkpoint {number}", str(error)))
    sizes = [each.size for each in opened]
    if sizes != sorted(set(sizes)):
        message = "not in order of size, or one repeated"
        problems.append(Problem("checkpoint-order", "checkpoints", message))
    if not opened:
        problems.append(Problem("checkpoint-missing", "checkpoints", "the log was never signed"))
    return opened


def _kept(notes: Sequence[str], verifier: Verifier, problems: list[Problem]) -> list[Checkpoint]:
    opened = []
    for note in notes:
        try:
            opened.append(checkpoint.open_checkpoint(note, verifier))
        except BadCheckpoint as error:
            message = f"it is not a checkpoint by this log's key: {error}"
            problems.append(Problem("kept-differs", "checkpoint kept from earlier", message))
    return opened


def _require_signed(signed: Sequence[Checkpoint], log: Log, problems: list[Problem]) -> None:
    for each in signed:
        where = f"checkpoint of {each.size} entries"
        if each.size > log.size:
            message = f"the log has only {log.size} entries"
            problems.append(Problem("log-cut", where, message))
        elif log.roots[each.size] != each.root:
            message = "the log's entries do not give the root that was signed"
            problems.append(Problem("log-changed", where, message))


def _require_prefix(earlier: Sequence[Checkpoint], log: Log, problems: list[Problem]) -> None:
    for each in earlier:
        if log.roots.get(each.size) != each.root:
            message = "the log does not begin with what it covers"
            where = f"checkpoint of {each.size} entries kept from earlier"
            problems.append(Problem("kept-differs", where, message))
