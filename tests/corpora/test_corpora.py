import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from indexer.search.base import Window
from indexer.search.query import QueryError, parse

pytestmark = pytest.mark.xdist_group("corpora")

EXPECTED_REASONS = {
    "corrupt", "empty", "encrypted", "no-extractor", "no-text-layer", "rights-protected",
    "too-large",
}  # fmt: skip


def words(text):
    return Counter(re.findall(r"\w+", text.lower()))


def test_every_file_on_disk_is_accounted_for(estate):
    on_disk = sum(len(files) for _, _, files in os.walk(estate.folder))
    scan = estate.scan
    assert scan["complete"]
    assert scan["seen"] == on_disk
    assert scan["captured"] + scan["unreadable"] + sum(scan["skipped"].values()) == on_disk
    assert scan["skipped"] == {}


def test_no_file_brought_a_reading_process_down(estate):
    reasons = set(estate.scan["unreadable_reasons"])
    assert reasons <= EXPECTED_REASONS, reasons - EXPECTED_REASONS


def test_no_process_of_the_scan_grew_beyond_a_gibibyte(estate):
    assert estate.largest_process < 1 << 30


def test_old_formats_of_offices_are_read(estate):
    rows = estate.rows(
        "SELECT media_type, unreadable FROM record"
        " WHERE media_type IN ('application/msword', 'application/vnd.ms-powerpoint',"
        " 'application/vnd.ms-outlook', 'application/mbox', 'application/epub+zip')"
        " AND CAST(path AS TEXT) NOT LIKE 'droid-skeletons/%'"
    )
    open_ones = [reason for _, reason in rows if reason != "encrypted"]
    assert len(open_ones) > 50
    assert open_ones.count(None) / len(open_ones) >= 0.95


def test_more_is_read_than_the_fast_readers_alone_could(estate):
    readers = Counter(
        reader
        for (reader,) in estate.rows(
            "SELECT json_extract(identification, '$.reader') FROM record WHERE capture = 'captured'"
        )
    )
    assert readers["tika"] >= 100
    assert readers["builtin+tika"] >= 40


def test_a_second_scan_reads_nothing(estate):
    again = json.loads(estate.retention("scan", "--json").stdout)
    assert (again["captured"], again["unreadable"]) == (0, 0)
    assert again["unchanged"] == again["seen"] == estate.scan["seen"]


def test_pronom_identifiers_are_those_of_the_droid_skeletons(estate):
    rows = estate.rows(
        "SELECT CAST(path AS TEXT), puid FROM record"
        " WHERE CAST(path AS TEXT) LIKE 'droid-skeletons/%'"
    )
    named = [
        (f"{found[1]}/{found[2]}", puid)
        for path, puid in rows
        if (found := re.match(r"((?:x-)?fmt)-(\d+)-", path.rpartition("/")[2]))
    ]
    assert len(named) > 2_000
    right = sum(expected == puid for expected, puid in named)
    assert right / len(named) >= 0.97


def test_the_text_of_contracts_is_what_their_plain_text_says(estate):
    rows = dict(estate.rows("SELECT CAST(path AS TEXT), id FROM record WHERE capture = 'captured'"))
    recalls = []
    for path, number in rows.items():
        if not path.lower().endswith(".pdf") or "/full_contract_pdf/" not in path:
            continue
        name = Path(path).stem
        truth = estate.folder / "cuad/data/CUAD_v1/full_contract_txt" / f"{name}.txt"
        if truth.exists():
            with estate.app.engine.begin() as connection:
                found = words(estate.app.index.text(connection, number) or "")
            expected = words(truth.read_text(encoding="utf-8", errors="replace"))
            recalls.append((found & expected).total() / expected.total())
    assert len(recalls) >= 50
    assert sum(recalls) / len(recalls) >= 0.95


def test_hardly_anything_of_other_bodies_is_filed_automatically(estate):
    rows = estate.rows(
        "SELECT CAST(path AS TEXT), class FROM record WHERE class IS NOT NULL"
        " AND CAST(path AS TEXT) NOT LIKE 'souldern-parish/%'"
        " AND CAST(path AS TEXT) NOT LIKE 'trafford-transparency/%'"
        " AND CAST(path AS TEXT) NOT LIKE 'scotland-datasets/%'"
    )
    assert len(rows) <= 2, rows


def test_a_naughty_query_is_answered_or_refused_with_its_place(estate):
    lines = (estate.folder / "naughty-strings").rglob("blns.txt")
    queries = next(lines).read_text(encoding="utf-8", errors="replace").splitlines()
    assert len(queries) > 400
    answered, refused = [], []
    with estate.app.engine.begin() as connection:
        for text in queries:
            try:
                answered.append(estate.app.index.search(connection, parse(text), Window()))
            except QueryError as error:
                refused.append((error.position, len(text)))
    assert all(page.total >= len(page.hits) for page in answered)
    assert all(0 <= position <= length for position, length in refused)
    assert answered
    assert refused
