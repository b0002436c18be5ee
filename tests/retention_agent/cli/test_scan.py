"""`retention scan`: what it counts, and what it does when a share is not all there."""

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date

from retention_agent.capture.commit import CaptureResult
from retention_agent.cli.progress import reading, walking
from retention_agent.scan.result import ScanResult
from retention_agent.window import DAYS

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


def limit(desk, text: str) -> None:
    """Add keys to the block of the share."""
    old = 'name = "files"\n'
    config = desk.config.read_text(encoding="utf-8")
    assert old in config
    desk.config.write_text(config.replace(old, f"{old}{text}\n"), encoding="utf-8")


def far_day() -> str:
    """A day of the week that is neither today, yesterday nor tomorrow."""
    return DAYS[(date.today().weekday() + 3) % 7]


def test_outside_its_window_a_share_is_not_scanned(bare):
    bare.start()
    limit(bare, f'window_days = ["{far_day()}"]')
    answer = bare.do("scan")
    assert "files: not scanned outside its window, which opens 20" in answer.out
    line = bare.do("scan", "--json").only
    assert (line["share"], line["started"]) == ("files", False)
    (share,) = bare.do("status", "--json").only["shares"]
    assert (share["files"], share["last_scan"]) == (0, None)


def test_a_person_can_scan_outside_the_window_and_the_log_says_so(bare):
    bare.start()
    limit(bare, f'window_days = ["{far_day()}"]')
    line = bare.do("scan", "--now", "--json").only
    assert (line["complete"], line["stopped"], line["captured"]) == (True, False, 1)
    assert '"window": "ignored"' in bare.only_log()


def test_in_its_window_a_share_is_scanned_as_ever(bare):
    bare.start()
    limit(bare, 'window_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]')
    line = bare.do("scan", "--json").only
    assert (line["complete"], line["stopped"], line["captured"]) == (True, False, 1)
    assert '"window"' not in bare.only_log()


def test_what_a_person_sees_while_it_runs_has_files_bytes_rate_and_failures():
    result = ScanResult(1, seen=120_300, directories=3_200)
    assert walking(result, 10) == "walked 120,300 files in 3,200 folders, 12,030 a second"
    result.trouble(b"x", "closed")
    assert walking(result, 0.5) == "walked 120,300 files in 3,200 folders, 1 could not be read"
    read = CaptureResult(4_000, 2_100_000_000, Counter(encrypted=12))
    assert reading(read, 2) == "read 4,012 files, 2.1 GB, 2,006 a second, 12 unreadable"
    assert reading(CaptureResult(1, 999), 0) == "read 1 files, 999 bytes"


def test_a_line_is_kept_on_a_terminal_while_it_runs(at_terminal):
    able = replace(at_terminal, environment={"TERM": "xterm", "COLUMNS": "120"})
    assert "files: walked 6 files in 2 folders" in able.do("scan").err
    assert "walked 6 files" not in at_terminal.do("scan").err  # one that cannot move its cursor
