"""Who put a schedule in force, worked out from signatures and never from a mark in the register.

An adopter signs one draft: subject `schedule:<number>`, content the digest of the schedule, its
version and the classes it puts in force. So the same schedule can be signed again with other
classes, or after another was in force, as a new draft; and nobody can put an old one back in force
by the signatures that it once had.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from policies import Schedule
from retention_agent.audit import canonical, keyring, people, signatures
from retention_agent.audit.people import Keyring, NotAccepted
from retention_agent.audit.statement import Signed, Statement
from retention_agent.register import schedules

ADOPTERS_NEEDED = 2
PURPOSE = "adopt-schedule"


def said_of(number: int, draft: Schedule, person: str) -> Statement:
    """What an adopter signs to put draft `number` in force."""
    content = {"digest": draft.digest(), "version": draft.version, "codes": sorted(draft.adopted)}
    return Statement(PURPOSE, f"schedule:{number}", person, content)


def adopters(connection: sa.Connection) -> set[str]:
    """Who signed for just what is in force, even those who have left since."""
    number = schedules.number_in_force(connection)
    wanted = said_of(number, schedules.in_force(connection), "")
    return {
        each.person
        for each in _accepted(connection, signatures.load(connection, PURPOSE, wanted.subject))
        if each.content == wanted.content
    }


def latest_signers(connection: sa.Connection) -> set[str]:
    """Who signed the schedule that was last signed twice.

    That is what the evidence alone shows, whether or not the second signature put it in force: an
    adopter may have lost the role before it came. The checker knows no other adopters.
    """
    signers: dict[tuple[str, bytes], set[str]] = {}
    latest: set[str] = set()
    for each in _accepted(connection, signatures.load_all(connection, PURPOSE)):
        named = signers.setdefault((each.subject, canonical.dumps(dict(each.content))), set())
        named.add(each.person)
        if len(named) == ADOPTERS_NEEDED:
            latest = named
    return latest


def _accepted(connection: sa.Connection, said: Iterable[Signed]) -> list[Statement]:
    versions = people.chain(keyring.entries(connection))
    found = [under_any(versions, signed) for signed in said]
    return [each for each in found if each]


def under_any(versions: Sequence[Keyring], signed: Signed) -> Statement | None:
    """The statement, if its signer could make it under any of these keyrings."""
    for version in versions:
        try:
            return version.accept(signed)
        except NotAccepted:
            continue
    return None
