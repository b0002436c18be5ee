import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.scan.compare import compare, vanish_limit

numbers = st.integers(0, 2)
listings = st.dictionaries(
    st.binary(min_size=1, max_size=1), st.tuples(numbers, numbers, numbers, numbers, numbers)
).map(lambda files: [(name, *files[name]) for name in sorted(files)])


@given(listings, listings)
def test_every_name_gets_exactly_one_answer(found, known):
    difference = compare(found, known)
    new, old = {stamp[0]: stamp for stamp in found}, {stamp[0]: stamp for stamp in known}
    assert {stamp[0] for stamp in difference.new} == new.keys() - old.keys()
    assert set(difference.vanished) == old.keys() - new.keys()
    both = new.keys() & old.keys()
    assert difference.unchanged == sum(new[name] == old[name] for name in both)
    touched = {*difference.changed, *difference.replaced}
    assert touched == {new[name] for name in both if new[name] != old[name]}
    for stamp in difference.changed:
        assert stamp[4:] == old[stamp[0]][4:]
    for stamp in difference.replaced:
        assert stamp[4:] != old[stamp[0]][4:]


@pytest.mark.parametrize("field", range(1, 6))
def test_a_difference_in_any_number_is_noticed(field: int):
    known = (b"a", 1, 2, 3, 4, 5)
    found = tuple(each + 1 if at == field else each for at, each in enumerate(known[1:], 1))
    difference = compare([(b"a", *found)], [known])
    assert difference.unchanged == 0


@pytest.mark.parametrize(
    ("present", "limit"),
    [
        (0, 50),
        (5_000, 50),
        (5_099, 50),
        (5_100, 51),
        (99_999, 999),
        (100_000, 1_000),
        (10**7, 1_000),
    ],
)
def test_one_in_a_hundred_may_vanish_but_fifty_always_and_a_thousand_at_most(
    present: int, limit: int
):
    assert vanish_limit(present) == limit
