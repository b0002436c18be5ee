"""Search engines lose a moved file or show it where it was; here it is found where it is.

A file that moves is the same record and is not read again, so nothing but its place changes.
"""


def test_a_moved_and_a_reclassified_record_are_found_as_they_are_now(tmp_path, new_desk):
    desk = new_desk(tmp_path)
    desk.open()
    desk.mail("Old place/one.eml", "About the bridge.")
    desk.mail("Old place/two.eml", "About the river.")
    desk.scan()
    (desk.share / "New place").mkdir()
    (desk.share / "Old place/one.eml").rename(desk.share / "New place/moved.eml")
    (line,) = desk.scan()
    assert (line["moved"], line["captured"]) == (1, 0)
    (hit,) = desk.ask("find", 'folder:"new place" name:moved bridge')
    assert hit["path"] == "New place/moved.eml"
    assert "New place/moved.eml" in desk.do("find", "bridge").out
    (counts,) = desk.ask("find", "about", "--facets")
    assert {each["value"] for each in counts["folder"]} == {"files:New place", "files:Old place"}
    assert [each["path"] for each in desk.ask("find", 'folder:"old place"')] == [
        "Old place/two.eml"
    ]
