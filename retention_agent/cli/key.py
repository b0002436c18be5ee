"""`retention key`: a person's own signing key."""

import os
from pathlib import Path
from typing import Any

import click

from retention_agent.audit import keys
from retention_agent.audit.people import PERSON_ID
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import FILE
from retention_agent.cli.session import passphrase, unlock
from retention_agent.state_file import write_state_file


class _Person(click.ParamType[str]):
    """The id under which a person stands in the keyring."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id, or a failure that says how one is written."""
        if not PERSON_ID.fullmatch(str(value)):
            self.fail(
                f"{value!r} cannot be an id: use small letters, digits, dots and hyphens,"
                " such as ann.archer",
                param,
                ctx,
            )
        return str(value)


PERSON = _Person()


@click.group("key")
def command() -> None:
    """Make and show a person's signing key; the private half never leaves its owner."""


@command.command("new")
@click.argument("person", type=PERSON)
@click.option(
    "--out",
    required=True,
    type=FILE,
    help="The private key; the public one goes beside it as FILE.pub.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
def new(person: str, out: Path, *, as_json: bool) -> None:
    """Make a key for PERSON (an id such as ann.archer), locked with a passphrase."""
    private = keys.new_person_key(out, passphrase(confirm=True))
    public = out.with_name(f"{out.name}.pub")
    line = keys.public_line(person, private.public_key())
    write_state_file(public, f"{line}\n".encode(), mode=0o644)
    _show(line, os.fspath(public), as_json=as_json)


@command.command("show")
@click.argument("person", type=PERSON)
@click.option("--key", "key_file", required=True, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
def show(person: str, key_file: Path, *, as_json: bool) -> None:
    """Print the public line of a private key again."""
    line = keys.public_line(person, unlock(key_file).public_key())
    _show(line, os.fspath(key_file), as_json=as_json)


def _show(line: str, file: str, *, as_json: bool) -> None:
    if as_json:
        emit({"public": line, "file": file})
    else:
        say(line, f"In {file}. Next: retention person add FILE.pub --name NAME --role ROLE")
