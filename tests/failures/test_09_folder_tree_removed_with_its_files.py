"""Elsewhere a folder went when its files were due, with everything else that was in the tree.

Here only files that were signed for by name, inode and content are ever removed. A folder stands
when the last file in it has gone, and one that stands at a due file's path is left alone.
"""

import os
from datetime import timedelta

import pytest

from policies import Action
from retention_agent.disposal import accession, destroy
from retention_agent.disposal.dossier import Source
from retention_agent.disposal.purge import purge
from retention_agent.disposal.receipt import read
from retention_agent.disposal.run import dispose
from retention_agent.disposal.transfer import export
from retention_agent.register import transfers

PATHS = ("fin/2015/q1/one.txt", "fin/2015/q2/two.txt")


def folders(share):
    return {
        str(place.relative_to(share))
        for place in share.rglob("*")
        if place.is_dir() and place.name != ".disposal-bin"
    }


def archive_everything(council, batch, folder):
    """Copy a batch, and take in a receipt for all of it."""
    council.work(export, batch, folder, Source("T", "", "test"))
    with council.app.engine.begin() as connection:
        sent = transfers.sent(connection, batch)
    rows = ["record,sha256,outcome,accession,date"]
    for each in sent.values():
        digest = council.row(each.record)["sha256"]
        rows.append(f"{each.record},{digest},accepted,A/{each.number},2026-11-20")
    folder.with_name("answer.csv").write_text("\n".join(rows) + "\n")
    answer = read(folder.with_name("answer.csv"))
    terms = accession.Terms(council.now.date(), partial=False, store=None)
    with council.app.engine.begin() as connection:
        accession.receive(connection, batch, answer, terms, council.now)


@pytest.mark.parametrize("action", [Action.DESTROY, Action.TRANSFER])
def test_the_folders_stand_when_all_their_files_have_gone(council, tmp_path, action):
    code = "FIN-1" if action is Action.DESTROY else "FIN-4"
    numbers = [council.add(path, path.encode(), record_class=code) for path in PATHS]
    (council.share / "fin/2015/empty").mkdir()
    before = folders(council.share)
    batch = council.propose(*numbers, action=action).batch
    council.approve(batch)
    if action is Action.TRANSFER:
        archive_everything(council, batch, tmp_path / "bag")
    council.work(dispose, batch)
    assert folders(council.share) == before
    council.now += council.undo + timedelta(days=1)
    council.work(purge, batch)
    assert not any((council.share / path).exists() for path in PATHS)
    assert {council.row(number)["state"] for number in numbers} <= {"destroyed", "transferred"}
    assert folders(council.share) == before


@pytest.mark.parametrize("moment", ["before it is moved", "before it is destroyed"])
def test_a_folder_that_has_the_name_of_a_due_file_is_never_removed(council, moment):
    number = council.add("fin/one.txt", b"due")
    batch = council.approved(number)
    place = council.share / "fin/one.txt"

    def replace_by_folder():
        place.unlink(missing_ok=True)
        place.mkdir()
        (place / "inside.txt").write_bytes(b"somebody's work")

    if moment == "before it is moved":
        replace_by_folder()
    council.work(dispose, batch)
    if moment == "before it is destroyed":
        replace_by_folder()
    council.now += council.undo
    council.work(purge, batch)
    assert (place / "inside.txt").read_bytes() == b"somebody's work"
    expected = "deferred" if moment == "before it is moved" else "destroyed"
    assert council.row(number)["state"] == expected


def test_a_folder_put_in_the_place_of_a_file_in_the_bin_is_never_removed(council):
    number = council.add("fin/one.txt", b"due")
    batch = council.approved(number)
    council.work(dispose, batch)
    (binned,) = (council.share / ".disposal-bin").iterdir()
    binned.unlink()
    binned.mkdir()
    (binned / "inside.txt").write_bytes(b"somebody's work")
    council.now += council.undo
    council.work(purge, batch)
    found = [place for place in council.share.rglob("inside.txt") if place.is_file()]
    assert [place.read_bytes() for place in found] == [b"somebody's work"]
    assert council.row(number)["state"] != "destroyed"


def test_the_remover_itself_cannot_remove_a_folder(tmp_path):
    (tmp_path / "folder").mkdir()
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with pytest.raises(OSError, match=r"directory|permitted"):
            destroy.remove(folder, b"folder")
    finally:
        os.close(folder)
    assert (tmp_path / "folder").is_dir()
