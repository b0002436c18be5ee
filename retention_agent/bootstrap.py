"""The composition root: turns a configuration into an `App`; the only place that picks parts.

It alone reads the clock, the environment and the shipped data files.
"""

import importlib.resources
import os
import stat
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import filelock
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from classifiers.model import ClassHint
from classifiers.model import Organisation as Issuer
from indexer.search.base import SearchIndex
from indexer.search.sqlite import SqliteSearchIndex
from policies import Rule, Schedule, parse_schedule
from retention_agent.audit import clock, keys, log
from retention_agent.audit.event import Event
from retention_agent.audit.people import ROLES
from retention_agent.capture.reread import read_again
from retention_agent.capture.settings import Settings, default_workers
from retention_agent.config import Config
from retention_agent.config_file import load_config
from retention_agent.disposal import sentinel
from retention_agent.disposal.context import Context, Found, ToRead
from retention_agent.errors import Busy, ConfigError, IntegrityError, NotFound, Refused
from retention_agent.register import schedules
from retention_agent.register.engine import open_register
from retention_agent.register.shares import ensure_share
from retention_agent.register.tables import share
from retention_agent.shares.local import ShareRoot, open_root
from retention_agent.shares.pace import Limits, Pace

SERVICE_KEY = "service.key"
REGISTER = "register.db"
LOCK = "lock"
SHIPPED_SCHEDULE = "uk-local-government"
YEARS_OF_PERMANENT = 1_000


