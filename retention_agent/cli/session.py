"""What every command shares: `--json`, `--config`, and how people unlock their keys."""

import functools
import getpass
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import platformdirs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from retention_agent.audit import keys
from retention_agent.bootstrap import App, open_app
from retention_agent.cli.parameters import FILE
from retention_agent.errors import UsageError

CONFIG = "config.toml"
PASSPHRASE = "RETENTION_PASSPHRASE"  # noqa: S105  (the name of a variable)
SYSTEM_CONFIG = Path("/etc/retention-agent") / CONFIG


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the command line."""

    config: Path | None
    as_json: bool

    @property
    def source(self) -> Path:
        """The configuration file: as given, of the folder, of the user, or of the machine."""
        if self.config is not None:
            return self.config
        user = Path(platformdirs.user_config_dir("retention-agent")) / CONFIG
        named = os.environ.get("RETENTION_CONFIG")
        if named:
            return Path(named)
        return next((path for path in (Path(CONFIG), user, SYSTEM_CONFIG) if path.exists()), user)

    def open(self) -> App:
        """The application over that configuration; raises as `bootstrap.open_app`."""
        return open_app(self.source, os.environ)


def with_session(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--json` and `--config`, and pass it a `Session` first."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
    @click.option("--config", type=FILE, help="The config.toml to use.")
    @functools.wraps(function)
    def wrapped(config: Path | None, as_json: bool, **rest: Any) -> Any:  # noqa: FBT001  (click's)
        return function(Session(config, as_json), **rest)

    return wrapped


def key_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--key FILE` and pass it the unlocked `private_key`."""

    @click.option(
        "--key",
        "key_file",
        required=True,
        type=FILE,
        help=f"Your private key; its passphrase is asked for, or read from {PASSPHRASE}.",
    )
    @functools.wraps(function)
    def wrapped(*args: Any, key_file: Path, **rest: Any) -> Any:
        return function(*args, private_key=unlock(key_file), **rest)

    return wrapped


def unlock(key_file: Path) -> Ed25519PrivateKey:
    """Read a person's key, asking for its passphrase; raises as `keys.load_person_key`."""
    return keys.load_person_key(key_file, passphrase(confirm=False))


def passphrase(*, confirm: bool) -> str:
    """The passphrase from the environment, or from the person at the terminal.

    Raises:
        UsageError: there is neither; it is never read from a pipe, nor shown while it is typed.
    """
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            asked = click.prompt(
                "Passphrase", hide_input=True, confirmation_prompt=confirm, err=True
            )
    except getpass.GetPassWarning as error:
        raise UsageError(
            "a passphrase is needed, and there is no terminal to ask for it on",
            f"Where nobody is at the keyboard, it is read from the variable {PASSPHRASE}.",
        ) from error
    return str(asked)


def local_time(instant: str | None, app: App) -> str:
    """An instant of the register as people at the council read it; nothing for none."""
    if instant is None:
        return ""
    moment = datetime.fromisoformat(instant).astimezone(app.config.zone)
    return moment.strftime("%Y-%m-%d %H:%M")
