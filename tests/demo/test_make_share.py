"""The demonstration share: what it holds, that it comes out the same twice, what it refuses."""

import base64
import csv
import io
import os
import random
import tomllib
import unicodedata
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
from docx import Document

from demo.cases import make_cases
from demo.catalogue import load_genres
from demo.make_share import AS_OF, HEADER, ShareError, main, make_share, shown
from demo.plan import Frame, documents_of

SCHEDULE = Path(__file__).parents[2] / "policies" / "schedules" / "uk-local-government.toml"


class Share:
    def __init__(self, folder):
        self.target = folder / "share"
        self.labels = folder / "LABELS.csv"
        self.events = folder / "events.csv"
        self.summary = make_share(self.target, self.labels)
        with self.labels.open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))
        for row in self.rows:
            row["raw"] = base64.b64decode(row["path_b64"])

    def path(self, row):
        return os.path.join(os.fsencode(self.target), row["raw"])

    def content(self, row):
        with open(self.path(row), "rb") as file:
            return file.read()

    def stat(self, row):
        return os.lstat(self.path(row))

    def ending_in(self, ending):
        return [row for row in self.rows if row["raw"].lower().endswith(ending)]


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    return Share(tmp_path_factory.mktemp("demo"))


def found_on_disk(target):
    root = os.fsencode(target)
    return {
        os.path.relpath(os.path.join(folder, name), root)
        for folder, _, names in os.walk(root)
        for name in names
    }


def classes_of_the_schedule():
    document = tomllib.loads(SCHEDULE.read_text("utf-8"))
    return {each["code"]: each for each in document["classes"]}


def test_there_are_enough_files_of_enough_classes_and_functions(share):
    classes = Counter(row["class"] for row in share.rows if row["class"])
    schedule = classes_of_the_schedule()
    assert len(share.rows) >= 420
    assert len(classes) >= 64
    assert min(classes.values()) >= 3
    assert len({schedule[code]["function"] for code in classes}) >= 25


def test_every_label_names_a_class_and_a_trigger_of_the_shipped_schedule(share):
    schedule = classes_of_the_schedule()
    for row in share.rows:
        if row["class"]:
            assert row["trigger"] == schedule[row["class"]]["trigger"], row["path"]


def test_every_file_has_one_label_and_every_label_a_file(share):
    labelled = [row["raw"] for row in share.rows]
    assert len(labelled) == len(set(labelled))
    assert set(labelled) == found_on_disk(share.target)


def test_the_labels_lie_outside_the_share_and_have_the_agreed_columns(share):
    assert not share.labels.is_relative_to(share.target)
    assert share.labels.read_text("utf-8").splitlines()[0] == ",".join(HEADER)


@pytest.mark.parametrize(
    "ending",
    "docx xlsx pptx odt ods pdf html csv txt eml rtf png jpg db ini tmp".split(),  # noqa: SIM905
)
def test_every_format_is_present(share, ending):
    assert share.ending_in(b"." + ending.encode())


def test_the_same_seed_gives_the_same_labels_events_and_bytes(share, tmp_path):
    again = Share(tmp_path)
    assert again.labels.read_bytes() == share.labels.read_bytes()
    assert again.events.read_bytes() == share.events.read_bytes()
    different = [row["path"] for row in share.rows if share.content(row) != again.content(row)]
    locked = [row["path"] for row in share.rows if is_locked(share, row)]
    assert sorted(different) == sorted(locked)
    assert len(locked) == 6


def is_locked(share, row):
    content = share.content(row)
    office = row["raw"].endswith(b".docx") and content.startswith(b"\xd0\xcf\x11\xe0")
    return office or b"/Encrypt" in content


def test_awkward_names_are_there(share):
    raw = [row["raw"] for row in share.rows]
    names = [path.rpartition(b"/")[2] for path in raw]

    assert any(b"Caf\xe9 " in name for name in names)
    assert any(b"\n" in name for name in names)
    assert any(b"\x1b[31m" in name for name in names)
    assert any("\u202e".encode() in name for name in names)
    assert any(name.startswith(b"-") for name in names)
    assert any(name.startswith(b"=cmd") for name in names)
    assert any(name.startswith(b" ") for name in names)
    assert any(b"... ." in name or b"...." in name for name in names)
    assert max(len(name) for name in names) == 200
    assert max(path.count(b"/") for path in raw) >= 30


def test_two_files_differ_only_in_how_their_names_are_composed(share):
    names = [row["raw"].decode() for row in share.rows if row["raw"].startswith(b"Shared/Names/")]
    composed = {unicodedata.normalize("NFC", name) for name in names}
    assert (len(names), len(composed)) == (4, 2)


