"""What is shipped, and what the repository may say."""

import re
import subprocess
import sys
import zipfile

import pytest

PACKAGES = {"retention_agent", "classifiers", "indexer", "policies"}
DATA = {
    "policies/schedules/uk-local-government.toml",
    "classifiers/cues/meetings.toml",
    "retention_agent/audit/bundle-readme.txt",
    "retention_agent/disposal/certificate.typ",
    "retention_agent/py.typed",
}


@pytest.fixture(scope="module")
def wheel(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_exactly_the_four_packages(wheel):
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_the_wheel_holds_the_data_that_the_program_reads(wheel):
    assert set(wheel) >= DATA


def test_the_wheel_installs_two_commands(wheel):
    (entry,) = [text for name, text in wheel.items() if name.endswith("entry_points.txt")]
    assert re.findall(rb"^(\S+) =", entry, re.MULTILINE) == [b"retention", b"retention-verify"]


def test_every_dependency_is_pinned_with_hashes_and_no_address(root):
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (root / name).read_text()
        pins = re.findall(r"^[A-Za-z0-9._-]+==[^ ;\\]+", text, re.MULTILINE)
        entries = re.findall(r"^[A-Za-z0-9._-]+", text, re.MULTILINE)
        assert len(pins) == len(entries) > 10
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text
        assert "index" not in text


def test_no_tracked_file_names_a_machine(root):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    places = [f"/{folder}/" for folder in ("work", "root")]
    found = [
        name
        for name in names
        if (root / name).is_file()
        for place in places
        if place in (root / name).read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []
