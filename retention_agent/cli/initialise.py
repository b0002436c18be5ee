"""`retention init`: a config.toml and a state folder."""

import os
from pathlib import Path

import click

from retention_agent.bootstrap import initialise
from retention_agent.cli.output import emit, say
from retention_agent.cli.parameters import FOLDER, WORDS
from retention_agent.cli.session import CONFIG
from retention_agent.config_file import read_config
from retention_agent.errors import Refused, UsageError
from retention_agent.state_file import write_state_file


@click.command("init")
@click.option(
    "--dir",
    "folder",
    required=True,
    type=FOLDER,
    help="Where config.toml and the state folder go; made where missing.",
)
@click.option("--share", "shares", multiple=True, metavar="NAME=PATH", help="A share to read.")
@click.option(
    "--organisation", default="This council", type=WORDS, help="The council's name on its papers."
)
@click.option("--disposal", is_flag=True, help="Let approved files of these shares be disposed of.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout.")
def command(
    folder: Path, shares: tuple[str, ...], organisation: str, *, disposal: bool, as_json: bool
) -> None:
    """Write config.toml and make the state folder."""
    source = folder / CONFIG
    text = configuration(organisation, [parse_share(each) for each in shares], disposal=disposal)
    read_config(text, source, os.environ)  # a mistake is told before anything is made
    _write(source, text)
    app = initialise(source, os.environ)
    for share in app.config.shares if disposal else ():
        app.enable_disposal(share.name)
    if as_json:
        emit({"config": str(source), "state": str(app.config.state_folder)})
        return
    say(
        f"Wrote {source} and {app.config.state_folder}.",
        *(
            f"Put .retention-share at the root of {share.name}."
            for share in app.config.shares
            if disposal
        ),
        "The shipped UK schedule is a draft; nothing can be proposed before it is adopted.",
        f"Next: retention scan --config {source}",
    )


def _write(source: Path, text: str) -> None:
    """Write config.toml, unless a run that was cut short wrote the very same."""
    if not source.exists():
        source.parent.mkdir(parents=True, exist_ok=True)
        write_state_file(source, text.encode())
    elif source.read_bytes() != text.encode():
        raise Refused(
            f"{source} exists already and says something else; nothing was changed",
            "Edit it, or add a share: retention share add NAME=PATH",
        )


def parse_share(given: str) -> tuple[str, Path]:
    """NAME=PATH as a name and an absolute path.

    Raises:
        UsageError: it is not of that form, or PATH is no folder.
    """
    name, separator, path = given.partition("=")
    if not (separator and name.strip() and path):
        raise UsageError(f"{given!r}: write a share as NAME=PATH, such as finance=/srv/finance")
    if not Path(path).is_dir():
        raise UsageError(f"{path}: there is no such folder")
    return name.strip(), Path(path).absolute()


def configuration(organisation: str, shares: list[tuple[str, Path]], *, disposal: bool) -> str:
    """The text of a new config.toml."""
    parts = [f"[organisation]\nname = {quoted(organisation)}\n"]
    parts += [share_block(name, path, disposal=disposal) for name, path in shares]
    return "\n".join(parts)


def share_block(name: str, path: Path, *, disposal: bool) -> str:
    """One share as config.toml writes it."""
    allowed = str(disposal).lower()
    return f"[[shares]]\nname = {quoted(name)}\npath = {quoted(str(path))}\ndisposal = {allowed}\n"


def quoted(text: str) -> str:
    """A TOML string.

    Raises:
        UsageError: the text holds bytes that no configuration file can name.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{text!r} is not UTF-8, so config.toml cannot name it") from error
    escaped = "".join(
        f"\\u{ord(each):04x}" if ord(each) < ord(" ") or each in '"\\\x7f' else each
        for each in text
    )
    return f'"{escaped}"'
