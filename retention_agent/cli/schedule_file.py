"""Schedules in files: TOML and workbooks hold all of one, a CSV table holds its classes only."""

import tomllib
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from policies import (
    Schedule,
    ScheduleError,
    TableError,
    from_rows,
    from_sheets,
    parse_schedule,
    to_rows,
    to_sheets,
)
from retention_agent import sheets
from retention_agent.cli.parameters import WORDS
from retention_agent.errors import NotFound, ScheduleRejected, UsageError, nearest


def renaming_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--title` and `--version`, for a table cannot say them."""
    for name in ("version", "title"):
        option = click.option(f"--{name}", type=WORDS, help=f"The schedule's {name}, if another.")
        function = option(function)
    return function


def only_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--only CODE`, as often as wanted, and pass it the `codes`."""
    option = click.option(
        "--only",
        "codes",
        multiple=True,
        type=WORDS,
        metavar="CODE",
        help="Put only these classes in force.",
    )
    decorated: Callable[..., Any] = option(function)
    return decorated


def adopting(schedule: Schedule, codes: Collection[str]) -> Schedule:
    """The schedule with these classes to be put in force, or all of them.

    Raises:
        NotFound: it has no such class; the message names the nearest.
    """
    for code in sorted(set(codes) - set(schedule.rules)):
        raise NotFound(f"the schedule has no class {code!r}{nearest(code, schedule.rules)}")
    return replace(schedule, adopted=frozenset(codes or schedule.rules))


def read_schedule(
    file: Path, base: Schedule, title: str | None = None, version: str | None = None
) -> Schedule:
    """The schedule in a file; a table has the classes only, the rest is that of `base`.

    Raises:
        ScheduleRejected: with every mistake, by key or by sheet, row and column.
        UsageError: the file cannot be read at all.
    """
    try:
        schedule = _read(file, base)
    except (TableError, ScheduleError) as error:
        heading, *lines = str(error).split("\n")
        raise ScheduleRejected(f"{file}: {heading}", *lines) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScheduleRejected(f"{file}: cannot be read: {error}") from error
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    return replace(schedule, title=title or schedule.title, version=version or schedule.version)


def to_csv(schedule: Schedule) -> str:
    """The classes as a table."""
    return sheets.to_csv(to_rows(schedule))


def to_workbook(schedule: Schedule) -> bytes:
    """The whole schedule as a workbook; raises as `sheets.to_workbook`."""
    return sheets.to_workbook(to_sheets(schedule))


def _read(file: Path, base: Schedule) -> Schedule:
    kind = file.suffix.lower()
    if kind in sheets.WORKBOOKS:
        return from_sheets(sheets.read_sheets(file))
    if kind == ".csv":
        return from_rows(sheets.read_rows(file), base)
    return parse_schedule(tomllib.loads(file.read_bytes().decode("utf-8-sig")))
