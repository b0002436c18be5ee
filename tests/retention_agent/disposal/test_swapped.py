"""Something else is put in the file's place in the very moment between the look and the move."""

import os
import socket
from collections import Counter

import pytest

from policies import State
from retention_agent.disposal import destroy
from retention_agent.disposal.run import dispose


def other_file(place):
    place.write_bytes(b"a stranger")


def folder(place):
    place.mkdir()
    (place / "inside.txt").write_bytes(b"a stranger")


def link(place):
    place.symlink_to("/etc/passwd")


def named_socket(place):
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(place.parent, os.O_RDONLY)
        made.bind(f"/proc/self/fd/{folder}/{place.name}")
        os.close(folder)


STRANGERS = {
    "file": other_file, "folder": folder, "link": link, "fifo": os.mkfifo, "socket": named_socket,
}  # fmt: skip


@pytest.mark.parametrize("known", [True, False], ids=["noreplace", "no noreplace"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_is_put_back_and_the_item_returned(council, site, monkeypatch, stranger, known):
    one = council.add("a/one.txt", b"approved")
    name = council.approved(one)
    place = council.share / "a/one.txt"
    move = destroy.move_to_bin

    def late(*arguments):
        place.rename(council.share / "a/elsewhere.txt")
        STRANGERS[stranger](place)
        move(*arguments)

    monkeypatch.setattr(destroy, "move_to_bin", late)
    if not known:
        monkeypatch.setattr(destroy, "_SYS_RENAMEAT2", None)
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert site.in_bin() == []
    assert (council.share / "a/elsewhere.txt").read_bytes() == b"approved"
    # where there is neither NOREPLACE nor a second name for folders, it gets a name of its own
    assert os.path.lexists(place) or (stranger == "folder" and not known)
    assert len(os.listdir(council.share / "a")) == 2
    assert not council.row(one)["present"]  # the next scan says where it is


def test_a_file_moved_by_a_call_that_says_it_failed_is_in_the_bin(council, site, monkeypatch):
    """A network file system may time out after the server has done what it was asked for."""
    name = council.approved(council.add("one.txt"), council.add("two.txt", b"second"))
    move = destroy.move_to_bin

    def late(*arguments):
        move(*arguments)
        raise TimeoutError(110, "Connection timed out")

    monkeypatch.setattr(destroy, "move_to_bin", late)
    assert council.work(dispose, name) == Counter({State.WAITING: 2})
    assert len(site.in_bin()) == 2


def test_a_file_that_cannot_be_moved_is_put_off_with_the_reason(council, site, monkeypatch):
    name = council.approved(council.add("one.txt"))

    def refused(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(destroy, "move_to_bin", refused)
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert site.outcomes(name) == ["could not be moved: Read-only file system"]


def test_a_file_that_cannot_be_read_in_the_bin_goes_back(council, site, monkeypatch):
    name = council.approved(council.add("one.txt"))
    real = os.open

    def forbidden(path, *arguments, **named):
        if isinstance(path, bytes) and len(path) == 32:
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", forbidden)
    assert council.work(dispose, name) == Counter({State.RETURNED: 1})
    assert site.outcomes(name) == ["could not be read: Permission denied"]
    assert site.files() == {"one.txt": b"an invoice"}


def test_a_record_that_a_scan_marked_as_gone_is_put_off(council, site):
    name = council.approved(council.add("one.txt"))
    with council.app.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE record SET present = 0")
    assert council.work(dispose, name) == Counter({State.DEFERRED: 1})
    assert site.outcomes(name) == ["not as approved any more: presence"]
