"""Everything that can happen to files, holds and batches, in any order, with crashes in between.

Hypothesis draws the steps. After each of them these invariants hold:

* a content that its users did not remove is on the share or in the bin, unless an item whose
  manifest names its digest is recorded as destroyed; then it is nowhere
* nothing that a hold covered before the purge began is destroyed, under whatever name; a hold by
  words covers what the file says, whatever the index remembers of it
* nothing is destroyed before its undo window is over
* every name in the bin is the one that the register gave to one item
* each item is destroyed at most once; at the end all evidence verifies

`RETENTION_EXAMPLES` and `RETENTION_STEPS` ask for more of it.
"""

import hashlib
import json
import os
import shutil
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from policies import State
from retention_agent.bootstrap import open_app
from retention_agent.disposal import destroy
from retention_agent.disposal.purge import purge
from retention_agent.disposal.restore import restorable, restore
from retention_agent.disposal.run import dispose
from retention_agent.errors import RetentionError
from retention_agent.register import batches
from retention_agent.register.records import moment
from retention_agent.register.tables import batch, batch_item, record, share
from retention_agent.scan.run import scan_share
from retention_agent.workflow import propose

EXAMPLES = int(os.environ.get("RETENTION_EXAMPLES", "50"))
STEPS = int(os.environ.get("RETENTION_STEPS", "20"))
FOLDERS = st.integers(0, 2)
CHOICE = st.integers(0, 1_000)
PROPOSABLE = (*propose.OPEN, *propose.NAMED_ONLY)
FUSE = st.one_of(st.none(), st.integers(0, 25))


READ = {
    "capture": "captured",
    "record_class": "FIN-1",
    "class_origin": "manual",
    "dates": [{"kind": "created", "on": "2015-05-01", "origin": "pdf:CreationDate"}],
}


class Crash(BaseException):
    """The program ends here, as if it had been killed."""


