"""A records office at its desk: a share, a state folder, four people, and the command line."""

import contextlib
import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from retention_agent.__main__ import run

PEOPLE = {
    "rita": ("requester",),
    "ann": ("approver", "adopter", "hold-officer"),
    "omar": ("approver", "hold-officer"),
    "sol": ("adopter", "approver"),
}
SETTINGS = """
[capture]
workers = 1
reference_patterns = ['CON/[0-9]{4}/[0-9]{3}']

[disposal]
unsafe_undo_window = "none"
"""
OLD = date(2014, 4, 2)


@dataclass(frozen=True)
class Answer:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def only(self) -> dict[str, Any]:
        (line,) = self.lines
        return line

    @property
    def text(self) -> str:
        return self.out + self.err


class Terminal(io.StringIO):
    """Output that a person watches."""

    def isatty(self) -> bool:
        return True


@dataclass
class Desk:
    """The command line over one folder; every command runs in this process."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    stream: type[io.StringIO] = io.StringIO
    journal: list[Answer] = field(default_factory=list)

    @property
    def share(self) -> Path:
        return self.folder / "share"

    @property
    def config(self) -> Path:
        return self.folder / "site" / "config.toml"

    @property
    def state(self) -> Path:
        return self.folder / "site" / "state"

    def run(self, *arguments: object) -> Answer:
        out, err = self.stream(), self.stream()
        given = [os.fsdecode(a) if isinstance(a, bytes) else str(a) for a in arguments]
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("RETENTION_PASSPHRASE", raising=False)
            patch.setenv("RETENTION_CONFIG", str(self.config))
            patch.setenv("RETENTION_PASSPHRASE", "four words nobody guesses")
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(given)
        answer = Answer(code, out.getvalue(), err.getvalue())
        self.journal.append(answer)
        return answer

    def do(self, *arguments: object, code: int = 0) -> Answer:
        """Run a command that is expected to end with `code`."""
        answer = self.run(*arguments)
        assert answer.code == code, (arguments, answer)
        return answer

    def ask(self, *arguments: object, code: int = 0) -> list[dict[str, Any]]:
        return self.do(*arguments, "--json", code=code).lines

    def only_log(self) -> str:
        """What the log says, which every change adds to."""
        return self.do("log", "list", "--last", 10_000, "--json").out

    def file(self, path: str | bytes, content: bytes) -> bytes:
        """A file on the share; answers with its full path."""
        full = os.fsencode(self.share) + b"/" + os.fsencode(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as opened:
            opened.write(content)
        return full

    def mail(self, path: str | bytes, body: str = "An invoice.", on: date = OLD) -> bytes:
        """A message on the share, with a date that a document itself proves."""
        message = EmailMessage()
        message["From"] = "Sam Clerk <sam@thornbridge.example>"
        message["To"] = "ann@thornbridge.example"
        message["Date"] = format_datetime(datetime(on.year, on.month, on.day, 10, tzinfo=UTC))
        message["Subject"] = "Invoice"
        message.set_content(f"Thornbridge District Council\n{body}")
        return self.file(path, message.as_bytes())

    def start(self, *options: str) -> None:
        """Make the state folder and let the program dispose from the share."""
        self.share.mkdir(exist_ok=True)
        self.do(
            *("init", "--dir", self.config.parent, "--share", f"files={self.share}"),
            *("--organisation", "Thornbridge District Council", "--disposal", *options),
        )
        with self.config.open("a", encoding="utf-8") as config:
            config.write(SETTINGS)

    def gather(self) -> None:
        """Four people with keys, in a keyring that two of them signed."""
        for person, roles in PEOPLE.items():
            self.do("key", "new", person, "--out", f"{person}.pem")
            chosen = [part for role in roles for part in ("--role", role)]
            self.do("person", "add", f"{person}.pem.pub", "--name", person.title(), *chosen)
        self.do("person", "sign", "--key", "rita.pem")
        self.do("person", "sign", "--key", "ann.pem")

    def adopt(self) -> None:
        self.do("schedule", "adopt", "--key", "ann.pem")
        self.do("schedule", "adopt", "--key", "sol.pem")

    def open(self) -> None:
        """Everything that stands before the first scan."""
        self.start()
        self.gather()
        self.adopt()

    def scan(self, code: int = 0) -> list[dict[str, Any]]:
        return self.ask("scan", code=code)

    def number(self, path: str | bytes) -> int:
        return int(self.ask("show", b"files:" + os.fsencode(path))[0]["record"])

    def classify(self, *paths: str | bytes, code: str = "FIN-003") -> list[int]:
        return [self.ask("classify", b"files:" + os.fsencode(p), code)[0]["record"] for p in paths]

    def state_of(self, record: int) -> str:
        return str(self.ask("show", record)[0]["state"])

    def propose(self, *records: int) -> str:
        named = [part for record in records for part in ("--record", record)]
        (made,) = self.ask("propose", "files", "--key", "rita.pem", *named)
        return str(made["batch"])

    def approve(self, batch: str, *people: str) -> None:
        for person in people or ("ann", "omar"):
            self.do("review", batch, "--person", person)
            self.do("approve", batch, "--key", f"{person}.pem")

    def approved(self, *records: int) -> str:
        batch = self.propose(*records)
        self.approve(batch)
        return batch


@pytest.fixture
def at_terminal(office: Desk) -> Desk:
    """The office as somebody sees it on a terminal of eighty columns."""
    wide = {"TERM": "dumb", "COLUMNS": "80", "NO_COLOR": "1"}
    return Desk(office.folder, wide, stream=Terminal)


@pytest.fixture(scope="session")
def new_desk() -> Callable[[Path], Desk]:
    """A function that sets a desk up in a folder of its own."""
    return Desk


@pytest.fixture
def bare(tmp_path: Path) -> Desk:
    """A desk where nothing was done yet, but for a share with one message."""
    desk = Desk(tmp_path)
    desk.mail("fin/one.eml")
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Four due messages of class FIN-003 on a scanned share, everything in force."""
    return _ready(Desk(tmp_path))


