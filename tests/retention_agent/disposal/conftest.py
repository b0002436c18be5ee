"""What the disposal tests look at, and the tool some of them need."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from policies import Action, Authority, Hold, HoldScope, State
from retention_agent.audit import gather, keyring
from retention_agent.audit.transition import move_items
from retention_agent.disposal import accession
from retention_agent.disposal.certificate import Setting, issue
from retention_agent.disposal.dossier import Source
from retention_agent.disposal.receipt import read
from retention_agent.disposal.restore import restorable, restore
from retention_agent.disposal.transfer import export
from retention_agent.register import batches, schedules, transfers
from retention_agent.sheets import to_csv, to_workbook
from retention_agent.workflow import adopt as adopting
from retention_agent.workflow import holds as placing
from retention_agent.workflow.expiry import release_expired
from retention_agent.workflow.held import Office, refresh

SETTING = Setting("Thornbridge District Council", ("Nightly backup",), 30, False)


@dataclass
class Site:
    """A council's share, bin, batches and evidence."""

    council: object

    @property
    def share(self) -> Path:
        return self.council.share

    @property
    def bin(self) -> Path:
        return self.share / ".disposal-bin"

    def in_bin(self) -> list[str]:
        return sorted(os.listdir(self.bin)) if self.bin.exists() else []

    def files(self) -> dict[str, bytes]:
        """What stands on the share, outside the bin."""
        return {
            os.path.relpath(place, self.share): Path(place).read_bytes()
            for folder, _, names in os.walk(self.share)
            for place in (os.path.join(folder, name) for name in names)
            if ".disposal-bin" not in place and not place.endswith(".retention-share")
        }

    def items(self, name, *states):
        with self.council.app.engine.begin() as connection:
            return batches.items(connection, name, *states)

    def states(self, name):
        return [str(item.state) for item in self.items(name)]

    def outcomes(self, name):
        return [item.outcome for item in self.items(name)]

    def status(self, name):
        with self.council.app.engine.begin() as connection:
            return batches.find(connection, name)

    def hold(self, name="foi-1", **scope):
        day = self.council.now.date()
        order = Hold(name, "Request", "FOI 1", "received", day, day, HoldScope(**scope))
        with self.council.app.engine.begin() as connection:
            placing.place(connection, order, self.council.now)
        return order

    def enforce(self, order):
        """Take what a hold covers out of its batches, as the command does after placing it."""
        placing.enforce(self._office(), order, self.council.now)

    def refresh(self):
        """Answer the queries of holds for what has none, as a scan does at its end."""
        refresh(self._office(), self.council.now)

    def _office(self):
        app = self.council.app
        return Office(app.engine, app.index, app.config.zone)

    def move(self, name, *states: State, why=None):
        """Move all items of a batch by hand through `states`, as a run cut short would leave it."""
        for state in states:
            with self.council.app.engine.begin() as connection:
                items = batches.items(connection, name)
                move_items(connection, items, state, self.council.now, why)

    def move_one(self, name, number, state):
        with self.council.app.engine.begin() as connection:
            items = [each for each in batches.items(connection, name) if each.number == number]
            move_items(connection, items, State(state), self.council.now)

    def restore(self, number):
        with self.council.app.engine.begin() as connection:
            item = restorable(connection, number)
        return self.council.work(restore, item, "asked for")

    def certificate(self, name):
        app = self.council.app
        with app.engine.begin() as connection:
            text = issue(connection, name, SETTING, app.service_key, self.council.now)
        return json.loads(text)

    def problems(self):
        """What the check of all evidence has to say against it."""
        app = self.council.app
        with app.engine.begin() as connection:
            return list(gather.verify_register(connection, app.service_key.public_key()).problems)

    def expire(self):
        """Forty days go by, and batches that nobody used in time end."""
        self.council.now += timedelta(days=40)
        with self.council.app.engine.begin() as connection:
            release_expired(connection, self.council.now)

    def revoke(self, person):
        with self.council.app.engine.begin() as connection:
            keyring.revoke(connection, person)
            self._sign(connection)

    def _sign(self, connection):
        for person in ("rita", "ann"):
            keyring.sign(connection, self.council.keys[person], self.council.now)


