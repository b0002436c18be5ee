"""`status`, `report`, `due`, `unreadable` and `find` say the same of one register."""

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def desk(new_desk, tmp_path_factory):
    desk = new_desk(tmp_path_factory.mktemp("agreement"))
    desk.open()
    for name in ("a", "b", "c", "held", "young"):
        on = date(2014, 4, 2) if name != "young" else TODAY - timedelta(days=400)
        desk.mail(f"fin/{name}.eml", f"Invoice {name}.", on=on)
    desk.mail("other/a-again.eml", "Invoice a.")
    desk.mail("other/a-once-more.eml", "Invoice a.")
    desk.file("other/none.txt", b"")
    desk.file("other/tomorrow.txt", b"a note from tomorrow\n")
    desk.file("broken/one.zip", b"PK\x03\x04 damaged")
    desk.file("broken/two.zip", b"PK\x03\x04 damaged too")
    for days, name in ((366, "year"), (365, "less"), (3 * 365 + 1, "three"), (-2, "tomorrow")):
        path = desk.file(f"other/{name}.txt", f"note {name}\n".encode())
        at = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC) - timedelta(days=days)
        os.utime(path, (at.timestamp(), at.timestamp()))
    desk.scan()
    desk.classify(*(f"fin/{name}.eml" for name in ("a", "b", "c", "held", "young")))
    desk.classify("other/a-again.eml", code="FIN-004")
    desk.do("hold", "place", "h", "--title", "t", "--authority", "a", "--reason", "r",
            "--review-by", "2999-01-01", "--path", "files:fin/held.eml")  # fmt: skip
    return desk


@pytest.fixture(scope="module", params=[None, "2035-01-01"], ids=["today", "later"])
def said(request, desk):
    """What each command says as of one day."""
    on = [] if request.param is None else ["--as-of", request.param]
    (status,) = desk.ask("status", *on)
    (report,) = desk.ask("report", *on)
    return status["total"], report["tables"], desk.ask("due", *on)


def test_files_and_bytes(said, desk):
    total, tables, _ = said
    everything = tables["summary"][0]
    files = [path for path in desk.share.rglob("*") if path.is_file()]
    files = [path for path in files if not path.name.startswith(".retention")]
    assert total["files"] == everything["files"] == len(files)
    assert total["bytes"] == everything["bytes"] == sum(path.stat().st_size for path in files)
    for dimension in ("share", "owner", "age", "type", "class"):
        assert sum(row["files"] for row in tables[f"rot-{dimension}"]) == total["files"]
        assert sum(row["bytes"] for row in tables[f"rot-{dimension}"]) == total["bytes"]


def test_what_is_due(said):
    total, tables, due = said
    assert Counter(line["action"] for line in due) == total["due"]
    assert sum(row["obsolete"] for row in tables["rot-class"]) == len(due) > 0
    counted = sum(row["to dispose of"] + row["to review"] for row in tables["overdue"])
    assert counted == len(due)
    held = [line for line in due if "held" in line["path"]]
    assert held == []


def test_copies(said, desk):
    total, tables, _ = said
    groups = desk.ask("status", "--duplicates")
    copies = sum(row["redundant"] for row in tables["rot-share"])
    assert sum(group["copies"] for group in groups) == total["copies"] == copies == 2
    octets = sum(row["redundant bytes"] for row in tables["rot-share"])
    assert sum(group["copy_bytes"] for group in groups) == total["copy_bytes"] == octets


def test_what_was_not_read(said, desk):
    total, tables, _ = said
    listed = desk.ask("unreadable")
    unknown = {row["reason"]: row["files"] for row in tables["unknown"]}
    counted = sum(count for why, count in unknown.items() if why.startswith("unreadable"))
    assert len(listed) == total["unreadable"] == counted == 2
    (line,) = desk.ask("find", "invoice", "--facets")
    assert (line["unread"], line["pending"], line["partial"]) == (
        *(total["unreadable"], total["pending"], total["partial"]),
    )
    assert total["classified"] == total["files"] - sum(
        row["files"] for row in tables["rot-class"] if row["class"] == "(no class)"
    )


def test_ages(said):
    total, tables, _ = said
    told = {row["age"]: row["files"] for row in tables["rot-age"]}
    assert {band: count for band, count in total["ages"].items() if count} == told
