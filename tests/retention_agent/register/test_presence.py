"""Leaving a share for the disposal bin, and coming back from it."""

import os

import pytest
import sqlalchemy as sa

from retention_agent.register import presence
from retention_agent.register.tables import former_path, sighting


def sightings(council):
    with council.app.engine.begin() as connection:
        return {(row.name, row.record) for row in connection.execute(sa.select(sighting)).all()}


def test_what_lies_in_the_bin_is_missed_by_no_scan(council):
    one, two = council.add("a.txt"), council.add("b.txt")
    with council.app.engine.begin() as connection:
        presence.leave_share(connection, [one])
    assert sightings(council) == {(b"b.txt", two)}
    assert not council.row(one).present
    assert council.row(two).present


@pytest.mark.parametrize("path", [b"fin/a.txt", b"fin/a (restored).txt", b"new folder/a.txt"])
def test_what_comes_back_stands_where_it_was_put(council, path):
    number = council.add("fin/a.txt")
    full = os.fsencode(council.share) + b"/" + path
    with council.app.engine.begin() as connection:
        presence.leave_share(connection, [number])
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if path != b"fin/a.txt":
        os.rename(os.fsencode(council.share) + b"/fin/a.txt", full)
    with council.app.engine.begin() as connection:
        presence.return_to_share(connection, number, path, os.stat(full))
    row = council.row(number)
    assert (row.present, row.path, row.inode) == (True, path, os.stat(full).st_ino)
    with council.app.engine.begin() as connection:
        before = connection.execute(sa.select(former_path)).all()
    assert before == ([] if path == b"fin/a.txt" else [(number, b"fin/a.txt")])
    known = set() if path.startswith(b"new") else {(os.path.basename(path), number)}
    assert sightings(council) == known


def test_a_stranger_that_took_the_place_gives_it_up(council):
    one, two = council.add("fin/a.txt"), council.add("fin/b.txt")
    full = council.share / "fin/b.txt"
    with council.app.engine.begin() as connection:
        presence.leave_share(connection, [one])
        presence.return_to_share(connection, one, b"fin/b.txt", full.stat())
    assert sightings(council) == {(b"b.txt", one)}
    assert not council.row(two).present