class Disposal(RuleBasedStateMachine):
    """A council whose users, officers and machines do as they please."""

    council_of = None
    site_of = None
    folders = ()

    def __init__(self):
        super().__init__()
        self.folder = next(self.folders)
        self.council = self.council_of(self.folder)
        self.site = self.site_of(self.council)
        self.undo = self.council.undo
        self.made = 0
        self.owned = set()
        self.held = set()
        self.held_words = set()
        self.council.read = _read
        self.batches = []
        self.fuse = None
        self._wrap_fatal_calls()

    def _wrap_fatal_calls(self):
        """Each call that changes a share may be the last one before, or after, the crash."""
        self.real = {name: getattr(destroy, name) for name in ("_rename_noreplace", "remove")}
        for name, real in self.real.items():
            setattr(destroy, name, self._fused(real))
        self.council.clock = self._fused(lambda: self.council.now)

    def _fused(self, real):
        def fused(*arguments):
            self._burn()
            answer = real(*arguments)
            self._burn()
            return answer

        return fused

    def _burn(self):
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                raise Crash

    def _do(self, fuse, function, *arguments):
        self.fuse = fuse
        with suppress(Crash, RetentionError):
            self.council.work(function, *arguments)
        self.fuse = None

    def _new(self):
        self.made += 1
        return b"content %06d" % self.made

    def _pick(self, choice):
        found = sorted(self.site.files())
        return self.council.share / found[choice % len(found)] if found else None

    def _lose(self, place):
        if place.stat().st_nlink == 1:
            self.owned.discard(place.read_bytes())

    @initialize(count=st.integers(1, 4), begun=st.integers(0, 3), fuse=FUSE)
    def begin_with_a_batch(self, count, begun, fuse):
        for number in range(count):
            self.add(number % 3)
        self.propose(list(range(count)), 1)
        if begun:
            self.dispose(0, fuse if begun > 1 else None)

    # what users do

    @rule(folder=FOLDERS)
    def add(self, folder):
        content = self._new()
        self.council.add(f"{folder}/{self.made}.txt", content)
        self.owned.add(content)

    @rule(choice=CHOICE, folder=FOLDERS)
    def link(self, choice, folder):
        place = self._pick(choice)
        if place is not None:
            self.made += 1
            other = self.council.share / f"{folder}/link-{self.made}.txt"
            other.parent.mkdir(exist_ok=True)
            os.link(place, other)
            raw = os.fsencode(other.relative_to(self.council.share))
            self.council.register(raw, place.read_bytes())

    @rule(choice=CHOICE)
    def edit(self, choice):
        place = self._pick(choice)
        if place is not None:
            self.owned.discard(place.read_bytes())
            content = self._new()
            with place.open("r+b") as file:
                file.write(content)
            self.owned.add(content)

    @rule(choice=CHOICE)
    def save_anew(self, choice):
        place = self._pick(choice)
        if place is not None:
            self._lose(place)
            content = self._new()
            fresh = place.with_name("fresh")
            fresh.write_bytes(content)
            fresh.rename(place)
            self.owned.add(content)

    @rule(choice=CHOICE)
    def delete(self, choice):
        place = self._pick(choice)
        if place is not None:
            self._lose(place)
            place.unlink()

    @rule(choice=CHOICE)
    def rename(self, choice):
        place = self._pick(choice)
        if place is not None:
            self.made += 1
            place.rename(place.with_name(f"renamed-{self.made}.txt"))

    @rule(choice=CHOICE)
    def occupy_an_old_path(self, choice):
        with self.council.app.engine.begin() as connection:
            paths = connection.scalars(sa.select(record.c.path).where(~record.c.present)).all()
        free = [path for path in paths if not (self.council.share / os.fsdecode(path)).exists()]
        if free:
            place = self.council.share / os.fsdecode(free[choice % len(free)])
            place.parent.mkdir(parents=True, exist_ok=True)
            content = self._new()
            place.write_bytes(content)
            self.owned.add(content)

    # what officers do

    @rule(folder=FOLDERS, enforced=st.booleans())
    def hold(self, folder, enforced):
        self.made += 1
        order = self.site.hold(f"hold-{self.made}", paths=(("files", b"%d" % folder),))
        self.held.add(b"%d" % folder)
        if enforced:
            self.site.enforce(order)

    @rule(choice=CHOICE, enforced=st.booleans())
    def hold_by_words(self, choice, enforced):
        number = choice % (self.made + 1)
        self.made += 1
        order = self.site.hold(f"hold-{self.made}", query=f"{number:06d}")
        self.held_words.add(b"content %06d" % number)
        if enforced:
            self.site.enforce(order)

    @rule()
    def answer_the_queries_of_holds(self):
        """From the index, which here knows nothing of any change since a file was added."""
        self.site.refresh()

    @rule(choice=st.lists(CHOICE, min_size=1, max_size=4), forgotten=st.integers(0, 7))
    def propose(self, choice, forgotten):
        with self.council.app.engine.begin() as connection:
            known = connection.scalars(
                sa.select(record.c.id)
                .where(record.c.present, record.c.state.in_([str(state) for state in PROPOSABLE]))
                .order_by(record.c.id)
            ).all()
        numbers = {known[each % len(known)] for each in choice} if known else set()
        with suppress(RetentionError):
            name = self.council.propose(*numbers).batch
            self.batches.append(name)
            if forgotten:
                self.council.approve(name)

    @rule(days=st.sampled_from([1, 29, 30, 30, 30, 31]))
    def wait(self, days):
        self.council.now += timedelta(days=days)

    # what the machine does

    @rule()
    def scan(self):
        self._do(
            None, lambda context: scan_share(context.engine, 1, context.root, self.council.now)
        )

    @rule()
    def capture(self):
        """Reading what is new or changed; here everything is an invoice."""
        with self.council.app.engine.begin() as connection:
            pending = record.c.present & (record.c.capture == "pending")
            for row in connection.execute(sa.select(record).where(pending)).mappings().all():
                place = self.council.share / os.fsdecode(row["path"])
                if place.exists():
                    found = {**READ, "sha256": _digest(place.read_bytes())}
                    early = row["state"] in {"seen", "returned", "restored"}
                    found["state"] = "classified" if early else row["state"]
                    here = record.c.id == row["id"]
                    connection.execute(record.update().where(here).values(found))

    @rule(choice=CHOICE, fuse=FUSE)
    def dispose(self, choice, fuse):
        if self.batches:
            self._do(fuse, dispose, self.batches[choice % len(self.batches)])

    @rule(choice=CHOICE, fuse=FUSE)
    def purge(self, choice, fuse):
        if self.batches:
            self._purge(self.batches[choice % len(self.batches)], fuse)

    def _purge(self, name, fuse):
        protected, before = self._held_contents() - self._gone(), self._destroyed()
        self._do(fuse, purge, name)
        assert not protected & (self._destroyed() - before)

    @rule(fuse=FUSE)
    def a_month_goes_by(self, fuse):
        """As the clock would run it: everything to the bin, the window, everything out of it."""
        for name in self.batches:
            self._do(fuse, dispose, name)
        self.council.now += self.undo
        for name in self.batches:
            self._purge(name, fuse)

    @rule(choice=CHOICE, fuse=FUSE)
    def restore(self, choice, fuse):
        with self.council.app.engine.begin() as connection:
            kept = connection.scalars(
                sa.select(batch_item.c.record).where(batch_item.c.binned.is_not(None))
            ).all()
            item = None
            with suppress(RetentionError):
                item = restorable(connection, kept[choice % len(kept)]) if kept else None
        if item:
            self._do(fuse, restore, item, "asked for")

    # what must be so

    @invariant()
    def what_users_own_is_somewhere_or_destroyed_by_the_book(self):
        found = Counter(self.site.files().values())
        found.update((self.site.bin / name).read_bytes() for name in self.site.in_bin())
        destroyed, intended = self._destroyed(), self._digests(State.PURGE_ARMED)
        for content in self.owned:
            digest = _digest(content)
            if digest in destroyed:
                assert not found[content], content
            elif digest not in intended:
                assert found[content], content

    @invariant()
    def nothing_is_destroyed_before_its_undo_window_is_over(self):
        for item in self._items(State.DESTROYED):
            assert moment(item.binned) + self.undo <= moment(item.finished)

    @invariant()
    def every_name_in_the_bin_belongs_to_one_item(self):
        known = {os.fsdecode(item.bin_name) for item in self._items() if item.bin_name}
        assert set(self.site.in_bin()) <= known

    @invariant()
    def every_record_that_is_present_has_one_name(self):
        with self.council.app.engine.begin() as connection:
            twice = connection.exec_driver_sql(
                "SELECT record FROM sighting GROUP BY record HAVING count(*) > 1"
            ).all()
        assert twice == []

    def teardown(self):
        try:
            for name in self.batches:
                self._do(None, dispose, name)
                self._purge(name, None)
            self.what_users_own_is_somewhere_or_destroyed_by_the_book()
            assert self.site.problems() == []
        finally:
            for name, real in self.real.items():
                setattr(destroy, name, real)
            self.council.app.engine.dispose()
            shutil.rmtree(self.folder)

    def _items(self, *states):
        with self.council.app.engine.begin() as connection:
            names = connection.scalars(sa.select(batch.c.id)).all()
            return [item for name in names for item in batches.items(connection, name, *states)]

    def _digests(self, *states):
        return {_sha256(item) for item in self._items(*states)}

    def _destroyed(self):
        return self._digests(State.DESTROYED)

    def _gone(self):
        """Digests of what a purge removed before it crashed: no hold can come in time for it."""
        there = {os.fsencode(name) for name in self.site.in_bin()}
        with self.council.app.engine.begin() as connection:
            armed = batch_item.c.state == str(State.PURGE_ARMED)
            items = connection.execute(sa.select(batch_item).where(armed)).all()
        return {_sha256(item) for item in items if item.bin_name not in there}

    def _held_contents(self):
        """Digests of what lies under a hold by any of its names in the register."""
        with self.council.app.engine.begin() as connection:
            rows = connection.execute(sa.select(record.c.path, record.c.sha256)).all()
        by_path = {row.sha256 for row in rows if row.path.split(b"/")[0] in self.held}
        return by_path | {_digest(content) for content in self.held_words}


