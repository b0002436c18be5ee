"""The documents of the project, and the shell commands that stand in them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent.parent
TOP = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One Markdown document."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(HOME).as_posix()

    def section(self, heading: str) -> "Page":
        """The part from a heading to the next one of its own rank."""
        rank = heading.partition(" ")[0]
        _, found, rest = self.text.partition(f"\n{heading}\n")
        assert found, f"{self.name} has no heading {heading!r}"
        return Page(self.path, re.split(rf"^{rank} ", rest, maxsplit=1, flags=re.MULTILINE)[0])

    def shell_lines(self) -> Iterator[str]:
        """Every command in a code block, as one line; those a person types begin with `$`."""
        for block in FENCE.finditer(self.text):
            if block["kind"] in {"console", "sh"}:
                for line in block["body"].replace("\\\n", " ").splitlines():
                    if block["kind"] == "sh" or line.startswith("$ "):
                        yield line.removeprefix("$ ").strip()

    def commands(self) -> Iterator[list[str]]:
        """The arguments of every `retention` command in a code block."""
        for line in self.shell_lines():
            words = shlex.split(line, comments=True)
            if "retention" in words[:1]:
                yield words[1 : words.index(">") if ">" in words else None]


@pytest.fixture(scope="session")
def home() -> Path:
    return HOME


@pytest.fixture(scope="session")
def documents() -> list[Page]:
    paths = [HOME / name for name in TOP] + sorted((HOME / "docs").rglob("*.md"))
    return [Page(path, path.read_text(encoding="utf-8")) for path in paths]


@pytest.fixture(scope="session")
def readme(documents: list[Page]) -> Page:
    return documents[0]
