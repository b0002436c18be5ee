"""Reads config.toml into frozen values, and refuses what it does not understand.

Every mistake is reported at once, each with its key and the nearest key that exists. A blank
value is a mistake, never a default: an empty period or path has emptied whole archives elsewhere.
`RETENTION_SECTION__KEY` in the environment overrides a key of a section.
"""

import copy
import dataclasses
import difflib
import itertools
import os
import re
import tomllib
import types
import typing
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classifiers.references import PatternError, compile_patterns
from retention_agent.errors import ConfigError
from retention_agent.window import Window, parse_window

SHORTEST_UNDO_DAYS = 7
LONGEST_APPROVAL_DAYS = 30
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose records these are."""

    name: str
    """the council's name as its papers print it; papers of other bodies are never filed alone"""
    aliases: tuple[str, ...] = ()
    """shorter or older names of the same council"""
    time_zone: str = "Europe/London"
    """where the records' days begin and end"""


@dataclass(frozen=True, slots=True)
class State:
    """Where the program keeps its own files."""

    folder: str = "state"
    """relative to config.toml; only its owner may read it; never on a share it audits"""


@dataclass(frozen=True, slots=True)
class ShareConfig:
    """One file share."""

    name: str
    """a short name used in commands and reports"""
    path: str
    """the folder at which the share is mounted"""
    disposal: bool = False
    """false: the program only reads; true: it may move approved files to the disposal bin"""
    known_copies: tuple[str, ...] = ()
    """backups, snapshots and replicas outside this program's reach; printed on certificates"""
    files_per_second: int | None = None
    """how many files are walked or read in a second at most; without it there is no limit"""
    megabytes_per_second: int | None = None
    """how many million bytes are read in a second at most; without it there is no limit"""
    window: str | None = None
    """the hours in which it is scanned, by the council's clock: 20:00-06:00; without it, all"""
    window_days: tuple[str, ...] | None = None
    """the days on which the window opens: some of mon tue wed thu fri sat sun; without it, all"""

    @property
    def hours(self) -> Window | None:
        """The window in which it is scanned; nothing where it may be scanned at any time."""
        return parse_window(self.window, self.window_days)


@dataclass(frozen=True, slots=True)
class Capture:
    """How files are read."""

    workers: int = 0
    """reading processes; 0 means one a processor, four at most"""
    seconds_per_file: int = 60
    """a file that takes longer is listed as unreadable"""
    memory_mib: int = 1024
    """memory a reading process may use"""
    reference_patterns: tuple[str, ...] = ()
    """RE2 patterns of case and staff references in names and text; `=>` says how to write them"""


@dataclass(frozen=True, slots=True)
class Disposal:
    """How approved disposal is carried out."""

    undo_days: int = 30
    """days a file waits in the disposal bin, from where it can be restored; 7 at least"""
    approval_days: int = 30
    """days after which an unused approval expires; 30 at most"""
    unsafe_undo_window: str = "off"
    """the word none lets a purge follow at once (demonstrations only); certificates say so"""


@dataclass(frozen=True, slots=True)
class Access:
    """A part of the shares that searches show to some roles only."""

    name: str
    """what people call it; never printed for somebody it is closed to"""
    share: str = ""
    """the share it lies on; left out: any share"""
    folder: str = ""
    """the folder with everything below it, from the share's root; left out: any folder"""
    classes: tuple[str, ...] = ()
    """codes of record classes; left out: any class, and records without one"""
    roles: tuple[str, ...] = ()
    """roles of the keyring that may see it; none: nobody"""
    counted_by: tuple[str, ...] = ()
    """roles that may not see it, but are told how many of its records a search would find"""


@dataclass(frozen=True, slots=True)
class Mail:
    """How people are told what waits for them; without it nothing is sent."""

    host: str
    """the mail server"""
    sender: str
    """the address that messages come from"""
    port: int = 587
    """the server's port"""
    security: str = "starttls"
    """starttls or tls, the server's certificate verified; none only on this machine itself"""
    ca_file: str | None = None
    """certificates of the authority that signed the server's; left out: those of the system"""
    username: str | None = None
    """left out: the server asks for no password"""
    password_file: str | None = None
    """a file that holds the password; left out: the variable RETENTION_MAIL_PASSWORD"""
    addresses: dict[str, str] = field(default_factory=dict)
    """the address of each person of the keyring, by id"""