def test_shown_paths_hold_no_control_or_bidi_character(share):
    for row in share.rows:
        assert row["path"].isprintable() or "\u00a0" in row["path"]
    assert shown(b"a\xe9\n\x1b[31m") == "a\\xe9\\x0a\\x1b[31m"
    assert shown("\u202eb".encode()) == "\\u202eb"


def test_copies_lie_in_other_folders_and_carry_the_same_class(share):
    by_content = {}
    for row in share.rows:
        by_content.setdefault(share.content(row), []).append(row)
    copies = [rows for content, rows in by_content.items() if len(rows) > 1 and content]
    assert len(copies) >= 12
    for rows in copies:
        assert len({row["class"] for row in rows}) == 1


def test_empty_and_broken_files_are_there(share):
    assert sum(share.stat(row).st_size == 0 for row in share.rows) == 4
    broken = [row for row in share.ending_in(b".docx") if not opens(share, row)]
    assert len(broken) >= 6


def opens(share, row):
    try:
        Document(io.BytesIO(share.content(row)))
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return False
    return True


def test_one_link_leads_outside_and_one_file_has_two_names(share):
    links = [path for path in share.target.rglob("*") if path.is_symlink()]
    assert len(links) == 1
    assert not links[0].resolve().is_relative_to(share.target.resolve())
    assert sum(share.stat(row).st_nlink == 2 for row in share.rows) == 2


def test_file_times_are_never_younger_than_the_date_asked_for(share):
    times = [datetime.fromtimestamp(share.stat(row).st_mtime, UTC).date() for row in share.rows]
    assert max(times) <= AS_OF
    assert min(times).year <= 1999
    assert times.count(date(2019, 6, 1)) >= 10


def test_documents_carry_the_date_of_their_story(share):
    minutes = [
        row
        for row in share.rows
        if row["class"] == "DEM-001" and row["raw"].endswith(b".pdf") and not is_locked(share, row)
    ]
    dated = 0
    for row in minutes:
        with pikepdf.open(io.BytesIO(share.content(row))) as pdf:
            stamp = str(pdf.docinfo.get("/CreationDate", ""))
        if stamp:
            assert stamp[2:10] == row["trigger_date"].replace("-", "")
            dated += 1
    assert dated >= 4


def test_papers_of_other_bodies_have_no_class(share):
    foreign = [row for row in share.rows if "Ravensmere" in row["path"] or "AGM" in row["path"]]
    assert foreign
    assert {row["class"] for row in foreign} == {""}


def test_events_cover_about_two_thirds_of_the_ended_references(share):
    with share.events.open(encoding="utf-8", newline="") as file:
        known = {(row["reference"], row["trigger"]): row["date"] for row in csv.DictReader(file)}
    true = {
        (row["reference"], row["trigger"]): row["trigger_date"]
        for row in share.rows
        if row["reference"] and row["trigger_date"] and row["trigger"] != "created"
    }
    told = [each for each in true if each in known]
    assert 0.55 <= len(told) / len(true) <= 0.8
    assert all(known[each] == true[each] for each in told)


def test_at_least_sixty_destructions_with_evidence_are_long_overdue(share):
    schedule = classes_of_the_schedule()
    with share.events.open(encoding="utf-8", newline="") as file:
        known = {(row["reference"], row["trigger"]) for row in csv.DictReader(file)}
    overdue = 0
    for row in share.rows:
        rule = schedule.get(row["class"], {})
        years = rule.get("period", "")[1:].rstrip("Y")
        evidenced = (row["reference"], row["trigger"]) in known
        if rule.get("action") != "destroy" or not (years.isdigit() and evidenced):
            continue
        overdue += int(row["trigger_date"][:4]) + int(years) < AS_OF.year
    assert overdue >= 60


def test_another_seed_gives_other_names():
    genre = load_genres()[0]
    first, second = (
        [each.path for each in documents_of(genre, Frame(seed, AS_OF, cases_of(seed)))]
        for seed in (1, 2)
    )
    assert not set(first) & set(second)


def cases_of(seed):
    return make_cases(random.Random(seed), AS_OF)


def test_a_folder_that_is_not_empty_is_refused_in_words(tmp_path, capsys):
    (tmp_path / "kept.txt").write_text("mine")
    status = main([str(tmp_path), "--labels", str(tmp_path.parent / "labels.csv")])
    assert status == 2
    assert "is not empty" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]


def test_labels_inside_the_share_are_refused(tmp_path):
    with pytest.raises(ShareError, match="inside the share"):
        make_share(tmp_path / "share", tmp_path / "share" / "LABELS.csv")


def test_a_date_before_the_story_ends_is_refused(tmp_path):
    with pytest.raises(ShareError, match="give 2020-01-01 or later"):
        make_share(tmp_path / "share", tmp_path / "LABELS.csv", as_of=date(2001, 1, 1))
