"""A small council: four people with keys, a share, and an application over both."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from indexer.search.base import Entry
from policies import Action, Schedule, parse_schedule
from retention_agent.audit import keyring, keys
from retention_agent.audit.answers import Answer, Target
from retention_agent.audit.people import Person
from retention_agent.bootstrap import App, initialise
from retention_agent.disposal import sentinel
from retention_agent.disposal.context import Context
from retention_agent.register import schedules
from retention_agent.register.shares import ensure_share
from retention_agent.register.tables import directory, record, record_reference, sighting
from retention_agent.shares.local import open_root
from retention_agent.workflow import adopt, answer, review
from retention_agent.workflow.propose import Proposal, Request, propose

PEOPLE = {
    "rita": ("requester",),
    "ann": ("approver", "adopter", "hold-officer"),
    "omar": ("approver", "hold-officer"),
    "sol": ("adopter", "approver"),
}

SCHEDULE = {
    "title": "Test schedule",
    "version": "1",
    "functions": {"finance": "Finance"},
}


@dataclass
class Council:
    """The application, its people's keys, and a clock that only tests move."""

    app: App
    share: Path
    keys: dict[str, Ed25519PrivateKey]
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    undo: timedelta = timedelta(days=30)
    numbers: dict[str, int] = field(default_factory=dict)
    read: Callable[..., object] | None = None
    """reads files again for holds by query; the confined workers unless told"""

    def clock(self) -> datetime:
        return self.now

    def add(self, path: str | bytes, content: bytes = b"an invoice", **about: object) -> int:
        """A file on the share and its record, captured and classified."""
        raw = os.fsencode(path)
        place = Path(os.fsdecode(os.fsencode(self.share) + b"/" + raw))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return self.register(raw, content, **about)

    def register(self, raw: bytes, content: bytes, **about: object) -> int:
        found = os.stat(os.fsencode(self.share) + b"/" + raw)
        reference = about.pop("reference", None)
        values = {
            "share": 1,
            "path": raw,
            "device": found.st_dev,
            "inode": found.st_ino,
            "size": found.st_size,
            "mtime_ns": found.st_mtime_ns,
            "ctime_ns": found.st_ctime_ns,
            "links": found.st_nlink,
            "first_seen": "2026-01-01T00:00:00Z",
            "last_changed": "2026-01-01T00:00:00Z",
            "state": "classified",
            "capture": "captured",
            "sha256": hashlib.sha256(content).hexdigest(),
            "media_type": "text/plain",
            "title": "Invoice",
            "metadata": {"author": "Sam Clerk"},
            "dates": [{"kind": "created", "on": "2015-05-01", "origin": "pdf:CreationDate"}],
            "record_class": "FIN-1",
            "class_origin": "manual",
            "confidence": 1.0,
            **about,
        }
        with self.app.engine.begin() as connection:
            number = connection.execute(record.insert().values(values)).inserted_primary_key[0]
            self._sight(connection, raw, number, found)
            if reference:
                connection.execute(
                    record_reference.insert().values(
                        record=number, reference=reference, origin="manual"
                    )
                )
            text = content.decode("latin-1")
            entry = Entry(number, "files", repr(raw), repr(raw), "FIN-1", text=text)
            self.app.index.put(connection, entry)
        return int(number)

    def _sight(self, connection: sa.Connection, raw: bytes, number: int, found: object) -> None:
        folder, _, name = raw.rpartition(b"/")
        place = connection.scalar(sa.select(directory.c.id).where(directory.c.path == folder))
        if place is None:
            place = connection.execute(
                directory.insert().values(share=1, path=folder, scan=1)
            ).inserted_primary_key[0]
        connection.execute(
            sighting.insert().values(
                directory=place,
                name=name,
                record=number,
                size=found.st_size,
                mtime_ns=found.st_mtime_ns,
                ctime_ns=found.st_ctime_ns,
                device=found.st_dev,
                inode=found.st_ino,
            )
        )

    def row(self, number: int) -> sa.RowMapping:
        with self.app.engine.begin() as connection:
            query = sa.select(record).where(record.c.id == number)
            return connection.execute(query).mappings().one()

    def propose(self, *records: int, action: Action = Action.DESTROY, most: int = 50) -> Proposal:
        zone = self.app.config.zone
        with self.app.engine.begin() as connection:
            return propose(
                connection,
                Request(1, action, most, records),
                self.keys["rita"],
                self.now,
                (zone, timedelta(days=30)),
            )

    def look(self, batch: str, person: str) -> review.Sample:
        with self.app.engine.begin() as connection:
            return review.draw(connection, batch, person, "00ff", self.now)

    def approve(self, batch: str, *people: str) -> None:
        for person in people or ("ann", "omar"):
            self.look(batch, person)
            with self.app.engine.begin() as connection:
                review.approve(connection, batch, self.keys[person], self.now)

    def answer(self, batch: str, given: dict[Target, Answer], *people: str) -> answer.Effect:
        """Each of the people looks and gives these answers; what the last one brought about."""
        for person in people:
            self.look(batch, person)
            with self.app.engine.begin() as connection:
                today = self.now.astimezone(self.app.config.zone).date()
                effect = answer.give(connection, batch, self.keys[person], given, self.now, today)
        return effect

    def approved(self, *records: int) -> str:
        batch = self.propose(*records).batch
        self.approve(batch)
        return batch

    def context(self, root: object) -> Context:
        made = self.app.disposal(root)
        return replace(made, clock=self.clock, undo=self.undo, read=self.read or made.read)

    def work(self, function: object, *arguments: object) -> object:
        """Call a disposal function with a context over the opened share."""
        with open_root(self.share) as root:
            return function(self.context(root), *arguments)


