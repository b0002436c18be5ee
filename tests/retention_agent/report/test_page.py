"""The page stands alone, escapes what strangers wrote, and shows what its tables say."""

import re
from datetime import UTC, date, datetime

import pytest
from lxml import html

from retention_agent.report.figures import gather
from retention_agent.report.page import Heading, amount, count, page

HOSTILE = "<script>alert(1)</script>\u202e\x1b[31m"
HEADING = Heading("Thornbridge <b>District</b>", datetime(2026, 11, 23, 9, 5, tzinfo=UTC), "1.0")


@pytest.fixture
def made(council):
    council.add(f"{HOSTILE.replace('/', '|')}/a.txt", owner=f"{HOSTILE} (7)")
    council.add("b.txt", record_class=None)
    with council.app.engine.begin() as connection:
        return page(gather(connection, date(2026, 11, 23), council.app.config.zone), HEADING)


def test_nothing_in_it_is_run_or_loaded_from_elsewhere(made):
    tree = html.document_fromstring(made)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //embed | //form")
    assert not tree.xpath("//@*[starts-with(name(), 'on')] | //@src | //@style")
    assert all(target.startswith("#") for target in tree.xpath("//@href"))
    assert not re.search(r"url\(|@import|https?:", made)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy


def test_names_of_strangers_come_out_harmless(made):
    assert "<script" not in made
    assert "&lt;script&gt;" in made
    assert "<b>" not in made
    assert not any(character in made for character in "\u202e\x1b")


def test_every_table_and_chart_is_there_with_a_name_for_those_who_cannot_see(made):
    tree = html.document_fromstring(made)
    assert tree.get("lang") == "en-GB"
    titles = [each.text_content() for each in tree.xpath("//h2")]
    assert titles[0] == "At a glance"
    assert {"Kept too long, by service", "What falls due when", "How old it is"} <= set(titles)
    charts = tree.xpath("//svg")
    assert len(charts) == 5
    for chart in charts:
        assert chart.get("role") == "img"
        assert chart.get("aria-label")
        assert chart.xpath("ancestor::section//table")
    for link in tree.xpath("//nav//@href"):
        assert tree.xpath(f"//*[@id='{link[1:]}']"), link


def test_an_estate_without_files_makes_a_page_too(council):
    with council.app.engine.begin() as connection:
        made = page(gather(connection, date(2026, 11, 23), council.app.config.zone), HEADING)
    assert "None." in made


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (1_234_567, "1.2 MB"),
     (5_000_000_000, "5.0 GB"), (7_250_000_000_000_000, "7,250.0 TB")],
)  # fmt: skip
def test_sizes_are_said_as_people_say_them(size, said):
    assert amount(size) == said


def test_counts_have_commas():
    assert (count(1_234), count(1.5), count("x")) == ("1,234", "1.5", "x")
