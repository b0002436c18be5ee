"""Files that commands write for people: never on a share that is looked after."""

from pathlib import Path

import click

from retention_agent.bootstrap import App
from retention_agent.cli.output import note
from retention_agent.errors import UsageError
from retention_agent.state_file import write_state_file

FILE = click.Path(path_type=Path, dir_okay=False)


def write_file(app: App, file: Path, content: bytes) -> None:
    """Write a report to `file`, and say so.

    Raises:
        UsageError: the file would stand on a share, where the next scan would find it.
    """
    for each in app.config.shares:
        if file.absolute().is_relative_to(app.config.share_path(each.name)):
            raise UsageError(f"{file}: lies on share {each.name!r}; write reports elsewhere")
    write_state_file(file, content)
    note(f"Written: {file}")