def schedule() -> Schedule:
    """Destroy after six years; review; destroy at a contract's end; transfer; a copy on the way."""
    common = {
        "function": "finance",
        "scope": "x",
        "authority": {"citation": "Limitation Act 1980 s.2", "kind": "limitation"},
        "confidence": "high",
        "source": "test",
    }
    rules = {
        "FIN-1": {"title": "Invoices", "trigger": "created", "cut_off": "financial-year"},
        "FIN-2": {"title": "Reports", "trigger": "created", "action": "review"},
        "FIN-3": {"title": "Contracts", "trigger": "contract_end"},
        "FIN-4": {"title": "Minutes", "trigger": "created", "action": "transfer"},
        "FIN-5": {
            "title": "Registers",
            "trigger": "created",
            "period": "P99Y",
            "phases": [{"action": "transfer", "period": "P6Y"}],
        },
    }
    classes = [
        {"code": code, "period": "P6Y", "action": "destroy", **common, **rule}
        for code, rule in rules.items()
    ]
    document = {**SCHEDULE, "classes": classes}
    codes = frozenset(rules)
    return parse_schedule(document, adopted=codes)


@pytest.fixture
def found_council() -> Callable[[Path], Council]:
    """A function that founds a council in a folder of its own."""
    return _found


@pytest.fixture
def council(tmp_path: Path) -> Iterator[Council]:
    made = _found(tmp_path)
    yield made
    made.app.engine.dispose()


def _found(folder: Path) -> Council:
    share = folder / "share"
    share.mkdir(parents=True)
    source = folder / "config.toml"
    source.write_text(
        '[organisation]\nname = "Thornbridge District Council"\n'
        f'[[shares]]\nname = "files"\npath = "{share}"\ndisposal = true\n'
        'known_copies = ["Nightly backup, kept 35 days"]\n'
    )
    app = initialise(source, {})
    signers = {person: Ed25519PrivateKey.generate() for person in PEOPLE}
    made = Council(app, share, signers)
    with app.engine.begin() as connection:
        number = ensure_share(connection, "files", share)
        with open_root(share, "files") as root:
            sentinel.enable(connection, number, root)
        people = [
            Person(
                person,
                person.title(),
                frozenset(roles),
                keys.key_text(signers[person].public_key()),
            )
            for person, roles in PEOPLE.items()
        ]
        keyring.draft(connection, people)
        keyring.sign(connection, signers["rita"], made.now)
        keyring.sign(connection, signers["ann"], made.now)
        schedules.store_draft(connection, schedule(), made.now)
        adopt.adopt(connection, signers["ann"], made.now)
        adopt.adopt(connection, signers["sol"], made.now)
    return made
