"""Plain text and XML files."""

from indexer.limits import TEXT_LIMIT

XML = "application/xml"


def test_text_is_taken_as_it_stands(extract):
    found = extract(b"name,amount\r\nExample Ltd,12\r\n", "text/csv")
    assert found.text == "name,amount\nExample Ltd,12\n"
    assert found.warnings == ()


def test_a_guessed_character_set_is_admitted(extract):
    found = extract(b"\xa3250 due", "text/plain")
    assert found.text == "£250 due"
    assert found.warnings == ("charset-guessed",)


def test_text_is_not_cut_below_ten_million_characters(extract):
    found = extract("é".encode() * TEXT_LIMIT, "text/plain")
    assert len(found.text) == TEXT_LIMIT
    assert not found.truncated


def test_a_cut_is_marked(extract):
    found = extract(b"x" * (TEXT_LIMIT + 1), "text/plain")
    assert len(found.text) == TEXT_LIMIT
    assert found.truncated


def test_control_characters_and_half_characters_are_dropped(extract):
    text = extract(b"a\x00b\x1b[0mc\xed\xa0\x80", "text/plain").text
    assert text.startswith("ab[0mc")
    text.encode("utf-8")


def test_xml_gives_text_phrases_in_attributes_and_a_title(extract):
    found = extract(b"<r><title>The <i>Order</i></title><p a='two words' b='one'>x</p></r>", XML)
    assert found.title == "The"
    assert "two words" in found.text
    assert "one" not in found.text


def test_broken_xml_is_read_as_source_with_a_warning(extract):
    found = extract(b"<r><p>still here</r>", XML)
    assert "still here" in found.text
    assert found.warnings == ("markup-damaged",)
