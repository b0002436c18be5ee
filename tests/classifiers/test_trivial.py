"""What programs leave behind is trivial; what a person may have written never is."""

import pytest

from classifiers.trivial import EMPTY, REASONS, trivial


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Thumbs.db", "thumbnails"),
        ("desktop.ini", "thumbnails"),
        (".DS_Store", "thumbnails"),
        ("~$report.docx", "lock"),
        (".~lock.minutes.odt#", "lock"),
        (".notes.txt.swp", "lock"),
        ("~WRL0001.tmp", "lock"),
        ("upload.TMP", "temporary"),
        ("setup.exe.crdownload", "temporary"),
        ("memory.dmp", "crash"),
        ("core.1234", "crash"),
        ("Shortcut to H.lnk", "shortcut"),
        ("._photo.jpg", "resource fork"),
    ],
)
def test_what_programs_leave_behind(name, why):
    found = trivial(name, 100)
    assert found in REASONS
    assert why in found


@pytest.mark.parametrize(
    "name",
    ["minutes.bak", "old.log", "a", "template.dotx", "temp.docx", "tmp", "core values.docx",
     "thumbs.docx", "readme.txt", "copy of ~$report.docx", "x.part.pdf"],
)  # fmt: skip
def test_what_a_person_may_have_written_is_not_trivial(name):
    assert trivial(name, 100) is None


def test_a_file_without_content_is_trivial_whatever_its_name():
    assert trivial("contract.pdf", 0) == EMPTY
