"""The whole of the main job on a small share, from nothing to evidence that catches tampering."""

import json
import shutil
import subprocess
import sys

KEPT = ("FOI/asked for.docx", "Notes/plain.txt")
GONE = ("Invoices/0001.docx", "Invoices/0002.eml", "Invoices/0003.eml")


def test_from_an_empty_folder_to_a_verified_certificate(council):
    council.fill(*KEPT, *GONE)
    with council.prepared():
        council.found()
    (scanned,) = council.ask("scan")
    assert (scanned["captured"], scanned["unreadable"]) == (5, 0)
    assert council.ask("scan")[0]["unchanged"] == 5
    assert {line["path"] for line in council.ask("find", "please", "pay")} == {*KEPT, *GONE}
    with council.prepared():
        for name in (*KEPT, *GONE):
            council.do("classify", f"files:{name}", "FIN-003")
    why = ("--title", "Request", "--authority", "FOI 2026/1", "--reason", "received")
    council.do("hold", "place", "foi-1", *why, "--review-by", "2999-01-01", "--path", "files:FOI")
    assert {line["path"] for line in council.ask("due")} == set(GONE)
    (explained,) = council.ask("explain", f"files:{KEPT[0]}")
    assert (explained["reason"], explained["holds"]) == ("held", ["foi-1"])
    batch = council.ask("propose", "files", "--key", "rita.pem")[0]["batch"]
    council.do("approve", batch, "--key", "ann.pem", code=4)
    for person in ("ann", "omar"):
        council.do("review", batch, "--person", person)
        council.do("dispose", batch, code=4)
        council.do("approve", batch, "--key", f"{person}.pem")
    council.do("dispose", batch)
    assert council.standing == set(KEPT)
    council.do("restore", f"files:{GONE[0]}", "--reason", "needed for an appeal")
    council.do("purge", batch)
    assert council.standing == {*KEPT, GONE[0]}
    assert council.binned == 0
    council.do("certificate", batch, "--out", "certificate.json")
    document = json.loads((council.folder / "certificate.json").read_text(encoding="utf-8"))
    outcomes = {item["manifest"]["path"]: item["outcome"] for item in document["items"]}
    assert outcomes == dict.fromkeys(GONE, "destroyed") | {GONE[0]: "restored"}
    assert council.ask("find", "0002") == []
    check_evidence(council)


def check_evidence(council):
    council.do("verify")
    council.do("log", "export", "evidence")
    verifier = [sys.executable, "evidence/retention-verify.pyz"]
    for folder in ("evidence", tampered(council, '"type":"deletion"', '"type":"deferral"')):
        done = subprocess.run(
            [*verifier, folder], cwd=council.folder, capture_output=True, text=True, check=False
        )
        sound = folder == "evidence"
        assert done.returncode == (0 if sound else 5), done.stdout
        assert council.ask("verify", folder, code=0 if sound else 5)[0]["ok"] is sound


def tampered(council, before, after):
    copy = council.folder / "tampered"
    shutil.copytree(council.folder / "evidence", copy)
    leaves = copy / "leaves.jsonl"
    text = leaves.read_text(encoding="utf-8")
    assert before in text
    leaves.write_text(text.replace(before, after, 1), encoding="utf-8")
    return copy.name


def test_two_commands_at_once_take_turns_or_are_refused(council):
    council.share.mkdir()
    for number in range(40):
        council.fill(f"{number}.txt")
    with council.prepared():
        council.do("init", "--dir", council.site, "--share", f"files={council.share}")
    running = [council.start("scan", "--json") for _ in range(4)]
    ended = [(process.communicate(), process.returncode) for process in running]
    codes = [code for _, code in ended]
    assert set(codes) <= {0, 4}
    assert 0 in codes
    for (_, err), code in ended:
        assert ("another retention command is at work" in err) is (code == 4)
    with council.prepared():
        assert council.ask("scan")[0]["unchanged"] == 40
        council.do("verify")
