"""A file that was moved or renamed is neither lost nor dated anew: its record goes on.

Crawlers that know a file by its path drop a moved one from the index and never enter it again;
their users touch such files, which gives an old record the date of today.
"""

import os
import shutil

import pytest


def known(desk, path):
    """What must not change by moving: number, class, dates, when it is due, that it is found."""
    (shown,) = desk.ask("show", f"files:{path}")
    (explained,) = desk.ask("explain", f"files:{path}")
    kept = ("record", "record_class", "class_origin", "sha256", "dates", "first_seen")
    decided = ("due", "trigger_date", "action")
    hits = {hit["record"]: hit["path"] for hit in desk.ask("find", "invoice")}
    assert hits[shown["record"]] == path
    return {name: shown[name] for name in kept} | {name: explained[name] for name in decided}


def rename(share, old, new):
    os.rename(share / old, share / new)


def rename_folder(share, old, new):
    os.rename((share / old).parent, (share / new).parent)


def copy_and_remove(share, old, new):
    """As a file manager moves to another disk: another file, another time."""
    shutil.copyfile(share / old, share / new)
    (share / old).unlink()


@pytest.mark.parametrize(
    ("move", "new"),
    [
        (rename, "fin/renamed.eml"),
        (rename, "archive/2014/one.eml"),
        (rename_folder, "finance of old/one.eml"),
        (copy_and_remove, "archive/2014/one.eml"),
    ],
)
def test_a_moved_file_keeps_its_record_its_class_and_its_dates(desk, move, new):
    before = known(desk, "fin/one.eml")
    assert before["due"] is not None
    assert before["action"] == "destroy"
    if move is not rename_folder:
        (desk.share / new).parent.mkdir(parents=True, exist_ok=True)
    move(desk.share, "fin/one.eml", new)
    (line,) = desk.scan()
    assert line["vanished"] == (1 if move is copy_and_remove else 0)
    assert known(desk, new) == before
    assert desk.run("show", "files:fin/one.eml").code == 2
    (again,) = desk.scan()
    assert (again["new"], again["moved"], again["captured"]) == (0, 0, 0)


def test_a_moved_file_is_not_read_again(desk):
    rename(desk.share, "fin/one.eml", "moved.eml")
    (line,) = desk.scan()
    assert (line["moved"], line["captured"]) == (1, 0)
