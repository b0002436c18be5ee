"""The first hour of the README, typed in as it stands, on a small share."""

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
ENVIRONMENT = {
    "RETENTION_PASSPHRASE": "four words nobody guesses",
    "RETENTION_DISPOSAL__UNSAFE_UNDO_WINDOW": "none",
}
EXPECTED = {"retention propose finance": "3 files", "retention purge": "1 destroyed"}


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


def test_the_first_hour_of_the_readme_works(
    readme, share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("RETENTION_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    year = datetime.now(UTC).year
    lines = list(readme.section("## The first hour").shell_lines())
    assert len(lines) > 30
    places = {SHARE: str(share), STATE: str(tmp_path / "state"), "B2026-": f"B{year}-"}
    for written in lines:
        line = written
        for shown, real in places.items():
            line = line.replace(shown, real)
        said = type_in(line, monkeypatch, capsys)
        for beginning, words in EXPECTED.items():
            assert not line.startswith(beginning) or words in said, f"{line}\n{said}"


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
    code = run(words[1:])
    said = capsys.readouterr()
    assert code == 0, f"{line}\n{said.out}{said.err}"
    if file:
        Path(os.getcwd(), file).write_text(said.out, encoding="utf-8")
    return said.out + said.err
