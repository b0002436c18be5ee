"""The first hour of the README, typed in as it stands, on a small share."""

import json
import os
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.office import write_docx
from demo.page import Page as Paper
from retention_agent.__main__ import run

SHARE = "/srv/shares/finance"
STATE = "/var/lib/retention"
# what the README waits thirty days for
PASSPHRASE = "four words nobody guesses"
EXPECTED = {"retention propose finance": "3 files", "retention purge": "1 destroyed"}
NOT_AS_JSON = ("retention schedule export", "retention log checkpoint", "retention --version")


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    for path in (
        "Creditors/2009-10/Invoice 0417.docx",
        "Creditors/2009-10/Invoice 0418.docx",
        "Creditors/2009-10/Invoice 0419.docx",
        "Contracts/Bridge/Invoice 0420.docx",
    ):
        when = datetime(2009, 11, 5, 10, 30)
        body = f"# Invoice\n\nThornbridge District Council\n\n{path}: boiler repairs, 2009 budget"
        paper = Paper(body, author="Sam Clerk", created=when, modified=when)
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(write_docx(paper))
    return root


@pytest.fixture
def lines(readme, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What to type, with this test's own folders and the present year."""
    monkeypatch.setenv("RETENTION_PASSPHRASE", PASSPHRASE)
    monkeypatch.delenv("RETENTION_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    year = datetime.now(UTC).year
    places = {SHARE: str(share), STATE: str(tmp_path / "state"), "B2026-": f"B{year}-"}
    found = list(readme.section("## The first hour").shell_lines())
    assert len(found) > 30
    for shown, real in places.items():
        found = [line.replace(shown, real) for line in found]
    return found


def test_the_first_hour_of_the_readme_works(lines, monkeypatch, capsys) -> None:
    for line in lines:
        said = type_in(line, monkeypatch, capsys)
        for beginning, words in EXPECTED.items():
            assert not line.startswith(beginning) or words in said, f"{line}\n{said}"


def test_every_key_that_a_command_prints_as_json_is_documented(
    lines, home: Path, monkeypatch, capsys
) -> None:
    reference = home / "docs" / "reference"
    pages = [(reference / name).read_text(encoding="utf-8") for name in ("json.md", "formats.md")]
    undocumented = set()
    for line in lines:
        as_json = line.startswith("retention") and not line.startswith(NOT_AS_JSON)
        said = type_in(f"{line} --json" if as_json else line, monkeypatch, capsys)
        documents = [json.loads(each) for each in said.splitlines() if each.startswith("{")]
        assert documents or not as_json or "due" in line, line
        keys = {key for document in documents for key in document}
        undocumented |= {f"{line}: {key}" for key in keys if f"`{key}`" not in "".join(pages)}
    assert undocumented == set()


def type_in(line: str, monkeypatch: pytest.MonkeyPatch, capsys) -> str:
    """Do what a line says, in this process where it is one of our commands."""
    words = shlex.split(line)
    file = words[words.index(">") + 1] if ">" in words else None
    words = words[: words.index(">")] if file else words
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return ""
    if words[0] != "retention":
        words[0] = sys.executable if words[0] == "python3" else words[0]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout
    if words[1] == "dispose":  # "thirty days later" is now
        monkeypatch.setenv("RETENTION_DISPOSAL__UNSAFE_UNDO_WINDOW", "none")
    code = run(words[1:])
    said = capsys.readouterr()
    assert code == 0, f"{line}\n{said.out}{said.err}"
    if file:
        Path(os.getcwd(), file).write_text(said.out, encoding="utf-8")
    return said.out + said.err
