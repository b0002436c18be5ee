"""A council with a register, people with keys, batches approved, destroyed and certified."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import (
    answers,
    bundle,
    canonical,
    checkpoint,
    keyring,
    keys,
    log,
    merkle,
    signatures,
    statement,
)
from retention_agent.audit.answers import Answer
from retention_agent.audit.event import Event
from retention_agent.audit.people import Person
from retention_agent.audit.statement import Statement
from retention_agent.register import tables
from retention_agent.register.engine import open_register

ROLES = {
    "rita": {"requester"},
    "ada": {"approver", "adopter"},
    "abe": {"approver", "adopter"},
    "amy": {"approver"},
    "olga": {"hold-officer"},
}
START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
DOMAIN = b"retention-agent/certificate/v1\n"


class Council:
    """Does what the stages do, with nothing but the audit package and the register's tables."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_register(folder / "register.db")
        self.service_key = keys.new_service_key(folder / "service.pem")
        self.keys = {name: Ed25519PrivateKey.generate() for name in ROLES}
        self.now = START

    @property
    def verifier(self):
        return checkpoint.verifier_of(self.service_key.public_key())

    def later(self, **step: int) -> datetime:
        self.now += timedelta(**(step or {"minutes": 1}))
        return self.now

    def person(self, name: str) -> Person:
        public = keys.key_text(self.keys[name].public_key())
        return Person(name, name.title(), frozenset(ROLES[name]), public)

    def found(self, connection: sa.Connection) -> None:
        keyring.draft(connection, [self.person(name) for name in ROLES])
        keyring.sign(connection, self.keys["rita"], self.later())
        keyring.sign(connection, self.keys["ada"], self.later())

    def say(self, connection: sa.Connection, name: str, purpose: str, subject: str, content=None):
        said = Statement(purpose, subject, name, content or {})
        signed = statement.sign(self.keys[name], said, self.later())
        signatures.store(connection, keyring.active(connection), signed, self.now)
        return signed

    def scan(self, connection: sa.Connection, files: int) -> None:
        events = [
            Event("capture", f"record:{number}", private={"path": f"/fin/é{number}.pdf"})
            for number in range(files)
        ]
        log.append_many(connection, events, self.later())
        counted = Event("scan", "scan:1/1", facts={"new": files, "complete": True})
        log.append(connection, counted, self.later())

    def propose(
        self,
        connection: sa.Connection,
        batch: str,
        files: int,
        action="destroy",
        disposition=None,
        **about: object,
    ) -> dict[str, object]:
        shares = sa.select(tables.share.c.id)
        if not connection.execute(shares).first():
            connection.execute(sa.insert(tables.share).values(name="finance", root=b"/srv/fin"))
        entries = [
            {
                "record": number,
                "path": f"fin/é{number}.pdf",
                "path_b64": base64.b64encode(f"fin/é{number}.pdf".encode()).decode(),
                "sha256": f"{number:064x}",
                "action": action,
                "disposition": disposition,
                **about,
            }
            for number in range(files)
        ]
        leaves = [canonical.dumps(entry) for entry in entries]
        terms = {
            "root": merkle.root(map(merkle.leaf_hash, leaves)).hex(),
            "policy": hashlib.sha256(batch.encode()).hexdigest(),
            "hold_epoch": 3,
            "expires": "2026-06-15T00:00:00Z",
            "size": files,
        }
        self._store_batch(connection, batch, terms, leaves)
        self.say(connection, "rita", "request-batch", batch, terms)
        return terms

    def _store_batch(self, connection, batch, terms, leaves) -> None:
        connection.execute(
            sa.insert(tables.batch).values(
                id=batch,
                share=1,
                requester="rita",
                proposed=canonical.instant(self.now),
                status="proposed",
                **{key: value for key, value in terms.items() if key != "size"},
            )
        )
        for number, leaf in enumerate(leaves):
            record = connection.execute(
                sa.insert(tables.record).values(
                    share=1,
                    path=b"fin/%d.pdf" % number,
                    device=1,
                    inode=number,
                    size=1,
                    mtime_ns=0,
                    ctime_ns=0,
                    links=1,
                    first_seen=canonical.instant(self.now),
                    last_changed=canonical.instant(self.now),
                )
            ).inserted_primary_key[0]
            connection.execute(
                sa.insert(tables.batch_item).values(
                    batch=batch,
                    number=number,
                    record=record,
                    manifest=leaf.decode(),
                    state="proposed",
                )
            )

    def move(self, connection: sa.Connection, batch: str, number: int, state: str) -> int:
        kind = "deletion" if state == "destroyed" else "disposal state change"
        event = Event(
            kind,
            f"batch:{batch}/{number}",
            facts={"to": state},
            private={"path": f"/fin/é{number}.pdf"},
        )
        return log.append(connection, event, self.later(seconds=7))

    def destroy(self, connection: sa.Connection, batch: str, numbers) -> None:
        for number in numbers:
            self.move(connection, batch, number, "binned")
        for number in numbers:
            self.move(connection, batch, number, "destroyed")

    def hand_over(self, connection: sa.Connection, batch: str) -> int:
        """The batch was copied for the archive."""
        event = Event("transfer export", f"batch:{batch}", facts={"digest": "00", "files": 1})
        return log.append(connection, event, self.later(seconds=7))

    def archive(self, connection: sa.Connection, batch: str, number: int, accepted: object) -> int:
        """The archive answered about an item."""
        facts = {"accepted": accepted}
        event = Event("accession", f"batch:{batch}/{number}", facts=facts)
        return log.append(connection, event, self.later(seconds=7))

    def approve(self, connection: sa.Connection, batch: str, terms, names=("ada", "amy")) -> None:
        for name in names:
            self.say(connection, name, "approve-batch", batch, terms)

    def answer(self, connection: sa.Connection, name: str, batch: str, terms, given) -> None:
        """Sign answers, by target, as the stage would; the number is any that was not used."""
        known = len(signatures.load_answers(connection, batch))
        content = answers.content(terms, given)
        self.say(connection, name, "answer-batch", answers.serial(batch, known + 1), content)

    def certificate(self, connection: sa.Connection, batch: str) -> dict[str, object]:
        """The certificate's content, made from the log as anybody could."""
        note = log.publish(connection, self.service_key, self.later())
        size = checkpoint.open_checkpoint(note, self.verifier).size
        latest = {}
        for number, leaf in connection.execute(sa.select(tables.log_leaf)):
            value = canonical.loads(leaf)
            if value["object"].startswith(f"batch:{batch}/"):
                latest[int(value["object"].rpartition("/")[2])] = (number, value)
        requested = signatures.load(connection, "request-batch", batch)[0]
        terms = dict(statement.read(requested).content)
        terms.pop("expires")
        return {
            "certificate": "retention-agent/certificate/v1",
            "batch": batch,
            "issued": canonical.instant(self.now),
            "organisation": "Westmere Council",
            "share": "finance",
            "manifest": terms,
            "requester": "rita",
            "request": requested.document(),
            "approvals": [
                one.document() for one in signatures.load(connection, "approve-batch", batch)
            ],
            "answers": [
                signed.document()
                for purpose, _, signed in signatures.load_answers(connection, batch)
                if purpose == "answer-batch"
            ],
            "items": [
                self._item(connection, row, latest.get(row.number), size)
                for row in connection.execute(
                    sa.select(tables.batch_item)
                    .where(tables.batch_item.c.batch == batch)
                    .order_by(tables.batch_item.c.number)
                ).all()
            ],
            "checkpoint": note,
            "method": {},
            "assurance": {},
            "known_copies": [],
            "index_purge": {},
            "not_claimed": [],
            "unsafe": [],
        }

    def _item(self, connection, row, last, size) -> dict[str, object]:
        number, leaf = last or (None, {"facts": {"to": "excluded"}, "time": None})
        proof = [] if last is None else log.inclusion(connection, number, size)
        return {
            "number": row.number,
            "manifest": canonical.loads(row.manifest),
            "outcome": leaf["facts"]["to"],
            "at": leaf["time"],
            "leaf": number,
            "proof": [base64.b64encode(step).decode() for step in proof],
        }

    def issue(self, connection: sa.Connection, batch: str, document=None) -> bytes:
        """Sign, store and log a certificate; with the service key, any content can be signed."""
        text = canonical.dumps(document or self.certificate(connection, batch))
        signed = base64.b64encode(self.service_key.sign(DOMAIN + text)).decode()
        connection.execute(
            sa.insert(tables.certificate).values(
                batch=batch,
                issued=canonical.instant(self.now),
                document=text.decode(),
                signature=signed,
            )
        )
        digest = hashlib.sha256(text).hexdigest()
        event = Event("certificate issue", f"batch:{batch}", facts={"digest": digest})
        log.append(connection, event, self.later())
        return text

    def export(self, connection: sa.Connection, folder: Path) -> Path:
        bundle.export(connection, folder, self.service_key, self.later())
        return folder

    def reseal(self, folder: Path) -> None:
        """List and sign a bundle's files again, as somebody with the service key could."""
        for name in ("SHA256SUMS", "SHA256SUMS.sig"):
            (folder / name).unlink(missing_ok=True)
        bundle._sign_contents(folder, self.service_key)

    def history(self, connection: sa.Connection) -> None:
        """Two years of work in small: scans, holds, one batch done, one under way, one refused."""
        self.found(connection)
        self.scan(connection, 40)
        for name in ("ada", "abe"):
            self.say(connection, name, "adopt-schedule", "sha256:1234")
        log.publish(connection, self.service_key, self.later())
        terms = self.propose(connection, "B1", 7)
        self.approve(connection, "B1", terms)
        self.say(connection, "amy", "exclude-item", "B1/4", {"reason": "still wanted"})
        self.move(connection, "B1", 4, "deferred")
        self.destroy(connection, "B1", [0, 1, 2, 3, 5])
        self.move(connection, "B1", 6, "blocked-by-hold")
        self.issue(connection, "B1")
        log.erase(connection, [5, 6, 7, 20], self.later())
        self.say(connection, "olga", "release-hold", "H1", {"reason": "case closed"})
        self.revise(connection)
        terms = self.propose(connection, "B2", 3)
        self.approve(connection, "B2", terms, ("abe",))
        given = {1: Answer("approve"), b"fin": Answer("reject", "the rest is wanted")}
        self.answer(connection, "amy", "B2", terms, given)
        self.destroy(connection, "B2", [1])
        self.propose(connection, "B3", 2)
        self.say(connection, "amy", "reject-batch", "B3", {"reason": "look again"})
        self.scan(connection, 30)

    def revise(self, connection: sa.Connection) -> None:
        """Ada leaves: the next version of the keyring is without her."""
        keyring.revoke(connection, "ada")
        keyring.sign(connection, self.keys["abe"], self.later())
        keyring.sign(connection, self.keys["amy"], self.later())


@pytest.fixture
def council(tmp_path: Path):
    made = Council(tmp_path)
    yield made
    made.engine.dispose()


@pytest.fixture
def connection(council: Council):
    with council.engine.begin() as open_connection:
        yield open_connection


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory):
    """A bundle of a realistic log; tests copy it before they harm it."""
    folder = tmp_path_factory.mktemp("exported")
    made = Council(folder)
    with made.engine.begin() as connection:
        made.history(connection)
        made.export(connection, folder / "bundle")
    yield made, folder / "bundle"
    made.engine.dispose()
