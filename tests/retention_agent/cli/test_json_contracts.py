"""What other programs may rely on: the keys and kinds of every command's JSON."""

from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
KEYS = {
    "scan": {
        "share": str, "complete": bool, "seen": int, "captured": int, "unchanged": int,
        "unreadable": int, "skipped": dict, "bytes": int, "seconds": float, "peak_rss": int,
    },
    "find invoice": {
        "record": int, "share": str, "path": str, "class": str, "score": float, "snippet": str,
    },
    "explain files:fin/one.eml": {
        "path": str, "class": str, "confidence": float, "evidence": list, "rule": str,
        "trigger": str, "trigger_date": str, "due": str, "action": str, "reason": str,
        "holds": list,
    },
    "due": {
        "record": int, "share": str, "path": str, "class": str, "due": str, "action": str,
        "reason": str,
    },
    "verify": {"ok": bool, "problems": list, "tree_size": int, "root": str},
    "status": {"schedule": str, "version": str, "adopted": int, "shares": list, "batches": list},
    "show 1": {"record": int, "share": str, "path": str, "state": str, "dates": list},
    "share list": {"share": str, "path": str, "disposal": bool, "condition": str},
    "person list": {"keyring": str, "version": int, "person": str, "name": str, "roles": list},
    "log list": {"number": int, "time": str, "type": str, "object": str, "opened": dict},
    "log checkpoint": {"checkpoint": str},
    "doctor": {"subject": str, "found": str, "ok": bool, "cost": str},
    "schedule export": {"code": str, "title": str, "period": str, "action": str},
    "classify --all": {"reclassified": int},
}  # fmt: skip


@pytest.mark.parametrize("command", KEYS)
def test_json_has_the_promised_keys_with_values_of_their_kind(safe_office, command):
    lines = safe_office.ask(*command.split())
    assert lines
    for line in lines:
        kinds = {key: type(line.get(key)) for key in KEYS[command]}
        assert kinds == KEYS[command]


@pytest.mark.parametrize("command", KEYS)
def test_json_stands_alone_on_stdout_in_ascii(safe_office, command):
    answer = safe_office.do(*command.split(), "--json")
    assert answer.out.isascii()
    assert all(isinstance(line, dict) for line in answer.lines)


@pytest.mark.parametrize("command", KEYS)
def test_without_json_people_read_text(safe_office, command):
    answer = safe_office.do(*command.split())
    assert answer.out.strip()
    assert not answer.out.startswith("{")


def test_what_a_scan_saw_adds_up(office):
    (line,) = office.scan()
    counted = line["captured"] + line["unchanged"] + line["unreadable"]
    assert line["seen"] == counted + sum(line["skipped"].values()) == 6


def test_evaluation_has_the_promised_measures(office, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("path,class\nfin/one.eml,FIN-003\nnote.txt,\n", encoding="utf-8")
    (found,) = office.ask("evaluate", labels)
    assert {"accuracy", "macro_f1", "coverage", "precision_at_threshold", "labels"} <= set(found)
    assert found["documents"] == 2
    assert "accuracy" in office.do("evaluate", labels).out


LOOKS = (
    "status", "status --duplicates", "unreadable", "find invoice", "find invoice --facets",
    "search list", "search show invoices", "search run invoices", "search batch terms.csv",
    "search person list", "show 1", "due", "report", "hold list", "hold report", "event list",
    "event lists", "event references", "schedule moratoria", "trace one", "notify",
    "transfer list", "share list", "person list", "verify", "log checkpoint",
)  # fmt: skip


@pytest.fixture(scope="module")
def busy(new_desk, tmp_path_factory):
    """An office with one of everything that can be listed."""
    desk = new_desk(tmp_path_factory.mktemp("busy"))
    desk.open()
    for name in ("one", "again"):
        desk.mail(f"fin/{name}.eml", "An invoice.")
    desk.file("broken.zip", b"PK\x03\x04 damaged")
    desk.scan()
    one = desk.classify("fin/one.eml")
    desk.propose(*one)
    desk.do("search", "save", "invoices", "invoice")
    desk.do("search", "person", "add", "sar-1", "--name", "Jane Smith")
    desk.do("hold", "place", "h", "--title", "t", "--authority", "a", "--reason", "r",
            "--review-by", "2999-01-01", "--path", "files:fin/again.eml")  # fmt: skip
    for name, text in (
        ("terms.csv", "term\ninvoice\n"),
        ("events.csv", "reference,trigger,on\nA/1,employment_end,2018-01-01\n"),
    ):
        (desk.folder / name).write_text(text, encoding="utf-8")
    desk.do("event", "import", "events.csv")
    return desk


@pytest.mark.parametrize("command", LOOKS)
def test_every_key_that_is_printed_is_documented(busy, command):
    words = command.split()
    names = [" ".join(words[:depth]) for depth in range(len(words), 0, -1)]
    page = (DOCS / "reference" / "json.md").read_text(encoding="utf-8")
    row = next(
        line for name in names for line in page.splitlines() if f"`retention {name}`" in line
    )
    lines = busy.ask(*words)
    keys = {key for line in lines for key in line if not key.startswith("hits in ")}
    assert {key for key in keys if f"`{key}`" not in row} <= {"path_b64"}
    assert lines or command == "transfer list"