@dataclass(frozen=True, slots=True)
class App:
    """Everything a command works with."""

    config: Config
    engine: sa.Engine
    index: SearchIndex
    service_key: Ed25519PrivateKey

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The present day where the records are."""
        return self.now().astimezone(self.config.zone).date()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other changing command out while this one runs, and sign the log at its end.

        Raises:
            Busy: another one is at work.
            Refused: the clock seems to have jumped.
            IntegrityError: the log does not continue what was signed before.
        """
        with self._locked():
            with self.engine.begin() as connection:
                clock.require_plausible(connection, self.now())
            yield
            self._sign_log()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One moment of the register, for as long as it takes; nobody is kept from writing."""
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def confirm_clock(self) -> None:
        """Take a person's word that the clock is right, whatever it seems; raises as `alone`."""
        with self._locked():
            with self.engine.begin() as connection:
                clock.confirm(connection, self.now())
            self._sign_log()

    def _sign_log(self) -> None:
        with self.engine.begin() as connection:
            log.publish(connection, self.service_key, self.now())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = filelock.FileLock(self.config.state_folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise Busy(
                f"another retention command is at work on {self.config.state_folder}",
                "Wait until it has ended, then try again; nothing was changed.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def share(self, name: str) -> Iterator[ShareRoot]:
        """Open the share called `name`.

        Raises:
            ConfigError: no share has that name.
            RetentionError: its root cannot be opened.
        """
        with open_root(self.config.share_path(name), name) as root:
            yield root

    def pace(self, name: str, closes: datetime | None) -> Pace:
        """How fast the share called `name` may be walked and read, until `closes`."""
        share = self.config.share(name)
        octets = share.megabytes_per_second
        limits = Limits(share.files_per_second, octets and octets * 1e6, closes)
        return Pace(limits, self.now, time.sleep)

    def share_id(self, connection: sa.Connection, name: str) -> int:
        """The register's number of a configured share.

        Raises:
            ConfigError: the configuration names no such share.
            NotFound: it was not scanned yet.
        """
        self.config.share(name)
        number = connection.scalar(sa.select(share.c.id).where(share.c.name == name))
        if number is None:
            raise NotFound(f"share {name!r} was not scanned yet", f"retention scan {name}")
        return int(number)

    def enable_disposal(self, name: str) -> str:
        """Put the sentinel on the share called `name`; raises as `sentinel.enable` and `share`."""
        with self.alone(), self.share(name) as root, self.engine.begin() as connection:
            number = ensure_share(connection, name, self.config.share_path(name))
            content = sentinel.enable(connection, number, root)
            event = Event("share registration", f"share:{number}", private={"name": name})
            log.append(connection, event, self.now())
            return content

    def capture_settings(self, schedule: Schedule) -> Settings:
        """How files are to be read, for the classes of `schedule`."""
        capture, organisation = self.config.capture, self.config.organisation
        return Settings(
            organisation=Issuer(organisation.name, organisation.aliases),
            classes={code: _hint(rule) for code, rule in schedule.rules.items()},
            cues=shipped_cues(),
            reference_patterns=capture.reference_patterns,
            workers=capture.workers or default_workers(),
            seconds=float(capture.seconds_per_file),
            memory_bytes=capture.memory_mib * 2**20,
        )

    def retention_ranks(self, schedule: Schedule) -> dict[str, float]:
        """How long each class of `schedule` is kept, in years, for comparing classes."""
        return {code: _rank(rule) for code, rule in schedule.rules.items()}

    @property
    def undo(self) -> timedelta:
        """How long a file waits in the disposal bin, from where it can be restored."""
        settings = self.config.disposal
        none = settings.unsafe_undo_window == "none"
        return timedelta(0) if none else timedelta(days=settings.undo_days)

    def disposal(self, root: ShareRoot) -> Context:
        """What a disposal run on the share opened as `root` works with."""
        return Context(
            engine=self.engine,
            root=root,
            index=self.index,
            service_key=self.service_key,
            zone=self.config.zone,
            clock=self.now,
            undo=self.undo,
            read=self._read_again,
        )

    def _read_again(self, files: Iterable[ToRead]) -> Iterator[Found]:
        with self.engine.begin() as connection:
            settings = self.capture_settings(schedules.in_force(connection))
        return read_again(settings, files)


def open_app(source: Path, environment: Mapping[str, str]) -> App:
    """Read the configuration and open the state folder it names.

    Raises:
        ConfigError: the configuration has mistakes, or its state folder is missing.
        IntegrityError: others can read the state folder, or what is in it is damaged.
    """
    config = load_config(source, environment)
    _require_known_roles(config)
    _require_private(config.state_folder)
    register = config.state_folder / REGISTER
    if not register.exists() or not register.stat().st_size:
        raise IntegrityError(
            f"{register}: the register is missing or empty",
            "Restore the state folder from a backup. If `retention init` was cut short, and nothing"
            " was ever scanned: run it again.",
        )
    app = _assemble(config)
    with app.engine.begin() as connection:
        app.index.extend(connection)
    return app


def initialise(source: Path, environment: Mapping[str, str]) -> App:
    """Make the state folder that the configuration at `source` names.

    One that was cut short is completed by the next.

    Raises:
        Refused: the state folder is there already; nothing was changed.
    """
    config = load_config(source, environment)
    folder = config.state_folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    old = os.umask(0o077)
    try:
        if not (folder / SERVICE_KEY).exists():
            folder.chmod(0o700)
            keys.new_service_key(folder / SERVICE_KEY)
        app = _assemble(config)
    finally:
        os.umask(old)
    with app.engine.begin() as connection:
        if schedules.is_begun(connection):
            raise Refused(f"{folder} is a state folder already; nothing was changed")
        app.index.prepare(connection)
        schedules.store_draft(connection, shipped_schedule(), app.now())
        log.append(connection, Event("service initialisation", "service:1"), app.now())
        log.publish(connection, app.service_key, app.now())
    return app


def shipped_schedule() -> Schedule:
    """The schedule that comes with the program; a draft until a council adopts it."""
    text = (
        importlib.resources.files("policies")
        .joinpath("schedules", f"{SHIPPED_SCHEDULE}.toml")
        .read_text(encoding="utf-8")
    )
    document = tomllib.loads(text)
    codes = frozenset(parse_schedule(document).rules)
    return parse_schedule(document, adopted=codes)


def shipped_cues() -> dict[str, object]:
    """The cue tables that come with the program, by file name."""
    folder = importlib.resources.files("classifiers").joinpath("cues")
    return {
        file.name: tomllib.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    }


def _assemble(config: Config) -> App:
    key = keys.load_service_key(config.state_folder / SERVICE_KEY)
    engine = open_register(config.state_folder / REGISTER)
    return App(config, engine, SqliteSearchIndex(), key)


def _hint(rule: Rule) -> ClassHint:
    return ClassHint(rule.title, rule.keywords, _rank(rule))


def _rank(rule: Rule) -> float:
    """How long a class is kept, in years; what is kept for ever ranks above any period."""
    if rule.period is None:
        return float(YEARS_OF_PERMANENT)
    return rule.period.years + rule.period.months / 12 + rule.period.days / 365


def _require_known_roles(config: Config) -> None:
    problems = [
        f"access[{number}]: there is no role {role!r}; the roles are {', '.join(ROLES)}"
        for number, part in enumerate(config.access, 1)
        for role in (*part.roles, *part.counted_by)
        if role not in ROLES
    ]
    if problems:
        raise ConfigError(f"{config.source}: {len(problems)} mistake(s)", *problems)


def _require_private(folder: Path) -> None:
    try:
        found = folder.stat()
    except FileNotFoundError as error:
        raise ConfigError(
            f"{folder}: there is no state folder yet",
            "Make it with: retention init --dir DIR --share NAME=PATH",
        ) from error
    if stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != os.geteuid():
        raise IntegrityError(
            f"{folder}: others can read the state folder, and it holds everyone's text",
            f"chmod 700 {folder}",
        )
