"""`retention share`: adding a share changes all of what it must, or nothing."""

import contextlib
import shutil
import sqlite3
import tomllib


def test_a_share_is_added_scanned_and_enabled(bare):
    bare.start()
    (bare.folder / "other").mkdir()
    assert "Next: retention scan other" in bare.do("share", "add", "other=other").out
    bare.do("scan", "other")
    text = bare.config.read_text(encoding="utf-8")
    assert [each["name"] for each in tomllib.loads(text)["shares"]] == ["files", "other"]
    shown = bare.do("share", "list").out
    assert "read-only" in shown
    assert "enabled" in shown
    assert not (bare.folder / "other/.retention-share").exists()


def test_a_share_can_be_added_with_disposal_at_once(bare):
    bare.start()
    (bare.folder / "other").mkdir()
    (made,) = bare.ask("share", "add", "other=other", "--disposal")
    assert made == {"share": "other", "path": str(bare.folder / "other"), "disposal": True}
    assert (bare.folder / "other/.retention-share").exists()


def test_enabling_again_keeps_the_sentinel(bare):
    bare.start()
    first = bare.ask("share", "enable", "files")
    assert first == bare.ask("share", "enable", "files")
    assert "Disposal is enabled on files" in bare.do("share", "enable", "files").out


def test_a_share_of_another_installation_is_refused(bare):
    bare.file(".retention-share", b"retention-agent/share/of-another\n")
    bare.share.mkdir(exist_ok=True)
    answer = bare.do(
        *("init", "--dir", bare.config.parent, "--share", f"files={bare.share}", "--disposal"),
        code=4,
    )
    assert "sentinel of another installation" in answer.err


def test_without_any_share_the_next_command_is_named(bare):
    bare.do("init", "--dir", bare.config.parent)
    assert "retention share add NAME=PATH" in bare.do("share", "list").out
    assert "retention share add NAME=PATH" in bare.do("scan", code=2).err


def test_a_share_that_cannot_be_reached_says_why(bare):
    bare.start()
    bare.share.rename(bare.folder / "gone")
    assert "its root" in bare.ask("share", "list")[0]["condition"]


def test_a_frozen_share_is_released_by_a_person_who_gives_a_reason(bare):
    bare.start()
    for number in range(60):
        bare.file(f"many/{number}.txt", b"%d" % number)
    bare.do("scan")
    for path in (bare.share / "many").iterdir():
        path.unlink()
    answer = bare.do("scan", code=3)
    assert "disposal from this share is stopped: 60 of 61 files" in answer.err
    assert "retention share unfreeze files --reason TEXT" in answer.err
    assert "60 of 61 files" in bare.ask("share", "list")[0]["condition"]
    assert "60 of" in bare.do("status").out
    released = bare.do("share", "unfreeze", "files", "--reason", "they were scratch files")
    assert "is no longer frozen" in released.out
    assert bare.do("scan", "--confirm-absent", 60, "--json").only["vanished"] == 60
    bare.do("share", "unfreeze", "files", "--reason", "again", "--json", code=4)
    with contextlib.closing(sqlite3.connect(bare.state / "register.db")) as connection, connection:
        connection.execute("UPDATE share SET frozen = 'looked strange'")
    assert bare.ask("share", "unfreeze", "files", "--reason", "seen") == [
        {"share": "files", "frozen": None}
    ]


def test_a_remounted_share_is_accepted_by_a_person_who_gives_a_reason(bare):
    bare.start()
    bare.do("scan")
    bare.share.rename(bare.folder / "old")
    shutil.copytree(bare.folder / "old", bare.share)
    bare.do("scan", code=3)
    said = bare.do("share", "accept", "files", "--reason", "the server was moved").out
    assert "Next: retention scan files" in said
    assert bare.do("scan", "--json").only["complete"] is True
    (again,) = bare.ask("share", "accept", "files", "--reason", "again")
    assert again["inode"] == bare.share.stat().st_ino


def test_unfreezing_what_was_never_scanned_says_so(bare):
    bare.do("init", "--dir", bare.config.parent, "--share", f"files={bare.share}")
    answer = bare.do("share", "unfreeze", "files", "--reason", "r", code=2)
    assert "was not scanned yet" in answer.err
