"""Files and folders that commands write for people: never on a share, nor among our own state."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from retention_agent.bootstrap import App
from retention_agent.cli.output import note
from retention_agent.errors import UsageError
from retention_agent.sheets import to_csv, to_workbook
from retention_agent.state_file import write_state_file


def require_elsewhere(app: App, *places: Path | None) -> None:
    """Let the places pass that lie on no share and not in the state folder, links followed.

    Raises:
        UsageError: one of them does; nothing was written.
    """
    shares = {
        f"share {each.name!r}": app.config.share_path(each.name) for each in app.config.shares
    }
    for what, root in {**shares, "the state folder": app.config.state_folder}.items():
        for place in filter(None, places):
            if _lies_on(place, root):
                raise UsageError(
                    f"{place}: lies on {what}, where nothing is ever written for people",
                    "Name a place elsewhere, such as one that only you can read.",
                )


def write_file(app: App, file: Path, content: bytes) -> None:
    """Write a report to `file`, and say so; raises as `require_elsewhere`."""
    require_elsewhere(app, file)
    write_state_file(file, content)
    note(f"Written: {file}")


def write_table(app: App, file: Path, name: str, rows: Iterable[Sequence[object]]) -> None:
    """Write one table to `file`: a workbook where it ends in .xlsx, else CSV for spreadsheets.

    Raises as `require_elsewhere`.
    """
    if file.suffix.lower() == ".xlsx":
        write_file(app, file, to_workbook({name: rows}))
    else:
        write_file(app, file, to_csv(rows).encode("utf-8-sig"))


def _lies_on(place: Path, root: Path) -> bool:
    """Whether `root` is met on the way to a place, by name or as the folder that it is.

    A share may be mounted a second time, or reached through a link or another spelling; and a link
    that stands on a share and leads away is itself replaced by what is written.
    """
    top = Path(os.path.realpath(root))
    ways = (Path(os.path.realpath(place)), Path(os.path.realpath(place.parent)))
    return any(each == top or _same(each, top) for way in ways for each in (way, *way.parents))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # it is not there, or may not be looked at
        return False