def _read(files):
    """What the confined workers answer, without their cost."""
    for number, _, opened in files:
        with suppress(OSError), os.fdopen(opened(), "rb") as file:
            content = file.read()
            found = {"sha256": _digest(content), "partial": False, "capture": "captured"}
            yield number, found, content.decode()


def _digest(content):
    return hashlib.sha256(content).hexdigest()


def _sha256(item):
    return json.loads(item.manifest)["sha256"]


@pytest.fixture
def copied_council(found_council, ram):
    """A function that gives a fresh copy of one council in another folder."""
    template = ram / "template"
    first = found_council(template)
    first.app.engine.dispose()

    def copied(folder):
        shutil.copytree(template, folder)
        source = folder / "config.toml"
        source.write_text(source.read_text().replace(str(template), str(folder)))
        app = open_app(source, {})
        found = (folder / "share").stat()
        with app.engine.begin() as connection:
            place = {"device": found.st_dev, "inode": found.st_ino}
            connection.execute(share.update().values(place))
        return type(first)(app, folder / "share", first.keys)

    return copied


def test_nothing_is_lost_or_destroyed_wrongly_whatever_happens(copied_council, site_of, ram):
    machine = type("Machine", (Disposal,), {
        "council_of": staticmethod(copied_council),
        "site_of": staticmethod(site_of),
        "folders": (ram / str(number) for number in range(10**9)),
    })  # fmt: skip
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
