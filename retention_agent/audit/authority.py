"""Who could sign what, and when: keyring versions and statements, placed in time by the log.

* A version of the keyring counts if its chain of signatures holds and the log saw it come into
  force. The order of the log's entries, not anybody's clock, says which version was in force.
* A statement counts if the log saw its signature come in, and its signer could make it under the
  version in force there. So nobody can sign after the fact, or after being revoked.

Standard library and `cryptography` only, because the offline verifier carries this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from retention_agent.audit import canonical, people, statement
from retention_agent.audit.people import Keyring, KeyringBroken, NotAccepted
from retention_agent.audit.problem import Problem
from retention_agent.audit.statement import BadStatement, Signed, Statement
from retention_agent.audit.walk import Log


@dataclass(frozen=True, slots=True)
class Made:
    """A statement that counts, with the number of the log entry that saw it come in."""

    statement: Statement
    signed: Signed
    number: int


@dataclass(slots=True)
class Authority:
    """The people and what they validly said."""

    versions: list[tuple[int, Keyring]] = field(default_factory=list)
    """each keyring with the log entry from which it was in force"""
    made: dict[tuple[str, str], list[Made]] = field(default_factory=dict)
    """by purpose and subject"""
    _standing: dict[tuple[str, int], bool] = field(default_factory=dict)
    _adoptions: list[tuple[int, set[str]]] | None = None

    def accept(self, signed: Signed, number: int) -> Statement:
        """The statement, if it counts under the keyring in force at log entry `number`.

        Raises:
            NotAccepted: it does not, or no keyring was in force.
        """
        before = [keyring for since, keyring in self.versions if since < number]
        if not before:
            raise NotAccepted("no keyring was in force when it came in")
        return before[-1].accept(signed)

    def standing(self, purpose: str, subject: str, number: int) -> list[Made]:
        """What had been said before entry `number` and still counted there."""
        said = self.made.get((purpose, subject), [])
        return [made for made in said if made.number < number and self.stands(made, number)]

    def stands(self, made: Made, number: int) -> bool:
        """Whether what was said still counted at entry `number`."""
        version = sum(since < number for since, _ in self.versions)
        key = (made.signed.signature, version)
        if key not in self._standing:
            self._standing[key] = self._accepts(made.signed, number)
        return self._standing[key]

    def adopters(self, number: int) -> set[str]:
        """Who signed the same schedule for the same classes, last before entry `number`."""
        if self._adoptions is None:
            self._adoptions = self._complete_adoptions()
        before = [one for one in self._adoptions if one[0] < number]
        return max(before, key=lambda one: one[0])[1] if before else set()

    def _complete_adoptions(self) -> list[tuple[int, set[str]]]:
        signed: dict[tuple[str, bytes], dict[str, int]] = {}
        for (purpose, subject), said in self.made.items():
            for made in said if purpose == "adopt-schedule" else ():
                same = (subject, canonical.dumps(dict(made.statement.content)))
                signed.setdefault(same, {}).setdefault(made.statement.person, made.number)
        return [
            (sorted(numbers.values())[1], set(numbers))
            for numbers in signed.values()
            if len(numbers) >= people.SIGNATURES_NEEDED
        ]

    def _accepts(self, signed: Signed, number: int) -> bool:
        try:
            self.accept(signed, number)
        except NotAccepted:
            return False
        return True


def establish(
    keyrings: Sequence[people.Entry],
    statements: Sequence[Signed],
    log: Log,
    problems: list[Problem],
) -> Authority:
    """Check keyrings and statements against each other and the log."""
    authority = Authority(_versions(keyrings, log, problems))
    seen: list[int] = []
    for place, signed in enumerate(statements, 1):
        made = _made(authority, log, signed, f"statement {place}", problems)
        if made:
            seen.append(made.number)
            key = (made.statement.purpose, made.statement.subject)
            authority.made.setdefault(key, []).append(made)
    if seen != sorted(set(seen)):
        message = "statements are repeated, or not in the order in which they came in"
        problems.append(Problem("statement-order", "statements", message))
    _require_all(statements, log, problems)
    return authority


def _versions(
    entries: Sequence[people.Entry], log: Log, problems: list[Problem]
) -> list[tuple[int, Keyring]]:
    try:
        in_force = people.chain(entries)
    except KeyringBroken as error:
        problems.append(Problem("keyring-broken", "keyring", str(error)))
        return []
    if len(in_force) != len(entries) or any(not _in_order(entry) for entry in entries):
        message = "a version lacks signatures, or has them repeated or out of order"
        problems.append(Problem("keyring-broken", "keyring", message))
    if [(each.version, each.digest) for each in in_force] != [seen[1:] for seen in log.keyrings]:
        message = "the log saw other versions of the keyring come into force than these"
        problems.append(Problem("keyring-log", "keyring", message))
    return [
        (number, keyring)
        for (number, _, digest), keyring in zip(log.keyrings, in_force, strict=False)
        if digest == keyring.digest
    ]


def _in_order(entry: people.Entry) -> bool:
    signers = [statement.read(signed).person for signed in entry.signatures]
    return signers == sorted(set(signers))


def _made(
    authority: Authority, log: Log, signed: Signed, where: str, problems: list[Problem]
) -> Made | None:
    try:
        number = log.signatures.get(statement.fingerprint(signed))
        said = statement.read(signed)
    except BadStatement as error:
        problems.append(Problem("statement-refused", where, str(error)))
        return None
    where = f"{where} ({said.purpose} of {said.subject} by {said.person})"
    if number is None:
        problems.append(Problem("statement-unlogged", where, "the log did not see it come in"))
        return None
    try:
        return Made(authority.accept(signed, number), signed, number)
    except NotAccepted as error:
        problems.append(Problem("statement-refused", where, str(error)))
        return None


def _require_all(statements: Sequence[Signed], log: Log, problems: list[Problem]) -> None:
    there = set()
    for signed in statements:
        try:
            there.add(statement.fingerprint(signed))
        except BadStatement:
            continue
    for digest, number in log.signatures.items():
        if digest not in there:
            message = "the log saw a signature come in whose statement is not there"
            problems.append(Problem("statement-missing", f"log entry {number}", message))
