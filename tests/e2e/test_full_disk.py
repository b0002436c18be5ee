"""A disk that fills up under the state folder: told by its name, nothing half done, then mended."""

import json
import subprocess
import sys

import pytest

HOME = __file__.rpartition("/tests/")[0]
# in a mount of its own: fill the disk but for some room, run, look, make room, run again
SCRIPT = """
set -u
mount -t tmpfs -o size=64m,mode=0700 none site/state
cp -a kept/. site/state/
free=$(df --output=avail -k site/state | tail -1)
dd if=/dev/zero of=site/state/filler bs=1k count=$((free - $ROOM)) status=none
"$PYTHON" -m retention_agent $COMMAND >first.out 2>first.err; echo $? >first.code
rm site/state/filler
"$PYTHON" -m retention_agent verify --json >verify.out 2>verify.err; echo $? >verify.code
"$PYTHON" -m retention_agent status --json >status.out 2>status.err
"$PYTHON" -m retention_agent $COMMAND >second.out 2>second.err; echo $? >second.code
"$PYTHON" -m retention_agent status --json >after.out 2>after.err
"""


def on_full_disk(council, own_mounts, room, command):
    """Run a command with `room` KiB left, and again with room enough; what was written where."""
    environment = {
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
        "PYTHON": sys.executable,
        "PYTHONPATH": HOME,
        "PYTHONDONTWRITEBYTECODE": "1",
        "RETENTION_CONFIG": str(council.site / "config.toml"),
        "RETENTION_PASSPHRASE": "four words nobody guesses",
        "ROOM": str(room),
        "COMMAND": command,
    }
    subprocess.run(
        [*own_mounts, "sh", "-c", SCRIPT], cwd=council.folder, env=environment, check=True
    )
    return {
        path.name: path.read_text(encoding="utf-8").strip()
        for path in council.folder.iterdir()
        if path.suffix in {".out", ".err", ".code"}
    }


@pytest.fixture
def begun(council):
    """A site with its state put aside, and a share with more text than there will be room for."""
    council.share.mkdir()
    with council.prepared():
        council.do("init", "--dir", council.site, "--share", f"files={council.share}")
    (council.site / "state").rename(council.folder / "kept")
    (council.site / "state").mkdir(mode=0o700)
    for number in range(40):
        text = " ".join(f"word{number}x{each}" for each in range(4_000))
        (council.share / f"{number}.txt").write_text(text, encoding="utf-8")
    return council


@pytest.mark.parametrize("room", [0, 800])
def test_a_scan_that_fills_the_disk_is_told_so_and_ends_when_there_is_room(begun, own_mounts, room):
    said = on_full_disk(begun, own_mounts, room, "scan")
    assert said["first.code"] == "1", said
    assert "the disk is full" in said["first.err"]
    assert "Traceback" not in said["first.err"]
    assert (said["verify.code"], json.loads(said["verify.out"])["ok"]) == ("0", True)
    assert said["second.code"] == "0", said
    (share,) = json.loads(said["after.out"])["shares"]
    assert (share["captured"], share["pending"]) == (40, 0)


def test_a_hold_that_does_not_fit_on_the_disk_is_not_half_placed(begun, own_mounts):
    command = (
        "hold place h1 --title t --authority a --reason r --review-by 2999-01-01 --path files:"
    )
    said = on_full_disk(begun, own_mounts, 0, command)
    assert said["first.code"] == "1", said
    assert "the disk is full" in said["first.err"]
    assert (said["verify.code"], said["second.code"]) == ("0", "0"), said
    assert "Hold h1 is in force" in said["second.out"]
