import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_agent.discovery.names import variants


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Jane Smith", ("Jane Smith", "Smith Jane", "J Smith", "Smith J")),
        ("Smith, Jane", ("Jane Smith", "Smith Jane", "J Smith", "Smith J")),
        ("Cllr Dr J. Smith", ("J Smith", "Smith J")),
        (
            "Jane Anne Smith",
            (
                *("Jane Anne Smith", "Smith Jane Anne", "Jane Smith", "Smith Jane"),
                *("J A Smith", "Smith J A", "JA Smith", "Smith JA", "J Smith", "Smith J"),
            ),
        ),
        ("Jo de Berg", ("Jo de Berg", "de Berg Jo", "J de Berg", "de Berg J")),
        ("De Wit Ox, Jo", ("Jo De Wit Ox", "De Wit Ox Jo", "J De Wit Ox", "De Wit Ox J")),
        ("Mary-Jane O'Neill", ("Mary-Jane O'Neill", "O'Neill Mary-Jane", "M O'Neill", "O'Neill M")),
        ("Madonna", ("Madonna",)),
        ("Mrs Smith", ("Smith",)),
        ("Smith,", ("Smith",)),
        ("De La", ("De La", "La De", "D La", "La D")),
        ("...", ("...",)),
    ],
)  # fmt: skip
def test_a_name_is_written_in_these_ways(name, written):
    assert variants(name) == written


@given(st.text(max_size=40))
def test_any_text_has_a_way_of_writing_and_none_twice(name):
    written = variants(name)
    assert written
    assert len(set(written)) == len(written)
