"""Further copies: counted once a file, never the record copy, never another name of one file."""

import os

from retention_agent.register.duplicates import further_copies, groups


def copies(council):
    with council.app.engine.begin() as connection:
        return further_copies(connection)


def test_the_classified_file_is_the_record_copy_then_the_one_found_first(council):
    one = council.add("a.txt", b"same", record_class=None, class_origin="none")
    two = council.add("b.txt", b"same")
    three = council.add("c.txt", b"same", first_seen="2025-01-01T00:00:00Z")
    council.add("d.txt", b"other")
    assert copies(council) == {one: three, two: three}


def test_two_names_of_one_file_are_one_file(council):
    one = council.add("a.txt", b"same")
    os.link(council.share / "a.txt", council.share / "b.txt")
    council.register(b"b.txt", b"same")
    assert copies(council) == {}
    other = council.add("c.txt", b"same")
    assert copies(council) == {other: one}


def test_two_further_names_of_one_copy_count_once(council):
    one = council.add("a.txt", b"same", first_seen="2025-01-01T00:00:00Z")
    two = council.add("b.txt", b"same")
    os.link(council.share / "b.txt", council.share / "c.txt")
    council.register(b"c.txt", b"same")
    assert copies(council) == {two: one}


def test_what_is_gone_unread_or_empty_is_no_copy(council):
    council.add("a.txt", b"same")
    council.add("b.txt", b"same", present=False)
    council.add("c.txt", b"same", sha256=None)
    council.add("d.txt", b"")
    council.add("e.txt", b"")
    assert copies(council) == {}


def test_groups_come_with_their_record_copy_first_and_the_largest_waste_first(council):
    council.add("small 1.txt", b"ab")
    council.add("small 2.txt", b"ab")
    big = council.add("big 1.txt", b"x" * 100, record_class=None, class_origin="none")
    classed = council.add("big 2.txt", b"x" * 100)
    with council.app.engine.begin() as connection:
        first, second = groups(connection)
    assert (first.size, first.copy_bytes, len(first.sha256)) == (100, 100, 64)
    assert first.record_copy["id"] == classed
    assert [row["id"] for row in first.further] == [big]
    assert [row["path"] for row in second.further] == [b"small 2.txt"]
