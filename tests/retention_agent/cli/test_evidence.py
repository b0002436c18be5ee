"""`retention log` and `retention verify`: reading, signing, exporting, and what was changed."""

import json
import sqlite3

import pytest


@pytest.fixture
def bundle(office, tmp_path):
    office.do("log", "export", tmp_path / "evidence")
    return tmp_path / "evidence"


def test_the_log_is_printed_with_names_and_without_raw_bytes(office):
    said = office.do("log", "list", "--last", 3).out
    assert "record:" in said
    every = office.ask("log", "list", "--last", 1_000)
    assert [line["number"] for line in every] == list(range(len(every)))
    assert "path: fin/one.eml" in office.do("log", "list", "--last", 1_000).out


def test_events_of_one_record_are_not_those_of_a_record_whose_number_begins_alike(cases):
    desk, _ = cases
    found = {line["object"] for line in desk.ask("log", "list", "--object", "record:1")}
    assert found == {"record:1"}


def test_events_of_a_batch_include_those_of_its_items(case):
    batch = case.desk.approved(case.one)
    objects = {e["object"] for e in case.desk.ask("log", "list", "--object", f"batch:{batch}")}
    assert {f"batch:{batch}", f"batch:{batch}/0"} <= objects


def test_a_checkpoint_that_was_kept_shows_that_the_log_only_grew(case, tmp_path):
    kept = tmp_path / "checkpoint"
    kept.write_text(case.desk.do("log", "checkpoint").out, encoding="utf-8")
    case.desk.do("classify", case.one, "FIN-012")
    assert "EVERYTHING ADDS UP" in case.desk.do("verify", "--checkpoint", kept).out
    forged = tmp_path / "forged"
    forged.write_text(kept.read_text(encoding="utf-8").replace("=", "A", 1), encoding="utf-8")
    answer = case.desk.do("verify", "--checkpoint", forged, code=5)
    assert "PROBLEM kept-differs" in answer.out
    assert "must not be relied on" in answer.err
    assert "EVERYTHING ADDS UP" not in answer.text
    (tmp_path / "raw").write_bytes(b"\xff")
    case.desk.do("verify", "--checkpoint", tmp_path / "raw", code=2)


def test_a_bundle_is_never_mixed_with_another(office, bundle):
    assert "is not empty" in office.do("log", "export", bundle, code=2).err
    assert office.do("verify", bundle, "--json").only["ok"] is True
    assert "Anyone can check it" in office.do("log", "export", bundle.with_name("second")).out


@pytest.mark.parametrize("name", ["leaves.jsonl", "checkpoints.jsonl", "log.vkey"])
def test_a_bundle_with_a_changed_file_is_not_believed(office, bundle, name):
    chosen = next(iter(sorted(bundle.rglob(name))), None) or bundle / "leaves.jsonl"
    content = chosen.read_bytes()
    chosen.write_bytes(content[:-10] + b"x" + content[-9:])
    answer = office.do("verify", bundle, "--json", code=5)
    assert answer.only["ok"] is False
    assert {"code", "where", "message"} == set(answer.only["problems"][0])


def test_a_log_entry_edited_in_the_register_is_found(bare):
    bare.start()
    bare.do("scan")
    connection = sqlite3.connect(bare.state / "register.db")
    leaf = connection.execute("SELECT leaf FROM log_leaf WHERE number = 1").fetchone()[0]
    changed = json.dumps(json.loads(leaf) | {"outcome": "changed"}, separators=(",", ":"))
    connection.execute("UPDATE log_leaf SET leaf = ? WHERE number = 1", (changed,))
    connection.commit()
    connection.close()
    assert bare.do("verify", "--json", code=5).only["problems"]
    answer = bare.do("verify", code=5)
    assert "PROBLEM" in answer.out


def test_the_clock_is_confirmed_in_both_forms(office):
    assert "Confirmed: it is" in office.do("log", "confirm-clock").out
    assert "clock" in office.ask("log", "confirm-clock")[0]


def test_a_command_that_failed_to_finish_is_marked_in_the_listing(bare):
    bare.start()
    bare.do("scan")
    bare.share.rename(bare.folder / "gone")
    bare.share.mkdir()
    bare.do("scan", code=3)
    assert "outcome: incomplete" in bare.do("log", "list").out
