"""Does the main job on a demo share, step by step, and prints each command before its output.

    python -m demo.run                    everything, on a share made for the purpose
    python -m demo.run --share /a/folder  the read-only part, on a share of yours

The state stays in demo-run/ afterwards, to be explored with the same commands.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parent.parent
WORK = HOME / "demo-run"
CONFIG = WORK / "config.toml"
PEOPLE = {
    "rita.records": ("Rita Records", ("requester",)),
    "ann.archer": ("Ann Archer", ("approver", "adopter", "hold-officer")),
    "omar.osei": ("Omar Osei", ("approver", "hold-officer")),
    "sol.city": ("Sol City", ("adopter",)),
}
PASSPHRASE = "a passphrase for the demonstration only"
SETTINGS = r"""
[disposal]
unsafe_undo_window = "none"  # so that the demonstration need not wait 30 days

[capture]
reference_patterns = ['\b[A-Z]{2,4}/\d{2,4}/\d{2,5}(?:/[A-Z]+)?\b']
"""
EVENTS = 6  # of those in events.csv; enough to see what they do


def retention(*arguments: str, expect: int = 0, shown: int | None = None) -> str:
    """Run one command as a user would, printing it and (the first lines of) what it says."""
    print(f"\n$ retention {shlex.join(arguments)}", flush=True)
    done = _run(arguments)
    lines = (done.stdout + done.stderr).splitlines()
    for line in lines[:shown]:
        print(f"  {line}")
    if shown is not None and len(lines) > shown:
        print(f"  ... and {len(lines) - shown} more lines")
    if done.returncode != expect:
        sys.exit(f"exit code {done.returncode}, expected {expect}")
    return done.stdout


def ask(*arguments: str) -> list[dict[str, Any]]:
    """What a command answers with --json, without showing it."""
    return [json.loads(line) for line in _run((*arguments, "--json")).stdout.splitlines()]


def step(title: str) -> None:
    """Announce a part of the job."""
    print(f"\n=== {title}", flush=True)


def _run(arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "RETENTION_CONFIG": str(CONFIG),
        "RETENTION_PASSPHRASE": PASSPHRASE,
        "NO_COLOR": "1",
    }
    command = [sys.executable, "-m", "retention_agent", *arguments]
    return subprocess.run(
        command, cwd=WORK, env=environment | {"PYTHONPATH": str(HOME)}, text=True,
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip


def set_up(share: Path, organisation: str, *extra: str) -> None:
    """Make config.toml and the state folder."""
    step("Set up: a config.toml and a state folder that only you can read")
    retention("init", "--dir", str(WORK), "--share", f"demo={share}",
              "--organisation", organisation, *extra)  # fmt: skip


def look_around(word: str) -> None:
    """The read-only part: scan, status, search, due."""
    step("Scan: walk the share, read what is new, classify and index it; nothing on it is altered")
    scanned = _run(("scan", "--json"))
    print(f"\n$ retention scan --json\n  {scanned.stdout.strip()}\n{scanned.stderr}")
    if scanned.returncode not in {0, 3}:
        sys.exit(f"exit code {scanned.returncode}")
    step("A second scan opens no file that has not changed")
    _show_scan()
    step("Where do we stand?")
    retention("status")
    step("Search: every answer says how much of its scope was not read")
    retention("find", word, "--limit", "3")


def _show_scan() -> None:
    scanned = _run(("scan",))
    print(f"\n$ retention scan\n  {scanned.stdout.strip()}\n{scanned.stderr}".rstrip())


def make_people() -> None:
    """Keys for four people and the keyring that two of them sign."""
    step("People: each makes a key of their own; two of them sign who may do what")
    for person, (name, roles) in PEOPLE.items():
        retention("key", "new", person, "--out", f"{person}.pem", shown=1)
        chosen = [part for role in roles for part in ("--role", role)]
        retention("person", "add", f"{person}.pem.pub", "--name", name, *chosen)
    retention("person", "sign", "--key", "rita.records.pem")
    retention("person", "sign", "--key", "ann.archer.pem")
    retention("person", "list")


def adopt_schedule() -> None:
    """Put the shipped schedule in force."""
    step("Schedule: nothing can be proposed before two adopters sign it")
    retention("schedule", "adopt", "--key", "ann.archer.pem")
    retention("schedule", "adopt", "--key", "sol.city.pem")


def record_events(events: Path) -> None:
    """Record what happened to some cases, contracts and people."""
    step("Events: a contract ended, somebody left; each belongs to a reference")
    rows = [line.split(",") for line in events.read_text(encoding="utf-8").splitlines()[1:]]
    for reference, trigger, on in rows[:EVENTS]:
        retention("event", "add", "--reference", reference, "--trigger", trigger, "--on", on)


def place_a_hold() -> None:
    """What is due, and a hold that keeps some of it."""
    step("What is due, and why?")
    retention("due", "--action", "destroy", shown=12)
    first, held = ask("due", "--action", "destroy")[:2]
    folder = str(held["path"]).rpartition("/")[0]
    retention("explain", str(first["record"]))
    step("A hold: a request has come in, so this folder is kept whatever the schedule says")
    retention("hold", "place", "foi-2026-114", "--title", "Request about one folder",
              "--authority", "FOI 2026/114", "--reason", "request received",
              "--review-by", "2027-01-31", "--path", f"demo:{folder}")  # fmt: skip
    retention("explain", str(held["record"]))


def dispose_of_a_batch() -> None:
    """Propose, review, approve, dispose, restore, purge, certificate."""
    step("Propose: the requester signs for exactly these files")
    retention("propose", "demo", "--key", "rita.records.pem")
    batch = str(ask("status")[0]["batches"][-1]["batch"])
    step("Review: each approver is shown a random sample, and that is recorded")
    retention("review", batch, "--person", "ann.archer")
    retention("reject", batch, "--item", "3", "--reason", "wanted for the museum",
              "--key", "ann.archer.pem")  # fmt: skip
    step("Two approvals by different people, neither of them the requester")
    retention("approve", batch, "--key", "ann.archer.pem")
    retention("dispose", batch, expect=4)
    retention("review", batch, "--person", "omar.osei", shown=3)
    retention("approve", batch, "--key", "omar.osei.pem")
    step("Dispose: everything is checked again, then moved to the disposal bin")
    retention("dispose", batch)
    step("Restore: one of them is needed after all")
    shown = ask("review", batch, "--person", "omar.osei", "--all")[0]
    binned = [item for item in shown["sample"] if item["state"] == "waiting"]
    retention("restore", str(binned[0]["record"]), "--reason", "needed for an appeal")
    step("Purge: after the undo window, destroyed for good")
    retention("purge", batch)
    step("The certificate")
    retention("certificate", batch, "--out", "certificate.json", shown=24)


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


def leave_command() -> None:
    """Put a `retention` command beside the state, for whoever has not installed one."""
    command = WORK / "retention"
    start = f"{shlex.quote(sys.executable)} -m retention_agent"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(HOME))} exec {start} "$@"\n')
    command.chmod(0o755)


def main() -> None:
    """Run the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=Path, help="a folder of yours; it is only read")
    chosen = parser.parse_args()
    if WORK.exists():
        shutil.rmtree(WORK)
    WORK.mkdir(mode=0o700)
    if chosen.share:
        set_up(chosen.share.absolute(), "This council")
        look_around("council")
        retention("doctor", expect=0)
    else:
        share, labels = WORK / "share", WORK / "labels.csv"
        step("A share as a council has it, made for this run")
        made = [sys.executable, "-m", "demo.make_share", str(share), "--labels", str(labels)]
        subprocess.run(made, cwd=HOME, check=True)
        set_up(share, "Thornbridge District Council", "--disposal")
        with CONFIG.open("a", encoding="utf-8") as file:
            file.write(SETTINGS)
        make_people()
        adopt_schedule()
        look_around("budget")
        step("How good are the classes? Measured against the true ones")
        retention("evaluate", str(labels))
        record_events(WORK / "events.csv")
        place_a_hold()
        dispose_of_a_batch()
        verify_and_tamper()
    leave_command()
    print(f"\nThe state stays in {WORK.name}/. Explore it: cd {WORK.name} && ./retention status")


if __name__ == "__main__":
    main()
