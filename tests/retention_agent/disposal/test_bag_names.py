import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.disposal.bag_names import LONGEST_NAME, portable, stored_paths


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        (b"Minutes 2015.doc", "Minutes 2015.doc"),
        ("Adroddiad blynyddol â.doc".encode(), "Adroddiad blynyddol â.doc"),
        (b"a\nb", "a=0Ab"),
        (b"50%", "50=25"),
        (b"a=b", "a=3Db"),
        (b"caf\xe9", "caf=E9"),
        ("e\u0301".encode(), "e=CC=81"),
        (b"CON", "=43ON"),
        (b"lpt1.txt", "=6Cpt1.txt"),
        (b"console", "console"),
        (b"end.", "end=2E"),
        (b"end ", "end=20"),
        (b"..", ".=2E"),
    ],
)
def test_a_name_keeps_what_is_safe_everywhere(name, stored):
    assert portable(name) == stored


def test_names_that_differ_in_case_alone_stay_apart():
    paths = {1: b"A/x", 2: b"a/x", 3: b"a/y", 4: b"aB", 5: b"AB", 6: b"Ab", 7: b"ab"}
    stored = stored_paths(paths)
    assert stored[1] == "data/A/x"
    assert (stored[2], stored[3]) == ("data/=61/x", "data/=61/y")
    assert len({each.casefold() for each in stored.values()}) == len(paths)


def test_a_name_that_grows_too_long_is_replaced_and_keeps_its_ending():
    stored = stored_paths({1: b"\xff" * 200 + b".pdf", 2: b"x" * 255, 3: b"\xff" * 200})
    assert stored[1].startswith("data/long-name-")
    assert stored[1].endswith(".pdf")
    assert stored[2] == "data/" + "x" * 255
    assert stored[1] != stored[3]


NAMES = st.binary(min_size=1, max_size=255).filter(
    lambda name: not set(name) & {0, 0x2F} and name not in {b".", b".."}
)
SHORT = st.text("aAbB=.é", min_size=1, max_size=3).map(str.encode)


@given(st.lists(st.lists(st.one_of(NAMES, SHORT), min_size=1, max_size=3), max_size=20))
def test_any_paths_are_stored_apart_under_names_that_fit(given):
    raw = sorted({b"/".join(parts) for parts in given})
    stored = stored_paths(dict(enumerate(raw)))
    assert len({path.casefold() for path in stored.values()}) == len(raw)
    for path in stored.values():
        for name in path.split("/"):
            assert 0 < len(name.encode()) <= LONGEST_NAME
            assert name not in {".", ".."}
            assert name.isprintable()


def test_a_name_made_by_hand_to_take_the_place_of_another_does_not():
    long = b"\xff" * 200
    (taken,) = stored_paths({1: long}).values()
    stored = stored_paths({1: taken.removeprefix("data/").encode(), 2: long})
    assert len(set(stored.values())) == 2
