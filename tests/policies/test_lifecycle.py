from itertools import pairwise

import pytest

from policies import ALLOWED, STATE_MEANING, IllegalMove, State, require_move

PATH = [
    *(State.SEEN, State.CLASSIFIED, State.DUE, State.PROPOSED, State.APPROVED, State.ARMED),
    *(State.BINNED, State.VERIFIED, State.WAITING, State.PURGE_ARMED, State.DESTROYED),
]
ENDS = [State.DESTROYED, State.TRANSFERRED]


def reachable(start: State, *, avoiding: State | None = None) -> set[State]:
    found, open_states = set(), [start]
    while open_states:
        state = open_states.pop()
        if state not in found and state is not avoiding:
            found.add(state)
            open_states += ALLOWED[state]
    return found


def test_the_way_from_seen_to_destroyed_is_open() -> None:
    for old, new in pairwise(PATH):
        require_move(old, new)
    require_move(State.PURGE_ARMED, State.TRANSFERRED)


@pytest.mark.parametrize("step", PATH[1:-1])
@pytest.mark.parametrize("end", ENDS)
def test_no_way_to_an_end_goes_around_any_step(step: State, end: State) -> None:
    assert end in reachable(State.SEEN)
    assert end not in reachable(State.SEEN, avoiding=step)


@pytest.mark.parametrize(
    "aside",
    [
        *(State.BLOCKED_BY_HOLD, State.DEFERRED, State.FAILED, State.RETURNED, State.RESTORED),
        State.UNREADABLE,
    ],
)
@pytest.mark.parametrize("step", [State.PROPOSED, State.APPROVED, State.ARMED, State.VERIFIED])
def test_from_a_state_aside_everything_must_be_done_again(aside: State, step: State) -> None:
    assert State.DESTROYED not in reachable(aside, avoiding=step)


@pytest.mark.parametrize("end", ENDS)
def test_nothing_follows_an_end(end: State) -> None:
    assert not ALLOWED[end]
    with pytest.raises(IllegalMove, match="allowed next: nothing"):
        require_move(end, State.SEEN)


@pytest.mark.parametrize("state", sorted(set(State) - set(ENDS)))
def test_every_state_can_be_reached_and_left(state: State) -> None:
    assert state in reachable(State.SEEN)
    assert ALLOWED[state]
    assert state not in ALLOWED[state]


@pytest.mark.parametrize("state", [State.BINNED, State.VERIFIED, State.WAITING, State.FAILED])
def test_what_is_in_the_bin_can_return_to_its_share(state: State) -> None:
    assert ALLOWED[state] & {State.RETURNED, State.RESTORED}


def test_an_illegal_move_says_what_would_be_legal() -> None:
    with pytest.raises(IllegalMove, match="due cannot become destroyed; allowed next: blocked"):
        require_move(State.DUE, State.DESTROYED)


def test_every_state_has_moves_and_a_meaning() -> None:
    assert set(ALLOWED) == set(State)
    assert set(STATE_MEANING) == set(State)
    assert all(meaning.strip() for meaning in STATE_MEANING.values())
