"""`retention scan`: what it counts, and what it does when a share is not all there."""

import json
import os
import sqlite3
import subprocess
import sys

# the administrator too is stopped by mode bits, once these rights are given up
UNPRIVILEGED = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
)


def test_it_counts_what_it_read_and_says_why_it_did_not(bare):
    bare.start()
    bare.file("broken.docx", b"PK\x03\x04 this is no archive")
    os.symlink("fin", bare.share / "link")
    os.mkfifo(bare.share / "pipe")
    answer = bare.do("scan")
    assert "5 files seen, 1 read, 0 unchanged, 1 unreadable, 3 skipped" in answer.out
    assert "unreadable, no-extractor: 1" in answer.out
    assert {"skipped, link: 1", "skipped, special: 1", "skipped, sentinel: 1"} <= {
        line.strip() for line in answer.out.splitlines()
    }
    assert "1 read" not in bare.do("scan", "files", "files").out
    assert bare.do("scan", "files", "files", "--json").only["unchanged"] == 2


def test_a_share_that_cannot_be_reached_does_not_keep_the_others_from_being_scanned(bare):
    bare.start()
    (bare.folder / "other").mkdir()
    (bare.folder / "other/x.txt").write_text("x")
    bare.do("share", "add", "other=other")
    bare.share.rename(bare.folder / "unmounted")
    answer = bare.do("scan", "--json", code=3)
    assert answer.only["share"] == "other"
    assert "share files: its root" in answer.err
    assert "not walked completely: files" in answer.err


def test_a_folder_that_cannot_be_entered_makes_the_scan_incomplete(bare):
    bare.start()
    bare.do("scan")
    (bare.share / "locked").mkdir(mode=0)
    done = subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-m", "retention_agent", "scan", "--json"],
        env={**os.environ, "RETENTION_CONFIG": str(bare.config), "PYTHONPATH": os.getcwd()},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 3, done.stderr
    line = json.loads(done.stdout)
    assert line["complete"] is False
    assert [each["path"] for each in line["unreadable_directories"]] == ["locked"]
    assert "not walked completely: files" in done.stderr


def test_files_left_over_from_a_scan_cut_short_do_not_upset_the_counts(bare):
    bare.start()
    for number in range(60):
        bare.file(f"many/{number}.txt", b"%d" % number)
    bare.do("scan")
    make_pending(bare)
    for path in (bare.share / "many").iterdir():
        path.unlink()
    line = bare.do("scan", "--json", code=3).only
    counted = line["captured"] + line["unchanged"] + line["unreadable"]
    assert line["seen"] == counted + sum(line["skipped"].values())
    assert min(line["unchanged"], line["captured"]) >= 0


def make_pending(desk):
    connection = sqlite3.connect(desk.state / "register.db")
    connection.execute("UPDATE record SET capture = 'pending'")
    connection.commit()
    connection.close()
