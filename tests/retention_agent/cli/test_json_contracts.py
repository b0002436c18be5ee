"""What other programs may rely on: the keys and kinds of every command's JSON."""

import pytest

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
def test_json_has_the_promised_keys_with_values_of_their_kind(office, command):
    lines = office.ask(*command.split())
    assert lines
    for line in lines:
        kinds = {key: type(line.get(key)) for key in KEYS[command]}
        assert kinds == KEYS[command]


@pytest.mark.parametrize("command", KEYS)
def test_json_stands_alone_on_stdout_in_ascii(office, command):
    answer = office.do(*command.split(), "--json")
    assert answer.out.isascii()
    assert all(isinstance(line, dict) for line in answer.lines)


@pytest.mark.parametrize("command", KEYS)
def test_without_json_people_read_text(office, command):
    answer = office.do(*command.split())
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