class Minutes:
    """Records of a class that goes to the archive."""

    source = Source("Thornbridge District Council", "", "Retention Agent 1")

    def __init__(self, council):
        self.council = council

    def __call__(self, *paths, **about):
        """Put files on the share, propose them for transfer, and have that approved."""
        name = self.proposed(*paths, **about)
        self.council.approve(name)
        return name

    def proposed(self, *paths, **about):
        numbers = [
            self.council.add(path, b"minutes of %d" % number, **{"record_class": "FIN-4", **about})
            for number, path in enumerate(paths)
        ]
        return self.council.propose(*numbers, action=Action.TRANSFER).batch


@pytest.fixture
def minutes(council):
    return Minutes(council)


class Offered:
    """A batch that was copied for the archive, and the archive's answers about it."""

    HEADING = ("record", "path", "sha256", "outcome", "accession", "date", "reason")

    def __init__(self, council, batch, bag):
        self.council, self.batch, self.bag = council, batch, bag
        with council.app.engine.begin() as connection:
            self.sent = transfers.sent(connection, batch)
            self.items = batches.items(connection, batch)

    def record(self, number):
        return self.sent[number].record

    def accepted(self, number):
        entry = json.loads(self.items[number].manifest)
        return {
            "record": str(self.record(number)),
            "path": self.sent[number].path,
            "sha256": entry["sha256"].upper(),
            "outcome": "accepted",
            "accession": f"A/{number}",
            "date": "2026-11-20",
            "reason": "",
        }

    def declined(self, number):
        answer = {"outcome": "declined", "accession": "", "reason": "not of interest"}
        return self.accepted(number) | answer

    def write(self, *rows, kind=".csv"):
        """A receipt as a file."""
        place = self.bag.with_name(f"receipt{kind}")
        table = [self.HEADING, *([row.get(key, "") for key in self.HEADING] for row in rows)]
        if kind == ".json":
            place.write_text(json.dumps({"items": rows}))
        elif kind == ".xlsx":
            place.write_bytes(to_workbook({"receipt": table}))
        else:
            place.write_text(to_csv(table))
        return place

    def receive(self, *rows, kind=".csv", partial=False, store=None):
        came = read(self.write(*rows, kind=kind))
        terms = accession.Terms(self.council.now.date(), partial, store)
        with self.council.app.engine.begin() as connection:
            now = self.council.now
            return accession.receive(connection, self.batch, came, terms, now)


@pytest.fixture
def offered(council, minutes, bag):
    """A function that puts files on the share and has them copied for the archive."""

    def offered(*paths, **about):
        name = minutes(*paths, **about)
        council.work(export, name, bag, minutes.source)
        return Offered(council, name, bag)

    return offered


@pytest.fixture
def bag(tmp_path):
    """Where a bag is to be written."""
    return tmp_path / "bag"


@pytest.fixture
def site(council):
    return Site(council)


@pytest.fixture
def site_of():
    """A function: the site of a council."""
    return Site


def not_run(why):
    """Say plainly that something was not tried, and mark the test so."""
    sys.stderr.write(f"NOT RUN: {why}\n")
    pytest.skip(f"NOT RUN: {why}")


@pytest.fixture(scope="session", name="not_run")
def _not_run():
    return not_run


@pytest.fixture
def adopt(council):
    """A function that puts another schedule in force: FIN-4 with another kind of authority."""

    def adopt(kind):
        app = council.app
        with app.engine.begin() as connection:
            old = schedules.in_force(connection)
            authority = Authority("Local Government Act 1972 s.224", kind)
            rule = replace(old.rules["FIN-4"], authority=authority)
            rules = {**old.rules, "FIN-4": rule}
            new = replace(old, rules=rules, version="2", jurisdiction="England")
            schedules.store_draft(connection, new, council.now)
            for person in ("ann", "sol"):
                adopting.adopt(connection, council.keys[person], council.now)

    return adopt


@pytest.fixture(scope="session")
def strace():
    """The tracer that faults are injected with."""
    return shutil.which("strace") or not_run("strace is not installed, so no fault was injected")


@pytest.fixture
def ram(tmp_path):
    """A folder in memory, where flushing costs nothing; on disk where there is none."""
    shared = Path("/dev/shm")
    if not os.access(shared, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=shared, prefix="retention-") as folder:
        yield Path(folder)


@pytest.fixture
def immutable():
    """A context in which a file cannot be changed or removed, even by its owner."""

    @contextmanager
    def immutable(place):
        tool = shutil.which("chattr") or not_run("there is no chattr to make a file immutable")
        if subprocess.run([tool, "+i", place], check=False, capture_output=True).returncode:
            not_run("this account or file system cannot make a file immutable")
        try:
            yield
        finally:
            subprocess.run([tool, "-i", place], check=True)

    return immutable
