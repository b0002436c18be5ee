"""HTML: what a reader sees."""

import pytest

from indexer.extract.base import Unreadable

HTML = "text/html"


def test_blocks_are_lines_and_inline_markup_leaves_no_trace(extract):
    page = b"<h1>Tree\n works</h1><p>Fell the <b>as</b>h.<br>Keep the oak.<ul><li>one<li>two</ul>"
    assert extract(page, HTML).text == "Tree works\nFell the ash.\nKeep the oak.\none\ntwo"


def test_cells_of_a_row_stand_between_tabs(extract):
    page = b"<table><tr><th>Name<th>Sum<tr><td>A<td>5</table>"
    assert extract(page, HTML).text == "Name\tSum\nA\t5"


def test_scripts_styles_comments_and_attributes_are_not_text(extract):
    page = b"<style>a{}</style><script>b()</script><!-- c --><p title=d onclick=e>seen</p>"
    assert extract(page, HTML).text == "seen"


def test_the_head_gives_title_and_metadata(extract):
    page = (
        b"<head><title> Tree \n works</title><meta name=Author content='Parks Team'>"
        b"<meta name=keywords content='tree, ash'></head><body>x"
    )
    found = extract(page, HTML)
    assert found.title == "Tree works"
    assert found.metadata == {
        "title": "Tree works",
        "author": "Parks Team",
        "keywords": "tree, ash",
    }
    assert found.text == "x"


@pytest.mark.parametrize(
    "page",
    [
        "<meta charset=utf-8><p>Rhôs-on-Sea".encode(),
        "<meta charset=windows-1252><p>Rhôs-on-Sea".encode("cp1252"),
        "<p>Rhôs-on-Sea".encode("utf-16"),
    ],
    ids=["utf-8", "cp1252", "utf-16"],
)
def test_the_stated_character_set_is_followed(extract, page):
    assert extract(page, HTML).text == "Rhôs-on-Sea"


def test_a_page_without_a_body_has_no_text(extract):
    assert extract(b"<frameset><frame src=a></frameset>", HTML).text == ""


def test_elements_nested_without_end_are_refused(extract):
    with pytest.raises(Unreadable) as caught:
        extract(b"<div>" * 100_000 + b"deep", HTML)
    assert caught.value.reason == "too-large"


def test_a_long_flat_page_is_read(extract):
    text = extract(b"<p>line<br>\n<li>item" * 20_000, HTML).text
    assert text.count("line") == 20_000
