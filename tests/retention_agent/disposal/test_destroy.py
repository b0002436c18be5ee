"""The only calls that move or remove anything: each names one entry, and replaces none."""

import os

import pytest

from retention_agent.disposal import destroy


@pytest.fixture
def folders(tmp_path):
    """An opened share with its bin."""
    root = os.open(tmp_path, os.O_RDONLY)
    destroy.make_bin(root)
    with destroy.open_bin(root) as bin_folder:
        yield root, bin_folder
    os.close(root)


@pytest.fixture(params=["noreplace", "plain"])
def either(request, monkeypatch):
    """With the rename that never replaces, and where the kernel does not know it."""
    if request.param == "plain":
        monkeypatch.setattr(destroy, "_SYS_RENAMEAT2", None)


def test_making_the_bin_twice_changes_nothing(tmp_path, folders):
    root, _ = folders
    destroy.make_bin(root)
    assert (tmp_path / ".disposal-bin").stat().st_mode & 0o777 == 0o700


def test_a_bin_that_is_missing_is_not_made_by_opening_it(tmp_path):
    root = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(FileNotFoundError), destroy.open_bin(root):
        pass
    assert list(tmp_path.iterdir()) == []
    os.close(root)


@pytest.mark.parametrize("trap", ["link", "file", "open to others"])
def test_what_only_looks_like_the_bin_is_refused(tmp_path, trap):
    place = tmp_path / ".disposal-bin"
    if trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        place.symlink_to("elsewhere")
    elif trap == "file":
        place.write_bytes(b"")
    else:
        place.mkdir(mode=0o770)
        place.chmod(0o770)
    root = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(OSError), destroy.open_bin(root):  # noqa: PT011  (ELOOP, ENOTDIR, EPERM)
        pass
    os.close(root)


@pytest.mark.usefixtures("either")
def test_a_file_goes_to_the_bin_and_back(tmp_path, folders):
    root, bin_folder = folders
    (tmp_path / "one").write_bytes(b"1")
    destroy.move_to_bin(root, b"one", bin_folder, b"x")
    assert os.listdir(bin_folder) == ["x"]
    destroy.put_back(bin_folder, b"x", root, b"two")
    assert (tmp_path / "two").read_bytes() == b"1"
    assert os.listdir(bin_folder) == []


@pytest.mark.usefixtures("either")
def test_nothing_on_the_share_is_replaced(tmp_path, folders):
    root, bin_folder = folders
    (tmp_path / "one").write_bytes(b"1")
    destroy.move_to_bin(root, b"one", bin_folder, b"x")
    (tmp_path / "one").write_bytes(b"new")
    with pytest.raises(FileExistsError):
        destroy.put_back(bin_folder, b"x", root, b"one")
    assert (tmp_path / "one").read_bytes() == b"new"
    assert os.listdir(bin_folder) == ["x"]


def test_nothing_in_the_bin_is_replaced(tmp_path, folders):
    root, bin_folder = folders
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(name.encode())
    destroy.move_to_bin(root, b"one", bin_folder, b"x")
    with pytest.raises(FileExistsError):
        destroy.move_to_bin(root, b"two", bin_folder, b"x")
    assert (tmp_path / "two").read_bytes() == b"two"


@pytest.mark.usefixtures("either")
def test_what_is_not_there_is_an_error(folders):
    root, bin_folder = folders
    with pytest.raises(FileNotFoundError):
        destroy.move_to_bin(root, b"none", bin_folder, b"x")
    with pytest.raises(FileNotFoundError):
        destroy.put_back(bin_folder, b"x", root, b"none")
    with pytest.raises(FileNotFoundError):
        destroy.remove(bin_folder, b"x")


def test_a_folder_is_never_removed(tmp_path, folders):
    root, bin_folder = folders
    (tmp_path / "folder").mkdir()
    destroy.move_to_bin(root, b"folder", bin_folder, b"x")
    with pytest.raises(OSError):  # noqa: PT011  (EISDIR here, EPERM elsewhere)
        destroy.remove(bin_folder, b"x")
    assert os.listdir(bin_folder) == ["x"]


def test_a_link_is_moved_itself_and_what_it_points_to_stays(tmp_path, folders):
    root, bin_folder = folders
    (tmp_path / "precious").write_bytes(b"1")
    (tmp_path / "link").symlink_to("precious")
    destroy.move_to_bin(root, b"link", bin_folder, b"x")
    destroy.remove(bin_folder, b"x")
    assert (tmp_path / "precious").read_bytes() == b"1"


def test_the_bin_on_another_file_system_is_an_error_and_nothing_is_copied(tmp_path, ram):
    if os.stat(tmp_path).st_dev == os.stat(ram).st_dev:
        pytest.skip("NOT RUN: there is no second file system")
    (tmp_path / "one").write_bytes(b"1")
    root, other = os.open(tmp_path, os.O_RDONLY), os.open(ram, os.O_RDONLY)
    with pytest.raises(OSError, match="cross-device"):
        destroy.move_to_bin(root, b"one", other, b"x")
    assert (tmp_path / "one").exists()
    assert os.listdir(other) == []
    os.close(root)
    os.close(other)
