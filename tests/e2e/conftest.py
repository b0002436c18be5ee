"""A council's share and the program as its people run it: one process a command."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from retention_agent.__main__ import run

HOME = Path(__file__).resolve().parents[2]
SETTINGS = """
[capture]
workers = 1

[disposal]
unsafe_undo_window = "none"
"""
PEOPLE = {
    "rita": ("requester",),
    "ann": ("approver", "adopter"),
    "omar": ("approver",),
    "sol": ("adopter",),
}
OLD = datetime(2012, 5, 3, 10, 30, tzinfo=UTC)
CORE = """<?xml version="1.0" encoding="UTF-8"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>Invoice</dc:title>
<dcterms:created xsi:type="dcterms:W3CDTF">2012-05-03T10:30:00Z</dcterms:created>
<dcterms:modified xsi:type="dcterms:W3CDTF">2012-05-03T10:30:00Z</dcterms:modified>
</cp:coreProperties>"""
PARTS = {
    "[Content_Types].xml": """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType=
"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/docProps/core.xml" ContentType=
"application/vnd.openxmlformats-package.core-properties+xml"/></Types>""",
    "_rels/.rels": """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="a" Target="word/document.xml" Type=
"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
<Relationship Id="b" Target="docProps/core.xml" Type=
"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"/>
</Relationships>""",
    "docProps/core.xml": CORE,
}
TEXT = """<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:body></w:document>"""


def docx(text: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in {**PARTS, "word/document.xml": TEXT.format(text)}.items():
            archive.writestr(name, content)
    return target.getvalue()


def mail(text: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Sam <sam@thornbridge.example>", "ann@thornbridge.example"
    message["Date"] = format_datetime(OLD)
    message["Subject"] = "Invoice"
    message.set_content(text)
    return message.as_bytes()


@dataclass
class Council:
    """A folder with a share, a site and four people's keys."""

    folder: Path
    in_process: bool = False
    """set while something is only prepared: commands then run here, which is faster"""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "RETENTION_CONFIG": str(self.site / "config.toml"),
            "RETENTION_PASSPHRASE": "four words nobody guesses",
        }

    @property
    def share(self) -> Path:
        return self.folder / "share"

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def start(self, *arguments: object, under: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(HOME),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.environment,
        }
        return subprocess.Popen(
            [*under, sys.executable, "-m", "retention_agent", *map(str, arguments)],
            cwd=self.folder, env=environment, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: object, under: tuple[str, ...] = ()) -> tuple[int, str, str]:
        if self.in_process:
            return self._run_here(*arguments)
        process = self.start(*arguments, under=under)
        out, err = process.communicate()
        return process.returncode, out, err

    def _run_here(self, *arguments: object) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(list(map(str, arguments)))
        return code, out.getvalue(), err.getvalue()

    @contextlib.contextmanager
    def prepared(self) -> Iterator[None]:
        """While something is set up, commands need no processes of their own."""
        self.in_process = True
        yield
        self.in_process = False

    def do(self, *arguments: object, code: int = 0) -> str:
        ended, out, err = self.run(*arguments)
        assert ended == code, (arguments, ended, out, err)
        return out + err

    def ask(self, *arguments: object, code: int = 0) -> list[dict[str, Any]]:
        ended, out, err = self.run(*arguments, "--json")
        assert ended == code, (arguments, ended, out, err)
        return [json.loads(line) for line in out.splitlines()]

    def fill(self, *names: str) -> None:
        """Files of three formats that carry their own old date, but for the text file."""
        for name in names:
            text = f"Thornbridge District Council. INVOICE {name}. Please pay within 30 days."
            write = {".docx": docx, ".eml": mail, ".txt": str.encode}[Path(name).suffix]
            target = self.share / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(write(text))

    def found(self) -> None:
        """A site in which people may sign and the schedule is in force."""
        self.share.mkdir(exist_ok=True)
        self.do("init", "--dir", self.site, "--share", f"files={self.share}", "--disposal",
                "--organisation", "Thornbridge District Council")  # fmt: skip
        with (self.site / "config.toml").open("a", encoding="utf-8") as config:
            config.write(SETTINGS)
        for person, roles in PEOPLE.items():
            self.do("key", "new", person, "--out", f"{person}.pem")
            chosen = [part for role in roles for part in ("--role", role)]
            self.do("person", "add", f"{person}.pem.pub", "--name", person.title(), *chosen)
        for person in ("rita", "ann"):
            self.do("person", "sign", "--key", f"{person}.pem")
        for person in ("ann", "sol"):
            self.do("schedule", "adopt", "--key", f"{person}.pem")

    def approved(self, *names: str) -> str:
        """A batch of these files, asked for and approved."""
        for name in names:
            self.do("classify", f"files:{name}", "FIN-003")
        (made,) = self.ask("propose", "files", "--key", "rita.pem")
        assert made["size"] == len(names)
        for person in ("ann", "omar"):
            self.do("review", made["batch"], "--person", person)
            self.do("approve", made["batch"], "--key", f"{person}.pem")
        return str(made["batch"])

    @property
    def standing(self) -> set[str]:
        return {
            path.relative_to(self.share).as_posix()
            for path in self.share.rglob("*")
            if path.is_file() and not path.relative_to(self.share).as_posix().startswith(".")
        }

    @property
    def binned(self) -> int:
        folder = self.share / ".disposal-bin"
        return len(list(folder.iterdir())) if folder.exists() else 0


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path)


@pytest.fixture
def not_run(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print in the open that a test is not run here, and why."""

    def tell(why: str) -> None:
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line(f"NOT RUN: {request.node.nodeid}: {why}")
        pytest.skip(f"NOT RUN: {why}")

    return tell


@pytest.fixture
def strace(not_run: Callable[[str], None]) -> str:
    """The tracer that processes are killed with at a chosen system call."""
    tool = shutil.which("strace")
    if tool is None or subprocess.run([tool, "-qq", "true"], check=False).returncode:
        not_run("strace is missing or may not trace")
    return str(tool)


@pytest.fixture
def own_mounts(not_run: Callable[[str], None]) -> list[str]:
    """The start of a command line under which file systems can be mounted, seen by nobody else."""
    command = ["unshare", "--mount", "--map-root-user", "--propagation", "private"]
    probe = [*command, "sh", "-c", "mount -t tmpfs none /mnt"]
    if shutil.which("unshare") is None or subprocess.run(probe, check=False).returncode:
        not_run("a full disk needs unshare and the right to mount")
    return command
