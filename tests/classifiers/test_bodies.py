import pytest

from classifiers.bodies import is_party, other_bodies

LINES = "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    "text",
    [
        "Mill Road Residents' Association",
        "MILL ROAD RESIDENTS' ASSOCIATION",
        "carver fencing ltd",
        "Wenford Primary School",
        "Friends of Wenford Park",
    ],
)
def test_a_body_with_a_name_is_found_anywhere(text: str) -> None:
    assert list(other_bodies(text, len(text)))
    assert list(other_bodies(LINES + text, len(LINES)))


@pytest.mark.parametrize(
    "text", ["he went to hospital", "the bowls club met", "(police)", "The School", "Police: none"]
)
def test_a_body_without_a_name_writes_only_above(text: str) -> None:
    assert list(other_bodies(text, len(text)))
    assert not list(other_bodies(LINES + text, len(LINES)))


@pytest.mark.parametrize(
    "text",
    [
        "12 Church Road",
        "held at Wenford Village Hall",
        "Venue: Wenford Club",
        "School Lane",
        "Town Police Clauses Act 1847",
    ],
)
def test_a_place_or_a_statute_writes_nothing(text: str) -> None:
    assert not list(other_bodies(text, len(text)))


@pytest.mark.parametrize(
    ("line", "party"),
    [
        ("Premises: Carver Ltd", True),
        ("Name of contractor: Carver Ltd", True),
        ("Ref 4 Builder: Carver Ltd", True),
        ("Client\tCarver Ltd", True),
        ("From: Carver Ltd", False),
        ("Carver Ltd", False),
    ],
)
def test_who_stands_behind_a_label_is_a_party(line: str, party: bool) -> None:
    text = f"Form\n{line}"
    assert is_party(text, text.index("Ltd")) is party
