"""A bag as it is written, and everything that can be wrong with one that is read."""

import os

import bagit
import pytest

from retention_agent.disposal import bag

INFO = {"Source-Organization": "Thornbridge\nDistrict", "External-Identifier": "B1"}


@pytest.fixture
def sealed(tmp_path):
    folder = tmp_path / "bag"
    bag.begin(folder)
    payload = [
        bag.add(folder, "data/a/one.txt", [b"first ", b"file"], 1_400_000_000_000_000_000),
        bag.add(folder, "data/two.txt", [], None),
    ]
    tags = [bag.add(folder, "metadata/about.txt", [b"about it"])]
    bag.seal(folder, payload, tags, INFO)
    return folder


def test_a_bag_has_nothing_wrong_with_it(sealed):
    assert bag.faults(sealed) == []
    assert bagit.Bag(str(sealed)).validate()
    assert bagit.Bag(str(sealed)).info["Source-Organization"] == "Thornbridge District"
    assert bagit.Bag(str(sealed)).info["Payload-Oxum"] == "10.2"
    assert (sealed / "data/a/one.txt").stat().st_mtime_ns == 1_400_000_000_000_000_000


def test_only_its_owner_can_read_a_bag(sealed):
    assert sealed.stat().st_mode & 0o777 == 0o700
    assert (sealed / "data/two.txt").stat().st_mode & 0o777 == 0o600


def test_nothing_is_ever_written_over(sealed):
    with pytest.raises(FileExistsError):
        bag.add(sealed, "data/two.txt", [b"other"])
    with pytest.raises(FileExistsError):
        bag.begin(sealed)


def test_an_unfinished_bag_is_none(tmp_path):
    bag.begin(tmp_path / "bag")
    bag.add(tmp_path / "bag", "data/one.txt", [b"one"])
    assert bag.faults(tmp_path / "bag") == ["bagit.txt is missing: it was never finished"]


def harm_content(folder):
    (folder / "data/a/one.txt").write_bytes(b"First file")


def lose_a_file(folder):
    (folder / "data/two.txt").unlink()


def add_a_file(folder):
    (folder / "data/three.txt").write_text("slipped in")


def lose_a_manifest(folder):
    (folder / "manifest-sha512.txt").unlink()


def harm_a_tag_file(folder):
    (folder / "metadata/about.txt").write_text("about IT")


def put_a_link(folder):
    (folder / "data/two.txt").unlink()
    (folder / "data/two.txt").symlink_to("/etc/passwd")


def put_a_link_to_a_folder(folder):
    (folder / "data/b").symlink_to("/etc")


def put_a_pipe(folder):
    os.mkfifo(folder / "data/pipe")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (harm_content, "data/a/one.txt: is not what it was (sha256)"),
        (lose_a_file, "data/two.txt: is missing"),
        (add_a_file, "data/three.txt: is in no manifest"),
        (lose_a_manifest, "manifest-sha512.txt: is missing"),
        (harm_a_tag_file, "metadata/about.txt: is not what it was (sha512)"),
        (put_a_link, "data/two.txt: is no regular file"),
        (put_a_link_to_a_folder, "data/b: is no regular file"),
        (put_a_pipe, "data/pipe: is no regular file"),
    ],
)
def test_whatever_was_done_to_a_bag_is_found(sealed, harm, said):
    harm(sealed)
    assert said in bag.faults(sealed)


def test_a_manifest_never_leads_out_of_the_bag(sealed, tmp_path):
    (tmp_path / "outside").write_text("secret")
    with (sealed / "manifest-sha256.txt").open("a") as manifest:
        manifest.write(f"{'0' * 64}  ../outside\n{'0' * 64}  /etc/passwd\n")
    found = bag.faults(sealed)
    assert "../outside: is missing" in found
    assert "/etc/passwd: is missing" in found


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no file"):
        bag.digests_of(tmp_path / "pipe")