@dataclass(frozen=True, slots=True)
class Config:
    """All of config.toml, and where it was read from."""

    organisation: Organisation
    shares: tuple[ShareConfig, ...] = ()
    state: State = field(default_factory=State)
    capture: Capture = field(default_factory=Capture)
    disposal: Disposal = field(default_factory=Disposal)
    access: tuple[Access, ...] = ()
    mail: Mail | None = None
    source: Path = field(default=Path("config.toml"), metadata={"internal": True})

    @property
    def state_folder(self) -> Path:
        """The state folder as an absolute path."""
        return (self.source.parent / self.state.folder).absolute()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The time zone of the records."""
        return zoneinfo.ZoneInfo(self.organisation.time_zone)

    def share(self, name: str) -> ShareConfig:
        """The share called `name`.

        Raises:
            ConfigError: there is none; the message names the nearest.
        """
        for share in self.shares:
            if share.name == name:
                return share
        known = [share.name for share in self.shares]
        raise ConfigError(f"{self.source}: no share is called {name!r}{_nearest(name, known)}")

    def share_path(self, name: str) -> Path:
        """Where the share called `name` is mounted; raises as `share`."""
        return (self.source.parent / self.share(name).path).absolute()


def load_config(source: Path, environment: Mapping[str, str]) -> Config:
    """Read `source`, apply `RETENTION_*` overrides, and check everything.

    Raises:
        ConfigError: the file is missing or has mistakes; `diagnosis` lists each one.
    """
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"{source}: there is no such file",
            "Make one with: retention init --dir DIR --share NAME=PATH",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: cannot be read: {error}") from error
    return read_config(text, source, environment)


def read_config(text: str, source: Path, environment: Mapping[str, str]) -> Config:
    """What `text` says, whether or not it stands at `source` yet; raises as `load_config`."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: cannot be read: {error}") from error
    return parse_config(document, source, environment)


def parse_config(document: dict[str, Any], source: Path, environment: Mapping[str, str]) -> Config:
    """Turn a parsed TOML document into a `Config`; raises as `load_config`."""
    problems: list[str] = []
    document = copy.deepcopy(document)
    _override(document, environment, problems)
    config: Config | None = _build(Config, document, "", problems)
    if config is not None:
        config = dataclasses.replace(config, source=source.absolute())
        _check_values(config, problems)
    if problems or config is None:
        raise ConfigError(f"{source}: {len(problems)} mistake(s)", *problems)
    return config


def _override(
    document: dict[str, Any], environment: Mapping[str, str], problems: list[str]
) -> None:
    for variable, text in sorted(environment.items()):
        section, separator, key = variable.removeprefix("RETENTION_").lower().partition("__")
        if not (variable.startswith("RETENTION_") and separator):
            continue
        table = document.setdefault(section, {})
        if not isinstance(table, dict):
            problems.append(f"{variable}: lists cannot be set by a variable")
            continue
        try:
            table[key] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            table[key] = text


def _build(kind: type[Any], table: object, where: str, problems: list[str]) -> Any:
    if not isinstance(table, dict):
        problems.append(f"{where}: must be a table of keys")
        return None
    fields = {f.name: f for f in dataclasses.fields(kind) if not f.metadata.get("internal")}
    before = len(problems)
    problems.extend(
        f"{where}{key}: unknown key{_nearest(key, fields)}" for key in table if key not in fields
    )
    values = {}
    hints = typing.get_type_hints(kind)
    for name, spec in fields.items():
        if name in table:
            values[name] = _value(hints[name], table[name], where + name, problems)
        elif spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING:
            problems.append(f"{where}{name}: missing")
    return kind(**values) if len(problems) == before else None


def _value(hint: Any, given: object, where: str, problems: list[str]) -> Any:
    if isinstance(hint, types.UnionType):
        hint = hint.__args__[0]  # `| None`: the key may be left out, never be blank
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast("type[Any]", hint), given, where + ".", problems)
    if isinstance(hint, types.GenericAlias):
        return _several(hint, given, where, problems)
    if type(given) is not hint:
        problems.append(f"{where}: must be {_KINDS[hint]}, not {given!r}")
    elif isinstance(given, str) and not given.strip():
        problems.append(f"{where}: is blank; write the value out or remove the key")
    elif isinstance(given, str) and "\0" in given:
        problems.append(f"{where}: holds a NUL character")
    return given


def _several(hint: types.GenericAlias, given: object, where: str, problems: list[str]) -> Any:
    if hint.__origin__ is dict:
        if isinstance(given, dict):
            return {k: _value(str, v, f"{where}.{k}", problems) for k, v in given.items()}
        problems.append(f"{where}: must be a table of keys")
        return {}
    if not isinstance(given, list):
        problems.append(f"{where}: must be a list")
        return ()
    item = hint.__args__[0]
    return tuple(
        _value(item, each, f"{where}[{number}]", problems) for number, each in enumerate(given, 1)
    )


