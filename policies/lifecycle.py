"""The states of a record on its way to disposal, and the only legal moves between them.

Rules the table keeps:

- Destruction is reached only through PROPOSED, APPROVED, ARMED, BINNED, VERIFIED, WAITING and
  PURGE_ARMED, in that order; no state aside leads back into the middle of that path.
- Once in the disposal bin a record either goes on or returns to its share; whatever stopped it
  there, it must be proposed and approved again.
- DESTROYED and TRANSFERRED are the end. The register keeps the entry.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a record stands; `STATE_MEANING` says it in words."""

    SEEN = "seen"
    CLASSIFIED = "classified"
    DUE = "due"
    PROPOSED = "proposed"
    APPROVED = "approved"
    ARMED = "armed"
    BINNED = "binned"
    VERIFIED = "verified"
    WAITING = "waiting"
    PURGE_ARMED = "purge-armed"
    DESTROYED = "destroyed"
    TRANSFERRED = "transferred"
    BLOCKED_BY_HOLD = "blocked-by-hold"
    DEFERRED = "deferred"
    FAILED = "failed"
    RETURNED = "returned"
    RESTORED = "restored"
    UNREADABLE = "unreadable"


class IllegalMove(RuntimeError):
    """A stage tried a move the table does not allow; that is an error in the program."""


STATE_MEANING: Mapping[State, str] = MappingProxyType(
    {
        State.SEEN: "found on a share and entered in the register, not yet captured",
        State.CLASSIFIED: "captured, with a class or known to have none; kept",
        State.DUE: "its period has run out and nothing keeps it",
        State.PROPOSED: "in a batch that waits for approval",
        State.APPROVED: "in a batch approved by the people who must approve it",
        State.ARMED: "every check passed again; the move to the bin is recorded as intended",
        State.BINNED: "moved to the disposal bin, content not yet compared",
        State.VERIFIED: "in the disposal bin, and its content is what was approved",
        State.WAITING: "in the disposal bin until the time to undo has passed",
        State.PURGE_ARMED: "every check passed once more; the destruction is recorded as intended",
        State.DESTROYED: "destroyed, with evidence; nothing follows",
        State.TRANSFERRED: "held by the archive and gone from the share; nothing follows",
        State.BLOCKED_BY_HOLD: "a hold took it out of its batch",
        State.DEFERRED: "put off: a reviewer asked to wait, or the file was in use",
        State.FAILED: "a step went wrong and a person must look",
        State.RETURNED: "back on its share because it was not what had been approved",
        State.RESTORED: "back on its share because a person asked for it",
        State.UNREADABLE: "its content could not be read; the reason is on the list",
    }
)

_MOVES: dict[State, tuple[State, ...]] = {
    State.SEEN: (State.CLASSIFIED, State.UNREADABLE),
    State.CLASSIFIED: (State.SEEN, State.DUE, State.BLOCKED_BY_HOLD, State.UNREADABLE),
    State.DUE: (
        State.SEEN,
        State.CLASSIFIED,
        State.PROPOSED,
        State.BLOCKED_BY_HOLD,
        State.DEFERRED,
    ),
    State.PROPOSED: (
        State.SEEN,
        State.CLASSIFIED,
        State.DUE,
        State.APPROVED,
        State.BLOCKED_BY_HOLD,
        State.DEFERRED,
    ),
    State.APPROVED: (
        State.SEEN,
        State.CLASSIFIED,
        State.DUE,
        State.ARMED,
        State.BLOCKED_BY_HOLD,
        State.DEFERRED,
    ),
    # Back to APPROVED is a try to be made again while the approval lasts.
    State.ARMED: (
        State.APPROVED,
        State.BINNED,
        State.BLOCKED_BY_HOLD,
        State.DEFERRED,
        State.RETURNED,
        State.FAILED,
    ),
    State.BINNED: (State.VERIFIED, State.RETURNED, State.FAILED),
    State.VERIFIED: (State.WAITING, State.RETURNED, State.RESTORED, State.FAILED),
    State.WAITING: (
        State.PURGE_ARMED,
        State.BLOCKED_BY_HOLD,
        State.RETURNED,
        State.RESTORED,
        State.FAILED,
    ),
    # Back to WAITING is a purge that was not carried out: the file is still in the bin.
    State.PURGE_ARMED: (
        State.WAITING,
        State.DESTROYED,
        State.TRANSFERRED,
        State.BLOCKED_BY_HOLD,
        State.FAILED,
    ),
    State.DESTROYED: (),
    State.TRANSFERRED: (),
    # From the share it is classified again; from the bin it is restored.
    State.BLOCKED_BY_HOLD: (State.SEEN, State.CLASSIFIED, State.RESTORED),
    State.DEFERRED: (State.SEEN, State.CLASSIFIED, State.DUE, State.BLOCKED_BY_HOLD),
    State.FAILED: (State.RETURNED, State.RESTORED),
    State.RETURNED: (State.SEEN,),
    State.RESTORED: (State.SEEN, State.DEFERRED),
    State.UNREADABLE: (State.SEEN,),
}

ALLOWED: Mapping[State, frozenset[State]] = MappingProxyType(
    {state: frozenset(following) for state, following in _MOVES.items()}
)


def require_move(old: State, new: State) -> None:
    """Let a legal move pass.

    Raises:
        IllegalMove: The table does not lead from `old` to `new`.
    """
    if new not in ALLOWED[old]:
        legal = ", ".join(sorted(ALLOWED[old])) or "nothing"
        raise IllegalMove(f"a record that is {old} cannot become {new}; allowed next: {legal}")
