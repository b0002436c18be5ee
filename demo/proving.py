"""Proof: the certificate, what became of a file, the evidence, and what tampering does to it."""

import shlex
import shutil
import subprocess
import sys
from datetime import date

from demo.shell import WORK, ask, retention, step


def certify(batch: str) -> None:
    """The certificate as text, as signed JSON, and as pages with the JSON inside."""
    step("The certificate: signed JSON, and PDF/A-3 with that JSON inside, for people")
    retention("certificate", batch, "--out", "certificate.json", "--pdf", "certificate.pdf",
              shown=24)  # fmt: skip


def trace(batch: str) -> None:
    """Was it destroyed? And what if it was asked for before that?"""
    step("Was it destroyed? When, by which rule, approved by whom, proved by the log")
    gone = next(
        item for item in ask("certificate", batch)[0]["items"] if item["outcome"] == "destroyed"
    )
    name = str(gone["manifest"]["path"]).rpartition("/")[2]
    retention("trace", name, shown=16)
    step("A request that came before it went: nothing is drafted, and an alarm is raised")
    today = date.today().isoformat()
    retention("trace", name, "--request-received", today, expect=4)


def verify_and_tamper() -> None:
    """Export the evidence, verify it with its own program, then change one letter of it."""
    step("Verify: the live log, then an exported bundle with the program inside it")
    retention("verify")
    retention("log", "export", "evidence")
    verifier = ["python3", "evidence/retention-verify.pyz", "evidence"]
    print(f"\n$ {shlex.join(verifier)}", flush=True)
    done = subprocess.run([sys.executable, *verifier[1:]], cwd=WORK, check=False)
    if done.returncode:
        sys.exit("the untouched bundle was refused")
    step("Tampering: somebody changes one outcome in a copy of the log")
    shutil.copytree(WORK / "evidence", WORK / "evidence-tampered")
    leaves = WORK / "evidence-tampered" / "leaves.jsonl"
    text = leaves.read_text(encoding="utf-8")
    leaves.write_text(text.replace('"type":"deletion"', '"type":"deferral"', 1), encoding="utf-8")
    print(
        '\n$ sed -i \'0,/"type":"deletion"/s//"type":"deferral"/\' evidence-tampered/leaves.jsonl'
    )
    retention("verify", "evidence-tampered", expect=5)
