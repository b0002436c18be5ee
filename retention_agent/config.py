"""What config.toml may say, as frozen values; `config_file` reads it."""

import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path

from retention_agent.errors import ConfigError, nearest
from retention_agent.window import Window, parse_window


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
        raise ConfigError(f"{self.source}: no share is called {name!r}{nearest(name, known)}")

    def share_path(self, name: str) -> Path:
        """Where the share called `name` is mounted; raises as `share`."""
        return (self.source.parent / self.share(name).path).absolute()
