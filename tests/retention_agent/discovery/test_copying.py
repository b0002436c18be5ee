from hypothesis import given
from hypothesis import strategies as st

from retention_agent.discovery.copying import target_name


@given(st.integers(1, 2**40), st.binary(min_size=1, max_size=300).filter(lambda b: b"\0" not in b))
def test_the_name_of_a_copy_is_harmless_whatever_the_file_was_called(number, path):
    name = target_name(number, path)
    assert name.startswith(f"{number:08}_")
    assert name.isprintable()
    assert not set(name) & set('/\\:*?"<>| ')
    assert not name.endswith(".")
    assert len(name.encode()) <= 255


@given(st.integers(1, 2**40), st.text(min_size=1, max_size=255))
def test_its_name_is_short_enough_for_every_file_system(number, path):
    assert len(target_name(number, path.encode("utf-8", "replace")).encode()) <= 255


def test_a_name_of_four_byte_letters_is_shortened():
    raw = ("\U00020000" * 62 + ".txt").encode()
    assert len(raw) <= 255
    assert len(target_name(1, raw).encode()) <= 255


def test_the_ending_of_a_name_is_kept_and_its_number_makes_it_the_only_one():
    assert target_name(12, b"a/b/Minutes of May.DOCX") == "00000012_Minutes_of_May.DOCX"
    assert target_name(13, b"..") == "00000013_"
    assert target_name(15, ("\U00020000" * 62 + ".txt").encode()).endswith("\U00020000.txt")
    assert target_name(14, b"x/" + b"long " * 60 + b".pdf").endswith(".pdf")
