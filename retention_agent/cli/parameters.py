"""The kinds of arguments that commands take, each checked before anything is opened."""

import difflib
from datetime import date
from pathlib import Path
from typing import Any

import click

from retention_agent.errors import UsageError

LARGEST_NUMBER = 2**63 - 1
"""the register's numbers end here"""


class Day(click.ParamType[date]):
    """A date written as 2026-11-23."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the date, or fail with what to write instead."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; write it as 2026-11-23", param, ctx)


class Words(click.ParamType[str]):
    """Text that is kept in the register: not blank, and UTF-8."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without the blanks around it, or a failure that says what is wrong."""
        text = str(value).strip()
        if not text:
            self.fail("it is blank; write it out", param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8", param, ctx)
        return text


class Number(click.ParamType[int]):
    """The number of a record, an item or an event."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a failure where no register could hold it."""
        number: int = click.INT.convert(value, param, ctx)
        if not 0 <= number <= LARGEST_NUMBER:
            self.fail(f"{value} is no number of this register", param, ctx)
        return number


class OneOf(click.Choice[str]):
    """One of some words; a wrong one is answered with the nearest."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """What is wrong, the nearest word, and all of them."""
        known = super().get_invalid_choice_message(value, ctx)
        near = difflib.get_close_matches(str(value), self.choices, n=1, cutoff=0.5)
        return f"{known} Did you mean {near[0]!r}?" if near else known


DAY = Day()
WORDS = Words()
NUMBER = Number()
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

as_of_option = click.option(
    "--as-of", type=DAY, help="Decide as of this date instead of today (YYYY-MM-DD)."
)


def require_past(day: date, today: date, what: str) -> None:
    """Let a day that has come pass.

    Raises:
        UsageError: it lies in the future.
    """
    if day > today:
        raise UsageError(f"{what} {day.isoformat()} lies in the future")