@dataclass
class Case:
    """A folder of its own on a share that tests have in common: two due messages."""

    desk: Desk
    name: str
    one: int
    two: int

    @property
    def standing(self) -> set[str]:
        return {path.name for path in (self.desk.share / self.name).iterdir()}

    def due(self, *options: object) -> set[int]:
        found = {line["record"] for line in self.desk.ask("due", *options)}
        return found & {self.one, self.two}


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Iterator[str]]:
    """A share with many folders of two messages each, scanned; one folder for each test."""
    desk = Desk(tmp_path_factory.mktemp("cases"))
    desk.open()
    names = [f"case{number:03}" for number in range(120)]
    for name in names:
        desk.mail(f"{name}/one.eml", f"Invoice one of {name}.")
        desk.mail(f"{name}/two.eml", f"Invoice two of {name}.")
    desk.scan()
    return desk, iter(names)


@pytest.fixture
def case(cases: tuple[Desk, Iterator[str]]) -> Case:
    """A folder that no other test has touched."""
    desk, names = cases
    name = next(names)
    return Case(desk, name, *desk.classify(f"{name}/one.eml", f"{name}/two.eml"))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """As `desk`, for all tests that only look."""
    return _ready(Desk(tmp_path_factory.mktemp("office")))


@pytest.fixture
def safe_office(office: Desk) -> Desk:
    """The office with its undo window as it is meant to be."""
    return Desk(office.folder, {"RETENTION_DISPOSAL__UNSAFE_UNDO_WINDOW": "off"})


def _ready(desk: Desk) -> Desk:
    desk.open()
    for name in ("one", "two", "three", "four"):
        desk.mail(f"fin/{name}.eml", f"Invoice {name}, contract CON/2012/007.")
    desk.file("note.txt", b"a note without a date\n")
    desk.scan()
    desk.classify("fin/one.eml", "fin/two.eml", "fin/three.eml", "fin/four.eml")
    return desk