_NOT_IN_NAMES = ":=/"  # commands take SHARE:PATH and NAME=PATH
_KINDS = {str: "text in quotes", int: "a whole number", bool: "true or false"}


def _check_values(config: Config, problems: list[str]) -> None:
    disposal, capture = config.disposal, config.capture
    checks = {
        f"disposal.undo_days: must be {SHORTEST_UNDO_DAYS} or more": (
            disposal.undo_days >= SHORTEST_UNDO_DAYS
        ),
        f"disposal.approval_days: must be from 1 to {LONGEST_APPROVAL_DAYS}": (
            1 <= disposal.approval_days <= LONGEST_APPROVAL_DAYS
        ),
        'disposal.unsafe_undo_window: must be "off" or "none"': (
            disposal.unsafe_undo_window in {"off", "none"}
        ),
        "capture.workers: must be from 0 to 64": 0 <= capture.workers <= 64,  # noqa: PLR2004
        "capture.seconds_per_file: must be 1 or more": capture.seconds_per_file >= 1,
        "capture.memory_mib: must be 256 or more": capture.memory_mib >= 256,  # noqa: PLR2004
        "organisation.time_zone: is not the name of a time zone": (
            config.organisation.time_zone in zoneinfo.available_timezones()
        ),
    }
    problems.extend(message for message, holds in checks.items() if not holds)
    problems.extend(_pattern_problems(capture.reference_patterns))
    problems.extend(_share_problems(config))
    problems.extend(_mail_problems(config.mail) if config.mail else ())
    for number, share in enumerate(config.shares, 1):
        problems.extend(f"shares[{number}].{problem}" for problem in _pace_problems(share))
    problems.extend(_access_problems(config))


def _pattern_problems(patterns: tuple[str, ...]) -> typing.Iterator[str]:
    for number, pattern in enumerate(patterns, 1):
        try:
            compile_patterns([pattern])
        except PatternError as error:
            yield f"capture.reference_patterns[{number}]: {error}"


def _mail_problems(mail: Mail) -> typing.Iterator[str]:
    if mail.security not in {"starttls", "tls", "none"}:
        yield 'mail.security: must be "starttls", "tls" or "none"'
    if mail.security == "none" and mail.host not in THIS_MACHINE:
        yield "mail.security: none is for a server on this machine only; write starttls or tls"
    if not 0 < mail.port < 2**16:
        yield "mail.port: must be from 1 to 65535"
    named = {f"addresses.{person}": one for person, one in mail.addresses.items()}
    for where, address in {"sender": mail.sender, **named}.items():
        if not _ADDRESS.fullmatch(address):
            yield f"mail.{where}: {address!r} is not an address such as ann@council.example"


def _share_problems(config: Config) -> typing.Iterator[str]:
    """Names that commands would misread, and folders that lie in one another.

    A file on two shares would have two records, and a hold on one would not keep the other.
    """
    names = [share.name for share in config.shares]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"shares: two shares are called {name!r}"
    for number, name in enumerate(names, 1):
        if not name.isprintable() or set(name) & set(_NOT_IN_NAMES) or name != name.strip():
            yield f"shares[{number}].name: {name!r} may not hold : = / or blanks around it"
    folders = [os.path.realpath(config.source.parent / share.path) for share in config.shares]
    state = os.path.realpath(config.state_folder)
    for number, folder in enumerate(folders, 1):
        if _lies_in(state, folder):
            yield f"shares[{number}].path: the state folder {state} must not lie on a share"
    for one, other in itertools.permutations(range(len(folders)), 2):
        same = folders[one] == folders[other]
        if _lies_in(folders[one], folders[other]) and not (same and one < other):
            yield f"shares[{one + 1}].path: it lies on share {names[other]!r} already"


def _pace_problems(share: ShareConfig) -> typing.Iterator[str]:
    for key in ("files_per_second", "megabytes_per_second"):
        rate = getattr(share, key)
        if rate is not None and rate < 1:
            yield f"{key}: must be 1 or more; for no limit remove the key"
    try:
        _ = share.hours
    except ValueError as error:
        yield str(error)


def _access_problems(config: Config) -> typing.Iterator[str]:
    """A part without limits, which would be everything, and one that lies on no share."""
    known = [share.name for share in config.shares]
    for number, part in enumerate(config.access, 1):
        if not (part.share or part.folder or part.classes):
            yield f"access[{number}]: says no share, folder or classes; say what is closed"
        if part.share and part.share not in known:
            yield f"access[{number}].share: no share is called {part.share!r}" + _nearest(
                part.share, known
            )
        if ".." in part.folder.split("/"):
            yield f"access[{number}].folder: {part.folder!r} leads out of the share"


def _lies_in(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def _nearest(name: str, known: typing.Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""
